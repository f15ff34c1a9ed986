"""Reading the audit trail: as JSON text for machines, as rows for pages, and the history of one thing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, require
from app.models.base import Record
from app.models.events import EventFilter
from app.queries._find import load_named, read_uuid
from app.queries._reach import SHOWS_DECIDED, SHOWS_MEASURED
from app.queries.changes import READABLE, read_sight_of_changes

_FIRST_TWO = text("select actor_id from events where kind = :kind and object_id = :id order by id limit 2")
# What a bound reader sees: events of its departments, also of what has left them since, and of things of the
# whole organization, but no clients of other departments.
_CHOSEN = """
with named as (
    select id from owners where lower(:actor) in (lower(email), lower(name))
    union all
    select id from clients where lower(name) = lower(:actor)
),
chosen as (
    select e.* from events e
    where (cast(:before as bigint) is null or e.id < :before)
      and (cast(:kinds as text[]) is null or e.kind = any(:kinds))
      and (cast(:actions as text[]) is null or e.action = any(:actions))
      and (cast(:since as timestamptz) is null or e.at >= :since)
      and (cast(:until as timestamptz) is null or e.at < :until)
      and (cast(:object as text) is null
           or e.object_id = cast(:object_id as uuid) or lower(e.code) = lower(:object))
      and (cast(:actor as text) is null
           or e.actor_id = cast(:actor_id as uuid)
           or e.actor_id in (select id from named))
      and (cast(:sees as uuid[]) is null
           or e.department_id is null
              and e.kind not in ('client', 'waiver', 'ritual', 'occurrence', 'verdict', 'change_request')
           or e.department_id = any(:sees)
           or cast(e.before ->> 'department_id' as uuid) = any(:sees))
      and {measured}
      and {decided}
    order by e.id desc
    limit cast(:limit as int) + 1
)
""".replace("{measured}", SHOWS_MEASURED).replace("{decided}", SHOWS_DECIDED)
_COLUMNS = "id, at, actor_kind, actor_name, kind, object_id, code, action, version, before, after"
_AS_ROWS = text(f"{_CHOSEN} select {_COLUMNS} from chosen order by id desc")  # noqa: S608  (constants)
_AS_JSON = text(
    """
{chosen}, page as (
    select * from chosen order by id desc limit :limit
)
select coalesce(string_agg((
           select row_to_json(shown)::text from (
               select p.id, to_char(p.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
                      p.kind, json_build_object('id', p.object_id, 'code', p.code) as object,
                      p.action, p.version,
                      (select row_to_json(a) from (
                           select p.actor_kind as kind, p.actor_id as id, p.actor_name as name) a) as actor,
                      (select row_to_json(d) from (
                           select id, code, name from departments
                           where id = p.department_id) d) as department,
                      p.request_id, p.before, p.after) shown
       ), ',' order by p.id desc), '') as items,
       min(p.id) as last,
       (select count(*) from chosen) > :limit as more
from page p
""".replace("{chosen}", _CHOSEN)
)
# What everybody who reads the things may read of what became of them: the condition of `/changes`.
_HISTORY = text(
    """
select COLUMNS from events e
where (cast(:objects as uuid[]) is null or e.object_id = any(cast(:objects as uuid[])))
  and (cast(:since as timestamptz) is null or e.at > cast(:since as timestamptz))
  and e.action <> all(cast(:left_out as text[]))
  and (cast(:not_by as uuid) is null or e.actor_id <> cast(:not_by as uuid))
  and READABLE
order by e.id desc
limit :limit
""".replace("COLUMNS", _COLUMNS).replace("READABLE", READABLE)
)
# Which table the ids of a snapshot are of; any other id is told without a name.
_TABLES: Mapping[str, str] = {
    "owner_id": "owners",
    "updater_id": "owners",
    "asked_by_id": "owners",
    "head_id": "owners",
    "manager_id": "owners",
    "department_id": "departments",
    "parent_id": "departments",
    "departments": "departments",
    "goals": "goals",
    "decider_id": "owners",
    "type_id": "decision_types",
    "theme_id": "themes",
    "source_id": "ends",
    "target_id": "ends",
    "measures": "nodes",
    "supports": "aims",
    "cancelled_by_id": "decisions",
    "kpi_id": "kpis",
    "host_id": "owners",
    "invited": "owners",
    "attended": "owners",
    "ritual_id": "rituals",
    "guards": "kpis",
}
_NAMED_BY_NAME = frozenset({"owners", "departments"})


class EventPage(NamedTuple):
    """Events as JSON, without the brackets, and the cursor of the next page."""

    items: str
    next_cursor: str | None


class EventRow(NamedTuple):
    """One change, with everything before and after."""

    id: int
    at: datetime
    actor_kind: str
    actor_name: str
    kind: str
    object_id: UUID
    code: str
    action: str
    version: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


async def list_events(session: AsyncSession, filters: EventFilter, *, actor: Actor) -> EventPage:
    """A page of events, newest first."""
    row = (await session.execute(_AS_JSON, _read_parameters(filters, actor))).one()
    return EventPage(row.items, str(row.last) if row.more else None)


async def list_event_rows(
    session: AsyncSession, filters: EventFilter, *, actor: Actor
) -> tuple[list[EventRow], str | None]:
    """The same page as rows."""
    found = await session.execute(_AS_ROWS, _read_parameters(filters, actor))
    rows = [EventRow(*row) for row in found]
    more = len(rows) > filters.limit
    return rows[: filters.limit], str(rows[filters.limit - 1].id) if more else None


async def list_history(
    session: AsyncSession,
    *,
    actor: Actor,
    objects: Collection[UUID] | None = None,
    left_out: Sequence[str] = (),
    limit: int = 50,
) -> list[EventRow]:
    """What became of some things (or of all), newest first, as far as an actor may read the things.

    `left_out`: actions that are not asked for.
    """
    parameters: dict[str, Any] = {"objects": None if objects is None else list(objects), "since": None}
    parameters |= {"left_out": list(left_out), "not_by": None, "limit": limit}
    return await _read_history(session, parameters, actor)


async def list_news(
    session: AsyncSession, since: datetime, *, actor: Actor, left_out: Sequence[str] = (), limit: int = 50
) -> list[EventRow]:
    """What others changed since a moment, newest first, but for some actions; of what an actor may read."""
    parameters = {"objects": None, "since": since, "left_out": list(left_out), "not_by": actor.id}
    return await _read_history(session, parameters | {"limit": limit}, actor)


async def _read_history(session: AsyncSession, parameters: dict[str, Any], actor: Actor) -> list[EventRow]:
    rows = await session.execute(_HISTORY, parameters | read_sight_of_changes(actor))
    return [EventRow(*row) for row in rows]


async def name_event_ids(
    session: AsyncSession, events: Iterable[EventRow], *, actor: Actor
) -> dict[str, str]:
    """What the ids in snapshots are called, as far as an actor may know it: one statement."""
    wanted: dict[str, set[UUID]] = {}
    for event in events:
        for state in (event.before or {}, event.after or {}):
            for field, table in _TABLES.items():
                wanted.setdefault(table, set()).update(_read_ids(state.get(field)))
    by_name = {identity for table in _NAMED_BY_NAME for identity in wanted.get(table, ())}
    found = await load_named(session, wanted, actor=actor)
    return {
        str(identity): name if identity in by_name else f"{code} {name}"
        for identity, (code, name) in found.items()
    }


def _read_ids(value: object) -> Iterable[UUID]:
    texts = value if isinstance(value, list) else [value]
    return [found for text in texts if isinstance(text, str) and (found := read_uuid(text))]


def _read_parameters(filters: EventFilter, actor: Actor) -> dict[str, Any]:
    require(actor, Permission.AUDIT_READ)
    return {
        "before": filters.cursor and int(filters.cursor),
        "kinds": [kind.value for kind in filters.kind] or None,
        "actions": filters.action or None,
        "since": filters.since,
        "until": filters.until,
        "object": filters.object,
        "object_id": filters.object and read_uuid(filters.object),
        "actor": filters.actor,
        "actor_id": filters.actor and read_uuid(filters.actor),
        "sees": None if actor.sees is None else list(actor.sees),
        "limit": filters.limit,
    }


async def list_makers(session: AsyncSession, row: Record) -> list[UUID]:
    """Who wrote the first two events of a row: whoever made it, and whoever touched it first after that."""
    rows = await session.scalars(_FIRST_TWO, {"kind": row.noun, "id": row.id})
    return list(rows.all())
