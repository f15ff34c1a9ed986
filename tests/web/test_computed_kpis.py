"""The page of a computed KPI: what it is made of, with links, what stands beside it, how far a month is."""

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from justhtml import JustHTML
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.alignment_kpis import COMPUTING, compute_alignment_kpis
from app.actions.initiatives import create_initiative, finish_initiative, redate_initiative
from app.domain.periods import Cadence, period_of
from app.domain.permissions import SYSTEM, Role
from app.models import Initiative
from app.models.initiatives import InitiativeFinish, InitiativeInput, InitiativeRedating
from app.queries.alignment_kpis import NamedRecord
from app.web.kpi_explaining import link_records, write_seconds
from tests.factories import make_department, make_owner
from tests.web.browsing import sign_in

TODAY = datetime.now(UTC).date()
THIS = period_of(TODAY, Cadence.MONTHLY)
DUE = THIS.previous().first_day + timedelta(days=9)


async def plan(session: AsyncSession, code: str, title: str, **fields: object) -> Initiative:
    """An initiative of OPS that was due in the last month."""
    data = {"code": code, "title": title, "department": "OPS", "status": "active"}
    dates = {"starts_on": THIS.previous(2).first_day, "due_on": DUE}
    return await create_initiative(
        session, InitiativeInput.model_validate(data | dates | fields), actor=SYSTEM
    )


async def test_a_computed_kpi_says_what_it_is_made_of_and_leads_there(
    app: FastAPI, session: AsyncSession
) -> None:
    await make_department(session, code="OPS")
    done = await plan(session, "I-1", "Depot <new>")
    await finish_initiative(session, done, InitiativeFinish(finished_on=DUE), actor=SYSTEM)
    late = await plan(session, "I-2", "Night shift")
    moved = InitiativeRedating(due_on=DUE + timedelta(days=200), reason="Permits.")
    await redate_initiative(session, late, moved, actor=SYSTEM)
    await compute_alignment_kpis(session, actor=COMPUTING)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = (await browser.get("/kpis/ON-TIME")).text
    assert '1 of 2 due; 1 late: <a href="/initiatives/I-2">Night shift</a>.' in page
    told = JustHTML(page, sanitize=False).to_text()
    # The baseline holds; on the dates as they stand now all that was due is done.
    assert "On current dates" in told
    assert "1 of 1" in told
    assert "Computed, today" in told or "computed, today" in told


async def test_a_month_that_goes_on_is_told_apart_from_results(app: FastAPI, session: AsyncSession) -> None:
    await make_department(session, code="OPS")
    await plan(session, "I-1", "Depot")
    await compute_alignment_kpis(session, actor=COMPUTING)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = (await browser.get("/kpis/COLLABORATION")).text
    main = page[page.index('id="process"') :]
    assert main.index("so far:") > main.index('class="big"')
    listed = JustHTML((await browser.get("/kpis")).text, sanitize=False).to_text()
    assert f"{THIS.previous().first_day:%B %Y}" in listed


async def test_where_nothing_was_due_the_last_number_is_told(app: FastAPI, session: AsyncSession) -> None:
    await make_department(session, code="OPS")
    earlier = THIS.previous(3)
    due = earlier.first_day + timedelta(days=9)
    await plan(session, "I-1", "Depot", starts_on=earlier.first_day, due_on=due)
    await compute_alignment_kpis(session, actor=COMPUTING)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    told = JustHTML((await browser.get("/kpis/ON-TIME")).text, sanitize=False).to_text()
    assert "Not applicable: Nothing was due." in told
    assert f"The last number: 0 % in {due:%B %Y}." in told


def test_longer_names_win_and_codes_in_brackets_are_links() -> None:
    records = [
        NamedRecord("initiative", "I-1", "Depot"),
        NamedRecord("initiative", "I-2", "Depot (east)"),
        NamedRecord("decision", "D-3", "Close it?"),
    ]
    parts = link_records("2 late: Depot (east), Depot; not counted: Shop (D-3).", records)
    assert [(part.text, part.href) for part in parts if part.href] == [
        ("Depot (east)", "/initiatives/I-2"),
        ("Depot", "/initiatives/I-1"),
        ("D-3", "/decisions/D-3"),
    ]
    assert "".join(part.text for part in parts) == "2 late: Depot (east), Depot; not counted: Shop (D-3)."
    assert [part.href for part in link_records("Nothing was due.", [])] == [None]


def test_second_numbers_are_written_with_what_is_behind_them() -> None:
    share = {"name": "a", "label": "A", "value": 66.6667, "unit": "percent", "n": 3}
    counted = {**share, "numerator": 2, "denominator": 3, "interval": [20.8, 93.9]}
    index = {"name": "b", "label": "B", "value": 0.25, "unit": "index", "n": 1200}
    plain = {**index, "numerator": None, "denominator": None, "interval": None}
    bare = {**plain, "n": None}
    assert [(each.value, each.evidence) for each in write_seconds([counted, plain, bare])] == [
        ("66.67 %", "2 of 3, between 20.8 and 93.9"),
        ("0.25", "n = 1,200"),
        ("0.25", ""),
    ]
    assert write_seconds(None) == []


def test_agreement_is_a_range_without_a_number_to_pick() -> None:
    told = {
        "name": "agreement",
        "label": "Agreement within teams, r_wg(j)",
        "value": 0.79,
        "unit": "index",
        "numerator": None,
        "denominator": None,
        "n": None,
        "interval": [0.65, 0.79],
    }
    (line,) = write_seconds([told])
    assert (line.value, line.evidence) == (
        "0.65 to 0.79",
        "beyond chance: slightly skewed to uniform answers",
    )
