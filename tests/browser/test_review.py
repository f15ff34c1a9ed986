"""A whole review by keyboard: start, attend, answer for a miss, capture, decide; and without a script."""

from playwright.async_api import Page, expect

from tests.browser.site import CHIEF, Site, find_barriers


async def focus(page: Page, selector: str) -> None:
    """Goes to something by keyboard as a screen reader does: it is focused, nothing is clicked."""
    await page.locator(selector).first.focus()


async def open_month(site: Site, **options: object) -> Page:
    """The review of the last month, opened by itself or by hand, from the navigation."""
    page = await site.open("/reviews", as_=CHIEF, **options)  # type: ignore[arg-type]
    await page.get_by_role("link", name="October 2026").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("October 2026")
    return page


async def test_a_review_is_held_by_keyboard_alone(site: Site) -> None:
    page = await open_month(site)
    await page.get_by_role("button", name="Start the review").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("In session")
    guest = page.get_by_role("button", name="Gareth Lowell")
    await guest.focus()
    await page.keyboard.press("Enter")
    await expect(guest).to_have_attribute("aria-pressed", "true")
    await expect(guest).to_be_focused()
    await answer_for_a_miss(page)
    await capture_everything(page)
    await page.keyboard.press("Escape")
    assert await find_barriers(page) == []
    assert site.complaints == []


async def answer_for_a_miss(page: Page) -> None:
    """What is not answered is refused without a sentence, and said with one."""
    late = page.locator("#review-commitments .topic", has_text="no answer yet").first
    code = await late.get_attribute("id")
    await page.keyboard.press("j")
    await late.evaluate("row => { row.tabIndex = -1; row.focus(); }")
    await page.keyboard.press("Enter")
    said = page.locator(f"#{code} input[name=said]")
    await page.keyboard.press("Tab")
    await expect(said).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(said).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("I ask a week earlier.")
    await page.keyboard.press("Enter")
    await expect(page.locator(f"#{code}")).to_contain_text("I ask a week earlier.")
    await expect(page.locator(f"#{code}")).to_contain_text("missed")


async def capture_everything(page: Page) -> None:
    """One key and one line each; what is wrong is named, and the line stays."""
    line, said = page.locator("#capture-line"), page.locator(".capture-said")
    await focus(page, "h2")
    await page.keyboard.press("c")
    await expect(line).to_be_focused()
    await page.keyboard.type("Open a third till @nobody 30 Jun")
    await page.keyboard.press("Enter")
    await expect(page.locator("#capture-wrong")).to_contain_text("@nobody")
    await expect(line).to_have_value("Open a third till @nobody 30 Jun")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("Open a third till @gareth 30 Jun")
    await page.keyboard.press("Enter")
    await expect(said).to_contain_text("Gareth Lowell, by 30 June")
    await expect(page.locator("#review-commitments")).to_contain_text("Open a third till")
    for words, part in (("Close the depot? @gareth", "Decision"), ("Two price lists?", "Parking lot")):
        await page.get_by_role("radio", name=part).focus()
        await page.keyboard.press("Space")
        await line.focus()
        await page.keyboard.type(words)
        await page.keyboard.press("Enter")
        await expect(said).to_contain_text(words.partition(" @")[0])
        await expect(line).to_have_value("")
    await expect(page.locator("#review-parked")).to_contain_text("Two price lists?")


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


async def test_everything_works_without_a_script(site: Site) -> None:
    page = await open_month(site, javascript=False)
    await page.get_by_role("radio", name="Parking lot").check(force=True)
    await page.fill("#capture-line", "Who keeps the price list?")
    await page.get_by_role("button", name="Note it").click()
    await expect(page.locator("#review-parked")).to_contain_text("Who keeps the price list?")
    await page.locator("#review-findings a.expand").first.click()
    await page.get_by_role("button", name="Park it").click()
    await expect(page.locator("#review-parked")).to_contain_text("L101")
