"""Reading what is known now of what a closed review shows: two statements, however much it shows."""

from uuid import UUID

from sqlalchemy import ARRAY, TEXT, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.review.revised import (
    CurrentOutcome,
    CurrentValue,
    Place,
    Revision,
    find_revisions,
    list_places_to_compare,
    list_shown_promises,
)
from app.queries.review_snapshots import FrozenReview

_VALUES = text("""
select m.kpi_id::text as kpi, m.department_id::text as department, m.period, m.value::float8 as value,
       m.target::float8 as target, m.status, m.suppressed, m.known_from as at, m.recorded_by_name as by,
       m.reason
from unnest(:kpis, :departments, :periods) as shown(kpi, department, period)
join measurements m on m.kpi_id = shown.kpi and m.period = shown.period
    and m.department_id is not distinct from shown.department
where m.known_to is null
""").bindparams(
    bindparam("kpis", type_=ARRAY(Uuid)),
    bindparam("departments", type_=ARRAY(Uuid)),
    bindparam("periods", type_=ARRAY(TEXT)),
)
_OUTCOMES = text("""
select c.id, c.status, e.at, e.actor_name
from commitments c
left join lateral (
    select at, actor_name from events
    where kind = 'commitment' and object_id = c.id and action in ('settled', 'corrected', 'dropped')
    order by at desc, id desc limit 1
) e on true
where c.id = any(:commitments)
""").bindparams(bindparam("commitments", type_=ARRAY(Uuid)))


async def list_revisions_since(session: AsyncSession, frozen: FrozenReview) -> list[Revision]:
    """What the snapshot shows otherwise than it is known now."""
    snapshot, facts = frozen
    values = await _read_values(session, list_places_to_compare(facts))
    promises = {UUID(each.commitment.id) for each in list_shown_promises(facts)}
    outcomes = await _read_outcomes(session, promises)
    return find_revisions(facts, values, outcomes, closed_at=snapshot.closed_at)


async def _read_values(session: AsyncSession, places: set[Place]) -> dict[Place, CurrentValue]:
    # Exactly what is shown: all its KPIs in all its periods would be twenty times as much.
    asked = {
        "kpis": [UUID(kpi) for kpi, _, _ in places],
        "departments": [department and UUID(department) for _, department, _ in places],
        "periods": [period for _, _, period in places],
    }
    rows = await session.execute(_VALUES, asked)
    return {(kpi, department, period): CurrentValue(*told) for kpi, department, period, *told in rows}


async def _read_outcomes(session: AsyncSession, commitments: set[UUID]) -> dict[str, CurrentOutcome]:
    rows = await session.execute(_OUTCOMES, {"commitments": sorted(commitments)})
    return {str(row.id): CurrentOutcome(row.status, row.at, row.actor_name) for row in rows}
