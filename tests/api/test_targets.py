"""Targets over the API: ranges, overlaps, thresholds, departments, and what they do to values."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import record_values
from app.database import Database
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM, Permission
from app.domain.scoring import Direction, Source
from app.domain.states import NewValue
from app.models import Department, Event, Kpi, Measurement
from tests.cast import Cast
from tests.factories import make_department, make_kpi, make_target

STAR = {"If-Match": "*"}


def targets_of(kpi: Kpi) -> str:
    return f"/api/v1/kpis/{kpi.code}/targets"


async def record(session: AsyncSession, kpi: Kpi, value: int, *places: Department | None) -> None:
    said = [
        NewValue(
            department=None if place is None else place.id,
            period=parse_period("2026-10"),
            value=Decimal(value),
        )
        for place in places
    ]
    await record_values(session, kpi, said, actor=SYSTEM, source=Source.IMPORTED)


async def statuses(session: AsyncSession, kpi: Kpi) -> dict[Any, str]:
    current = select(Measurement).where(
        col(Measurement.known_to).is_(None), col(Measurement.kpi_id) == kpi.id
    )
    return {row.department_id: row.status.value for row in await session.scalars(current)}


async def test_a_target_is_created_and_the_values_it_covers_are_read_again(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    await record(session, kpi, 85, None)
    body = {"from": "2026-Q4", "to": None, "target": 90, "amber": 80.5, "red": 70}
    answer = await ceo.post(targets_of(kpi), json=body)
    assert answer.status_code == 201, answer.text
    target = answer.json()
    assert target.items() >= (body | {"department": None, "low": None}).items()
    assert '"target":90,"amber":80.5,' in answer.text
    assert target["kpi"] == {"id": str(kpi.id), "code": kpi.code, "name": kpi.name}
    assert (await ceo.get(f"{targets_of(kpi)}/{target['id']}")).json() == target
    assert (await ceo.get(targets_of(kpi))).json()["items"] == [target]
    assert await statuses(session, kpi) == {None: "green"}
    event = (await session.scalars(select(Event).where(col(Event.kind) == "target"))).one()
    assert (event.action, event.code) == ("created", "2026-Q4")


async def test_the_target_of_a_department_beats_the_general_one_there(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    east, west = await make_department(session), await make_department(session)
    await record(session, kpi, 85, east, west)
    await make_target(session, kpi, "2026", target=80)
    body = {"from": "2026", "to": "2026-12", "department": east.code, "target": 95}
    made = await ceo.post(targets_of(kpi), json=body)
    assert made.status_code == 201, made.text
    assert await statuses(session, kpi) == {east.id: "red", west.id: "green", None: "green"}
    listed = await ceo.get(f"{targets_of(kpi)}?department={east.code}")
    assert [each["target"] for each in listed.json()["items"]] == [95]
    gone = await ceo.delete(f"{targets_of(kpi)}/{made.json()['id']}", headers=STAR)
    assert gone.json()["archived_at"] is not None
    assert await statuses(session, kpi) == {east.id: "green", west.id: "green", None: "green"}


async def test_a_changed_target_leaves_an_event_with_both(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    target = await make_target(session, kpi, "2026", target=90)
    await record(session, kpi, 85, None)
    url = f"{targets_of(kpi)}/{target.id}"
    etag = {"If-Match": (await ceo.get(url)).headers["etag"]}
    assert (await ceo.patch(url, json={"target": 80})).status_code == 428
    changed = await ceo.patch(url, json={"target": 80}, headers=etag)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert await statuses(session, kpi) == {None: "green"}
    assert (await ceo.patch(url, json={"target": 70}, headers=etag)).status_code == 412
    replaced = await ceo.put(url, json={"from": "2027", "target": 80}, headers=STAR)
    assert (replaced.json()["from"], replaced.json()["to"]) == ("2027", None)
    assert await statuses(session, kpi) == {None: "unknown"}
    told = select(Event).where(col(Event.kind) == "target").order_by(col(Event.id))
    events = (await session.scalars(told)).all()
    assert [
        (each.before and each.before["target"], each.after and each.after["target"]) for each in events
    ] == [
        (None, 90),
        (90, 80),
        (80, 80),
    ]


async def test_ranges_of_one_place_must_not_overlap(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    department = await make_department(session)
    url = targets_of(kpi)
    first = await ceo.post(url, json={"from": "2026-01", "to": "2026-06", "target": 1})
    for other in ({"from": "2026-Q2"}, {"from": "2025", "to": "2026-W01"}, {"from": "2020"}):
        refused = await ceo.post(url, json=other | {"target": 2})
        assert (refused.status_code, refused.json()["code"]) == (409, "overlapping_target"), refused.text
    for body in ({"from": "2026-07"}, {"from": "2026", "department": department.code}):
        assert (await ceo.post(url, json=body | {"target": 2})).status_code == 201
    longer = await ceo.patch(f"{url}/{first.json()['id']}", json={"to": "2026-07"}, headers=STAR)
    assert longer.status_code == 409, longer.text
    shorter = await ceo.patch(f"{url}/{first.json()['id']}", json={"to": "2026-05"}, headers=STAR)
    assert shorter.status_code == 200


@pytest.mark.parametrize(
    ("direction", "fields", "pointer", "code"),
    [
        ("higher", {"target": 90, "amber": 95}, "/amber", "thresholds_out_of_order"),
        ("lower", {"target": 90, "red": 80}, "/red", "thresholds_out_of_order"),
        ("higher", {"amber": 95}, "/target", "required"),
        ("band", {"low": 1}, "/high", "required"),
        ("band", {"low": 1, "high": 2, "amber": 1}, "/amber", "not_for_this_direction"),
        ("higher", {"target": 90, "to": "2025"}, "/to", "ends_before_start"),
        ("higher", {"target": 90, "from": "2026-13"}, "/from", "bad_format"),
        ("higher", {"target": "90"}, "/target", "not_a_number"),
        ("higher", {"target": 90, "department": "NONE"}, "/department", "unknown_reference"),
        ("higher", {"target": 90, "until": "2027"}, "/until", "unknown_field"),
    ],
)
async def test_bad_targets_are_refused_with_their_place(
    cast: Cast, session: AsyncSession, direction: str, fields: dict[str, Any], pointer: str, code: str
) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session, direction=Direction(direction))
    answer = await ceo.post(targets_of(kpi), json={"from": "2026"} | fields)
    assert answer.status_code == 422, answer.text
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_who_may_not_set_targets(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head()
    own = head.department  # type: ignore[attr-defined]
    other = await make_department(session)
    mine, general = await make_kpi(session, department_id=own.id), await make_kpi(session)
    body = {"from": "2026", "target": 90}
    assert (await head.post(targets_of(mine), json=body)).status_code == 201
    assert (await head.post(targets_of(general), json=body | {"department": own.code})).status_code == 403
    assert (await head.post(targets_of(mine), json=body | {"department": other.code})).status_code == 403
    viewer = await cast.viewer()
    assert (await viewer.post(targets_of(mine), json=body)).status_code == 403
    assert (await viewer.get(targets_of(mine))).status_code == 200


async def test_a_bound_machine_sees_no_targets_of_others(cast: Cast, session: AsyncSession) -> None:
    own, other = await make_department(session), await make_department(session)
    kpi = await make_kpi(session)
    hidden = await make_target(session, kpi, "2026", department_id=other.id)
    shown = await make_target(session, kpi, "2026")
    bound = await cast.machine(Permission.GOALS_READ, department_id=own.id)
    assert (await bound.get(f"{targets_of(kpi)}/{hidden.id}")).status_code == 404
    listed = (await bound.get(targets_of(kpi))).json()["items"]
    assert [each["id"] for each in listed] == [str(shown.id)]
    assert (await bound.get(f"{targets_of(kpi)}/none")).status_code == 404


async def test_of_two_overlapping_targets_at_once_one_is_refused(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    async with fresh_database.unit_of_work() as session:
        kpi = await make_kpi(session)
    ceo = await fresh_cast.ceo()
    body = {"from": "2026", "target": 90}
    answers = await asyncio.gather(*(ceo.post(targets_of(kpi), json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_an_archived_target_is_not_edited(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    target = await make_target(session, kpi, "2026")
    await ceo.delete(f"{targets_of(kpi)}/{target.id}", headers=STAR)
    refused = await ceo.patch(f"{targets_of(kpi)}/{target.id}", json={"target": 1}, headers=STAR)
    assert (refused.status_code, refused.json()["code"]) == (409, "archived")
