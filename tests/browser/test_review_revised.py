"""A closed review after a value was corrected: the same facts, the same files, and a mark where it stood."""

from decimal import Decimal
from uuid import UUID

from playwright.async_api import Page, expect

from app.actions._assess import record_values
from app.database import Database
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM
from app.domain.review.canonical import read_canonical
from app.domain.review.facts import Slot
from app.domain.scoring import Source
from app.domain.states import NewValue
from app.models import Kpi
from tests.browser.site import CHIEF, Site, find_barriers

PAGE = "/reviews/2026-10"


async def read_files(page: Page) -> list[bytes]:
    """The review in every format."""
    href = page.url.partition("#")[0]
    answers = [await page.request.get(f"{href}/export.{kind}") for kind in ("json", "csv", "html")]
    return [await answer.body() for answer in answers]


async def correct(database: Database, slot: Slot, value: str) -> None:
    """Says of the first KPI of a department that it is otherwise, as its feed would."""
    shown = slot.kpis[0]
    async with database.unit_of_work() as session:
        kpi = await session.get_one(Kpi, UUID(shown.kpi.id))
        place, period = UUID(slot.department.id), parse_period(shown.period)
        said = NewValue(department=place, period=period, value=Decimal(value), reason="Counted again.")
        await record_values(session, kpi, [said], actor=SYSTEM, source=Source.FED)


async def test_what_is_revised_after_closing_is_marked_and_nothing_else_changes(site: Site) -> None:
    page = await site.open(PAGE, as_=CHIEF)
    await page.locator("textarea[name=despite]").fill("The rest is settled tomorrow.")
    await page.get_by_role("button", name="Close the review").click()
    await expect(page.locator("h1")).to_contain_text("Closed")
    frozen = await read_files(page)
    slot = next(each for each in read_canonical(frozen[0]).slots if each.kpis)
    card = page.locator(f"#slot-{slot.department.code} .slot-kpis li").first
    said = await card.inner_text()
    await expect(page.locator("a.revised")).to_have_count(0)
    await correct(site.database, slot, "3.21")
    await page.reload()
    mark = card.get_by_role("link", name=f"revised since ({slot.kpis[0].kpi.name} is 3.21 now)")
    await expect(mark).to_be_visible()
    shown, word = await card.inner_text(), await mark.inner_text()
    assert shown.replace(word, "").split() == said.split()
    people = page.locator("#review-pulse .cells li", has_text=slot.department.name)
    await expect(people.get_by_role("link", name="revised since")).to_be_visible()
    assert await read_files(page) == frozen
    assert await find_barriers(page) == []
    await mark.focus()
    await page.keyboard.press("Enter")
    row = page.locator("tr:target")
    await expect(row).to_contain_text("3.21")
    await expect(row).to_be_in_viewport()
    assert site.complaints == []
