"""The whole graph as a plan file (linkage.md): one statement that answers JSON text.

Only what is not archived, drafts only of those who may write them, and closed in itself: every reference
resolves inside the file. An archived owner or department that something still names is in it as inactive; a
link to an archived node is not.
"""

import re
from datetime import date
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.linkage.plan_file import IDENTITY
from app.domain.permissions import SYSTEM, Actor, Permission, may, require
from app.queries._reach import reach_of

_PLAN = """
with recursive
theme as (
    select * from themes where archived_at is null
),
goal as (
    select * from goals where archived_at is null and (status <> 'draft' or cast(:every_draft as bool))
),
objective as (
    select * from objectives
    where archived_at is null
      and (cast(:sees as uuid[]) is null or department_id = any(cast(:sees as uuid[])))
      and (status <> 'draft' or cast(:every_draft as bool)
           or department_id = any(cast(:writes as uuid[])) or owner_id = cast(:assignee as uuid))
),
initiative as (
    select * from initiatives
    where archived_at is null
      and (cast(:sees as uuid[]) is null or department_id = any(cast(:sees as uuid[])))
      and (status <> 'draft' or cast(:every_draft as bool)
           or department_id = any(cast(:writes as uuid[])) or owner_id = cast(:assignee as uuid))
),
node as (
    select id, code from goal union all select id, code from objective
),
source as (
    select id, code from objective union all select id, code from initiative
),
target as (
    select id, code from node union all select id, code from initiative
),
measured as (
    select id, code from theme union all select id, code from node
),
link as (
    select l.*, s.code as source_code, t.code as target_code
    from links l join source s on s.id = l.source_id join target t on t.id = l.target_id
    where l.archived_at is null
),
kpi as (
    select k.* from kpis k
    where k.archived_at is null
      and (cast(:sees as uuid[]) is null or k.department_id is null
           or k.department_id = any(cast(:sees as uuid[]))
           or exists (select from kpi_departments r
                      where r.kpi_id = k.id and r.department_id = any(cast(:sees as uuid[]))))
),
decision as (
    select d.* from decisions d
    where d.archived_at is null and cast(:decisions as bool)
      and (cast(:sees as uuid[]) is null
           or not exists (select from decision_departments x where x.decision_id = d.id)
           or exists (select from decision_departments x
                      where x.decision_id = d.id and x.department_id = any(cast(:sees as uuid[]))))
),
-- Open ones: what became of others is told by no plan.
commitment as (
    select c.* from commitments c left join kpi k on k.id = c.kpi_id
    where c.archived_at is null and c.status = 'open' and cast(:commitments as bool)
      and (cast(:sees as uuid[]) is null
           or (c.department_id is null or c.department_id = any(cast(:sees as uuid[])))
              and (c.kpi_id is null or k.id is not null)
              and (c.goal_id is null or c.goal_id in (select id from node))
              and (c.decision_id is null or c.decision_id in (select id from decision))
              and (c.partner_id is null or exists (
                    select from owners p
                    where p.id = c.partner_id
                      and (p.department_id is null or p.department_id = any(cast(:sees as uuid[]))))))
),
-- No department has rituals: whoever is bound to some does not see them.
ritual as (
    select r.* from rituals r
    where r.archived_at is null and cast(:rituals as bool) and cast(:sees as uuid[]) is null
),
owner as (
    select o.* from owners o
    where o.archived_at is null
          and (cast(:sees as uuid[]) is null or o.department_id is null
               or o.department_id = any(cast(:sees as uuid[])))
       or o.id in (select owner_id from goal union all select owner_id from objective
                   union all select owner_id from initiative union all select owner_id from kpi
                   union all select decider_id from decision union all select owner_id from commitment
                   union all select host_id from ritual)
),
-- What is open or named, and all above it.
wanted_department (id) as (
    select id from departments where archived_at is null
    union select department_id from objective
    union select department_id from initiative
    union select department_id from kpi
    union select x.department_id from decision_departments x join decision i on i.id = x.decision_id
    union select department_id from commitment
    union select department_id from owner
    union select d.parent_id from departments d join wanted_department w on w.id = d.id
),
department as (
    select d.*, d.active and d.archived_at is null as open
    from departments d join wanted_department w on w.id = d.id
    where cast(:sees as uuid[]) is null or d.id = any(cast(:sees as uuid[]))
),
-- The latest recorded period per place that is awaited: departments that report, else all that ever did.
-- Of those that are to report and never did it is null.
reporting as (
    select k.id as kpi_id, d.id, d.code
    from kpi k join kpi_departments r on r.kpi_id = k.id join department d on d.id = r.department_id
    where d.open
),
-- Nobody in particular reports these: their values say who did, because any department might have.
unassigned as (
    select k.id as kpi_id from kpi k
    where not exists (select from kpi_departments r where r.kpi_id = k.id)
),
latest as (
    select p.kpi_id, p.code as place, last.period, last.status
    from reporting p
    left join lateral (
        select m.period, m.status from measurements m
        where m.kpi_id = p.kpi_id and m.department_id = p.id
          and m.known_to is null and not m.withdrawn and m.source <> 'aggregated'
        order by m.period desc limit 1) last on true
    union all
    select u.kpi_id, coalesce(d.code, ''), max(m.period), (array_agg(m.status order by m.period desc))[1]
    from unassigned u join measurements m on m.kpi_id = u.kpi_id
         left join department d on d.id = m.department_id
    where m.known_to is null and not m.withdrawn and m.source <> 'aggregated'
      and (m.department_id is null or d.open and m.source <> 'computed')
    group by u.kpi_id, d.code
),
theme_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown
    from (select @id(t.id) t.code, t.name from theme t) x
),
department_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(d.id) d.code, d.name, p.code as parent, d.open as active
        from department d left join department p on p.id = d.parent_id
    ) x
),
owner_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(o.id) o.email as code, o.name, d.code as department,
               o.active and o.archived_at is null as active
        from owner o left join department d on d.id = o.department_id
    ) x
),
goal_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(g.id) g.code, g.title, g.why, t.code as theme, o.email as owner, g.status, g.starts_on,
               g.ends_on, g.cross_functional,
               replace(to_char(g.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                       '.000000Z', 'Z') as changed_at
        from goal g left join theme t on t.id = g.theme_id left join owner o on o.id = g.owner_id
    ) x
),
objective_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(b.id) b.code, b.title, b.why, d.code as department, o.email as owner, b.status,
               b.starts_on, b.ends_on,
               replace(to_char(b.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                       '.000000Z', 'Z') as changed_at
        from objective b join department d on d.id = b.department_id left join owner o on o.id = b.owner_id
    ) x
),
link_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(l.id) source_code || '>' || target_code || ':' || type as code, source_code as source,
               target_code as target, type, trim_scale(weight) as weight, rationale,
               replace(to_char(affirmed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                       '.000000Z', 'Z') as affirmed_at,
               need_by, state, requested_on, delivered_on
        from link l
    ) x
),
-- In the words of the plan file, which has one vocabulary for the state of all that is planned.
support_list as (
    select s.initiative_id, json_agg(n.code order by n.code collate "C") as shown
    from initiative_supports s join node n on n.id = s.node_id
    group by s.initiative_id
),
initiative_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(i.id) i.code, i.title, i.why, d.code as department, o.email as owner,
               case i.status when 'finished' then 'achieved' when 'cancelled' then 'abandoned'
                             else i.status end as status,
               i.starts_on, i.due_on as ends_on, coalesce(support_list.shown, '[]') as supports
        from initiative i join department d on d.id = i.department_id left join owner o on o.id = i.owner_id
             left join support_list on support_list.initiative_id = i.id
    ) x
),
-- One list for each KPI, made for all of them at once: to look for the rows of one KPI after the other would
-- take as many passes over them as there are KPIs.
measure_list as (
    select m.kpi_id, json_agg(n.code order by n.code collate "C") as shown
    from kpi_measures m join measured n on n.id = m.node_id
    group by m.kpi_id
),
target_list as (
    select kpi_id, json_agg(row_to_json(t) order by t."from", t.department collate "C") as shown
    from targets of_kpi left join department p on p.id = of_kpi.department_id
         cross join lateral (
            select of_kpi.first_period as "from", of_kpi.last_period as "to", p.code as department,
                   trim_scale(of_kpi.target) as target, trim_scale(of_kpi.amber) as amber,
                   trim_scale(of_kpi.red) as red, trim_scale(of_kpi.low) as low,
                   trim_scale(of_kpi.high) as high, trim_scale(of_kpi.red_low) as red_low,
                   trim_scale(of_kpi.red_high) as red_high) t
    where of_kpi.archived_at is null and (of_kpi.department_id is null or p.id is not null)
    group by kpi_id
),
latest_list as (
    select kpi_id, json_object_agg(place, period order by place collate "C") as shown,
           json_agg(place order by place collate "C")
               filter (where status = 'red' and cast(:values as bool)) as red
    from latest group by kpi_id
),
kpi_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(k.id) k.code, k.name, k.metric, k.unit, k.direction, k.cadence, k.grace_days,
               k.aggregation, k.active, k.built_in, o.email as owner,
               coalesce(measure_list.shown, '[]') as measures,
               d.code as department, trim_scale(k.baseline) as baseline,
               coalesce(target_list.shown, '[]') as targets, coalesce(latest_list.shown, '{}') as last_period,
               coalesce(latest_list.red, '[]') as red_in
        from kpi k left join owner o on o.id = k.owner_id left join department d on d.id = k.department_id
             left join measure_list on measure_list.kpi_id = k.id
             left join target_list on target_list.kpi_id = k.id
             left join latest_list on latest_list.kpi_id = k.id
    ) x
),
commitment_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(c.id) c.code, c.what, o.email as owner, d.code as department, k.code as kpi, c.due_on
        from commitment c join owner o on o.id = c.owner_id left join department d on d.id = c.department_id
             left join kpi k on k.id = c.kpi_id
    ) x
),
-- Older ones say nothing of whether it takes place (domain/rituals.py).
occurrence_list as (
    select o.ritual_id,
           json_agg(json_build_object('day', o.day, 'on', coalesce(cast(o.moved_to as date), o.day),
                                      'state', o.state) order by o.day) as shown
    from ritual_occurrences o where o.day > current_date - 810
    group by o.ritual_id
),
ritual_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(r.id) r.code, r.name, o.email as host, r.rrule, cast(r.starts_at as date) as starts_on,
               r.ruled_from, coalesce(occurrence_list.shown, '[]') as occurrences
        from ritual r join owner o on o.id = r.host_id
             left join occurrence_list on occurrence_list.ritual_id = r.id
    ) x
),
touched_list as (
    select x.decision_id, json_agg(p.code order by p.code collate "C") as shown
    from decision_departments x join department p on p.id = x.department_id
    group by x.decision_id
),
decision_list as (
    select string_agg(row_to_json(x)::text, ',' order by x.code collate "C") as shown from (
        select @id(i.id) i.code, i.title, i.status, o.email as decider,
               coalesce(touched_list.shown, '[]') as departments, i.raised_on, i.opened_on, i.needed_by,
               t.limit_days, i.ended_on, i.review_on, i.reviewed_on, i.reopened
        from decision i left join owner o on o.id = i.decider_id
             left join decision_types t on t.id = i.type_id
             left join touched_list on touched_list.decision_id = i.id
    ) x
)
select '{"today":"' || (now() at time zone organization.time_zone)::date
    || '","themes":[' || coalesce(theme_list.shown, '')
    || '],"departments":[' || coalesce(department_list.shown, '')
    || '],"owners":[' || coalesce(owner_list.shown, '')
    || '],"goals":[' || coalesce(goal_list.shown, '')
    || '],"objectives":[' || coalesce(objective_list.shown, '')
    || '],"links":[' || coalesce(link_list.shown, '')
    || '],"initiatives":[' || coalesce(initiative_list.shown, '')
    || '],"kpis":[' || coalesce(kpi_list.shown, '')
    || '],"decisions":[' || coalesce(decision_list.shown, '')
    || '],"commitments":[' || coalesce(commitment_list.shown, '')
    || '],"rituals":[' || coalesce(ritual_list.shown, '') || ']}' as plan,
    (now() at time zone organization.time_zone)::date as today,
    pg_current_snapshot()::text as snapshot
from organization, theme_list, department_list, owner_list, goal_list, objective_list, link_list,
     initiative_list, kpi_list, decision_list, commitment_list, ritual_list
"""
# What of the plan needs a right of its own.
_READABLE = {
    "decisions": Permission.DECISIONS_READ,
    "commitments": Permission.COMMITMENTS_READ,
    "rituals": Permission.RITUALS_READ,
    "values": Permission.METRICS_READ,
}
_IDENTITY = re.compile(r"@id\((\w+\.id)\) ")
# The checker knows things by their ids, which outlive renames; everybody else by their codes.
_PLAN_WITH_CODES = text(_IDENTITY.sub("", _PLAN))
_PLAN_WITH_IDS = text(_IDENTITY.sub(rf"\1 as {IDENTITY}, ", _PLAN))


class CheckedPlan(NamedTuple):
    """The whole plan as JSON with ids, its day, and what it has seen of all changes (a snapshot)."""

    text: str
    today: date
    snapshot: str


async def read_goal_tree(session: AsyncSession, *, actor: Actor) -> str:
    """The plan as JSON text, as far as the actor sees it."""
    require(actor, Permission.GOALS_READ)
    readable = {name: may(actor, needed) for name, needed in _READABLE.items()}
    plan: str = (await session.execute(_PLAN_WITH_CODES, reach_of(actor) | readable)).scalar_one()
    return plan


async def read_checked_plan(session: AsyncSession) -> CheckedPlan:
    """Everything there is, drafts included, as the linkage checker takes it; nobody in particular asks."""
    row = (await session.execute(_PLAN_WITH_IDS, reach_of(SYSTEM) | dict.fromkeys(_READABLE, True))).one()
    return CheckedPlan(*row)
