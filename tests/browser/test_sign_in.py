"""The single-page application of the documentation in a real browser: sign-in with PKCE, step-up, acting for another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("playwright.async_api", reason="runs under make test-browser")

from playwright.async_api import Browser, Page, expect

from deploy.demo.api_client import ApiClient
from deploy.demo.identity.accounts import account

pytestmark = pytest.mark.browser

SECONDS_TO_END = 60
"""Within which an end counts everywhere."""


@pytest.fixture
async def page(browser: Browser, demo_platform_url: str) -> Page:
    """The application, as the played provider serves it under the gateway's own origin."""
    context = await browser.new_context(locale="vi-VN")
    page = await context.new_page()
    await page.goto(f"{demo_platform_url}/dev/identity/app")
    return page


async def sign_in(page: Page, key: str, level: int) -> None:
    await page.get_by_role("button", name="Đăng nhập").click()
    await choose(page, key, level)


async def choose(page: Page, key: str, level: int) -> None:
    who = account(key)
    assert who
    await page.get_by_role("button", name=f"{who.full_name}, mức {level}", exact=True).first.click()
    await expect(page.locator("#who")).to_have_text(f"Đã đăng nhập, mức {level}")


async def test_a_resident_signs_in_and_steps_up_for_the_full_number(page: Page) -> None:
    who = account("citizen")
    assert who
    await sign_in(page, "citizen", 1)
    await page.get_by_role("button", name="Xem hồ sơ").click()
    await expect(page.locator("#result")).to_have_text(who.full_name)

    await page.get_by_role("button", name="Xem số định danh").click()
    await expect(page.get_by_role("button", name="mức 1")).to_have_count(0)
    await choose(page, "citizen", 2)
    await expect(page.locator("#result")).to_have_text(who.personal_id)

    await page.get_by_role("button", name="Lập hồ sơ nháp").click()
    await expect(page.locator("#result")).to_have_text("draft")


async def test_a_grandchild_acts_for_the_grandmother_until_she_ends_it(
    page: Page, api: ApiClient, grandmother: dict[str, str]
) -> None:
    who = account("grandmother")
    assert who
    await sign_in(page, "grandchild", 2)
    await page.locator("#for").select_option(label=who.full_name)
    await page.get_by_role("button", name="Xem hồ sơ").click()
    await expect(page.locator("#result")).to_have_text(who.full_name)

    me = api.get("/v1/me", who=grandmother)
    path = f"/v1/residents/{me['resident_id']}/representatives"
    [named] = [each for each in api.get(path, who=grandmother)["items"] if each["status"] == "active"]
    api.request("DELETE", f"{path}/{named['id']}", who=grandmother).raise_for_status()

    async def is_cut_off() -> bool:
        await page.get_by_role("button", name="Xem hồ sơ").click()
        return "làm thay" in (await page.locator("#result").text_content() or "")

    for _ in range(2 * SECONDS_TO_END):
        if await is_cut_off():
            break
        await page.wait_for_timeout(500)
    assert await is_cut_off()
    again = {name: named[name] for name in ("representative_id", "scope", "until")}
    api.post(path, again, who=grandmother)


@pytest.fixture
def api(demo_platform_url: str) -> Iterator[ApiClient]:
    with ApiClient(demo_platform_url) as api:
        yield api


@pytest.fixture
def grandmother(api: ApiClient) -> dict[str, str]:
    """The headers of the grandmother."""
    who = account("grandmother")
    assert who
    return api.sign_in(role="resident", **who.claims)


async def test_the_provider_explains_itself_without_scripts(browser: Browser, demo_platform_url: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{demo_platform_url}/dev/identity/")
    await expect(page.locator("form")).to_have_count(9)
    await page.get_by_role("button").first.click()
    await expect(page.locator("pre")).to_contain_text("/v1/me")
