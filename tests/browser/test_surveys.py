"""The journey of a pulse: made, opened, answered on a phone, with and without a script, closed, read."""

import re

from playwright.async_api import Page, expect

from tests.browser.site import Site, find_barriers

PRIYA = "priya.raman@larkmoor.example"
TOBIAS = "tobias.renner@larkmoor.example"


async def make_pulse(page: Page, template: str, code: str) -> None:
    """A draft from a template, opened for everybody."""
    await page.get_by_role("link", name="New survey").click()
    await page.get_by_label(template).check()
    await page.get_by_label("Title").fill(f"Journey {code}")
    await page.get_by_label("Code").fill(code)
    await page.get_by_role("button", name="Make a draft").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Journey {code}")


async def open_pulse(page: Page) -> list[str]:
    """Opens the draft; the paths of the links."""
    await page.get_by_role("link", name="Open …").click()
    await page.get_by_role("button", name="Open the survey").click()
    await page.get_by_role("button", name="Make links").click()
    text = await page.get_by_label("All of them").input_value()
    return re.findall(r"http://[^/]+(/surveys/answer/[\w-]+)", text)


async def test_a_pulse_is_made_answered_on_a_phone_and_read(site: Site) -> None:
    page = await site.open("/surveys", as_=PRIYA)
    await make_pulse(page, "What comes first?", "JOURNEY-1")
    await page.get_by_role("link", name="own words").click()
    await page.get_by_label("Question or sentence").fill("What should we stop doing?")
    await page.get_by_role("button", name="Save the question").click()
    await page.get_by_role("button", name="Move Q1 up").click()
    await expect(page.locator(".question-lines > li").first).to_contain_text("What should we stop doing?")
    links = await open_pulse(page)

    phone = await site.open(links[0], size="phone")
    assert await find_barriers(phone) == []
    assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
    await phone.get_by_label("What should we stop doing?").fill("Moving dates.")
    options = phone.locator(".places-list button")
    for number in range(await options.count() - 1):
        await options.nth(number).click()
    await expect(phone.get_by_text("2 of 2 answered")).to_be_visible()
    await phone.get_by_role("button", name="Send my answers").click()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    await phone.goto(f"{site.url}{links[0]}")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Nothing to answer here")

    await page.goto(f"{site.url}/surveys/JOURNEY-1")
    await page.get_by_role("link", name="Close …").click()
    await page.get_by_role("button", name="Close and publish").click()
    await expect(page.get_by_text("Fewer than 5 people answered: nothing can be shown.")).to_be_visible()
    assert await page.locator("main svg").count() == 0


async def test_a_sheet_is_answered_without_a_script_and_keeps_what_is_refused(site: Site) -> None:
    page = await site.open("/surveys", as_=PRIYA)
    await make_pulse(page, "What comes first?", "JOURNEY-2")
    links = await open_pulse(page)
    plain = await site.open(links[0], size="phone", javascript=False)
    fields = plain.locator('input[type="number"]')
    count = await fields.count()
    for number in range(count):
        await fields.nth(number).fill("1")
    await plain.get_by_role("button", name="Send my answers").click()
    await expect(plain.get_by_role("alert")).to_contain_text("Nothing was sent yet")
    await expect(fields.first).to_have_value("1")
    for number in range(count):
        await fields.nth(number).fill(str(count - number))
    await plain.get_by_role("button", name="Send my answers").click()
    await expect(plain.get_by_role("heading", level=1)).to_have_text("Thank you")


async def test_whoever_is_signed_in_finds_the_survey_and_answers_by_keyboard(site: Site) -> None:
    page = await site.open("/surveys", as_=PRIYA)
    await make_pulse(page, "Is it safe to speak up?", "JOURNEY-3")
    await open_pulse(page)
    other = await site.open("/surveys", as_=TOBIAS)
    await other.get_by_role("link", name=re.compile("Answer.*JOURNEY-3|^Answer$")).first.click()
    await other.get_by_role("radio", name="4 agree").first.focus()
    await other.keyboard.press("Space")
    await other.keyboard.press("ArrowRight")
    await expect(other.get_by_role("radio", name="5 strongly agree").first).to_be_checked()
    await expect(other.get_by_text("1 of 4 answered")).to_be_visible()
    await other.get_by_role("button", name="Send my answers").press("Enter")
    await expect(other.get_by_role("heading", level=1)).to_have_text("Thank you")


async def test_results_show_groups_and_say_what_is_hidden(site: Site) -> None:
    page = await site.open("/surveys/AUDIT-1/results", as_=PRIYA)
    await expect(page.get_by_role("heading", name="What is hidden, and why")).to_be_visible()
    for tab in ("Departments", "Levels", "Own words", "Who answered"):
        await page.get_by_role("link", name=tab, exact=True).click()
        assert await find_barriers(page) == []
    await page.get_by_role("link", name="Departments", exact=True).click()
    await page.get_by_label("Question", exact=True).select_option("DECISIONS-1")
    await page.get_by_role("button", name="Show").click()
    await expect(page).to_have_url(re.compile("question=DECISIONS-1"))
    await expect(page.get_by_role("row", name=re.compile("Whole organization"))).to_be_visible()
