"""Reading what is known of one KPI: its series at a place, the last value of every place, all its targets.

As known now, or at an earlier moment. How many KPIs stand beside each other is in `kpis_table`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Role, require
from app.models.kpis import Kpi
from app.models.targets import Target
from app.queries._hidden import tell_hidden
from app.queries.kpis_table import SPARK_PERIODS
from app.queries.measurements import say_how_far_explained
from app.queries.organization import today_of
from app.queries.targets import visible_targets

MOST_PLACES = 200


class SeriesRow(NamedTuple):
    """What was said of one period, and how it is read."""

    id: UUID
    period: str
    first_day: date
    value: Decimal | None
    not_applicable: bool
    hidden_below: int | None
    n: int | None
    interval_low: Decimal | None
    interval_high: Decimal | None
    note: str | None
    reason: str | None
    confidence: int | None
    source: str
    revision: int
    target: Decimal | None
    status: str
    status_reason: str
    trend: str | None
    signal: str | None
    recorded_by: str | None
    recorded_at: datetime
    explanation: str | None
    seconds: list[dict[str, Any]] | None


class PlaceRow(NamedTuple):
    """A department (without one: the whole organization) with its last value and those before it."""

    department_id: UUID | None
    code: str | None
    name: str | None
    period: str
    value: Decimal | None
    not_applicable: bool
    hidden_below: int | None
    source: str
    target: Decimal | None
    status: str
    status_reason: str
    trend: str | None
    signal: str | None
    periods: list[str]
    values: list[Decimal | None]


class MeasuredNode(NamedTuple):
    """What a KPI measures."""

    kind: str
    code: str
    title: str


_MEASURED = text("""
select n.kind, n.code, coalesce(t.name, g.title, o.title) as title
from kpi_measures m
join nodes n on n.id = m.node_id
left join themes t on t.id = n.id
left join goals g on g.id = n.id
left join objectives o on o.id = n.id
where m.kpi_id = :kpi
order by n.kind, n.code
""")
_KNOWN = "m.known_from <= :as_of and (m.known_to is null or m.known_to > :as_of)"
_SERIES = """
select m.id, m.period, m.first_day, case when not m.suppressed then m.value end as value,
       m.not_applicable, HIDDEN, m.n, m.interval_low, m.interval_high, m.note, m.reason, m.confidence,
       m.source, m.revision, m.target, m.status, m.status_reason, m.trend, m.signal,
       case when cast(:names as boolean) then m.recorded_by_name end as recorded_by, m.recorded_at,
       case when cast(:explained as boolean) then m.explanation end as explanation,
       case when not m.suppressed then m.seconds end as seconds
from measurements m
where m.kpi_id = :kpi and PLACE and KNOWN and not m.withdrawn
order by m.first_day
"""
# One pass over all values of the KPI: the last row of each place, and its last periods, backwards.
_PLACES = """
with place as (
    select m.department_id, (array_agg(m."row" order by m.first_day desc))[1] as last_row,
           (array_agg(m.period order by m.first_day desc))[1:cast(:spark as int)] as periods,
           (array_agg(case when not m.suppressed then m.value end order by m.first_day desc))
               [1:cast(:spark as int)] as values
    from measurements m
    where m.kpi_id = :kpi and KNOWN and not m.withdrawn
      and (cast(:sees as uuid[]) is null or m.department_id is null
           or m.department_id = any(cast(:sees as uuid[])))
      -- What is computed of a period that goes on is no result yet.
      and not (m.source = 'computed' and m.last_day >= cast(:today as date))
    group by m.department_id
)
select p.department_id, d.code, d.name, m.period, case when not m.suppressed then m.value end as value,
       m.not_applicable, HIDDEN, m.source, m.target, m.status, m.status_reason, m.trend, m.signal,
       p.periods, p.values
from place p
join measurements m on m."row" = p.last_row
left join departments d on d.id = p.department_id
order by p.department_id is not null, lower(d.name), d.code
limit cast(:most as int)
"""
_HERE = {True: "m.department_id is null", False: "m.department_id = cast(:place as uuid)"}
_STATEMENTS = {
    (whole, past): text(
        _SERIES.replace("HIDDEN", tell_hidden("m"))
        .replace("PLACE", _HERE[whole])
        .replace("KNOWN", _KNOWN if past else "m.known_to is null")
    )
    for whole in (True, False)
    for past in (True, False)
}
_PLACE_STATEMENTS = {
    past: text(
        _PLACES.replace("HIDDEN", tell_hidden("m")).replace("KNOWN", _KNOWN if past else "m.known_to is null")
    )
    for past in (True, False)
}


async def list_kpi_series(
    session: AsyncSession, kpi: Kpi, place: UUID | None, *, as_of: datetime | None, actor: Actor
) -> list[SeriesRow]:
    """Every period of one place, in order."""
    require(actor, Permission.METRICS_READ)
    parameters: dict[str, Any] = {
        "kpi": kpi.id,
        "names": actor.role is not Role.FACILITATOR,
        "explained": say_how_far_explained(actor) != "none",
    }
    if place is not None:
        parameters["place"] = place
    if as_of is not None:
        parameters["as_of"] = as_of
    found = await session.execute(_STATEMENTS[place is None, as_of is not None], parameters)
    return [SeriesRow(*row) for row in found]


async def list_kpi_places(
    session: AsyncSession, kpi: Kpi, *, as_of: datetime | None, actor: Actor
) -> list[PlaceRow]:
    """The last value of every place that has one, the whole organization first; 200 of them at most."""
    require(actor, Permission.METRICS_READ)
    sees = None if actor.sees is None else list(actor.sees)
    parameters: dict[str, Any] = {
        "kpi": kpi.id,
        "sees": sees,
        "spark": SPARK_PERIODS,
        "most": MOST_PLACES,
        "today": await today_of(session),
    }
    if as_of is not None:
        parameters["as_of"] = as_of
    found = await session.execute(_PLACE_STATEMENTS[as_of is not None], parameters)
    return [PlaceRow(*row)._replace(periods=row.periods[::-1], values=row.values[::-1]) for row in found]


async def list_measured_nodes(session: AsyncSession, kpi: Kpi) -> list[MeasuredNode]:
    """The themes, goals and objectives that a KPI measures."""
    return [MeasuredNode(*row) for row in await session.execute(_MEASURED, {"kpi": kpi.id})]


async def list_every_target(session: AsyncSession, kpi: Kpi, *, actor: Actor) -> Sequence[Target]:
    """The targets of a KPI, those that were taken away too; the latest range first."""
    require(actor, Permission.GOALS_READ)
    statement = visible_targets(kpi, actor).order_by(
        col(Target.first_day).desc(), col(Target.created_at).desc()
    )
    return (await session.scalars(statement)).all()
