"""Both languages, phone and desktop, with and without JavaScript, for eyes, keyboards and screen readers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.async_api", reason="runs under make test-browser")

# After the line above, for `make test` does not install the browser's driver.
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import VILLAGES, account_of, resident

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PAGES = ("/dashboard", "/dashboard/units/15724", "/dashboard/units/15727-01")


async def watched(browser: Browser, **options: Any) -> tuple[Page, list[str]]:
    """A page that writes down what it complains about and whom else it asks."""
    context = await browser.new_context(locale="vi-VN", **options)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if "//127.0.0.1:" in asked.url else complaints.append(asked.url))
    return page, complaints


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_the_pages_are_sound_everywhere(site: str, browser: Browser, size: Any, language: str) -> None:
    page, complaints = await watched(browser, viewport=size, reduced_motion="reduce")
    for path in PAGES:
        await page.goto(f"{site}{path}?lang={language}")
        await expect(page.locator("h1")).to_be_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is wider than the screen"
        found = await Axe().run(page)
        serious = [each for each in found.response["violations"] if each["impact"] in ("serious", "critical")]
        assert not serious, [(each["id"], each["nodes"][0]["html"][:200]) for each in serious]
    assert complaints == []


async def test_without_javascript_everything_is_there(site: str, browser: Browser) -> None:
    page, complaints = await watched(browser, viewport=DESKTOP, java_script_enabled=False)
    await page.goto(f"{site}/dashboard")
    await expect(page.locator(".tile")).to_have_count(166)
    await page.select_option("#indicator", "residents")
    await page.get_by_role("button", name="Xem").nth(1).click()
    assert "indicator=residents" in page.url
    await page.goto(f"{site}/dashboard/units/15724")
    await expect(page.get_by_role("row", name="Thôn 3")).to_contain_text("24")
    await expect(page.locator(".items .number", has_text="60,0")).not_to_have_count(0)
    assert complaints == []


async def test_the_six_steps_are_drawn_and_stay_readable_as_a_table(site: str, browser: Browser) -> None:
    page, complaints = await watched(browser, viewport=PHONE, reduced_motion="reduce")
    await page.goto(f"{site}/dashboard/units/15724?lang=en")
    await expect(page.locator("#course-chart canvas")).to_be_visible()
    assert await page.locator("#course-chart .u-legend .u-series").count() == 7
    drawn = await page.locator("#course-chart canvas").evaluate(
        "it => new Set(it.getContext('2d').getImageData(0, 0, it.width, it.height).data).size"
    )
    assert drawn > 10, "the canvas is empty"
    await page.get_by_text("The figures as a table").click()
    await expect(page.locator("#course-table")).to_contain_text("60.0%")
    await page.set_viewport_size(DESKTOP)
    wide = await page.locator("#course-chart canvas").evaluate("it => it.clientWidth")
    assert wide > 900, "the chart does not follow the screen"
    assert complaints == []
    plain, _ = await watched(browser, viewport=PHONE, java_script_enabled=False)
    await plain.goto(f"{site}/dashboard/units/15724")
    await expect(plain.locator("#course-table")).to_be_visible()


async def test_an_open_page_follows_the_events(site: str, browser: Browser, deliver: Callable[..., Any]) -> None:
    page, complaints = await watched(browser, viewport=DESKTOP)
    await page.goto(f"{site}/dashboard/units/15724")
    await expect(page.locator("body")).to_have_class("is-live")
    await expect(page.locator(".pillar-cashless .lead dd").first).to_have_text("72 / 120")
    newcomer = resident(VILLAGES[0], 99)
    await deliver(newcomer, account_of(newcomer, 0))
    await expect(page.locator(".pillar-cashless .lead dd").first).to_have_text("73 / 121")
    await expect(page.locator("#news")).to_have_text("Số liệu vừa được cập nhật")
    assert complaints == []


async def test_the_keyboard_reaches_the_content_and_the_communes(site: str, browser: Browser) -> None:
    page, _ = await watched(browser, viewport=DESKTOP)
    await page.goto(f"{site}/dashboard")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
    await page.locator(".tile").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".crumbs")).to_contain_text("Thanh Hóa")


async def test_the_map_is_reached_and_read_without_a_mouse(site: str, browser: Browser) -> None:
    page, complaints = await watched(browser, viewport=DESKTOP)
    await page.goto(f"{site}/dashboard?indicator=residents")
    places = page.get_by_role("group", name="Bản đồ các xã, phường").get_by_role("link")
    await expect(places).to_have_count(166)
    here = page.get_by_role("link", name="Đồng Tiến: 120; nhân khẩu: 120")
    await here.focus()
    await expect(here.locator("text")).to_be_visible()
    await expect(places.nth(9).locator("text")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Xã Đồng Tiến")
    await page.goto(f"{site}/dashboard")
    await page.locator(".skip-map").focus()
    await page.keyboard.press("Enter")
    assert page.url.endswith("#communes")
    assert complaints == []


async def test_a_page_prints_on_at_most_four_sheets(site: str, browser: Browser) -> None:
    page, _ = await watched(browser, viewport=DESKTOP)
    for path in PAGES:
        await page.goto(f"{site}{path}")
        await page.emulate_media(media="print")
        await expect(page.locator(".items")).to_be_visible()
        printed = await page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 4, path
        whole = await page.locator(".card, .panel.standing, .map, .strip").evaluate_all(
            "all => all.map(each => getComputedStyle(each).breakInside)"
        )
        assert set(whole) == {"avoid"}, "a card is never broken by the end of a sheet"
    await page.goto(f"{site}/dashboard")
    await expect(page.locator(".map svg")).to_be_visible()


async def test_a_page_prints_on_paper(site: str, browser: Browser) -> None:
    page, _ = await watched(browser, viewport=DESKTOP)
    await page.goto(f"{site}/dashboard/units/15724")
    await page.emulate_media(media="print")
    await expect(page.locator(".day-form")).to_be_hidden()
    await expect(page.locator(".items")).to_be_visible()
    assert (await page.pdf(format="A4")).startswith(b"%PDF")


async def test_the_public_sees_no_small_cell(site: str, browser: Browser) -> None:
    page, _ = await watched(browser, viewport=DESKTOP)
    await page.goto(f"{site}/dashboard/units/15727-01?lang=en")
    await expect(page.locator("footer")).to_contain_text("counts under 5 are hidden")
    await expect(page.locator(".items")).to_contain_text("hidden")
