"""Reading KPIs as people look through them: each with its last value, as many as fit on a page.

One statement whatever their number. What is known of one KPI is in `kpis_story`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, require
from app.domain.scoring import Status
from app.queries._hidden import tell_hidden
from app.queries.organization import today_of

KpiSort = Literal["status", "name", "signal", "owner", "department"]
# How many periods a sparkline shows.
SPARK_PERIODS = 13


@dataclass(frozen=True, slots=True)
class KpiTableFilter:
    """What is looked for: in `departments`; `place` is the one whose own values are wanted."""

    departments: Collection[UUID] | None = None
    place: UUID | None = None
    owner: str | None = None
    status: Status | None = None
    text: str | None = None
    archived: bool = False
    sort: KpiSort = "status"
    descending: bool = False
    ids: Collection[UUID] | None = None
    offset: int = 0
    limit: int = 100


class KpiTableRow(NamedTuple):
    """A KPI with its last value at one place: asked for, else its home, else the first that has values."""

    id: UUID
    code: str
    name: str
    unit: str
    direction: str
    active: bool
    owner_email: str | None
    owner_name: str | None
    department_code: str | None
    department_name: str | None
    period: str | None
    value: Decimal | None
    not_applicable: bool | None
    hidden_below: int | None
    status: Status
    stale: bool
    status_reason: str | None
    trend: str | None
    signal: str | None
    target: Decimal | None
    low: Decimal | None
    high: Decimal | None
    periods: list[str]
    values: list[Decimal | None]
    signals: list[str | None]


class KpiTable(NamedTuple):
    """A page of rows, and how many there are of each status before one is chosen."""

    today: date
    rows: list[KpiTableRow]
    counts: dict[Status, int]


# A department compares by two branches, each with its index: nulls are not distinct only by a scan. Limits
# keep the planner from reading every value of the organization once instead of one value of each KPI.
_TABLE = """
with kpi as (
    select k.*, o.email as owner_email, o.name as owner_name
    from kpis k
    left join owners o on o.id = k.owner_id
    where (k.archived_at is not null) = cast(:archived as boolean)
      and (cast(:sees as uuid[]) is null or k.department_id is null
           or k.department_id = any(cast(:sees as uuid[])))
      and (cast(:departments as uuid[]) is null or k.department_id = any(cast(:departments as uuid[]))
           or exists (select from kpi_departments r
                      where r.kpi_id = k.id and r.department_id = any(cast(:departments as uuid[]))))
      and (cast(:ids as uuid[]) is null or k.id = any(cast(:ids as uuid[])))
      and (cast(:owner as text) is null or lower(o.email) = lower(:owner))
      and (cast(:text as text) is null or strpos(lower(k.code), lower(:text)) > 0
           or strpos(lower(k.name), lower(:text)) > 0)
),
placed as materialized (
    select k.*, case
        when cast(:place as uuid) is not null and (
            select true from measurements m where m.kpi_id = k.id and m.department_id = cast(:place as uuid)
            and m.known_to is null limit 1) then cast(:place as uuid)
        when k.department_id is not null and (
            select true from measurements m where m.kpi_id = k.id and m.department_id = k.department_id
            and m.known_to is null limit 1) then k.department_id
        when k.department_id is null and (
            select true from measurements m where m.kpi_id = k.id and m.department_id is null
            and m.known_to is null limit 1) then null
        else (
            select d.id from measurements m join departments d on d.id = m.department_id
            where m.kpi_id = k.id and m.known_to is null and not m.withdrawn order by d.code limit 1)
        end as place
    from kpi k
),
known as (
    select p.*, v.period, v.last_day, v.value, v.not_applicable, HIDDEN as hidden_below,
           v.status_reason, v.trend,
           v.signal, v.target, v.status as told,
           v.last_day is not null and cast(:today as date) > (
               v.last_day + 1 + case p.cadence when 'weekly' then interval '7 days'
                   when 'monthly' then interval '1 month' when 'quarterly' then interval '3 months'
                   else interval '1 year' end)::date - 1 + p.grace_days as stale
    from placed p
    left join lateral (
        NEWEST_ONE
    ) v on true
),
judged as (
    select k.*, case when k.stale or k.told is null then 'unknown' else k.told end as status,
           d.code as department_code, d.name as department_name
    from known k left join departments d on d.id = coalesce(k.place, k.department_id)
),
tally as (
    select count(*) filter (where status = 'green') as green,
           count(*) filter (where status = 'amber') as amber,
           count(*) filter (where status = 'red') as red,
           count(*) filter (where status = 'unknown') as unknown
    from judged
),
page as (
    select j.*, row_number() over (order by ORDER) as number
    from judged j
    where cast(:status as text) is null or j.status = :status
    order by number offset cast(:offset as int) limit cast(:limit as int) + 1
)
select t.green, t.amber, t.red, t.unknown,
       p.id, p.code, p.name, p.unit, p.direction, p.active, p.owner_email, p.owner_name, p.department_code,
       p.department_name, p.period, p.value, p.not_applicable, p.hidden_below, p.status, p.stale,
       p.status_reason, p.trend, p.signal, coalesce(p.target, a.target) as target, a.low, a.high,
       coalesce(s.periods, '{}') as periods, coalesce(s.values, '{}') as values,
       coalesce(s.signals, '{}') as signals
from tally t
left join page p on true
left join lateral (
    select a.target, a.low, a.high from targets a
    where a.kpi_id = p.id and a.archived_at is null and (a.department_id is null or a.department_id = p.place)
      and a.first_day <= coalesce(p.last_day, cast(:today as date))
      and (a.last_day is null or a.last_day >= coalesce(p.last_day, cast(:today as date)))
    order by a.department_id is null, a.first_day desc limit 1
) a on true
left join lateral (
    select array_agg(m.period order by m.first_day) as periods,
           array_agg(case when not m.suppressed then m.value end order by m.first_day) as values,
           array_agg(m.signal order by m.first_day) as signals
    from (
        NEWEST_FEW
    ) m
) s on true
order by p.number
"""
# The newest values of a place: periods of one cadence sort as texts, and the index of current values ends
# with them. It is read backwards, which takes all of its columns in the order. What is computed of a period
# that goes on is no result yet.
_NEWEST = """(select m.* from measurements m
         where p.place is null and m.kpi_id = p.id and m.department_id is null
           and m.known_to is null and not m.withdrawn
           and not (m.source = 'computed' and m.last_day >= cast(:today as date))
         order by m.kpi_id desc, m.department_id desc, m.period desc limit NUMBER)
        union all
        (select m.* from measurements m
         where m.kpi_id = p.id and m.department_id = p.place and m.known_to is null and not m.withdrawn
           and not (m.source = 'computed' and m.last_day >= cast(:today as date))
         order by m.kpi_id desc, m.department_id desc, m.period desc limit NUMBER)"""
# What is asked for comes from a closed list; the worst comes first.
_RANKS = "case j.status when 'red' then 0 when 'amber' then 1 when 'unknown' then 2 else 3 end"
_ORDERS: dict[KpiSort, str] = {
    "status": f"{_RANKS} WAY, lower(j.name)",
    "name": "lower(j.name) WAY",
    "signal": f"j.signal is distinct from 'signal' WAY, {_RANKS}, lower(j.name)",
    "owner": "lower(j.owner_name) WAY nulls last, lower(j.name)",
    "department": "lower(j.department_name) WAY nulls first, lower(j.name)",
}
_WRITTEN = (
    _TABLE.replace("NEWEST_ONE", _NEWEST.replace("NUMBER", "1"))
    .replace("NEWEST_FEW", _NEWEST.replace("NUMBER", "cast(:spark as int)"))
    .replace("HIDDEN", tell_hidden("v"))
)
_STATEMENTS = {
    (sort, descending): text(
        _WRITTEN.replace("ORDER", order.replace("WAY", "desc" if descending else "asc") + ", j.id")
    )
    for sort, order in _ORDERS.items()
    for descending in (False, True)
}
_OWNERS = text("""
select o.email, o.name from owners o
where exists (select from kpis k where k.owner_id = o.id and k.archived_at is null)
  and (cast(:sees as uuid[]) is null or o.department_id is null
       or o.department_id = any(cast(:sees as uuid[])))
order by lower(o.name), o.email
""")
_COUNTED = (Status.GREEN, Status.AMBER, Status.RED, Status.UNKNOWN)


async def list_kpi_table(session: AsyncSession, filters: KpiTableFilter, *, actor: Actor) -> KpiTable:
    """A page of KPIs, one row more than the limit when there are more."""
    require(actor, Permission.GOALS_READ)
    require(actor, Permission.METRICS_READ)
    today = await today_of(session)
    parameters = {
        "archived": filters.archived,
        "sees": None if actor.sees is None else list(actor.sees),
        "departments": None if filters.departments is None else list(filters.departments),
        "place": filters.place,
        "ids": None if filters.ids is None else list(filters.ids),
        "owner": filters.owner,
        "status": filters.status,
        "text": filters.text,
        "today": today,
        "spark": SPARK_PERIODS,
        "offset": filters.offset,
        "limit": filters.limit,
    }
    found = (await session.execute(_STATEMENTS[filters.sort, filters.descending], parameters)).all()
    counts = dict(zip(_COUNTED, found[0][:4], strict=True))
    return KpiTable(today, [_read_row(row) for row in found if row.id is not None], counts)


async def list_kpi_owners(session: AsyncSession, *, actor: Actor) -> list[tuple[str, str]]:
    """E-mail and name of everybody who owns a KPI, for a picker."""
    require(actor, Permission.GOALS_READ)
    found = await session.execute(_OWNERS, {"sees": None if actor.sees is None else list(actor.sees)})
    return [(row.email, row.name) for row in found]


def _read_row(row: Any) -> KpiTableRow:
    return KpiTableRow(*row[4:])._replace(status=Status(row.status))
