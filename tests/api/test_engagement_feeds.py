"""Scores that feed KPIs: which ones, in which scale, and which score stands when several do."""

from decimal import Decimal
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import record_values
from app.actions._write import add_record
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM, Permission
from app.domain.scoring import Source
from app.domain.states import NewValue
from app.models import Department, Event, Kpi, Measurement
from tests.api.test_engagement import PATH, make_item, make_push, push
from tests.cast import Cast
from tests.factories import make_department

FAVOURABLE = {"kind": "favourability"}


@pytest.fixture
async def sales(session: AsyncSession) -> Department:
    """The department whose scores are pushed."""
    return await make_department(session, code="SALES")


@pytest.fixture
async def robot(cast: Cast, sales: Department) -> httpx2.AsyncClient:
    """An HR system."""
    return await cast.machine(Permission.ENGAGEMENT_WRITE, Permission.METRICS_READ)


async def make_fed_kpi(session: AsyncSession, code: str, **feed: Any) -> Kpi:
    """A monthly KPI that takes scores."""
    fields = {"cadence": feed.pop("cadence", "monthly")}
    values = {
        "code": code,
        "name": code,
        "unit": "score",
        "direction": "higher",
        "aggregation": "none",
        "source": "fed",
        "feed": {"source": None, "survey": None, "metric": "engagement", "scale": None} | feed,
    }
    return await add_record(session, Kpi, values | fields, actor=SYSTEM)


async def find_kpi(session: AsyncSession, code: str) -> Kpi:
    """A KPI as it is stored now."""
    statement = select(Kpi).where(col(Kpi.code) == code).execution_options(populate_existing=True)
    return (await session.scalars(statement)).one()


async def read_values(session: AsyncSession, code: str) -> list[tuple[str, Any, Any, str]]:
    """Period, value, n and source of what departments have now; "-" for suppressed, "x" for withdrawn."""
    statement = (
        select(Measurement)
        .join(Kpi, col(Kpi.id) == col(Measurement.kpi_id))
        .where(
            col(Kpi.code) == code,
            col(Measurement.known_to).is_(None),
            col(Measurement.department_id).is_not(None),
        )
        .order_by(col(Measurement.period))
        .execution_options(populate_existing=True)
    )
    return [
        (
            row.period,
            "x" if row.withdrawn else "-" if row.suppressed else row.value,
            row.n,
            row.source.value,
        )
        for row in await session.scalars(statement)
    ]


async def test_a_score_feeds_the_built_in_kpi_in_its_own_scale(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    answer = await push(robot, make_item())
    assert answer["items"][0]["feeds"] == ["ENGAGEMENT"]
    assert answer["items"][0]["note"] is None
    assert await read_values(session, "ENGAGEMENT") == [("2026-05", Decimal("7.4"), 38, "fed")]
    kpi = await find_kpi(session, "ENGAGEMENT")
    assert kpi.feed is not None
    assert kpi.feed["scale"] == {"kind": "mean", "min": 0, "max": 10}
    actions = select(col(Event.action), col(Event.before), col(Event.after)).where(
        col(Event.object_id) == kpi.id
    )
    action, before, after = (await session.execute(actions)).one()
    assert (action, before["feed"]["scale"], after["feed"]["scale"]["kind"]) == ("updated", None, "mean")
    pushed = select(col(Event.after)).where(col(Event.kind) == "engagement_push")
    found = (await session.scalars(pushed)).one()
    assert found is not None
    assert found["kpis"] == ["ENGAGEMENT"]


async def test_another_scale_or_cadence_feeds_nothing_and_says_why(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await push(robot, make_item())
    answer = await push(
        robot,
        make_item(scale=FAVOURABLE, value=74, period="2026-06"),
        make_item(period="2026-Q2"),
        make_item(metric="strategy"),
        make_item(department=None, segment="s1"),
    )
    assert [item["feeds"] for item in answer["items"]] == [[], [], [], []]
    notes = [item["note"] for item in answer["items"]]
    assert "favourability" in notes[0]
    assert "quarterly" in notes[1]
    assert notes[2] == "No KPI takes this metric."
    assert "inbox" in notes[3]
    assert len(await read_values(session, "ENGAGEMENT")) == 1


async def test_a_score_feeds_every_kpi_that_means_it(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await make_fed_kpi(session, "PEAKON", source="peakon", survey="pulse")
    await make_fed_kpi(session, "GLINT", source="glint")
    await make_fed_kpi(session, "OTHER-SURVEY", survey="yearly")
    await make_fed_kpi(session, "OTHER-SCALE", scale={"kind": "index", "min": 0, "max": 10})
    answer = await push(robot, make_item())
    assert sorted(answer["items"][0]["feeds"]) == ["ENGAGEMENT", "PEAKON"]
    assert len(await read_values(session, "PEAKON")) == 1
    assert await read_values(session, "GLINT") + await read_values(session, "OTHER-SURVEY") == []


async def test_a_push_with_two_scales_gives_the_first_one_to_the_kpi(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    answer = await push(
        robot, make_item(scale=FAVOURABLE, value=74, period="2026-06"), make_item(period="2026-04")
    )
    assert [item["feeds"] for item in answer["items"]] == [["ENGAGEMENT"], []]
    assert await read_values(session, "ENGAGEMENT") == [("2026-06", Decimal(74), 38, "fed")]


async def test_of_several_scores_the_latest_observed_counts(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await push(robot, make_item(value=7.4, observed_at="2026-06-02T06:00:00Z"))
    late = make_push(make_item(value=8.1, observed_at="2026-06-03T06:00:00Z"), round="second")
    assert (await robot.post(PATH, json=late)).json()["items"][0]["feeds"] == ["ENGAGEMENT"]
    early = make_push(make_item(value=6.6, observed_at="2026-06-01T06:00:00Z"), round="third")
    assert (await robot.post(PATH, json=early)).json()["items"][0]["feeds"] == ["ENGAGEMENT"]
    assert await read_values(session, "ENGAGEMENT") == [("2026-05", Decimal("8.1"), 38, "fed")]


async def test_a_suppressed_score_counts_only_where_no_other_has_a_value(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    late = make_push(make_item(respondents=3, observed_at="2026-06-09T06:00:00Z"), round="second")
    answer = (await robot.post(PATH, json=late)).json()["items"][0]
    assert (answer["status"], answer["feeds"]) == ("suppressed", ["ENGAGEMENT"])
    assert await read_values(session, "ENGAGEMENT") == [("2026-05", "-", 3, "fed")]
    await push(robot, make_item())
    assert await read_values(session, "ENGAGEMENT") == [("2026-05", Decimal("7.4"), 38, "fed")]


async def test_a_revision_replaces_only_the_part_of_its_own_score(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    late = make_push(make_item(value=8.1, observed_at="2026-06-03T06:00:00Z"), round="second")
    await robot.post(PATH, json=late)
    await push(robot, make_item(value=7.4))
    await push(robot, make_item(value=5.5))
    assert await read_values(session, "ENGAGEMENT") == [("2026-05", Decimal("8.1"), 38, "fed")]
    late["items"][0]["respondents"] = 2
    await robot.post(PATH, json=late)
    assert await read_values(session, "ENGAGEMENT") == [("2026-05", Decimal("5.5"), 38, "fed")]


async def test_a_revision_to_another_scale_withdraws_what_it_fed(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await push(robot, make_item(), make_item(period="2026-06"))
    answer = await push(robot, make_item(scale=FAVOURABLE, value=74))
    assert (answer["items"][0]["status"], answer["items"][0]["feeds"]) == ("revised", [])
    assert [row[:2] for row in await read_values(session, "ENGAGEMENT")] == [
        ("2026-05", "x"),
        ("2026-06", Decimal("7.4")),
    ]


async def test_a_typed_value_stays_whatever_is_fed(
    robot: httpx2.AsyncClient, session: AsyncSession, sales: Department
) -> None:
    kpi = await find_kpi(session, "ENGAGEMENT")
    typed = NewValue(department=sales.id, period=parse_period("2026-05"), value=Decimal(6), reason="Agreed.")
    await record_values(session, kpi, [typed], actor=SYSTEM, source=Source.MANUAL)
    await session.flush()
    answer = await push(robot, make_item())
    assert answer["summary"]["created"] == 1
    assert await read_values(session, "ENGAGEMENT") == [("2026-05", Decimal(6), None, "manual")]


async def test_the_same_push_again_makes_no_new_measurement(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await push(robot, make_item())
    answer = await push(robot, make_item())
    assert answer["items"][0]["feeds"] == ["ENGAGEMENT"]
    rows = (
        await session.scalars(select(Measurement).where(col(Measurement.department_id).is_not(None)))
    ).all()
    assert len(rows) == 1


async def test_a_switched_off_kpi_is_not_fed(robot: httpx2.AsyncClient, session: AsyncSession) -> None:
    kpi = await find_kpi(session, "ENGAGEMENT")
    kpi.active = False
    await session.flush()
    assert (await push(robot, make_item()))["items"][0]["feeds"] == []
    assert await read_values(session, "ENGAGEMENT") == []


async def test_a_kpi_that_comes_later_is_fed_from_what_was_received(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(robot, make_item(metric="trust"), make_item(metric="trust", period="2026-Q2"))
    ceo = await cast.ceo()
    body = {"code": "TRUST", "name": "Trust", "unit": "score", "direction": "higher", "cadence": "monthly"}
    feed = {"source": "fed", "feed": {"metric": "trust"}}
    answer = await ceo.post("/api/v1/kpis", json=body | feed)
    assert answer.status_code == 201, answer.text
    assert await read_values(session, "TRUST") == [("2026-05", Decimal("7.4"), 38, "fed")]
    assert (await push(robot, make_item(metric="trust")))["items"][0]["feeds"] == ["TRUST"]


async def test_a_kpi_that_changes_its_cadence_is_fed_from_what_was_received(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    answer = await push(robot, make_item(period="2026"))
    assert "yearly" in answer["items"][0]["note"]
    ceo = await cast.ceo()
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    url = "/api/v1/kpis/ENGAGEMENT"
    patched = await ceo.patch(url, content=b'{"cadence": "yearly"}', headers=headers)
    assert patched.status_code == 200, patched.text
    assert patched.json()["feed"]["scale"]["kind"] == "mean"
    assert await read_values(session, "ENGAGEMENT") == [("2026", Decimal("7.4"), 38, "fed")]


async def test_a_feed_that_takes_less_withdraws_what_it_takes_no_more(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(robot, make_item())
    ceo = await cast.ceo()
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    body = b'{"feed": {"source": "glint"}}'
    patched = await ceo.patch("/api/v1/kpis/ENGAGEMENT", content=body, headers=headers)
    assert patched.status_code == 200, patched.text
    assert [row[1] for row in await read_values(session, "ENGAGEMENT")] == ["x"]


async def test_a_withdrawn_typed_value_gives_way_to_the_fed_one(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(robot, make_item())
    ceo = await cast.ceo()
    url = "/api/v1/kpis/ENGAGEMENT/measurements/2026-05?department=SALES"
    typed = await ceo.put(url, json={"value": 6, "reason": "Agreed with the works council."})
    assert typed.status_code == 200, typed.text
    await push(robot, make_item(value=8))
    assert [row[1] for row in await read_values(session, "ENGAGEMENT")] == [Decimal(6)]
    gone = await ceo.delete(url, headers={"If-Match": "*"})
    assert gone.status_code in (200, 204), gone.text
    assert [row[1] for row in await read_values(session, "ENGAGEMENT")] == [Decimal(8)]
