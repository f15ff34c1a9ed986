"""Reading the measurements of one KPI: one statement that answers JSON text, never row by row in Python."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.periods import Period, parse_period
from app.domain.permissions import Actor, Permission, Role, may, require
from app.errors import Invalid, NotFound
from app.models.departments import Department
from app.models.kpis import Kpi
from app.models.measurements import MeasurementFilter
from app.queries._find import find_one, resolve_visible
from app.queries.kpis import visible_kpis

_CURSOR = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9a-f-]{36}) ([0-9]{1,9})")


# Times as RFC 3339 writes them.
_TIME = """replace(to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')"""
_SHOWN = """
select m.id,
       (select row_to_json(x) from (select k.id, k.code, k.name) x) as kpi,
       (select row_to_json(x) from (select d.id, d.code, d.name where d.id is not null) x) as department,
       m.period, trim_scale(m.value) as value, m.not_applicable, m.withdrawn, m.suppressed,
       trim_scale(m.numerator) as numerator, trim_scale(m.denominator) as denominator, m.n,
       case when m.interval_low is not null and m.interval_high is not null
            then json_build_array(trim_scale(m.interval_low), trim_scale(m.interval_high)) end as interval,
       m.note, m.confidence, m.reason,
       case when cast(:explained as text) = 'all' or :explained = 'own' and m.department_id is not null
            then m.explanation end as explanation,
       coalesce(m.seconds, '[]') as seconds, m.source, m.headcount, trim_scale(m.target) as target, m.status,
       m.status_reason, m.trend, m.signal, m.revision,
       case when cast(:names as boolean) then m.recorded_by_name end as recorded_by,
       {recorded_at} as recorded_at, {known_from} as known_from, {known_to} as known_to
"""
_KNOWN_NOW = "m.known_to is null"
_KNOWN_THEN = "m.known_from <= :as_of and (m.known_to is null or m.known_to > :as_of)"
_ONE = """
select row_to_json(shown)::text from (
    {shown}
    from measurements m join kpis k on k.id = m.kpi_id left join departments d on d.id = m.department_id
    where m.kpi_id = :kpi and m.department_id is not distinct from cast(:department as uuid)
      and m.period = :period and {known}
) shown
"""
# A period belongs to a range by its deciding day, as with targets: of a week the Thursday. Of a revision the
# last state that was known is shown.
_LIST = """
with chosen as (
    select distinct on ({distinct}) m.*
    from measurements m
    where m.kpi_id = :kpi and {known}
      and (cast(:departments as uuid[]) is null or m.department_id = any(cast(:departments as uuid[])))
      and (cast(:sees as uuid[]) is null or m.department_id is null
           or m.department_id = any(cast(:sees as uuid[])))
      and case when m.last_day - m.first_day = 6 then m.first_day + 3 else m.last_day end
          between coalesce(cast(:first_day as date), '-infinity')
              and coalesce(cast(:last_day as date), 'infinity')
    order by {distinct}, m.known_from desc
),
page as (
    select m.*, row_number() over (order by m.first_day, m.id, m.revision) as number
    from chosen m
    where cast(:after_day as date) is null
       or (m.first_day, m.id, m.revision)
          > (cast(:after_day as date), cast(:after_id as uuid), cast(:after_revision as int))
    order by number
    limit cast(:limit as int) + 1
),
line as (
    select m.number, m.first_day, m.id, m.revision, (select row_to_json(x) from ({shown}) x)::text as shown
    from page m join kpis k on k.id = m.kpi_id left join departments d on d.id = m.department_id
)
select coalesce(string_agg(shown, ',' order by number) filter (where number <= :limit), '') as items,
       max(number) > :limit as has_more,
       max(first_day::text || ' ' || id::text || ' ' || revision::text) filter (where number = :limit) as last
from line
"""


def _compose(template: str, known: str, distinct: str = "") -> TextClause:
    times = {name: _TIME.format(f"m.{name}") for name in ("recorded_at", "known_from", "known_to")}
    return text(template.format(shown=_SHOWN.strip().format(**times), known=known, distinct=distinct))


_STATEMENTS = {
    ("one", False): _compose(_ONE, _KNOWN_NOW),
    ("one", True): _compose(_ONE, _KNOWN_THEN),
    ("list", False): _compose(_LIST, _KNOWN_NOW, "m.id"),
    ("list", True): _compose(_LIST, _KNOWN_THEN, "m.id"),
    ("revisions", False): _compose(_LIST, "true", "m.id, m.revision"),
    ("revisions", True): _compose(_LIST, "m.known_from <= :as_of", "m.id, m.revision"),
}


@dataclass(frozen=True, slots=True)
class MeasurementPage:
    """A page of measurements as JSON text, without the brackets, and where the next page starts."""

    items: str
    next_cursor: str | None


async def find_measured_kpi(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.METRICS_READ,
    lock: bool = False,
) -> Kpi:
    """The KPI whose values are read or written.

    Writers lock it, so that its cadence is still that against which their periods were checked.
    """
    require(actor, to)
    return await find_one(session, visible_kpis(actor), Kpi, reference, lock=lock)


async def find_measured_department(
    session: AsyncSession, reference: str | None, *, actor: Actor
) -> UUID | None:
    """The department of one measurement; None stands for the whole organization."""
    if reference is None:
        return None
    statement = select(Department)
    if actor.sees is not None:
        statement = statement.where(col(Department.id).in_(actor.sees))
    return (await find_one(session, statement, Department, reference)).id


async def find_measurement(
    session: AsyncSession,
    kpi: Kpi,
    period: Period,
    *,
    department: UUID | None,
    actor: Actor,
    as_of: datetime | None = None,
) -> str:
    """One measurement as JSON text."""
    parameters: dict[str, Any] = {
        "kpi": kpi.id,
        "department": department,
        "period": period.text,
        "names": _may_see_names(actor),
        "explained": say_how_far_explained(actor),
    }
    if as_of is not None:
        parameters["as_of"] = as_of
    found: str | None = await session.scalar(_STATEMENTS["one", as_of is not None], parameters)
    if found is None:
        raise NotFound(f"There is no value of {kpi.code} for {period} there.")
    return found


async def list_measurements(
    session: AsyncSession, kpi: Kpi, filters: MeasurementFilter, *, actor: Actor
) -> MeasurementPage:
    """A page of measurements in the order of their periods."""
    first, last = (text and parse_period(text) for text in (filters.from_, filters.to))
    if first and last and last.last_day < first.first_day:
        raise Invalid.at("?to", "ends_before_start", f"{last} ends before {first} starts.")
    named = [filters.department] if filters.department else []
    parameters: dict[str, Any] = {
        "kpi": kpi.id,
        "departments": await resolve_visible(session, "departments", named, "?department", actor=actor),
        "sees": None if actor.sees is None else list(actor.sees),
        "first_day": first.first_day if first else None,
        "last_day": last.last_day if last else None,
        "names": _may_see_names(actor),
        "explained": say_how_far_explained(actor),
        "limit": filters.limit,
        **_read_cursor(filters.cursor),
    }
    if filters.as_of is not None:
        parameters["as_of"] = filters.as_of
    statement = _STATEMENTS["revisions" if filters.revisions else "list", filters.as_of is not None]
    row = (await session.execute(statement, parameters)).one()
    return MeasurementPage(row.items, _write_cursor(row.last) if row.has_more else None)


def say_how_far_explained(actor: Actor) -> str:
    """Whose values are explained to an actor: an explanation names initiatives and decisions.

    `own`: only those of departments, because what is said of the whole organization names records that a
    bound caller may not see.
    """
    reads = (Permission.GOALS_READ, Permission.DECISIONS_READ)
    if not all(may(actor, each) for each in reads):
        return "none"
    return "all" if actor.sees is None else "own"


def _may_see_names(actor: Actor) -> bool:
    """A facilitator from outside sees figures without names."""
    return actor.role is not Role.FACILITATOR


def _write_cursor(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> dict[str, Any]:
    """The place after which the page starts."""
    if cursor is None:
        return {"after_day": None, "after_id": None, "after_revision": None}
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        parts = _CURSOR.fullmatch(place)
        day, identity, revision = parts.groups() if parts else ("", "", "")
        return {
            "after_day": date.fromisoformat(day),
            "after_id": UUID(identity),
            "after_revision": int(revision),
        }
    except (ValueError, binascii.Error) as error:
        raise Invalid.at("?cursor", "bad_cursor", "This cursor is not one of ours.") from error
