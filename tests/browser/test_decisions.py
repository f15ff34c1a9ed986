"""Journey: a decision is logged in one line, decided and doubted; on a phone, and without a script."""

from playwright.async_api import expect

from tests.browser.site import Site, find_barriers

GARETH = "gareth.lowell@larkmoor.example"
HELENA = "helena.marsh@larkmoor.example"
ORLA = "orla.kinsella@larkmoor.example"
LINE = "Sell the van of Harbour Street? @gareth needed in 2 weeks #G1 #STORES !range"


async def test_one_line_logs_a_decision_and_says_before_what_it_understands(site: Site) -> None:
    page = await site.open("/decisions", as_=GARETH)
    line = page.get_by_label("Log a decision in one line")
    await line.fill("Sell the van of Harbour Street? @gareth #G1 @nobody")
    understood = page.locator("#capture-understood")
    await expect(understood).to_contain_text("Gareth Lowell")
    await expect(understood).to_contain_text("@nobody — nobody is called so.")
    await line.press("Enter")
    await expect(line).to_have_attribute("aria-invalid", "true")
    await expect(line).to_be_focused()
    assert await find_barriers(page) == []
    await line.fill(LINE)
    await line.press("Enter")
    await page.wait_for_url("**/decisions?logged=*")
    said = page.get_by_role("status").first
    await expect(said).to_contain_text("Sell the van of Harbour Street?")
    await expect(said).to_contain_text("Gareth Lowell decides.")
    await expect(said).to_contain_text("Touches STORES.")


async def test_a_decision_is_taken_and_doubted_on_a_phone(site: Site) -> None:
    page = await site.open("/decisions", as_=GARETH, size="phone")
    await page.get_by_label("Log a decision in one line").fill(LINE)
    await page.get_by_role("button", name="Log it").click()
    await page.get_by_role("status").get_by_role("link").click()
    decide = page.locator("#decisions-step-decide")
    await decide.get_by_label("What is decided").fill("Sell it to the parish")
    await decide.get_by_label("Decided on").fill("2020-01-01")
    await decide.get_by_role("button", name="Decide").click()
    await expect(decide).to_contain_text("is before it was raised")
    await expect(decide.get_by_label("What is decided")).to_have_value("Sell it to the parish")
    await decide.get_by_label("Decided on").fill("")
    await decide.get_by_role("button", name="Decide").click()
    await expect(page.get_by_text("Decided: Sell it to the parish")).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    doubter = await site.open(page.url.removeprefix(site.url), as_=ORLA, size="phone")
    await doubter.locator("summary", has_text="Commit with a concern").click()
    await doubter.get_by_label("Concern").fill("Lucy has no other way to deliver on Mondays.")
    await doubter.get_by_role("button", name="Note the concern").click()
    await expect(doubter.get_by_text("Orla Kinsella commits with a concern")).to_be_visible()
    assert await find_barriers(doubter) == []


async def test_all_of_it_works_without_a_script(site: Site) -> None:
    page = await site.open("/decisions", as_=HELENA, javascript=False)
    line = page.get_by_label("Log a decision in one line")
    await line.fill("Close on Mondays? @desmond by 30 Jun @nobody")
    await line.press("Enter")
    assert "nobody is called so" in await page.content()
    await page.get_by_role("button", name="Log it all the same").click()
    await page.get_by_role("status").get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Close on Mondays? @nobody")
    await page.locator("summary", has_text="Withdraw it").click()
    await page.get_by_label("Why nobody needs it any more").fill("We never meant it.")
    await page.locator("#decisions-step-withdraw").get_by_role("button").click()
    await expect(page.get_by_text("Withdrawn", exact=True)).to_be_visible()
