"""Moving the due date of an initiative: baseline and KPI stay as they were; asking and answering."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Page, expect

from app.domain.periods import Cadence, last_ended
from tests.browser.site import Site, find_barriers

CHIEF = "helena.marsh@larkmoor.example"
HEAD = "gareth.lowell@larkmoor.example"
SERVICES = "desmond.farrell@larkmoor.example"
TODAY = datetime.now(UTC).date()
LAST = last_ended(TODAY, Cadence.MONTHLY)
LATER = TODAY + timedelta(days=200)


async def read_on_time(page: Page, site: Site) -> dict[str, Any]:
    """What the KPI says of the last month, computed from what is there now."""
    address = f"{site.url}/api/v1/metrics?kpi=ON-TIME&period={LAST}&department=STORES&fresh=true"
    answer = await page.context.request.get(address)
    assert answer.ok, await answer.text()
    (row,) = (await answer.json())["items"]
    return {name: row[name] for name in ("value", "numerator", "denominator")}


async def test_a_later_date_leaves_the_baseline_and_the_kpi_as_they_were(site: Site) -> None:
    page = await site.open("/initiatives", as_=HEAD)
    await page.get_by_role("link", name="New initiative").click()
    await page.get_by_label("Title").fill("Paint the harbour store")
    await page.get_by_label("Code", exact=True).fill("PAINT")
    await page.get_by_label("Begins").fill(str(LAST.first_day - timedelta(days=60)))
    await page.get_by_label("Due").fill(str(LAST.last_day))
    await page.get_by_label("Led by").select_option("STORES")
    await page.get_by_label("What it is for").fill("STORES-1")
    await page.get_by_role("button", name="Add the initiative").click()
    await expect(page.get_by_role("heading", level=1, name="Paint the harbour store")).to_be_visible()
    before = await read_on_time(page, site)
    assert before["denominator"] > before["numerator"], "it was due and is not done"

    await page.get_by_role("link", name="Move the due date").click()
    await page.get_by_label("New due date").fill(str(LATER))
    await page.get_by_label("Why it moves").fill("The scaffold is booked until spring.")
    assert await find_barriers(page) == []
    await page.get_by_role("button", name="Move the due date").click()
    dates = page.get_by_role("region", name="Dates")
    await expect(dates).to_contain_text("The scaffold is booked until spring.")
    await expect(dates).to_contain_text("the baseline, with which it began")
    await expect(dates.get_by_role("listitem")).to_have_count(2)
    about = page.get_by_role("complementary", name="About this initiative")
    await expect(about).to_contain_text(f"{LAST.last_day.day} {LAST.last_day:%B %Y}")
    assert await read_on_time(page, site) == before


async def test_a_date_moves_on_a_phone_without_a_script(site: Site) -> None:
    page = await site.open("/initiatives/PHONE-ROSTERS", as_=CHIEF, size="phone", javascript=False)
    await page.get_by_role("link", name="Move the due date").click()
    await page.get_by_label("New due date").fill(str(LATER))
    await page.get_by_label("Why it moves").fill("The works council wants to see the pilot first.")
    await page.get_by_role("button", name="Move the due date").click()
    await expect(page.get_by_role("region", name="Dates")).to_contain_text("wants to see the pilot first.")


async def test_one_asks_and_the_other_accepts(site: Site) -> None:
    asking = await site.open("/initiatives/PICKUP-SHELVES", as_=HEAD)
    await asking.get_by_role("link", name="Ask for something").click()
    await asking.get_by_label("From which objective or initiative").fill("SERVICES-3")
    await asking.get_by_label("Needed by").fill(str(LATER))
    await asking.get_by_label("What exactly, and why").fill("The shelves are built in your workshop.")
    await asking.get_by_role("button", name="Ask for it").click()
    needs = asking.get_by_role("region", name="What it needs")
    await expect(needs).to_contain_text("not answered yet")

    answering = await site.open("/objectives/SERVICES-3", as_=SERVICES)
    await answering.get_by_role("button", name="Accept: Collection shelves at every entrance").click()
    await expect(answering.get_by_role("region", name="What serves or needs it")).to_contain_text("promised")
    await asking.reload()
    await expect(needs).to_contain_text("promised")
