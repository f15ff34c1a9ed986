"""Signing in and out, as the demo's cast and with a password, with and without a script."""

import pytest
from playwright.async_api import expect
from sqlalchemy import select
from sqlmodel import col

from app.actions.sign_ins import act_as, keep_password
from app.models import Owner
from tests.browser.site import Site
from tests.web.browsing import HASH, PASSWORD

EMAIL = "helena.marsh@larkmoor.example"


@pytest.mark.parametrize("javascript", [True, False])
async def test_one_of_the_cast_signs_in_and_out(site: Site, javascript: bool) -> None:
    page = await site.open("/linkage", javascript=javascript)
    await page.get_by_role("button", name="Sign in as Helena Marsh").click()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url == f"{site.url}/"
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("E-mail")).to_be_visible()
    await page.go_back()
    await page.goto(f"{site.url}/")
    assert "/sign-in" in page.url


async def test_a_password_opens_the_page_that_was_wanted(site: Site) -> None:
    async with site.database.unit_of_work() as session:
        owner = (await session.scalars(select(Owner).where(col(Owner.email) == EMAIL))).one()
        await keep_password(session, owner, HASH, actor=act_as(owner))
    page = await site.open("/linkage?severity=error")
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password").fill("a guess that is wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("heading", name="Linkage", level=1)).to_be_visible()
    assert page.url == f"{site.url}/linkage?severity=error"


@pytest.mark.parametrize("javascript", [True, False])
async def test_another_browser_is_signed_out_from_this_one(site: Site, javascript: bool) -> None:
    left = await site.open("/", as_=EMAIL)
    page = await site.open("/sign-ins", as_=EMAIL, javascript=javascript)
    await expect(page.get_by_role("listitem").filter(has_text="this browser")).to_have_count(1)
    other = page.get_by_role("listitem").filter(has_text="last seen")
    await other.get_by_role("button", name="Sign out").click()
    await expect(other).to_have_count(0)
    await left.reload()
    assert "/sign-in" in left.url
    await page.reload()
    await expect(page.get_by_role("heading", name="My sign-ins", level=1)).to_be_visible()
