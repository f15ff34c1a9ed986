"""What is done in a review beside its course: a row opens in place, a decision is taken; without a script."""

from playwright.async_api import Page, expect

from tests.browser.site import CHIEF, Site, find_barriers


async def open_month(site: Site, **options: object) -> Page:
    """The review of the last month, opened by itself or by hand, from the navigation."""
    page = await site.open("/reviews", as_=CHIEF, **options)  # type: ignore[arg-type]
    await page.get_by_role("link", name="October 2026").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("October 2026")
    return page


async def test_a_row_opens_in_place_and_a_decision_is_taken_there(site: Site) -> None:
    page = await open_month(site)
    where = page.url
    await page.locator("#review-findings a.expand").first.click()
    await expect(page.get_by_role("button", name="Promise", exact=True)).to_be_visible()
    assert await find_barriers(page) == []
    link = page.locator("#review-decisions a.expand").first
    row = await link.evaluate("link => link.closest('[id]').id")
    await link.focus()
    await page.keyboard.press("Enter")
    chosen = page.locator(f"#{row} input[name=chosen]")
    await expect(chosen).to_be_focused()
    await page.keyboard.type("We do it in spring.")
    await page.keyboard.press("Enter")
    await expect(page.locator("#review-decisions")).to_contain_text("We do it in spring.")
    assert page.url.partition("#")[0] == where.partition("#")[0]
    assert site.complaints == []


async def test_a_slip_is_taken_back_by_keys_while_the_next_line_is_typed(site: Site) -> None:
    page = await open_month(site)
    line, said = page.get_by_label("Capture in one line"), page.locator(".capture-said")
    await page.keyboard.press("c")
    for words in ("Open a thrid till @gareth 30 Jun", "Close a till @gareth 30 Jun"):
        await page.keyboard.type(words)
        await page.keyboard.press("Enter")
        await expect(said).to_contain_text(words.partition(" @")[0])
        await expect(line).to_have_value("")
    await page.keyboard.type("Open a third")
    for _ in range(2):
        await page.keyboard.press("Shift+Tab")
    await expect(said.get_by_role("button", name="Undo C-")).to_be_focused()
    assert await find_barriers(page) == []
    await page.keyboard.press("Enter")
    await expect(said).to_contain_text("Taken back.")
    await expect(line).to_be_focused()
    await expect(line).to_have_value("Open a third")
    promises = page.locator("#review-commitments")
    await expect(promises).to_contain_text("Open a thrid till")
    await expect(promises).not_to_contain_text("Close a till")
    assert site.complaints == []


async def test_everything_works_without_a_script(site: Site) -> None:
    page = await open_month(site, javascript=False)
    await page.get_by_role("radio", name="Parking lot").check(force=True)
    await page.fill("#capture-line", "Who keeps the price list?")
    await page.get_by_role("button", name="Note it").click()
    await expect(page.locator("#review-parked")).to_contain_text("Who keeps the price list?")
    await page.locator("#review-findings a.expand").first.click()
    await page.get_by_role("button", name="Park it").click()
    await expect(page.locator("#review-parked")).to_contain_text("L101")
