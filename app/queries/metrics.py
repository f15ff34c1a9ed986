"""The metrics that integrations pull: one statement that answers JSON text, never row by row in Python.

Whose value is due is `due_departments` of the domain, told again in SQL; a test compares the two.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.measurements import NO_VALUE_REASON, NOT_ENDED_REASON, OVERDUE_REASON
from app.domain.periods import (
    BadPeriod,
    Cadence,
    Period,
    last_ended,
    parse_period,
    period_of,
    periods_within,
)
from app.domain.permissions import Actor, Permission, require
from app.errors import Invalid
from app.models.metrics import MetricFilter
from app.queries._find import resolve_visible
from app.queries.organization import today_of

LONGEST_SERIES_YEARS = 20
_CURSOR = re.compile(
    "(?P<after_kpi>[A-Za-z0-9._-]+) (?P<after_department>[A-Za-z0-9._-]*) (?P<after_period>[0-9QW-]+)"
)

# Definitions and targets as they are.
_NOW = """
definition as (
    select k.*, (select array_agg(r.department_id) from kpi_departments r where r.kpi_id = k.id) as reporting
    from kpis k
),
aim as (
    select * from targets where archived_at is null
)"""

# Definitions and targets as they were: the latest event up to then carries the whole row. A definition whose
# first event came later existed without one before (the built-in KPIs): that event says how it was.
_THEN = """
definition as (
    select was.*, coalesce(
        (select array_agg(each::uuid) from jsonb_array_elements_text(known.state -> 'departments') each),
        case when not known.state ? 'departments'
            then (select array_agg(r.department_id) from kpi_departments r where r.kpi_id = k.id) end
    ) as reporting
    from kpis k
    left join lateral (
        select e.after from events e
        where e.kind = 'kpi' and e.object_id = k.id and e.at <= :as_of order by e.at desc, e.id desc limit 1
    ) past on true
    left join lateral (
        select e.before from events e
        where e.kind = 'kpi' and e.object_id = k.id and e.at > :as_of order by e.at, e.id limit 1
    ) future on past.after is null
    cross join lateral (select coalesce(past.after, future.before, '{}') as state) known
    cross join lateral jsonb_populate_record(k, known.state) was
    where k.created_at <= :as_of
),
aim as (
    select was.*
    from targets t
    cross join lateral (
        select e.after from events e
        where e.kind = 'target' and e.object_id = t.id and e.at <= :as_of
        order by e.at desc, e.id desc limit 1
    ) past
    cross join lateral jsonb_populate_record(t, past.after) was
    where was.archived_at is null
)"""

# The id of nobody stands for the whole organization wherever departments are compared, because nulls cannot
# be joined fast. One KPI after the other, in the order of the page, so that a full page ends the work; only
# what is on the page is then read whole.
_METRICS = """
with wanted as (
    select * from unnest(
        cast(:cadences as text[]), cast(:periods as text[]), cast(:last_days as date[]),
        cast(:deciding_days as date[])
    ) as w (cadence, period, last_day, deciding_day)
),
{definitions},
kpi as (
    select d.id, d.code collate "C" as code, d.name, d.unit, d.direction, d.cadence, d.grace_days,
           d.department_id, d.reporting, d.active and d.archived_at is null as awaited
    from definition d
    where case when cast(:kpis as uuid[]) is null then d.active and d.archived_at is null
               else d.id = any(cast(:kpis as uuid[])) end
      and (cast(:sees as uuid[]) is null or d.department_id is null
           or d.department_id = any(cast(:sees as uuid[])) or d.reporting && cast(:sees as uuid[]))
      and d.code collate "C" >= cast(:after_kpi as text)
),
place as (
    select cast('00000000-0000-0000-0000-000000000000' as uuid) as id, '' as code, true as open
    where cast(:departments as uuid[]) is null
    union all
    select d.id, d.code collate "C", d.active and d.archived_at is null
    from departments d
    where (cast(:departments as uuid[]) is null or d.id = any(cast(:departments as uuid[])))
      and (cast(:sees as uuid[]) is null or d.id = any(cast(:sees as uuid[])))
),
page as (
    select k.id as kpi_id, k.code as kpi_code, r.*
    from (select * from kpi order by code) k
    cross join lateral (
        with recorded as (
            select m."row", m.period, m.status, m.known_from,
                   coalesce(m.department_id, '00000000-0000-0000-0000-000000000000') as place_id
            from wanted w
            join measurements m on m.period = w.period and m.kpi_id = k.id
            where {known} and not m.withdrawn and (k.cadence = w.cadence or not cast(:one_each as boolean))
        ),
        -- A KPI that names no department awaits values from where it ever had one.
        had as (
            select d.id
            from departments d
            where k.awaited and k.reporting is null and k.department_id is null
              and exists (select from measurements m where m.kpi_id = k.id and m.department_id = d.id
                          and m.value is not null
                          and m.source not in ('aggregated', 'computed'){known_before})
            union all
            select cast('00000000-0000-0000-0000-000000000000' as uuid)
            where k.awaited and k.reporting is null and k.department_id is null
              and exists (select from measurements m where m.kpi_id = k.id and m.department_id is null
                          and m.value is not null
                          and m.source not in ('aggregated', 'computed'){known_before})
        ),
        due as (
            select unnest(k.reporting) as place_id where k.awaited
            union all
            select k.department_id where k.awaited and k.reporting is null and k.department_id is not null
            union all
            select id from had
            union all
            select cast('00000000-0000-0000-0000-000000000000' as uuid)
            where k.awaited and k.reporting is null and k.department_id is null
              and not exists (select from had)
        )
        select p.id as place_id, p.code as place_code, r.period collate "C" as period, r."row", r.status,
               r.known_from, null::date as last_day, null::date as deciding_day
        from recorded r
        join place p on p.id = r.place_id
        union all
        select p.id, p.code, w.period, null, 'unknown', null, w.last_day, w.deciding_day
        from due d
        join place p on p.id = d.place_id and p.open
        cross join wanted w
        where w.cadence = k.cadence
          and not exists (select from recorded r where r.place_id = d.place_id and r.period = w.period)
    ) r
    where (k.code, r.place_code, r.period)
          > (cast(:after_kpi as text), cast(:after_department as text), cast(:after_period as text))
      and (cast(:statuses as text[]) is null or r.status = any(cast(:statuses as text[])))
      and (cast(:updated_since as timestamptz) is null or r.known_from >= :updated_since)
    order by k.code, r.place_code, r.period
    limit cast(:limit as int) + 1
),
line as (
    select row_number() over (order by p.kpi_code, p.place_code, p.period) as number,
           p.kpi_code, p.place_code, p.period, (select row_to_json(x) from (select
        (select row_to_json(y) from (select k.id, k.code, k.name, k.unit, k.direction, k.cadence) y) as kpi,
        case when d.id is not null then
            (select row_to_json(y) from (select d.id, d.code, d.name) y) end as department,
        p.period,
        case when not m.suppressed then trim_scale(m.value) end as value,
        case when not m.suppressed then trim_scale(m.numerator) end as numerator,
        case when not m.suppressed then trim_scale(m.denominator) end as denominator,
        m.n,
        case when not m.suppressed and m.interval_low is not null and m.interval_high is not null
            then array[trim_scale(m.interval_low), trim_scale(m.interval_high)] end as interval,
        trim_scale(case when m."row" is not null then m.target else (
            select t.target from aim t
            where t.kpi_id = p.kpi_id and (t.department_id is null or t.department_id = p.place_id)
              and t.first_day <= p.deciding_day and (t.last_day is null or t.last_day >= p.deciding_day)
            order by t.department_id is null limit 1) end) as target,
        p.status,
        case when m."row" is not null then m.status_reason
             when cast(:today as date) > p.last_day + k.grace_days then :overdue_reason
             when cast(:today as date) > p.last_day then :no_value_reason
             else :not_ended_reason end as status_reason,
        -- A value stays the value of its period; stale is a pair whose period closed without one.
        m."row" is null and cast(:today as date) > p.last_day + k.grace_days as stale,
        coalesce(m.suppressed, false) as suppressed,
        m.trend,
        m.signal,
        m.source,
        m.revision,
        replace(to_char(m.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')
            as recorded_at
    ) x)::text as shown
    from page p
    join kpi k on k.id = p.kpi_id
    left join measurements m on m."row" = p."row"
    left join departments d on d.id = p.place_id
)
select coalesce(string_agg(shown, ',' order by number) filter (where number <= :limit), '') as items,
       max(number) > :limit as has_more,
       max(kpi_code) filter (where number = :limit) as last_kpi,
       max(place_code) filter (where number = :limit) as last_department,
       max(period) filter (where number = :limit) as last_period
from line
"""


def _compose(definitions: str, *, known: str, known_before: str) -> TextClause:
    return text(_METRICS.format(definitions=definitions.strip(), known=known, known_before=known_before))


_AS_IT_IS = _compose(_NOW, known="m.known_to is null", known_before="")
_AS_IT_WAS = _compose(
    _THEN,
    known="m.known_from <= :as_of and (m.known_to is null or m.known_to > :as_of)",
    known_before=" and m.known_from <= :as_of",
)


@dataclass(frozen=True, slots=True)
class MetricPage:
    """A page of rows as JSON text, without the brackets, and where the next page starts."""

    items: str
    next_cursor: str | None


async def list_metrics(
    session: AsyncSession, filters: MetricFilter, *, actor: Actor, today: date | None = None
) -> MetricPage:
    """One row per KPI, department and period: every value, and nothing where a value is due.

    `today` spares asking for it again; it is looked up where `as_of` asks for another day.
    """
    require(actor, Permission.METRICS_READ)
    if today is None or filters.as_of is not None:
        today = await today_of(session, at=filters.as_of)
    periods = list_wanted_periods(filters, today=today)
    parameters = {
        **_bind_periods(periods),
        **_bind_cursor(filters.cursor),
        "one_each": filters.period is None and filters.from_ is None,
        "kpis": await resolve_visible(session, "kpis", filters.kpi, "?kpi", actor=actor),
        "departments": await resolve_visible(
            session, "departments", filters.department, "?department", actor=actor
        ),
        "sees": None if actor.sees is None else list(actor.sees),
        "statuses": [status.value for status in filters.status] or None,
        "updated_since": filters.updated_since,
        "today": today,
        "limit": filters.limit,
        "not_ended_reason": NOT_ENDED_REASON,
        "no_value_reason": NO_VALUE_REASON,
        "overdue_reason": OVERDUE_REASON,
    }
    statement = _AS_IT_IS
    if filters.as_of is not None:
        statement = _AS_IT_WAS
        parameters["as_of"] = filters.as_of
    row = (await session.execute(statement, parameters)).one()
    cursor = _write_cursor(row.last_kpi, row.last_department, row.last_period) if row.has_more else None
    return MetricPage(row.items, cursor)


def list_wanted_periods(filters: MetricFilter, *, today: date) -> list[Period]:
    """The periods that are asked for: one, those of a range in every cadence, or the last ended ones."""
    if filters.period is not None:
        if filters.from_ is not None or filters.to is not None:
            raise Invalid.at("?period", "period_and_range", "Ask for one period or for a range, not both.")
        return [parse_period(filters.period)]
    if filters.from_ is None:
        if filters.to is not None:
            raise Invalid.at("?from", "required", "A range that ends needs a start.")
        return _list_last_ended(today)
    first = parse_period(filters.from_)
    if filters.to is not None:
        return _list_series(first, parse_period(filters.to))
    if first.first_day > today:
        raise Invalid.at("?from", "in_future", "A range that starts after today needs an end.")
    begun = _list_series(first, period_of(today, Cadence.YEARLY))
    return [period for period in begun if period.first_day <= today]


def _list_last_ended(today: date) -> list[Period]:
    try:
        return [last_ended(today, cadence) for cadence in Cadence]
    except BadPeriod:
        # As of the first days there are, nothing had ended.
        return []


def _list_series(first: Period, last: Period) -> list[Period]:
    if last.last_day < first.first_day:
        raise Invalid.at("?to", "ends_before_start", f"{last} ends before {first} starts.")
    if last.last_day.year - first.first_day.year >= LONGEST_SERIES_YEARS:
        sentence = f"A series covers at most {LONGEST_SERIES_YEARS} years; ask for the rest separately."
        raise Invalid.at("?from", "series_too_long", sentence)
    return [period for cadence in Cadence for period in periods_within(first, last, cadence=cadence)]


def _bind_periods(periods: Sequence[Period]) -> dict[str, list[Any]]:
    return {
        "cadences": [period.cadence.value for period in periods],
        "periods": [period.text for period in periods],
        "last_days": [period.last_day for period in periods],
        "deciding_days": [period.deciding_day for period in periods],
    }


def _write_cursor(kpi: str, department: str, period: str) -> str:
    return base64.urlsafe_b64encode(f"{kpi} {department} {period}".encode()).decode().rstrip("=")


def _bind_cursor(cursor: str | None) -> dict[str, str]:
    """The place after which the page starts. Codes hold no spaces, so a space parts them."""
    if cursor is None:
        return {"after_kpi": "", "after_department": "", "after_period": ""}
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error):
        place = ""
    parts = _CURSOR.fullmatch(place)
    if parts is None:
        raise Invalid.at("?cursor", "bad_cursor", "This cursor is not one of ours.")
    return parts.groupdict()
