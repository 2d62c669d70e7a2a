"""The start page and the readers in a real browser, on a desktop and a phone, against a running platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # the group `browser` is installed by `make test-browser` only
    from playwright.async_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SCREENS = {"desktop": (1280, 850), "phone": (390, 800)}
SHOWN = {"/": "Không tiền mặt", "/docs": "Ba Khong API", "/asyncapi": "Ba Không: events"}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", SHOWN)
async def test_a_page_shows_itself_without_an_error_or_a_foreign_host(
    browser: Browser, demo_platform_url: str, path: str, screen: str
) -> None:
    width, height = SCREENS[screen]
    page = await browser.new_page(viewport={"width": width, "height": height})
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda sent: None if sent.url.startswith((demo_platform_url, "data:", "blob:")) else errors.append(sent.url),
    )

    await page.goto(demo_platform_url + path)
    await page.get_by_text(SHOWN[path]).first.wait_for(timeout=120_000)

    assert errors == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_token_is_one_click_away(browser: Browser, demo_platform_url: str) -> None:
    page = await browser.new_page()
    await page.goto(f"{demo_platform_url}/docs")
    await page.get_by_text(SHOWN["/docs"]).first.wait_for(timeout=120_000)
    await page.get_by_role("button", name="Get token").click()

    await page.get_by_text("✓ officer").wait_for()


@pytest.mark.parametrize(("choice", "level"), [("resident", 2), ("resident-1", 1)])
async def test_a_residents_token_is_as_near_as_the_officers(
    browser: Browser, demo_platform_url: str, choice: str, level: int
) -> None:
    page = await browser.new_page()
    await page.goto(f"{demo_platform_url}/docs")
    await page.get_by_text(SHOWN["/docs"]).first.wait_for(timeout=120_000)
    await page.locator("select[name=role]").select_option(choice)
    async with page.expect_response("**/dev/token") as answered:
        await page.get_by_role("button", name="Get token").click()
    token = (await (await answered.value).json())["access_token"]
    await page.get_by_text(f"✓ {choice}", exact=True).wait_for()

    me = await page.request.get(f"{demo_platform_url}/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert ((await me.json())["role"], (await me.json())["level"]) == ("resident", level)
