"""The settings, as an administrator goes through them, with and without a script."""

import pytest
from playwright.async_api import expect

from tests.browser.site import Site, find_barriers

CHIEF = "helena.marsh@larkmoor.example"


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_client_is_added_its_key_shown_once_and_revoked(site: Site, javascript: bool) -> None:
    page = await site.open("/settings", as_=CHIEF, javascript=javascript)
    await page.get_by_role("link", name="Clients", exact=True).click()
    await page.get_by_role("link", name="Add the first client").click()
    await page.get_by_label("Name", exact=True).fill("Payroll")
    await page.get_by_role("button", name="Add the client").click()
    await expect(page.get_by_role("group", name="What it may do")).to_contain_text("at least 1")
    assert await page.get_by_label("Name", exact=True).input_value() == "Payroll"
    await page.get_by_label("metrics:read").check()
    await page.get_by_role("button", name="Add the client").click()
    key = await page.get_by_role("status").locator("code").inner_text()
    assert key.startswith("cox_")
    if javascript:
        assert await find_barriers(page) == []
    await page.get_by_role("link", name="I have copied it").click()
    await expect(page.get_by_role("heading", name="Payroll", level=1)).to_be_visible()
    assert key not in await page.content()
    await page.get_by_text("Revoke this client").click()
    await page.get_by_role("button", name="Revoke Payroll").click()
    await expect(page.get_by_role("button", name="Make a new key")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
async def test_two_who_edit_a_department_see_both_values(site: Site, javascript: bool) -> None:
    first, second = [
        await site.open("/settings/departments/STORES", as_=CHIEF, javascript=javascript) for _ in range(2)
    ]
    await first.get_by_label("Location").fill("65 stores")
    await first.get_by_role("button", name="Save", exact=True).click()
    if javascript:
        await expect(first.locator("#said")).to_contain_text("Stores is saved.")
    else:
        await expect(first.get_by_label("Location")).to_have_value("65 stores")
    await second.get_by_label("Location").fill("66 stores")
    await second.get_by_role("button", name="Save", exact=True).click()
    await expect(second.get_by_role("alert")).to_contain_text("Somebody changed this")
    await expect(second.get_by_text("Saved meanwhile: 65 stores")).to_be_visible()
    assert await second.get_by_label("Location").input_value() == "66 stores"
    if javascript:
        assert await find_barriers(second) == []
    await second.get_by_role("button", name="Save", exact=True).click()
    await expect(second.get_by_role("alert")).to_have_count(0)
    await second.reload()
    await expect(second.get_by_label("Location")).to_have_value("66 stores")


async def test_a_link_that_an_administrator_makes_lets_somebody_in(site: Site) -> None:
    page = await site.open("/settings/owners?q=gareth", as_=CHIEF)
    await page.get_by_role("link", name="Gareth Lowell").click()
    await page.get_by_role("button", name="Make an invitation link").click()
    link = await page.get_by_role("status").locator("code").inner_text()
    assert await find_barriers(page) == []
    other = await site.open(link.removeprefix(site.url))
    await expect(other.get_by_role("heading", level=1)).to_have_text("Welcome, Gareth Lowell")
    await other.get_by_label("Password").fill("the tide turns at noon")
    await other.keyboard.press("Enter")
    await expect(other.get_by_role("link", name="My updates")).to_be_visible()


async def test_a_segment_is_ignored_and_put_back_in_place(site: Site) -> None:
    page = await site.open("/settings/segments", as_=CHIEF)
    await page.get_by_role("button", name="Ignore Graduate programme").click()
    await expect(page.get_by_role("link", name="1 ignored")).to_be_visible()
    await page.get_by_role("button", name="Put back Graduate programme").click()
    await expect(page.get_by_role("link", name="1 waiting")).to_be_visible()
    await page.get_by_label("Department").fill("GROUP")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="0 waiting")).to_be_visible()
    await expect(page.locator("#said")).to_contain_text("Graduate programme: mapped.")
