"""Asking for another value of a closed month in a browser: on a phone, without a script, by keyboard."""

from playwright.async_api import expect

from tests.browser.site import Site, find_barriers

HEAD = "gareth.lowell@larkmoor.example"
CHIEF = "helena.marsh@larkmoor.example"
DESK, REVIEW = "/updates?period=2026-08", "/reviews/2026-08"
TURNOVER = "Staff turnover"


async def test_a_change_is_asked_for_and_answered_without_a_script(site: Site) -> None:
    head = await site.open(DESK, as_=HEAD, size="phone", javascript=False)
    row = head.locator("tbody.update").filter(has=head.get_by_role("rowheader", name=TURNOVER))
    await row.get_by_text("Request change").click()
    await row.get_by_label(f"Value wanted for {TURNOVER}").fill("21,5 %")
    await row.get_by_label(f"Why {TURNOVER} should change").fill("Two leavers were counted twice.")
    await head.keyboard.press("Enter")
    await expect(row).to_contain_text("You asked for 21.5 %")
    await expect(row).to_contain_text("Two leavers were counted twice.")
    chief = await site.open(REVIEW, as_=CHIEF, javascript=False)
    accept = chief.get_by_role("button", name=f"Accept 21.5 % for {TURNOVER}")
    await accept.click()
    await expect(accept).to_have_count(0)
    await head.reload()
    await expect(row).to_contain_text("Helena Marsh accepted it")
    await expect(row.locator(".shown")).to_have_text("21.5 %")


async def test_the_focus_stays_in_the_row_and_nothing_is_a_barrier(site: Site) -> None:
    page = await site.open(DESK, as_=HEAD)
    row = page.locator("tbody.update").filter(has=page.get_by_role("rowheader", name=TURNOVER))
    await row.get_by_text("Request change").click()
    await row.get_by_label(f"Why {TURNOVER} should change").fill("Late.")
    await page.keyboard.press("Enter")
    wanted = row.get_by_label(f"Value wanted for {TURNOVER}")
    await expect(wanted).to_be_focused()
    await expect(wanted).to_have_accessible_description("Please fill this in.")
    assert await find_barriers(page) == []
    await wanted.fill("21")
    await page.keyboard.press("Enter")
    await expect(row.get_by_role("status")).to_have_text("Asked")
    await expect(row.get_by_role("status")).to_be_focused()
    assert await find_barriers(page) == []
    chief = await site.open(REVIEW, as_=CHIEF, size="phone")
    await chief.locator("#review-asked + p + ul summary").click()
    assert await find_barriers(chief) == []
    assert await chief.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await row.get_by_role("button", name=f"Take it back: {TURNOVER}").click()
    await expect(row.get_by_role("status")).to_have_text("Taken back")
    await expect(row).not_to_contain_text("You asked")
