"""Reading the change feed: everything that was committed since the caller looked last, in one statement.

An event is new to a cursor when its transaction is not visible in the cursor's snapshot. So an early id that
is committed late still appears, and nothing is ever between two polls.
"""

from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.changes import BEGINNING, PRIVATE_ACTIONS, FeedCursor, Kind, readable_kinds
from app.domain.permissions import Actor, Permission, Place, may
from app.errors import Fault, Forbidden, Invalid
from app.models.events import ChangeFilter
from app.queries._reach import SHOWS_DECIDED, SHOWS_MEASURED, reach_of

# What a caller may read of the events. Drafts are for those who may write them; a bound caller is also told
# of what has left its departments; of a link both ends must be visible; keys are told like clients.
READABLE = f"""
    e.kind = any(cast(:kinds as text[]))
    and {SHOWS_MEASURED}
    and {SHOWS_DECIDED}
    and (e.kind <> 'waiver' or cast(:sees as uuid[]) is null
         and (cast(:every_draft as bool) or not cast(e.after ->> 'draft' as bool)))
    and (e.kind not in ('ritual', 'occurrence', 'verdict') or cast(:sees as uuid[]) is null)
    and (e.kind <> 'change_request' or cast(:sees as uuid[]) is null or e.department_id is not null)
    and (e.kind not in ('partnership', 'talk') or cast(:sees as uuid[]) is null
         or cast(coalesce(e.after ->> 'other_department_id', e.before ->> 'other_department_id') as uuid)
            = any(:sees))
    and (cast(:sees_keys as bool) or e.action <> all(cast(:private as text[])))
    and (cast(:sees as uuid[]) is null or e.department_id is null or e.department_id = any(:sees)
         or cast(e.before ->> 'department_id' as uuid) = any(:sees)
         or cast(e.before ->> 'parent_id' as uuid) = any(:sees))
    and (cast(:every_draft as bool)
         or e.kind not in ('goal', 'objective', 'initiative', 'link')
         or e.kind <> 'goal' and (
                e.department_id = any(cast(:writes as uuid[]))
                or coalesce(e.after ->> 'owner_id', e.before ->> 'owner_id') = cast(:assignee as text))
         or e.action <> 'deleted'
            and (coalesce(e.after ->> 'status', '') <> 'draft'
                 or coalesce(e.before ->> 'status', 'draft') <> 'draft'))
    and (e.kind <> 'survey' or cast(:survey_drafts as bool)
         or coalesce(e.after ->> 'status', e.before ->> 'status', '') <> 'draft')
    and (e.kind <> 'link' or not exists (
         select from nodes n
         left join objectives o on o.id = n.id
         left join goals g on g.id = n.id
         left join initiatives i on i.id = n.id
         where n.id = any(array[coalesce(e.after ->> 'source_id', e.before ->> 'source_id'),
                                coalesce(e.after ->> 'target_id', e.before ->> 'target_id')]::uuid[])
           and (coalesce(o.department_id, i.department_id) <> all(cast(:sees as uuid[]))
                or 'draft' in (o.status, g.status, i.status)
                   and not (:every_draft
                            or coalesce(coalesce(o.department_id, i.department_id) = any(:writes), false)
                            or coalesce(cast(coalesce(o.owner_id, i.owner_id) as text) = :assignee,
                                        false)))))
"""

# Two ways to the same order. The first page since a cursor finds the few new events by their transaction and
# sorts them; the fence and the upper bound, which the snapshot implies, keep the planner from walking through
# all the others: a range of unknown ends is taken to be small. From the beginning, and from the second page
# on, nearly everything after the last id is new: the events are read as they lie.
# When no open transaction is older than the newest event, the end is written by that event alone: the cursor
# then changes with events only, and a poll without news is a 304.
_CHANGES = """
with asked as (
    select cast(epoch as text) as epoch,
           coalesce(cast(epoch as text) = cast(:epoch as text)
                    and pg_snapshot_xmax(cast(cast(:since as text) as pg_snapshot))
                        <= pg_snapshot_xmax(pg_current_snapshot()), false) as known
    from organization
    limit 1
),
newest as (
    select transaction from events order by transaction desc limit 1
),
ending as (
    select case
        when newest.transaction is null then '1:1:'
        when newest.transaction < pg_snapshot_xmin(pg_current_snapshot())
            then format('%s:%1$s:', cast(cast(newest.transaction as text) as bigint) + 1)
        else cast(pg_current_snapshot() as text) end as snapshot
    from asked left join newest on true
),
place as materialized (
    select epoch,
           not known or cast(:since as text) = '1:1:' or cast(:until as text) is not null as as_they_lie,
           case when known then cast(:since as text) else '1:1:' end as since,
           coalesce(case when known then cast(:until as text) end, ending.snapshot) as until,
           case when known then cast(:after as bigint) else 0 end as after
    from asked, ending
    limit 1
),
fresh as materialized (
    select e.id, e.kind, e.object_id, e.code, e.action, e.version, e.at
    from events e
    where e.transaction >= cast(cast(:oldest_unseen as text) as xid8)
      and e.transaction < (select pg_snapshot_xmax(cast(until as pg_snapshot)) from place)
      and not pg_visible_in_snapshot(e.transaction, cast(cast(:since as text) as pg_snapshot))
      and pg_visible_in_snapshot(e.transaction, (select cast(until as pg_snapshot) from place))
      and {readable}
),
chosen as (
    (select * from fresh where not (select as_they_lie from place)
     order by id limit cast(:limit as int) + 1)
    union all
    (select e.id, e.kind, e.object_id, e.code, e.action, e.version, e.at
     from events e
     where (select as_they_lie from place)
       and not pg_visible_in_snapshot(e.transaction, (select cast(since as pg_snapshot) from place))
       and pg_visible_in_snapshot(e.transaction, (select cast(until as pg_snapshot) from place))
       and e.id > (select after from place)
       and {readable}
     order by e.id limit cast(:limit as int) + 1)
),
page as (
    select * from chosen order by id limit :limit
)
select place.epoch, place.since, place.until,
       (select max(id) from page) as last,
       (select count(*) from chosen) > :limit as more,
       (select coalesce(string_agg((
            select row_to_json(shown)::text from (
                select p.kind, p.object_id as id, p.code, p.action, p.version,
                       to_char(p.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at) shown
        ), ',' order by p.id), '') from page p) as items
from place
"""
_STATEMENT = text(_CHANGES.replace("{readable}", READABLE))


class ChangePage(NamedTuple):
    """Changes as JSON, without the brackets, the cursor to go on with, and whether more wait already."""

    items: str
    next_cursor: str
    more: bool


async def list_changes(session: AsyncSession, filters: ChangeFilter, *, actor: Actor) -> ChangePage:
    """What was committed after the cursor, in the order of writing; without one, all there ever was."""
    kinds = _choose_kinds(filters.kind, actor)
    cursor = FeedCursor("", BEGINNING) if filters.cursor is None else FeedCursor.read(filters.cursor)
    if cursor is None:
        raise Invalid.at("?cursor", "bad_cursor", "This cursor is not one of ours.")
    parameters = {
        "epoch": cursor.epoch,
        "since": cursor.since,
        "oldest_unseen": cursor.oldest_unseen,
        "until": cursor.until,
        "after": cursor.after,
        "limit": filters.limit,
    }
    sight = read_sight_of_changes(actor) | {"kinds": [kind.value for kind in kinds]}
    row = (await session.execute(_STATEMENT, params=parameters | sight)).one()
    if row.more:
        following = FeedCursor(row.epoch, row.since, row.until, row.last)
    else:
        following = FeedCursor(row.epoch, row.until)
    return ChangePage(row.items, following.write(), row.more)


def read_sight_of_changes(actor: Actor) -> dict[str, Any]:
    """The parameters of `READABLE`: all that an actor may be told of."""
    return reach_of(actor) | {
        "kinds": [kind.value for kind in readable_kinds(actor)],
        "survey_drafts": may(actor, Permission.SURVEYS_WRITE, on=Place()),
        "sees_keys": may(actor, Permission.CLIENTS_READ),
        "private": list(PRIVATE_ACTIONS),
    }


def _choose_kinds(asked: list[Kind], actor: Actor) -> list[Kind]:
    readable = readable_kinds(actor)
    if not readable:
        raise Forbidden(f"{actor.name} may read nothing of what the feed tells.")
    hidden = [kind.value for kind in asked if kind not in readable]
    if hidden:
        detail = f"{actor.name} may not read: {', '.join(hidden)}."
        raise Forbidden(detail, faults=(Fault("?kind", "forbidden", detail),))
    return asked or readable
