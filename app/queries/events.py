"""Reading the audit trail: one statement that answers JSON text."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, require
from app.models.events import EventFilter
from app.queries._find import read_uuid
from app.queries._reach import SHOWS_MEASURED

# What a bound reader sees: events of its departments, also of what has left them since, and of things of the
# whole organization, but no clients of other departments.
_EVENTS = text(
    """
with named as (
    select id from owners where lower(email) = lower(:actor)
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
           or e.department_id is null and e.kind not in ('client', 'waiver')
           or e.department_id = any(:sees)
           or cast(e.before ->> 'department_id' as uuid) = any(:sees))
      and {measured}
    order by e.id desc
    limit cast(:limit as int) + 1
),
page as (
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
""".replace("{measured}", SHOWS_MEASURED)
)


class EventPage(NamedTuple):
    """Events as JSON, without the brackets, and the cursor of the next page."""

    items: str
    next_cursor: str | None


async def list_events(session: AsyncSession, filters: EventFilter, *, actor: Actor) -> EventPage:
    """A page of events, newest first."""
    require(actor, Permission.AUDIT_READ)
    parameters = {
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
    row = (await session.execute(_EVENTS, params=parameters)).one()
    return EventPage(row.items, str(row.last) if row.more else None)
