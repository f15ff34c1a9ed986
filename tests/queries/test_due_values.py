"""Whose value is due: the SQL of the metrics against the rule of the domain, on random organizations."""

from datetime import UTC, datetime
from random import Random
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.measurements import due_departments
from app.domain.periods import Cadence, last_ended
from app.domain.permissions import SYSTEM
from app.domain.scoring import Source
from app.models import Department, Kpi
from app.models.metrics import MetricFilter
from app.queries.metrics import list_metrics
from tests.factories import make_department, make_kpi, make_measurement

LAST = last_ended(datetime.now(UTC).date(), Cadence.MONTHLY)
REPORTING = text("select department_id from kpi_departments where kpi_id = :kpi")
EVER_HAD = text("""
select department_id from measurements where kpi_id = :kpi and value is not null and source <> 'aggregated'
""")
OF_LAST = text("""
select department_id from measurements where kpi_id = :kpi and not withdrawn and period = :period
""")


async def _make_organization(session: AsyncSession, chance: Random) -> tuple[list[Department], list[Kpi]]:
    departments = [await make_department(session, active=chance.random() < 0.8) for _ in range(4)]
    kpis = []
    for _ in range(25):
        home = chance.choice([None, None, *departments])
        reporting = chance.sample(departments, chance.choice([0, 0, 1, 2]))
        kpi = await make_kpi(session, department_id=home and home.id, departments=reporting)
        kpis.append(kpi)
        for place in [None, *departments]:
            if chance.random() < 0.3:
                await _make_value(session, kpi, place, chance)
    return departments, kpis


async def _make_value(session: AsyncSession, kpi: Kpi, place: Department | None, chance: Random) -> None:
    suppressed = chance.random() < 0.3
    await make_measurement(
        session,
        kpi,
        LAST.previous(chance.choice([0, 0, 1, 9])).text,
        department=place,
        source=chance.choice([Source.MANUAL, Source.FED, Source.AGGREGATED]),
        withdrawn=chance.random() < 0.2,
        suppressed=suppressed,
        value=None if suppressed else 80,
    )


@pytest.mark.parametrize("seed", range(8))
async def test_the_rows_are_the_values_and_what_is_due(session: AsyncSession, seed: int) -> None:
    departments, kpis = await _make_organization(session, Random(seed))
    open_places = {None, *(place.id for place in departments if place.active)}
    expected = set()
    for kpi in kpis:
        reporting = list(await session.scalars(REPORTING, {"kpi": kpi.id}))
        had = list(await session.scalars(EVER_HAD, {"kpi": kpi.id}))
        due = due_departments(kpi.department_id, reporting=reporting, ever_had_values=had)
        shown = await session.scalars(OF_LAST, {"kpi": kpi.id, "period": LAST.text})
        expected |= {(kpi.id, place) for place in {*shown} | (due & open_places)}
    filters = MetricFilter(kpi=[kpi.code for kpi in kpis], limit=1000)
    page = await list_metrics(session, filters, actor=SYSTEM)
    rows = orjson.loads(f"[{page.items}]")
    found = [(UUID(row["kpi"]["id"]), row["department"] and UUID(row["department"]["id"])) for row in rows]
    assert set(found) == expected
    assert len(found) == len(expected)
