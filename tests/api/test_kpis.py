"""Definitions of KPIs over the API: works, who may not, what is refused, and what a change does to values."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import record_values
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM, Permission
from app.domain.scoring import Direction, Source, Status
from app.domain.states import NewValue
from app.models import Event, Kpi, Measurement
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_kpi, make_owner, make_target

KPIS = "/api/v1/kpis"
NPS = {
    "code": "NPS",
    "name": "Net promoter score",
    "unit": "score",
    "direction": "higher",
    "cadence": "monthly",
}


async def record(session: AsyncSession, kpi: Kpi, period: str, value: int) -> None:
    said = NewValue(department=None, period=parse_period(period), value=Decimal(value))
    await record_values(session, kpi, [said], actor=SYSTEM, source=Source.IMPORTED)


async def test_a_kpi_is_created_with_all_that_it_names(cast: Cast, session: AsyncSession) -> None:
    sales, online = await make_department(session), await make_department(session)
    owner, goal, guard = await make_owner(session), await make_goal(session), await make_kpi(session)
    ceo = await cast.ceo()
    named = {
        "departments": [online.code.lower(), str(sales.id)],
        "measures": [goal.code],
        "guards": [guard.code],
    }
    body = NPS | named | {"owner": owner.email, "department": sales.code, "baseline": 7.3}
    answer = await ceo.post(KPIS, json=body)
    assert answer.status_code == 201, answer.text
    kpi = answer.json()
    assert answer.headers["location"] == f"{KPIS}/{kpi['id']}"
    assert [each["code"] for each in kpi["departments"]] == sorted([sales.code, online.code])
    assert kpi["measures"] == [{"id": str(goal.id), "code": goal.code, "name": goal.title}]
    assert kpi["guards"] == [{"id": str(guard.id), "code": guard.code, "name": guard.name}]
    assert (kpi["owner"]["code"], kpi["department"]["code"]) == (owner.email, sales.code)
    assert (kpi["baseline"], kpi["source"], kpi["built_in"], kpi["feed"]) == (7.3, "manual", False, None)
    assert (await ceo.get(f"{KPIS}/nps")).json() == kpi
    event = (await session.scalars(select(Event).where(col(Event.object_id) == kpi["id"]))).one()
    assert event.after is not None
    assert (event.kind, event.action, event.after["measures"]) == ("kpi", "created", [str(goal.id)])


async def test_an_update_replaces_what_is_named_and_counts_as_a_version(
    cast: Cast, session: AsyncSession
) -> None:
    sales, online = await make_department(session), await make_department(session)
    ceo = await cast.ceo()
    made = await ceo.post(KPIS, json=NPS | {"departments": [sales.code]})
    etag = {"If-Match": made.headers["etag"]}
    same = await ceo.patch(f"{KPIS}/NPS", json={}, headers=etag)
    assert (same.json(), same.headers["etag"]) == (made.json(), made.headers["etag"])
    answer = await ceo.patch(f"{KPIS}/NPS", json={"departments": [online.code]}, headers=etag)
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == 2
    assert [each["code"] for each in answer.json()["departments"]] == [online.code]
    late = await ceo.put(f"{KPIS}/NPS", json=NPS, headers=etag)
    assert late.status_code == 412
    bare = await ceo.put(f"{KPIS}/NPS", json=NPS, headers={"If-Match": "*"})
    assert bare.json()["departments"] == []
    told = select(Event).where(col(Event.kind) == "kpi").order_by(col(Event.id).desc()).limit(1)
    event = (await session.scalars(told)).one()
    assert event.before is not None
    assert event.after is not None
    assert (event.before["departments"], event.after["departments"]) == ([str(online.id)], [])


async def test_heads_keep_the_kpis_of_their_departments_only(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head()
    own = head.department  # type: ignore[attr-defined]
    below, other = await make_department(session, parent=own), await make_department(session)
    assert (await head.post(KPIS, json=NPS | {"department": below.code})).status_code == 201
    assert (await head.post(KPIS, json=NPS | {"code": "A"})).status_code == 403
    assert (await head.post(KPIS, json=NPS | {"code": "A", "department": other.code})).status_code == 403
    star = {"If-Match": "*"}
    moved = await head.patch(f"{KPIS}/NPS", json={"department": other.code}, headers=star)
    assert moved.status_code == 403
    foreign = await make_kpi(session, department_id=other.id)
    refused = await head.patch(f"{KPIS}/{foreign.code}", json={"name": "Mine"}, headers=star)
    assert refused.status_code == 403
    assert (await head.get(f"{KPIS}/{foreign.code}")).status_code == 200


async def test_who_may_not_read_or_write_kpis(cast: Cast, session: AsyncSession) -> None:
    own, other = await make_department(session), await make_department(session)
    hidden = await make_kpi(session, department_id=other.id)
    general = await make_kpi(session)
    for client in (
        await cast.facilitator(),
        await cast.stranger(),
        await cast.machine(Permission.METRICS_READ),
    ):
        assert (await client.get(KPIS)).status_code == 403
    for client in (await cast.viewer(), await cast.contributor()):
        assert (await client.get(f"{KPIS}/{hidden.code}")).status_code == 200
        assert (await client.post(KPIS, json=NPS)).status_code == 403
    bound = await cast.machine(Permission.GOALS_READ, department_id=own.id)
    assert (await bound.get(f"{KPIS}/{hidden.code}")).status_code == 404
    assert (await bound.get(f"{KPIS}/{general.code}")).status_code == 200
    codes = [each["code"] for each in (await bound.get(f"{KPIS}?built_in=false")).json()["items"]]
    assert codes == [general.code]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"unit": "per  cent"}, "/unit", "bad_unit"),
        ({"source": "fed"}, "/feed", "required"),
        ({"feed": {"metric": "engagement"}}, "/feed", "only_when_fed"),
        ({"departments": ["NONE"]}, "/departments/0", "unknown_reference"),
        ({"measures": ["NONE"]}, "/measures/0", "unknown_reference"),
        ({"guards": ["ON-TIME", "NONE"]}, "/guards/1", "unknown_reference"),
        ({"owner": "nobody@coxswain.test"}, "/owner", "unknown_reference"),
        ({"grace_days": -1}, "/grace_days", "greater_than_equal"),
        ({"cadence": "daily"}, "/cadence", "enum"),
        ({"built_in": True}, "/built_in", "unknown_field"),
        (
            {"source": "fed", "feed": {"metric": "m", "scale": {"kind": "mean", "min": 10, "max": 1}}},
            "/feed/scale/max",
            "bad_scale",
        ),
    ],
)
async def test_bad_definitions_are_refused_with_their_place(
    cast: Cast, fields: dict[str, Any], pointer: str, code: str
) -> None:
    ceo = await cast.ceo()
    answer = await ceo.post(KPIS, json=NPS | fields)
    assert answer.status_code == 422, answer.text
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_a_code_is_taken_once_whatever_its_case(cast: Cast) -> None:
    ceo = await cast.ceo()
    assert (await ceo.post(KPIS, json=NPS)).status_code == 201
    answer = await ceo.post(KPIS, json=NPS | {"code": "nps"})
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
    guarded = await ceo.patch(f"{KPIS}/NPS", json={"guards": ["NPS"]}, headers={"If-Match": "*"})
    assert (guarded.status_code, guarded.json()["code"]) == (422, "guards_itself")


async def test_lists_are_narrowed_by_what_kpis_name(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    goal, department, owner = (
        await make_goal(session),
        await make_department(session),
        await make_owner(session),
    )
    body = NPS | {"measures": [goal.code], "department": department.code, "owner": owner.email}
    assert (await ceo.post(KPIS, json=body | {"metric": "nps", "active": False})).status_code == 201
    for query in (
        f"measures={goal.code}",
        f"department={department.id}",
        f"owner={owner.email}",
        "metric=nps",
        "active=false",
        "source=manual",
        "built_in=false",
    ):
        answer = await ceo.get(f"{KPIS}?{query}")
        assert [each["code"] for each in answer.json()["items"]] == ["NPS"], query
    assert (await ceo.get(f"{KPIS}?measures=NONE")).status_code == 422
    built_in = (await ceo.get(f"{KPIS}?built_in=true&source=computed&source=fed")).json()["items"]
    assert len(built_in) == 9


async def test_the_alignment_kpis_stay(cast: Cast) -> None:
    ceo, star = await cast.ceo(), {"If-Match": "*"}
    answer = await ceo.delete(f"{KPIS}/ON-TIME", headers=star)
    assert (answer.status_code, answer.json()["code"]) == (409, "built_in")
    renamed = await ceo.patch(f"{KPIS}/ON-TIME", json={"code": "LATE"}, headers=star)
    assert (renamed.status_code, renamed.json()["errors"][0]["pointer"]) == (409, "/code")
    quiet = await ceo.patch(f"{KPIS}/ON-TIME", json={"active": False}, headers=star)
    assert quiet.json()["active"] is False


async def test_archived_kpis_leave_the_list_and_keep_their_code(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    answer = await ceo.post(f"{KPIS}/{kpi.code}/archive")
    assert answer.json()["archived_at"] is not None
    listed = (await ceo.get(f"{KPIS}?built_in=false")).json()["items"]
    archived = (await ceo.get(f"{KPIS}?archived=true")).json()["items"]
    assert (listed, [each["code"] for each in archived]) == ([], [kpi.code])
    assert (await ceo.post(KPIS, json=NPS | {"code": kpi.code})).status_code == 409


async def test_cadence_and_scale_are_free_while_there_is_no_value(cast: Cast, session: AsyncSession) -> None:
    ceo, star = await cast.ceo(), {"If-Match": "*"}
    scale = {"kind": "mean", "min": 0, "max": 10}
    body = {"cadence": "quarterly", "feed": {"scale": scale}}
    changed = await ceo.patch(f"{KPIS}/ENGAGEMENT", json=body, headers=star)
    assert changed.status_code == 200, changed.text
    assert changed.json()["feed"]["scale"] == scale
    kpi = (await session.scalars(select(Kpi).where(col(Kpi.code) == "ENGAGEMENT"))).one()
    await record(session, kpi, "2026-Q3", 7)
    refusals: tuple[tuple[dict[str, Any], str], ...] = (
        ({"cadence": "monthly"}, "/cadence"),
        ({"feed": {"scale": {"max": 5}}}, "/feed/scale"),
    )
    for change, pointer in refusals:
        refused = await ceo.patch(f"{KPIS}/ENGAGEMENT", json=change, headers=star)
        assert (refused.status_code, refused.json()["code"]) == (409, "has_values")
        assert refused.json()["errors"][0]["pointer"] == pointer


async def test_a_new_direction_is_refused_while_a_target_forbids_it(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, star = await cast.ceo(), {"If-Match": "*"}
    kpi = await make_kpi(session)
    await make_target(session, kpi, "2026", target=90, amber=80)
    refused = await ceo.patch(f"{KPIS}/{kpi.code}", json={"direction": "lower"}, headers=star)
    assert (refused.status_code, refused.json()["code"]) == (409, "thresholds_out_of_order")
    assert "target from 2026-01-01" in refused.json()["detail"]


async def test_a_new_direction_reads_the_values_again(cast: Cast, session: AsyncSession) -> None:
    ceo, star = await cast.ceo(), {"If-Match": "*"}
    kpi = await make_kpi(session, direction=Direction.HIGHER)
    await make_target(session, kpi, "2026", target=90)
    await record(session, kpi, "2026-10", 95)
    changed = await ceo.patch(f"{KPIS}/{kpi.code}", json={"direction": "lower"}, headers=star)
    assert changed.status_code == 200, changed.text
    current = select(Measurement).where(col(Measurement.known_to).is_(None))
    row = (await session.scalars(current)).one()
    assert (row.status, row.revision) == (Status.RED, 1)
