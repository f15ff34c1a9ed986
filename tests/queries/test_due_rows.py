"""What a person owes: the SQL of *My updates* against the rules of the domain, on random organizations."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.due_periods import due_periods
from app.domain.measurements import due_departments, who_owes
from app.domain.periods import Cadence
from app.domain.permissions import Actor, ActorKind, Role, permissions_of_role
from app.domain.scoring import Source
from app.models import Department, Kpi, Owner
from app.queries.updates import DueValue, list_due_values
from tests.factories import make_department, make_kpi, make_measurement, make_owner, make_target
from tests.queries.test_due_values import EVER_HAD, REPORTING

TODAY = datetime.now(UTC).date()
PERIODS = due_periods(None, today=TODAY)
MONTH = PERIODS[Cadence.MONTHLY]


def act_for(owner: Owner) -> Actor:
    """Somebody who reads everything."""
    role = Role.HEAD
    return Actor(owner.id, ActorKind.PERSON, owner.name, permissions_of_role(role), role=role)


async def list_due(session: AsyncSession, owner: Owner) -> list[DueValue]:
    """What somebody owes for the last ended periods."""
    await session.flush()
    return await list_due_values(session, PERIODS, actor=act_for(owner))


async def _make_kpis(
    session: AsyncSession, chance: Random, people: list[Owner], places: list[Department]
) -> list[Kpi]:
    kpis = []
    for _ in range(25):
        home, owner, updater = (
            chance.choice([None, *options]) for options in (places, people, [None, *people])
        )
        kpi = await make_kpi(
            session,
            department_id=home and home.id,
            departments=chance.sample(places, chance.choice([0, 0, 1, 3])),
            owner_id=owner and owner.id,
            updater_id=updater and updater.id,
            cadence=chance.choice([Cadence.MONTHLY, Cadence.MONTHLY, Cadence.QUARTERLY]),
            active=chance.random() < 0.9,
        )
        kpis.append(kpi)
        for place in [None, *places]:
            if chance.random() < 0.3:
                source = chance.choice([Source.MANUAL, Source.FED, Source.AGGREGATED])
                await make_measurement(session, kpi, MONTH.text, department=place, source=source)
    return kpis


@pytest.mark.parametrize("seed", range(6))
async def test_everybody_owes_what_the_rules_say(session: AsyncSession, seed: int) -> None:
    chance = Random(seed)
    people = [await make_owner(session) for _ in range(3)]
    places = [await make_department(session, active=chance.random() < 0.8) for _ in range(4)]
    for place in places:
        chosen = chance.choice([None, *people])
        place.head_id = chosen.id if chosen else None
    kpis = await _make_kpis(session, chance, people, places)
    expected: dict[Any, set[tuple[UUID, UUID | None]]] = {person.id: set() for person in people}
    heads: dict[Any, UUID | None] = {place.id: place.head_id for place in places if place.active}
    for kpi in kpis:
        reporting = list(await session.scalars(REPORTING, {"kpi": kpi.id}))
        had = list(await session.scalars(EVER_HAD, {"kpi": kpi.id}))
        for department in due_departments(kpi.department_id, reporting=reporting, ever_had_values=had):
            is_open = department is None or department in heads
            owing = who_owes(
                kpi.updater_id, heads.get(department) if department else None, owner=kpi.owner_id
            )
            if kpi.active and is_open and owing:
                expected[owing].add((kpi.id, department))
    assert any(expected.values())
    for person in people:
        rows = await list_due(session, person)
        assert {(row.kpi_id, row.department_id) for row in rows} == expected[person.id]
        assert len(rows) == len(expected[person.id])
        assert [row.code for row in rows] == sorted(row.code for row in rows)


async def test_a_row_tells_target_current_value_and_what_was_before(session: AsyncSession) -> None:
    owner = await make_owner(session)
    place = await make_department(session, head_id=owner.id)
    kpi = await make_kpi(session, departments=[place])
    await make_target(session, kpi, "2020", target=50)
    await make_target(session, kpi, "2020", target=60, amber=55, department_id=place.id)
    for back in range(14):
        await make_measurement(session, kpi, MONTH.previous(back + 1).text, department=place, value=back)
    await make_measurement(session, kpi, MONTH.previous(3).text, value=1000)
    await make_measurement(
        session, kpi, MONTH.text, department=place, value=42.5, note="N", confidence=2, revision=3
    )
    (row,) = await list_due(session, owner)
    assert row.thresholds is not None
    assert (row.thresholds.target, row.thresholds.amber) == (Decimal(60), Decimal(55))
    assert [int(value) for _, value in row.past] == list(range(10, -1, -1))
    assert row.last == (MONTH.previous().text, Decimal(0))
    assert (str(row.value), row.note, row.confidence, row.revision) == ("42.5", "N", 2, 3)
    assert row.is_there


async def test_withdrawn_values_are_open_and_not_remembered(session: AsyncSession) -> None:
    owner = await make_owner(session)
    kpi = await make_kpi(session, owner_id=owner.id)
    await make_measurement(session, kpi, MONTH.text, withdrawn=True, revision=2)
    await make_measurement(session, kpi, MONTH.previous().text, withdrawn=True)
    (row,) = await list_due(session, owner)
    assert (row.is_there, row.revision, row.last, row.thresholds) == (False, 2, None, None)


async def test_values_of_another_cadence_are_not_mixed_in(session: AsyncSession) -> None:
    owner = await make_owner(session)
    kpi = await make_kpi(session, owner_id=owner.id, cadence=Cadence.QUARTERLY)
    quarter = PERIODS[Cadence.QUARTERLY]
    await make_measurement(session, kpi, quarter.previous().text, value=7)
    await make_measurement(session, kpi, f"{quarter.year - 1}-01", value=8)
    await make_measurement(session, kpi, str(quarter.year - 1), value=9)
    (row,) = await list_due(session, owner)
    assert row.past == [(quarter.previous().text, Decimal(7))]
