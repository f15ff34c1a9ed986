"""Finding things: the slash key, a field, and a page of results, with and without a script."""

from playwright.async_api import expect

from tests.browser.site import Site

EMAIL = "gareth.lowell@larkmoor.example"


async def test_the_slash_leads_to_the_field_and_enter_to_what_was_meant(site: Site) -> None:
    page = await site.open("/linkage", as_=EMAIL)
    await page.keyboard.press("/")
    field = page.get_by_role("search").get_by_role("searchbox", name="Search")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("")
    await page.keyboard.type("seamless jorney")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Search", level=1)).to_be_visible()
    await expect(page.get_by_role("status").first).to_contain_text("This comes close")
    await page.get_by_role("link", name="Offer one seamless journey").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Offer one seamless journey")
    await page.go_back()
    await expect(page.get_by_label("Code, title, name or department")).to_have_value("seamless jorney")


async def test_a_slash_in_a_field_is_a_slash(site: Site) -> None:
    page = await site.open("/search?q=waste", as_=EMAIL)
    field = page.get_by_label("Code, title, name or department")
    await field.focus()
    await page.keyboard.press("End")
    await page.keyboard.type("/")
    await expect(field).to_have_value("waste/")


async def test_arrows_move_through_the_results(site: Site) -> None:
    page = await site.open("/search?q=deliv", as_=EMAIL)
    field = page.get_by_label("Code, title, name or department")
    await field.focus()
    results = page.locator(".found a")
    await page.keyboard.press("ArrowDown")
    await expect(results.nth(0)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(results.nth(1)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(field).to_be_focused()


async def test_people_are_found_without_a_script(site: Site) -> None:
    page = await site.open("/search", as_=EMAIL, javascript=False)
    await page.get_by_label("Code, title, name or department").fill("lindqvist")
    await page.get_by_role("main").get_by_role("button", name="Search").click()
    await page.get_by_role("link", name="Jonas Lindqvist").click()
    await expect(page.get_by_role("heading", name="Jonas Lindqvist", level=1)).to_be_visible()
    await expect(page.get_by_role("heading", name="Line of sight")).to_be_visible()


async def test_the_bar_of_every_page_fits_every_width(site: Site) -> None:
    page = await site.open("/goals", as_=EMAIL)
    for width in (390, 820, 992, 1000, 1024, 1072, 1100, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        field, menu = page.locator("header form.search input"), page.locator("header > details.menu")
        found, name = await field.bounding_box(), await menu.bounding_box()
        assert found is None or width < 992 or (name and found["x"] + found["width"] <= name["x"])
