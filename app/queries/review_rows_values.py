"""The numbers of a review: values that are due, the alignment KPIs, figures by leadership level.

Of now, or as they were known on a past day: what was first told after that day (history that was loaded)
stands as it is now, for loading tells an aggregate once for each of its parts. What is suppressed today is so
of every day. Whose value is due is `due_departments` of the domain, told again in SQL.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.due_periods import due_periods
from app.domain.measurements import who_owes
from app.domain.periods import Cadence, Period
from app.domain.review.facts import Named
from app.domain.review.rows import LevelRow, TileRow, ValueRow
from app.domain.scoring import Direction, KpiSource, Source, Status, Variation
from app.queries.review_moment import ReviewMoment, step_back

_NOBODY = "'00000000-0000-0000-0000-000000000000'"
# What was said of each KPI, place and period, as far as CHOSEN; withdrawn values and all.
_STATES = {
    False: """
    select m.*, m.suppressed as hidden from measurements m where m.known_to is null and CHOSEN
""",
    True: """
    select distinct on (m.kpi_id, m.department_id, m.period) m.*,
           bool_or(m.suppressed and (m.known_to is null or m.known_from <= :at))
               over (partition by m.kpi_id, m.department_id, m.period) as hidden
    from measurements m
    where CHOSEN
    order by m.kpi_id, m.department_id, m.period, m.known_from <= :at desc, m.known_from desc, m."row" desc
""",
}
_DUE = """
with wanted as (
    select * from unnest(
        cast(:cadences as text[]), cast(:periods as text[]), cast(:befores as text[]),
        cast(:earlier as text[])
    ) as w (cadence, period, before, earlier)
),
reports as (
    select kpi_id, array_agg(department_id) as reporting from kpi_departments group by kpi_id
),
kpi as (
    select k.*, w.period, w.before, w.earlier, r.reporting
    from kpis k
    join wanted w on w.cadence = k.cadence
    left join reports r on r.kpi_id = k.id
    where k.active and k.archived_at is null
      -- What is computed from records nobody owes, unless somebody is named to type it.
      and (k.source <> 'computed' or k.updater_id is not null)
),
-- A KPI that names no department awaits values from where it ever had one, else from the organization. A
-- limit keeps the planner from reading every value of everything.
had as (
    select k.id as kpi_id, d.id as department_id
    from kpi k
    cross join departments d
    where k.reporting is null and k.department_id is null and (
        select true from measurements m where m.kpi_id = k.id and m.department_id = d.id
        and m.value is not null and m.source not in ('aggregated', 'computed') limit 1)
    union all
    select k.id, null
    from kpi k
    where k.reporting is null and k.department_id is null and (
        select true from measurements m where m.kpi_id = k.id and m.department_id is null
        and m.value is not null and m.source not in ('aggregated', 'computed') limit 1)
),
due as (
    select k.id as kpi_id, unnest(k.reporting) as department_id from kpi k
    union all
    select k.id, k.department_id from kpi k where k.reporting is null and k.department_id is not null
    union all
    select kpi_id, department_id from had
    union all
    select k.id, null from kpi k
    where k.reporting is null and k.department_id is null
      and not exists (select from had h where h.kpi_id = k.id)
),
state as (STATES),
told as materialized (
    select s.*, coalesce(s.department_id, NOBODY) as place_id from state s where not s.withdrawn
)
select k.id, k.code, k.name, k.unit, k.direction, k.source as kpi_source, k.owner_id, k.updater_id, k.period,
       d.id as department_id, d.head_id, m."row" is not null as is_there, m.value::float8 as value,
       m.target::float8 as target, m.status, m.n, m.hidden, m.note, m.confidence, m.signal, m.source,
       case when not b.hidden then b.value::float8 end as before,
       case when not e.hidden then e.status end as status_before
from due
join kpi k on k.id = due.kpi_id
left join departments d on d.id = due.department_id
left join told m on m.kpi_id = k.id and m.place_id = coalesce(due.department_id, NOBODY)
    and m.period = k.period
left join told b on b.kpi_id = k.id and b.place_id = coalesce(due.department_id, NOBODY)
    and b.period = k.before
left join told e on e.kpi_id = k.id and e.place_id = coalesce(due.department_id, NOBODY)
    and e.period = k.earlier
where due.department_id is null or d.active and d.archived_at is null
"""
# Of the organization every value that there is, of departments those of its last two. That nothing can be
# said of a period leaves a gap, and what is computed of a period that goes on is no result yet.
_TILES = """
with kpi as (
    select k.* from kpis k where k.built_in and k.active and k.archived_at is null
),
whole as materialized (
    select s.* from kpi k cross join lateral (WHOLE) s where TELLS
),
latest as (
    select k.id as kpi_id,
           coalesce(w.periods[1], (
               select m.period from measurements m
               where m.kpi_id = k.id and m.department_id is not null and m.known_to is null
                 and not m.withdrawn and (m.value is not null or m.suppressed) and m.last_day <= :last_day
               order by m.last_day desc limit 1)) as period,
           w.periods[2] as before
    from kpi k
    left join (
        select kpi_id, (array_agg(period order by first_day desc))[1:2] as periods from whole group by kpi_id
    ) w on w.kpi_id = k.id
),
unit as (
    select s.*
    from latest l
    cross join lateral (UNITS) s
    join departments d on d.id = s.department_id and d.active and d.archived_at is null
    where TELLS
),
series as (
    select kpi_id, department_id, array_agg(period order by first_day) as periods,
           array_agg(case when not hidden then value::float8 end order by first_day) as "values",
           (array_agg("row" order by first_day desc))[1] as last_row,
           (array_agg(hidden order by first_day desc))[1] as hidden
    from (select * from whole union all select * from unit) s
    group by kpi_id, department_id
)
select k.id, k.code, k.name, k.unit, k.direction, k.cadence, k.grace_days, s.department_id, s.periods,
       s."values", m.target::float8 as target, m.status, m.n, s.hidden, m.note, m.confidence,
       case when s.department_id is null then m.explanation end as explanation, m.signal,
       s.hidden and coalesce(m.n >= (select minimum_group from organization), false) as withheld,
       (select t.amber::float8 from targets t
        where t.kpi_id = k.id and t.archived_at is null and t.target = m.target
          and (t.department_id is null or t.department_id = s.department_id)
          and daterange(t.first_day, t.last_day, '[]')
              @> case k.cadence when 'weekly' then m.first_day + 3 else m.last_day end
        order by t.department_id is null limit 1) as green_from
from kpi k
join latest l on l.kpi_id = k.id
left join series s on s.kpi_id = k.id
    and (s.department_id is null or s.periods[cardinality(s.periods)] = l.period)
left join measurements m on m."row" = s.last_row
"""
_TELLS = """
    not s.withdrawn and (s.value is not null or s.hidden)
    and not (s.source = 'computed' and s.last_day >= cast(:today as date))
"""
# Of each KPI the newest period that has ended by then.
_LEVELS = text("""
select k.id, k.code, k.name, k.unit, f.period, f.level, f.value::float8 as value, f.n
from level_figures f
join kpis k on k.id = f.kpi_id
where k.active and k.archived_at is null
  and f.first_day = (select max(g.first_day) from level_figures g
                     where g.kpi_id = f.kpi_id and g.value is not null and g.last_day <= :last_day
                       and g.last_day < :today)
""")


def _write_states(is_past: bool, chosen: str) -> str:
    return _STATES[is_past].strip().replace("CHOSEN", chosen)


def _write_due(is_past: bool) -> TextClause:
    states = _write_states(is_past, "m.period = any(cast(:watched as text[]))")
    return text(_DUE.replace("STATES", states).replace("NOBODY", _NOBODY))


def _write_tiles(is_past: bool) -> TextClause:
    of_whole = "m.kpi_id = k.id and m.department_id is null and m.last_day <= :last_day"
    of_units = "m.kpi_id = l.kpi_id and m.department_id is not null and m.period in (l.period, l.before)"
    written = _TILES.replace("WHOLE", _write_states(is_past, of_whole))
    written = written.replace("UNITS", _write_states(is_past, of_units))
    return text(written.replace("TELLS", _TELLS.strip()))


_DUE_STATEMENTS = {is_past: _write_due(is_past) for is_past in (False, True)}
_TILE_STATEMENTS = {is_past: _write_tiles(is_past) for is_past in (False, True)}


async def list_review_values(session: AsyncSession, moment: ReviewMoment) -> list[ValueRow]:
    """Every value that is due for the month, of all people and places, in one statement."""
    due = due_periods(moment.period, today=moment.today)
    earlier = due_periods(moment.earlier, today=moment.today)
    befores = {cadence: step_back(period) for cadence, period in due.items()}
    parameters: dict[str, Any] = {
        "cadences": [cadence.value for cadence in due],
        "periods": [period.text for period in due.values()],
        "befores": [befores[cadence].text for cadence in due],
        "earlier": [earlier.get(cadence, period).text for cadence, period in due.items()],
        "watched": _list_texts([*due.values(), *befores.values(), *earlier.values()]),
    }
    if moment.is_past:
        parameters["at"] = moment.at
    rows = await session.execute(_DUE_STATEMENTS[moment.is_past], parameters)
    return [_read_value(row) for row in rows]


def _list_texts(periods: Collection[Period]) -> list[str]:
    return sorted({period.text for period in periods})


def _read_value(row: Any) -> ValueRow:
    updater = row.updater_id
    source = row.source and Source(row.source)
    typed = source in (Source.MANUAL, Source.IMPORTED)
    return ValueRow(
        kpi=Named(str(row.id), row.code, row.name),
        unit=row.unit,
        direction=Direction(row.direction),
        owner=row.owner_id,
        place=row.department_id,
        period=row.period,
        owes=updater
        if row.kpi_source == KpiSource.COMPUTED
        else who_owes(updater, row.head_id, owner=row.owner_id),
        is_there=row.is_there,
        is_fed=not typed and (row.kpi_source == KpiSource.FED or source is not None),
        value=row.value,
        target=row.target,
        status=Status(row.status or Status.UNKNOWN),
        n=row.n,
        suppressed=bool(row.hidden),
        note=row.note,
        confidence=row.confidence,
        variation=row.signal and Variation(row.signal),
        before=row.before,
        status_before=row.status_before and Status(row.status_before),
    )


async def list_review_tiles(session: AsyncSession, moment: ReviewMoment) -> list[TileRow]:
    """The alignment KPIs: everything of the organization, the newest values of departments."""
    parameters: dict[str, Any] = {"today": moment.today, "last_day": moment.period.last_day}
    if moment.is_past:
        parameters["at"] = moment.at
    rows = await session.execute(_TILE_STATEMENTS[moment.is_past], parameters)
    due = due_periods(moment.period, today=moment.today)
    return [_read_tile(row, due.get(Cadence(row.cadence), moment.period).text) for row in rows]


def _read_tile(row: Any, awaited: str) -> TileRow:
    periods = tuple(row.periods or ())
    return TileRow(
        kpi=Named(str(row.id), row.code, row.name),
        unit=row.unit,
        direction=Direction(row.direction),
        grace_days=row.grace_days,
        place=row.department_id,
        period=periods[-1] if periods else awaited,
        periods=periods,
        values=tuple(row.values or ()),
        target=row.target,
        status=Status(row.status or Status.UNKNOWN),
        n=row.n,
        suppressed=bool(row.hidden),
        note=row.note,
        confidence=row.confidence,
        explanation=row.explanation,
        variation=row.signal and Variation(row.signal),
        green_from=row.green_from,
        withheld=bool(row.withheld),
    )


async def list_review_levels(session: AsyncSession, moment: ReviewMoment) -> list[LevelRow]:
    """The alignment KPIs by leadership level; figures have no history, so those of today."""
    parameters = {"today": moment.today, "last_day": moment.period.last_day}
    return [
        LevelRow(Named(str(row.id), row.code, row.name), row.unit, row.period, row.level, row.value, row.n)
        for row in await session.execute(_LEVELS, parameters)
    ]
