"""A whole review with the keyboard alone, from the home page to the hash of the closed month."""

import re
import sys

from playwright.async_api import Page, expect

from tests.browser.keyboard import Keyboard
from tests.browser.site import CHIEF, Site, find_barriers

# A person who cannot point may need more keys than one who can, but not many more.
MOST_PRESSES = 90
GUEST = "Gareth Lowell"


async def test_a_whole_review_is_held_with_the_keyboard_alone(site: Site) -> None:
    page = await site.open("/", as_=CHIEF)
    keys, told = Keyboard(page), []
    for part in (come_in, start, attend, answer_for_a_miss, capture_all_kinds, close):
        before = keys.pressed
        await part(page, keys)
        told.append(f"{part.__name__} {keys.pressed - before}")
    sys.stdout.write(f"keys: {keys.pressed} ({', '.join(told)}), and {keys.typed} characters of words\n")
    assert keys.pressed <= MOST_PRESSES
    assert await find_barriers(page) == []


async def come_in(page: Page, keys: Keyboard) -> None:
    """From the home page to the review of the last month."""
    await keys.go_to("Reviews")
    await keys.press("Enter")
    await expect(page.locator("h1")).to_have_text("Reviews")
    await skip(keys)
    await keys.go_to("October 2026")
    await keys.press("Enter")
    await expect(page.locator("h1")).to_contain_text("October 2026")


async def skip(keys: Keyboard) -> None:
    """Past the navigation."""
    await keys.go_to("Skip to the content", most=1)
    await keys.press("Enter")


async def start(page: Page, keys: Keyboard) -> None:
    """The leadership meets."""
    await skip(keys)
    await keys.go_to("Start the review")
    await keys.press("Enter")
    await expect(page.locator("h1")).to_contain_text("In session")


async def attend(page: Page, keys: Keyboard) -> None:
    """Who is there comes next, and one stays on whom one has noted."""
    await keys.go_to(GUEST, most=12)
    await keys.press("Space")
    guest = page.get_by_role("button", name=GUEST)
    await expect(guest).to_have_attribute("aria-pressed", "true")
    await expect(guest).to_be_focused()


async def present(page: Page, keys: Keyboard, title: str) -> None:
    """Goes on from item to item; whoever leads stands where the meeting is."""
    bar = page.locator("#review-presenting")
    for _ in range(20):
        item = await bar.get_attribute("data-item") or ""
        await keys.press("ArrowRight")
        await expect(bar).not_to_have_attribute("data-item", item)
        target = await bar.get_attribute("data-target")
        await expect(page.locator(f"{target}:focus")).to_have_count(1)
        if (await keys.stand()).startswith(title):
            return
    raise AssertionError(f"no item is called {title}")


async def answer_for_a_miss(page: Page, keys: Keyboard) -> None:
    """Without a sentence it is refused, and said with one; one goes on from the line that one answered."""
    await present(page, keys, "What we promised")
    await keys.press("j")
    line = page.locator("#review-commitments .topic:focus")
    await expect(line).to_contain_text("no answer yet")
    row = page.locator(f"#{await line.get_attribute('id')}")
    await keys.press("Enter")
    assert await keys.stand() == "Kept"
    await keys.press("ArrowDown", 2)
    assert await keys.stand() == "Missed"
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(row.get_by_label("What will you change?")).to_have_attribute("aria-invalid", "true")
    assert (await keys.stand()).startswith("What will you change?")
    await keys.write("I ask a week earlier.")
    await keys.press("Enter")
    await expect(row.locator("blockquote")).to_have_text("I ask a week earlier.")
    await expect(row.locator(".tag")).to_have_text("missed")
    await expect(row).to_be_focused()
    await keys.press("ArrowUp")
    await expect(page.locator("#review-commitments .topic:focus")).to_contain_text("no answer yet")


async def capture_all_kinds(page: Page, keys: Keyboard) -> None:
    """A key and a line each; one stays in the line until one leaves it, back to where one was."""
    said = page.locator(".capture-said")
    where = await keys.stand()
    await keys.press("c")
    await mistype(page, keys, "Open a third till @nobody 30 Jun")
    for words, part in (
        ("Open a third till @gareth 30 Jun", "commitments"),
        ("Close the depot? @gareth", "decisions"),
        ("Two price lists?", "parked"),
    ):
        if part != "commitments":
            await keys.press("Shift+Tab")
            await keys.press("ArrowRight")
            await keys.press("Tab")
        assert await keys.stand() == "Capture in one line"
        await keys.write(words)
        await keys.press("Enter")
        await expect(said).to_contain_text(words.partition(" @")[0])
        await expect(page.get_by_label("Capture in one line")).to_have_value("")
        await expect(page.locator("#review-live")).to_contain_text("Live")
    for words, part in (("Open a third till", "commitments"), ("Two price lists?", "parked")):
        await expect(page.locator(f"#review-{part}")).to_contain_text(words)
    await keys.press("Escape")
    assert await keys.stand() == where
    assert await find_barriers(page) == []


async def mistype(page: Page, keys: Keyboard, words: str) -> None:
    """What is wrong is named, and the line stays to be mended."""
    await keys.write(words)
    await keys.press("Enter")
    await expect(page.locator("#capture-wrong")).to_contain_text("@nobody")
    await expect(page.get_by_label("Capture in one line")).to_have_value(words)
    await keys.press("Control+A")


async def close(page: Page, keys: Keyboard) -> None:
    """To the last item, why it closes despite what is open, and the page as it was frozen."""
    await present(page, keys, "Closing")
    await expect(page.locator("#review-close .checklist > .open").first).to_be_in_viewport()
    await keys.go_to("Why close despite what is open?", most=1)
    await keys.write("The rest has an owner and a day.")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(page.locator("h1")).to_contain_text("Closed")
    digest = page.locator("#review-close .hash")
    await expect(digest).to_have_text(re.compile("^[0-9a-f]{64}$"))
    await expect(digest).to_be_in_viewport()
    await expect(page.locator("#review-parked")).to_contain_text("Two price lists?")
    await expect(page.locator("#review-commitments")).to_contain_text("I ask a week earlier.")
    await keys.go_to("One HTML file", most=2 if await page.locator("#review-close details").count() else 1)
