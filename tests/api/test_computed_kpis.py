"""Computed KPIs over the API: they follow their records, explain themselves, and are told by level."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.alignment_kpis import COMPUTING, compute_alignment_kpis
from app.actions.initiatives import create_initiative
from app.domain.periods import Cadence, last_ended
from app.domain.permissions import SYSTEM, Permission
from app.domain.words import Level
from app.models.initiatives import InitiativeInput
from tests.cast import Cast
from tests.factories import make_department, make_owner

LAST = last_ended(datetime.now(UTC).date(), Cadence.MONTHLY)
DUE = LAST.first_day + timedelta(days=9)
VALUES = f"/api/v1/kpis/ON-TIME/measurements/{LAST}"
METRICS = f"/api/v1/metrics?period={LAST}&kpi=ON-TIME"


async def plan(session: AsyncSession, **fields: Any) -> str:
    """An initiative of OPS that was due in the last month; the code of its department."""
    department = await make_department(session, code="OPS")
    data = {"code": "I-1", "title": "The new depot", "department": "OPS", "status": "active"}
    dates = {"starts_on": LAST.first_day, "due_on": DUE}
    await create_initiative(session, InitiativeInput.model_validate(data | dates | fields), actor=SYSTEM)
    await session.flush()
    return department.code


async def test_fresh_metrics_wait_for_the_computing(cast: Cast, session: AsyncSession) -> None:
    await plan(session)
    ceo = await cast.ceo()
    (before,) = (await ceo.get(METRICS)).json()["items"]
    assert (before["department"], before["value"]) == (None, None)
    fresh = (await ceo.get(f"{METRICS}&fresh=true")).json()["items"]
    told = [
        (each["department"] and each["department"]["code"], each["value"], each["source"]) for each in fresh
    ]
    assert told == [(None, 0, "computed"), ("OPS", 0, "computed")]
    finished = await ceo.post("/api/v1/initiatives/I-1/finish", json={"finished_on": str(DUE)})
    assert finished.status_code == 200, finished.text
    fresh = (await ceo.get(f"{METRICS}&fresh=true")).json()["items"]
    assert [(each["value"], each["numerator"], each["revision"]) for each in fresh] == [(100, 1, 2)] * 2


async def test_a_computed_value_explains_itself_and_says_why_it_was_revised(
    cast: Cast, session: AsyncSession
) -> None:
    await plan(session)
    ceo = await cast.ceo()
    await ceo.get(f"{METRICS}&fresh=true")
    told = (await ceo.get(VALUES)).json()
    assert told["explanation"] == "0 of 1 due; 1 late: The new depot."
    assert told["interval"] is not None
    assert told["recorded_by"] == "Coxswain"
    assert told["seconds"] == [
        {
            "name": "on_current_dates",
            "label": "On current dates",
            "value": 0,
            "unit": "percent",
            "numerator": 0,
            "denominator": 1,
            "n": 1,
            "interval": told["interval"],
        }
    ]
    late = {"due_on": str(DUE + timedelta(days=400)), "reason": "Permits."}
    moved = await ceo.post("/api/v1/initiatives/I-1/redate", json=late)
    assert moved.status_code == 200, moved.text
    await ceo.get(f"{METRICS}&fresh=true")
    again = (await ceo.get(VALUES)).json()
    assert (again["value"], again["seconds"], again["revision"]) == (0, [], 2)
    assert again["reason"].startswith("Computed again: initiative I-1 ")


async def test_explanations_name_records_only_to_those_who_may_read_them(
    cast: Cast, session: AsyncSession
) -> None:
    await plan(session)
    home = await make_department(session, code="HOME")
    await compute_alignment_kpis(session, actor=COMPUTING)
    reads = (Permission.GOALS_READ, Permission.DECISIONS_READ, Permission.METRICS_READ)
    everything = await cast.machine(*reads)
    assert (await everything.get(VALUES)).json()["explanation"]
    bound = await cast.machine(*reads, department_id=home.id)
    figures_only = await cast.machine(Permission.METRICS_READ)
    for client in (bound, figures_only, await cast.facilitator()):
        told = (await client.get(VALUES)).json()
        assert (told["value"], told["explanation"]) == (0, None)
    assert (await figures_only.get(f"{VALUES}?department=OPS")).json()["explanation"] is None


async def test_nobody_owes_or_misses_a_computed_value(cast: Cast, session: AsyncSession) -> None:
    await plan(session)
    await compute_alignment_kpis(session, actor=COMPUTING)
    ceo = await cast.ceo()
    later = LAST.next()
    rows = (await ceo.get(f"/api/v1/metrics?period={later}&kpi=ON-TIME")).json()["items"]
    # OPS had nothing due: no value is missing there. The organization says that nothing was due.
    assert [each["department"] for each in rows] == [None]


async def test_a_typed_value_against_a_computed_one_needs_a_reason(cast: Cast, session: AsyncSession) -> None:
    await plan(session)
    await compute_alignment_kpis(session, actor=COMPUTING)
    ceo = await cast.ceo()
    bare = await ceo.put(VALUES, json={"value": 90})
    assert (bare.status_code, bare.json()["errors"][0]["code"]) == (422, "reason_required")
    typed = await ceo.put(VALUES, json={"value": 90, "reason": "Entered late."})
    assert (typed.status_code, typed.json()["source"]) == (200, "manual")
    (row, _) = (await ceo.get(f"{METRICS}&fresh=true")).json()["items"]
    assert (row["value"], row["source"]) == (90, "manual")
    gone = await ceo.request("DELETE", VALUES, headers={"If-Match": "*"})
    assert gone.status_code == 200, gone.text
    (row, _) = (await ceo.get(f"{METRICS}&fresh=true")).json()["items"]
    assert (row["value"], row["source"]) == (0, "computed")


async def test_levels_are_told_apart(cast: Cast, session: AsyncSession) -> None:
    owner = await make_owner(session, level=Level.MIDDLE)
    await plan(session, owner=owner.email)
    ceo = await cast.ceo()
    empty = (await ceo.get("/api/v1/alignment/levels")).json()
    assert empty == {"items": [], "computed_at": None}
    await compute_alignment_kpis(session, actor=COMPUTING)
    for query in ("", f"?period={LAST}", "?kpi=ON-TIME&kpi=CULTURE"):
        told = (await ceo.get(f"/api/v1/alignment/levels{query}")).json()
        (row,) = [each for each in told["items"] if each["kpi"]["code"] == "ON-TIME"]
        assert (row["level"], row["period"], row["value"], row["denominator"]) == ("middle", str(LAST), 0, 1)
        assert row["explanation"] == "0 of 1 due; 1 late: The new depot."
        assert told["computed_at"]
    facilitator = await cast.facilitator()
    assert {
        each["explanation"]
        for each in (await facilitator.get(f"/api/v1/alignment/levels?period={LAST}")).json()["items"]
    } == {None}
    home = await make_department(session, code="HOME")
    bound = await cast.machine(Permission.METRICS_READ, department_id=home.id)
    assert (await bound.get("/api/v1/alignment/levels")).json()["items"] == []
    without = await cast.machine(Permission.GOALS_READ)
    assert (await without.get("/api/v1/alignment/levels")).status_code == 403


@pytest.mark.parametrize("query", ["period=tomorrow", "kpi=NOBODY", "level=all"])
async def test_odd_questions_about_levels_are_refused(query: str, cast: Cast) -> None:
    assert (await (await cast.ceo()).get(f"/api/v1/alignment/levels?{query}")).status_code == 422


async def test_a_served_application_computes_by_itself_what_a_request_changed(fresh_cast: Cast) -> None:
    await fresh_cast._do(plan)
    ceo = await fresh_cast.ceo()
    async with fresh_cast.app.router.lifespan_context(fresh_cast.app):
        finished = await ceo.post("/api/v1/initiatives/I-1/finish", json={"finished_on": str(DUE)})
        assert finished.status_code == 200, finished.text
        async with asyncio.timeout(60):
            while (answer := await ceo.get(VALUES)).status_code == 404:
                await asyncio.sleep(0.2)
    told = answer.json()
    assert (told["value"], told["source"], told["recorded_by"]) == (100, "computed", COMPUTING.name)
