"""The strategy map: followed by keyboard, traced by a script, scrolled on a phone, printed on one sheet."""

import re

from playwright.async_api import expect

from tests.browser.site import Site

EMAIL = "helena.marsh@larkmoor.example"
REGION = "Strategy map, scrolls sideways"


async def test_boxes_are_links_and_what_they_lead_to_is_brought_out(site: Site) -> None:
    page = await site.open("/goals/map", as_=EMAIL)
    picture = page.get_by_role("region", name=REGION)
    box = picture.get_by_role("link", name=re.compile("^Objective ONLINE-4"))
    await box.focus()
    await expect(page.locator(".strategy-map")).to_have_class(re.compile("traced"))
    lit = await page.locator(".map-node.lit").evaluate_all("nodes => nodes.map(node => node.id)")
    assert set(lit) == {"", "at-ONLINE-4", "at-ONLINE-1", "at-G2", "at-CHANNELS"}
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("first-time app buyers")


async def test_a_finding_leads_to_where_it_is_told(site: Site) -> None:
    page = await site.open("/goals/map", as_=EMAIL, javascript=False)
    mark = page.get_by_role("region", name=REGION).get_by_role("link", name=re.compile("about SERVICES-1"))
    await mark.click()
    await expect(page).to_have_url(re.compile(r"/objectives/SERVICES-1#findings$"))
    await expect(page.get_by_role("article").first).to_contain_text("L101")


async def test_on_a_phone_the_map_scrolls_by_itself_and_is_a_list_too(site: Site) -> None:
    page = await site.open("/goals/map", as_=EMAIL, size="phone")
    picture = page.get_by_role("region", name=REGION)
    await picture.focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".map-sheet")).not_to_have_js_property("scrollLeft", 0)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.get_by_text("The same as a list").click()
    await expect(
        page.get_by_role("listitem").filter(has_text="Nothing contributes to this goal").first
    ).to_be_visible()


async def test_it_prints_on_one_sheet_that_lies(site: Site) -> None:
    page = await site.open("/goals/map", as_=EMAIL, scheme="dark")
    printed = await page.pdf(prefer_css_page_size=True)
    sheets = re.findall(rb"/MediaBox \[([^\]]*)\]", printed)
    assert len(sheets) == 1
    left, bottom, right, top = map(float, sheets[0].split())
    assert right - left > top - bottom
