"""Departments with their notes and initiatives, commitments, and everybody who is named. No KPIs."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.review.facts import Named
from app.domain.review.rows import PersonRow, PlaceRow, PromiseRow
from app.queries.review_moment import ReviewMoment

# An initiative as it stood on a day: what ended later ran still, and what began later did not yet. The due
# date is that of the day, or the first one where dates were written down later.
_PLACES = text("""
with begun as (
    select i.department_id, i.finished_on,
           coalesce(i.finished_on, i.cancelled_on) is null
               or coalesce(i.finished_on, i.cancelled_on) > cast(:today as date) as is_open,
           case when cast(:is_past as boolean) then coalesce(
               (select x.due_on from initiative_dates x where x.initiative_id = i.id and x.at <= :at
                order by x.id desc limit 1), i.due_baseline) else i.due_on end as due_on
    from initiatives i
    where i.archived_at is null and i.status <> 'draft'
      and (not cast(:is_past as boolean) or coalesce(i.starts_on, i.created_at::date) <= cast(:today as date))
),
counts as (
    select department_id, count(*) filter (where is_open) as open,
           count(*) filter (where is_open and due_on < cast(:today as date)) as late,
           count(*) filter (where finished_on > cast(:since_day as date)
               and finished_on <= cast(:today as date))
               as finished
    from begun
    group by department_id
)
select d.id, d.code, d.name, d.head_id, d.active and d.archived_at is null, n.challenge, n.ask,
       coalesce(c.open, 0), coalesce(c.late, 0), coalesce(c.finished, 0)
from departments d
left join peer_notes n on n.department_id = d.id and n.period = :period and n.archived_at is null
left join counts c on c.department_id = d.id
""")
# What ended later was open still. Goals and objectives that are drafts are named to nobody.
_PROMISES = text("""
with stood as (
    select c.*, r.code as review_code,
           case when c.settled_on > cast(:today as date) then 'open' else c.status end as outcome,
           case when cast(:is_past as boolean) then coalesce(
               (select x.due_on from commitment_dates x
                where x.commitment_id = c.id and x.moved_on <= cast(:today as date)
                order by x.id desc limit 1), c.due_baseline) else c.due_on end as due_then
    from commitments c
    left join reviews r on r.id = c.review_id
    where c.archived_at is null and c.made_on <= cast(:today as date)
      and (c.status = 'open' or c.settled_on > cast(:since_day as date) or c.settled_at > :since
           or c.made_on >= cast(:opened_on as date) or r.code = :period)
)
select c.id, c.code, c.what, c.owner_id, c.partner_id, c.department_id, c.due_then, c.due_baseline, c.outcome,
       case when c.outcome <> 'open' then c.said end as said, c.made_on,
       case when c.outcome <> 'open' then c.settled_on end as settled_on,
       case when c.outcome <> 'open' then c.settled_at end as settled_at,
       c.review_code,
       case when (c.created_at at time zone w.time_zone)::date <= c.made_on then c.created_at end as made_at,
       coalesce(g.id, o.id) as node_id, coalesce(g.code, o.code) as node_code,
       coalesce(g.title, o.title) as node_title, k.id as kpi_id, k.code as kpi_code, k.name as kpi_name,
       d.id as decision_id, d.code as decision_code, d.title as decision_title,
       f.fingerprint, f.rule, f.message
from stood c cross join organization w
left join goals g on g.id = c.goal_id and g.status <> 'draft'
left join objectives o on o.id = c.goal_id and o.status <> 'draft'
left join kpis k on k.id = c.kpi_id
left join decisions d on d.id = c.decision_id
left join lateral (
    select f.fingerprint, f.rule, f.message from linkage_findings f
    where f.fingerprint = c.finding and not f.draft order by f.opened_at desc limit 1
) f on true
""")
_PEOPLE = text("""
select id, email, name, active and archived_at is null from owners where id = any(cast(:ids as uuid[]))
""")


async def list_review_places(session: AsyncSession, moment: ReviewMoment) -> list[PlaceRow]:
    """Every department as it is today, closed ones too: something may be named after them."""
    parameters = {
        "today": moment.today,
        "at": moment.at,
        "is_past": moment.is_past,
        "since_day": moment.since_day,
        "period": moment.period.text,
    }
    return [PlaceRow(*row) for row in await session.execute(_PLACES, parameters)]


async def list_review_promises(session: AsyncSession, moment: ReviewMoment) -> list[PromiseRow]:
    """Commitments that were open when the last review had closed, and those made since."""
    parameters = {
        "today": moment.today,
        "is_past": moment.is_past,
        "since": moment.since,
        "since_day": moment.since_day,
        "opened_on": moment.opened_on,
        "period": moment.period.text,
    }
    return [_read_promise(row) for row in await session.execute(_PROMISES, parameters)]


def _read_promise(row: Any) -> PromiseRow:
    about = [
        (row.node_id, row.node_code, row.node_title),
        (row.kpi_id, row.kpi_code, row.kpi_name),
        (row.decision_id, row.decision_code, row.decision_title),
        (row.fingerprint, row.rule, row.message),
    ]
    return PromiseRow(
        commitment=Named(str(row.id), row.code, row.what),
        owner=row.owner_id,
        partner=row.partner_id,
        department=row.department_id,
        due_on=row.due_then,
        first_due_on=row.due_baseline,
        status=row.outcome,
        said=row.said,
        made_on=row.made_on,
        settled_on=row.settled_on,
        about=tuple(Named(str(identity), code, name) for identity, code, name in about if identity),
        kpi=None if row.kpi_id is None else str(row.kpi_id),
        decision=None if row.decision_id is None else str(row.decision_id),
        review=row.review_code,
        made_at=row.made_at,
        settled_at=row.settled_at,
    )


async def list_review_people(session: AsyncSession, ids: Iterable[UUID | None]) -> list[PersonRow]:
    """Whoever is named in a review."""
    named = sorted({each for each in ids if each is not None})
    return [PersonRow(*row) for row in await session.execute(_PEOPLE, {"ids": named})]
