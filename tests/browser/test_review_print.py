"""The printed review: the record on paper, without what is pressed; nothing is torn from its heading."""

from playwright.async_api import Page, expect

from tests.browser.site import CHIEF, Site

STYLE = "(node, name) => getComputedStyle(node).getPropertyValue(name)"


async def open_paper(site: Site, path: str) -> Page:
    """A page as it is printed on A4 between the margins."""
    page = await site.open(path, as_=CHIEF, scheme="dark")
    await page.set_viewport_size({"width": 695, "height": 1017})
    await page.emulate_media(media="print")
    return page


async def test_a_closed_review_prints_the_record_and_nothing_to_press(site: Site) -> None:
    page = await open_paper(site, "/reviews/2026-09")
    await expect(page.get_by_text("SHA-256 of its canonical JSON")).to_be_visible()
    for pressed in (".review-reopen", ".review-kept", ".review-agenda", ".crumbs"):
        assert await page.locator(pressed).count()
        await expect(page.locator(pressed).first).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 695


async def test_no_figure_is_torn_from_its_heading(site: Site) -> None:
    page = await open_paper(site, "/reviews/2026-10")
    kept = ".review-pulse, .checklist, .tile, .slot, .topic, .review-figures"
    styles = await page.locator(kept).evaluate_all(f"nodes => nodes.map(it => ({STYLE})(it, 'break-inside'))")
    assert set(styles) == {"avoid"}
    headed = ".review-part > h2, .review-part > h3, .review-part > .says, .review-pulse > h3"
    styles = await page.locator(headed).evaluate_all(
        f"nodes => nodes.map(it => ({STYLE})(it, 'break-after'))"
    )
    assert len(styles) > 9
    assert set(styles) == {"avoid"}
    rules = await page.evaluate(
        "[...document.styleSheets].flatMap(sheet => [...sheet.cssRules])"
        ".flatMap(layer => [...(layer.cssRules ?? [])])"
        ".filter(rule => rule instanceof CSSPageRule).map(rule => rule.selectorText)"
    )
    assert "" in rules
