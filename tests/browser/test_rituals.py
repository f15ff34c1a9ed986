"""Journey: a ritual is made, kept and voted on by phone; skipped without a script; its calendar followed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from tests.browser.site import Site, find_barriers

GARETH = "gareth.lowell@larkmoor.example"
HELENA = "helena.marsh@larkmoor.example"
# The day where the demo organization is.
TODAY = datetime.now(ZoneInfo("Europe/London")).date()


async def make_round(site: Site, code: str) -> None:
    """A weekly meeting of two that begins today."""
    page = await site.open("/rituals/new", as_=HELENA)
    await page.get_by_label("Name", exact=True).fill(f"Round {code}")
    await page.get_by_label("Code").fill(code)
    await page.get_by_label("Kind").select_option("cross_level_forum")
    await page.get_by_label("First time").fill(f"{TODAY}T09:00")
    await page.get_by_label("How often").select_option("weekly")
    await page.get_by_label("Who comes").fill(f"{GARETH}\n{HELENA}")
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Round {code}")
    await expect(page.get_by_label("About this ritual")).to_contain_text("every week on")


async def test_a_round_is_made_kept_and_voted_on_by_phone(site: Site) -> None:
    await make_round(site, "ROUND-A")
    address = f"/rituals/ROUND-A/{TODAY}"
    host = await site.open(address, as_=HELENA, size="phone")
    await host.get_by_label("Gareth Lowell").check()
    await host.get_by_label("In a sentence").first.fill("Tills open earlier.")
    await host.get_by_role("button", name="It took place").click()
    await expect(host.get_by_text("Tills open earlier.").first).to_be_visible()
    guest = await site.open(address, as_=GARETH, size="phone")
    await guest.get_by_role("button", name="4 useful").click()
    await expect(guest.get_by_role("button", name="4 useful")).to_have_attribute("aria-pressed", "true")
    await expect(guest.get_by_text("1 person voted")).to_be_visible()
    assert await guest.locator("meter").count() == 0
    assert await find_barriers(guest) == []
    assert await guest.evaluate("document.documentElement.scrollWidth") <= 390


async def test_one_is_skipped_without_a_script(site: Site) -> None:
    await make_round(site, "ROUND-B")
    later = TODAY + timedelta(weeks=1)
    page = await site.open(f"/rituals/ROUND-B/{later}", as_=HELENA, javascript=False)
    await page.locator("summary", has_text="Skip it").click()
    await page.get_by_label("Why").fill("Stocktaking week.")
    await page.get_by_role("button", name="Skip it").click()
    await expect(page.get_by_text("Stocktaking week.")).to_be_visible()
    await page.goto(f"{site.url}/rituals")
    await expect(page.locator("li", has_text="Stocktaking week.")).to_contain_text("skipped")


async def test_a_private_address_is_made_shown_once_and_ended(site: Site) -> None:
    page = await site.open("/calendar", as_=GARETH)
    await expect(page.get_by_role("link", name="09:00 Monthly alignment review").first).to_be_visible()
    await page.get_by_role("button", name="Make an address").click()
    link = page.get_by_label("Subscribe to this address")
    address = await link.input_value()
    told = await page.request.get(address)
    assert (told.status, (await told.text())[:15]) == (200, "BEGIN:VCALENDAR")
    assert await find_barriers(page) == []
    await page.reload()
    await expect(link).to_have_count(0)
    await page.get_by_role("button", name="End it").click()
    await expect(page.get_by_role("button", name="Make an address")).to_be_visible()
    assert (await page.request.get(address)).status == 404
