"""Building a small tree, being refused a circle, moving by keyboard, and doing it without a script."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.site import Site, find_barriers

CHIEF = "helena.marsh@larkmoor.example"
HEAD = "gareth.lowell@larkmoor.example"


async def add_objective(page: Page, site: Site, title: str, below: str) -> str:
    """Adds an objective of the stores below a goal or objective, and says its code."""
    await page.goto(f"{site.url}/objectives/new?goal={below}")
    await page.get_by_label("Title").fill(title)
    await page.get_by_label("Department").select_option("STORES")
    await page.get_by_label(f"How it brings {below} closer").fill("It is a part of it.")
    await page.get_by_role("button", name="Add the objective").click()
    await expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return page.url.rpartition("/")[2]


async def read_focus(page: Page) -> str:
    """The address of the link that has the focus."""
    return str(await page.evaluate("document.activeElement.getAttribute('href')"))


async def test_a_small_tree_is_built_and_a_circle_refused(site: Site) -> None:
    page = await site.open("/goals", as_=CHIEF)
    await page.get_by_role("link", name="Add a goal").click()
    await page.get_by_label("Title").fill("Open a store by the sea")
    await page.get_by_label("State").select_option("active")
    await page.get_by_role("button", name="Add the goal").click()
    await expect(page.get_by_role("heading", level=1, name="Open a store by the sea")).to_be_visible()
    upper = await add_objective(page, site, "Find a place with a view", "G6")
    lower = await add_objective(page, site, "Ask the people of the town", upper)
    await expect(page.get_by_role("list", name="The way to G6")).to_contain_text(upper)
    await page.goto(f"{site.url}/objectives/{upper}")
    await page.get_by_role("link", name="Link it", exact=True).click()
    await page.get_by_label("To which goal or objective?").fill("people town")
    await page.get_by_role("radio", name="Ask the people of the town").check()
    await page.get_by_label("Why: how does it help?").fill("Round and round.")
    await page.get_by_role("button", name="Link", exact=True).click()
    circle = page.get_by_role("list", name="The circle")
    await expect(circle.get_by_role("listitem")).to_have_count(3)
    await expect(circle).to_contain_text("Ask the people of the town")
    await expect(page.locator(".circle")).to_be_focused()
    assert await find_barriers(page) == []
    await expect(page.get_by_label("Why: how does it help?")).to_have_value("Round and round.")
    await page.goto(f"{site.url}/goals")
    goal = page.locator("#at-G6")
    await expect(goal.locator(f"#at-{upper} #at-{lower}")).to_contain_text("Ask the people")


async def test_back_and_reload_show_the_same_tree(site: Site) -> None:
    page = await site.open("/goals", as_=CHIEF)
    await page.get_by_label("Department").select_option("QUALITY")
    await expect(page).to_have_url(re.compile("department=QUALITY"))
    matches = page.get_by_text("3 of 30 goals and objectives match.")
    await expect(matches).to_be_visible()
    await page.reload()
    await expect(matches).to_be_visible()
    await expect(page.get_by_label("Department")).to_have_value("QUALITY")
    await page.get_by_role("link", name="Release no own-brand batch").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Release no own-brand batch")
    await page.go_back()
    await expect(matches).to_be_visible()


async def test_the_tree_is_walked_by_keyboard(site: Site) -> None:
    page = await site.open("/goals", as_=HEAD)
    await page.locator('.name > a[href="/goals/G1"]').focus()
    walked = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowDown"):
        await page.keyboard.press(key)
        walked.append((await read_focus(page)).rpartition("/")[2])
    # Down into a branch of two levels, up again, closed, and past what is closed.
    assert walked == ["GROUP-3", "ONLINE-3", "QUALITY-3", "ONLINE-3", "ONLINE-3", "G1", "GROUP-3"]
    await page.locator('.name > a[href="/goals/G1"]').focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator('.name > a[href="/objectives/GROUP-3"]')).to_be_hidden()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator('.name > a[href="/objectives/GROUP-3"]')).to_be_visible()
    await page.keyboard.press("End")
    assert (await read_focus(page)).startswith("/objectives/SERVICES")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/objectives/SERVICES" in page.url


async def test_a_link_is_affirmed_without_leaving_the_page(site: Site) -> None:
    page = await site.open("/objectives/STORES-3", as_=HEAD)
    line = page.locator("#links li").filter(has_text="Offer one seamless journey")
    await line.get_by_role("button", name="Still holds").click()
    await expect(line).to_contain_text("by Gareth Lowell")
    await expect(page.locator("#said")).to_contain_text("Affirmed.")
    await expect(line.get_by_role("button", name="Still holds")).to_be_focused()
    assert page.url == f"{site.url}/objectives/STORES-3"


async def test_two_people_edit_one_goal(site: Site) -> None:
    first, second = [await site.open("/goals/G1/edit", as_=CHIEF) for _ in range(2)]
    await first.get_by_label("Why").fill("Because of her.")
    await first.get_by_role("button", name="Save").click()
    await expect(first.get_by_text("Because of her.").first).to_be_visible()
    await second.get_by_label("Why").fill("Because of him.")
    await second.get_by_role("button", name="Save").click()
    await expect(second.get_by_role("alert")).to_contain_text("Somebody changed this")
    await expect(second.get_by_role("alert")).to_be_focused()
    await expect(second.get_by_text("Saved meanwhile: Because of her.")).to_be_visible()
    await expect(second.get_by_label("Why")).to_have_value("Because of him.")
    assert await find_barriers(second) == []


@pytest.mark.parametrize("javascript", [False, True])
async def test_a_goal_is_made_linked_and_archived_with_and_without_a_script(
    site: Site, javascript: bool
) -> None:
    page = await site.open("/goals/new", as_=CHIEF, javascript=javascript)
    await page.get_by_label("Title").fill("Open a store by the sea")
    await page.get_by_label("Rank").fill("first")
    await page.get_by_role("button", name="Add the goal").click()
    await expect(page.get_by_label("Rank")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Rank")).to_be_focused()
    await expect(page.get_by_label("Title")).to_have_value("Open a store by the sea")
    await page.get_by_label("Rank").fill("6")
    await page.get_by_label("State").select_option("active")
    await page.get_by_role("button", name="Add the goal").click()
    await page.get_by_role("link", name="Link an objective").click()
    await page.get_by_label("Which objective?").fill("cross-docking")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("radio", name="Open a cross-docking point").check()
    await page.get_by_label("Why: how does it help?").fill("The way is shorter.")
    await page.get_by_role("button", name="Link", exact=True).click()
    await expect(page.get_by_text("The way is shorter.").first).to_be_visible()
    await page.get_by_role("link", name="Archive").click()
    await expect(page.get_by_text("1 objective linked to it")).to_be_visible()
    await page.get_by_role("button", name="Archive G6").click()
    await expect(page.locator(".facts").get_by_text("archived")).to_be_visible()
