"""What the plan brings to a review: links, decisions, and what was moved. As of a day."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.review.facts import Named
from app.domain.review.rows import DecisionRow, EndRow, LinkRow, MoveRow
from app.domain.words import DependencyState
from app.queries.review_moment import ReviewMoment

# Ends that are live: what is a draft, over or archived needs nothing any more, and drafts are told to nobody.
_LINKS = text("""
with live as (
    select id, code, title, null::uuid as department_id, owner_id from goals
    where archived_at is null and status in ('active', 'paused')
    union all
    select id, code, title, department_id, owner_id from objectives
    where archived_at is null and status in ('active', 'paused')
    union all
    select id, code, title, department_id, owner_id from initiatives
    where archived_at is null and status in ('active', 'paused')
)
select l.id, l.type, l.state, l.need_by, l.rationale, l.requested_on, l.answered_on, l.delivered_on,
       s.id as source_id, s.code as source_code, s.title as source_title,
       s.department_id as source_department, s.owner_id as source_owner,
       t.id as target_id, t.code as target_code, t.title as target_title,
       t.department_id as target_department, t.owner_id as target_owner
from links l join live s on s.id = l.source_id join live t on t.id = l.target_id
where l.archived_at is null and l.type in ('depends_on', 'conflicts_with')
  and (l.delivered_on is null or l.delivered_on > cast(:today as date))
  and (l.requested_on is null or l.requested_on <= cast(:today as date))
""")
# As it stood on the day: what ended later was open. Of a decision that was opened again, its last round.
_DECISIONS = text("""
with stood as (
    select d.*, case when d.ended_on > cast(:today as date) then 'open' else d.status end as stands,
           r.code as review_code
    from decisions d
    left join reviews r on r.id = d.review_id
    where d.archived_at is null and d.opened_on <= cast(:today as date)
      and (d.status = 'open' or d.ended_on > cast(:since_day as date) or d.ended_at > :since
           or d.raised_on >= cast(:opened_on as date) or r.code = :period)
)
select s.id, s.code, s.title, t.id as type_id, t.code as type_code, t.name as type_name, t.limit_days,
       s.decider_id, s.raised_on, s.opened_on, s.stands, s.review_code,
       case when (s.created_at at time zone w.time_zone)::date <= s.raised_on
            then s.created_at end as raised_at,
       case when s.stands <> 'open' then s.ended_on end as ended_on,
       case when s.stands <> 'open' then s.ended_at end as ended_at,
       case when s.stands = 'decided' then s.chosen end as chosen,
       case when s.stands = 'decided' then s.review_on end as review_on,
       case when s.stands = 'decided' then (
           select e.actor_id from events e
           where e.kind = 'decision' and e.object_id = s.id and e.action = 'decided'
           order by e.at desc, e.id desc limit 1) end as writer,
       (select count(*) from decision_dissents x
        where x.decision_id = s.id and x.said_on <= cast(:today as date)) as concerns,
       exists (select from decision_escalations e
               where e.decision_id = s.id and e.escalated_on > cast(:since_day as date)
                 and e.escalated_on <= cast(:today as date))
       or exists (select from commitments c
                  where c.decision_id = s.id and c.archived_at is null and c.made_on <= cast(:today as date)
                    and (c.status = 'open' or c.settled_on > cast(:today as date))) as is_moving
from stood s cross join organization w
left join decision_types t on t.id = s.type_id
""")
# Due dates that were moved since, the first and the last told; and owners, then and now, of what was changed.
_MOVES = text("""
with thing as (
    select 'kpi' as noun, id, code, name from kpis where archived_at is null and updated_at > :since
    union all
    select 'goal', id, code, title from goals
    where archived_at is null and status <> 'draft' and updated_at > :since
    union all
    select 'objective', id, code, title from objectives
    where archived_at is null and status <> 'draft' and updated_at > :since
    union all
    select 'initiative', id, code, title from initiatives
    where archived_at is null and status <> 'draft' and updated_at > :since
),
handed as (
    select t.noun, t.id, t.code, t.name, cast(was.before ->> 'owner_id' as uuid) as owner_before,
           cast(now.after ->> 'owner_id' as uuid) as owner
    from thing t
    join lateral (
        select e.before from events e
        where e.kind = t.noun and e.object_id = t.id and e.at > :since and e.at <= :at
        order by e.at, e.id limit 1
    ) was on was.before ? 'owner_id'
    join lateral (
        select e.after from events e
        where e.kind = t.noun and e.object_id = t.id and e.at > :since and e.at <= :at
        order by e.at desc, e.id desc limit 1
    ) now on true
),
dated as (
    select 'commitment' as noun, c.id, c.code, c.what as name,
           (array_agg(x.due_before order by x.id))[1] as due_before,
           (array_agg(x.due_on order by x.id desc))[1] as due_on
    from commitment_dates x join commitments c on c.id = x.commitment_id
    where c.archived_at is null and (c.status = 'open' or c.settled_on > cast(:since_day as date))
      and x.moved_on <= cast(:today as date)
      and (x.moved_on > cast(:since_day as date) or x.moved_on = cast(:since_day as date) and x.at > :since)
    group by c.id
    union all
    select 'initiative', i.id, i.code, i.title, (array_agg(x.due_before order by x.id))[1],
           (array_agg(x.due_on order by x.id desc))[1]
    from initiative_dates x join initiatives i on i.id = x.initiative_id
    where i.archived_at is null and i.status <> 'draft' and x.due_before is not null
      and (coalesce(i.finished_on, i.cancelled_on) is null
           or coalesce(i.finished_on, i.cancelled_on) > cast(:since_day as date))
      and x.at > :since and x.at <= :at
    group by i.id
)
select noun, id, code, name, true as is_owner, owner_before, owner, null::date as due_before,
       null::date as due_on
from handed where owner_before is distinct from owner
union all
select noun, id, code, name, false, null, null, due_before, due_on
from dated where due_before <> due_on
""")


async def list_review_links(session: AsyncSession, moment: ReviewMoment) -> list[LinkRow]:
    """Dependencies that are not delivered, and declared conflicts. An answer given later is none."""
    rows = await session.execute(_LINKS, {"today": moment.today})
    return [_read_link(row, moment) for row in rows]


def _read_link(row: Any, moment: ReviewMoment) -> LinkRow:
    state = row.state and DependencyState(row.state)
    if state is not None and row.answered_on is not None and row.answered_on > moment.today:
        state = DependencyState.REQUESTED
    return LinkRow(
        id=row.id,
        source=_read_end(row, "source"),
        target=_read_end(row, "target"),
        state=state,
        need_by=row.need_by,
        rationale=row.rationale,
    )


def _read_end(row: Any, side: str) -> EndRow:
    identity, code, title, department, owner = (
        getattr(row, f"{side}_{name}") for name in ("id", "code", "title", "department", "owner")
    )
    return EndRow(Named(str(identity), code, title), department, owner)


async def list_review_decisions(session: AsyncSession, moment: ReviewMoment) -> list[DecisionRow]:
    """Decisions that were open on the day, ended since the last review, or were raised in this one."""
    parameters = {
        "today": moment.today,
        "since": moment.since,
        "since_day": moment.since_day,
        "opened_on": moment.opened_on,
        "period": moment.period.text,
    }
    return [_read_decision(row) for row in await session.execute(_DECISIONS, parameters)]


def _read_decision(row: Any) -> DecisionRow:
    return DecisionRow(
        decision=Named(str(row.id), row.code, row.title),
        type=None if row.type_id is None else Named(str(row.type_id), row.type_code, row.type_name),
        decider=row.decider_id,
        raised_on=row.raised_on,
        opened_on=row.opened_on,
        ended_on=row.ended_on,
        status=row.stands,
        limit_days=row.limit_days,
        chosen=row.chosen,
        review_on=row.review_on,
        concerns=row.concerns,
        is_moving=row.is_moving,
        review=row.review_code,
        raised_at=row.raised_at,
        ended_at=row.ended_at,
        writer=row.writer,
    )


async def list_review_moves(session: AsyncSession, moment: ReviewMoment) -> list[MoveRow]:
    """Due dates of commitments and initiatives, owners of KPIs, goals, objectives and initiatives."""
    parameters = {
        "today": moment.today,
        "at": moment.at,
        "since": moment.since,
        "since_day": moment.since_day,
    }
    return [_read_move(row) for row in await session.execute(_MOVES, parameters)]


def _read_move(row: Any) -> MoveRow:
    return MoveRow(
        about=Named(str(row.id), row.code, row.name),
        noun=row.noun,
        due_before=row.due_before,
        due_on=row.due_on,
        owner_before=row.owner_before,
        owner=row.owner,
        is_owner=row.is_owner,
    )
