"""Reading the goal tree as people look at it: a fixed number of statements however large the plan is.

How the rows hang together is drawn in `domain.branches`; the plan as a file is in `goals_tree`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, require
from app.domain.words import DependencyState, NodeKind
from app.queries._hidden import tell_hidden
from app.queries._reach import reach_of
from app.queries.organization import read_house_rules


class NodeRow(NamedTuple):
    """A theme, goal or objective with the names of what it belongs to. Themes have no status."""

    id: UUID
    kind: NodeKind
    code: str
    title: str
    theme_id: UUID | None
    status: str | None
    rank: int | None
    ends_on: date | None
    owner: str | None
    owner_email: str | None
    department: str | None
    department_id: UUID | None


class EdgeRow(NamedTuple):
    """A link that contributes."""

    id: UUID
    source_id: UUID
    target_id: UUID


class KpiRow(NamedTuple):
    """A KPI at a node that it measures, with its last value where it is at home."""

    node_id: UUID
    id: UUID
    code: str
    name: str
    unit: str
    direction: str
    grace_days: int
    period: str | None
    value: Decimal | None
    not_applicable: bool | None
    hidden_below: int | None
    target: Decimal | None
    low: Decimal | None
    high: Decimal | None
    status: str | None
    status_reason: str | None


class LinkRow(NamedTuple):
    """A link of a node, with the node at its other end. `outgoing`: it starts at the node itself."""

    id: UUID
    type: str
    weight: Decimal | None
    effort: Decimal | None
    rationale: str | None
    need_by: date | None
    affirmed_at: datetime | None
    affirmed_by: str | None
    version: int
    archived: bool
    outgoing: bool
    source_code: str
    target_code: str
    source_department: UUID
    source_owner: UUID | None
    other_id: UUID
    kind: NodeKind
    code: str
    title: str
    status: str
    owner: str | None
    department: str | None
    answer: DependencyState | None
    requested_on: date | None
    answered_by: str | None
    decline_reason: str | None
    delivered_on: date | None
    target_department: UUID | None
    target_owner: UUID | None


class GoalTreeRows(NamedTuple):
    """Everything that is drawn on the tree."""

    today: date
    nodes: list[NodeRow]
    edges: list[EdgeRow]
    kpis: list[KpiRow]
    # Below how many people nothing is told.
    minimum_group: int


# What an actor sees of goals, objectives and initiatives, as the beginning of a statement: see `reach_of`.
VISIBLE_PLAN = """with initiative as (
    select * from initiatives where archived_at is null
      and (cast(:sees as uuid[]) is null or department_id = any(cast(:sees as uuid[])))
      and (status <> 'draft' or cast(:every_draft as bool)
           or department_id = any(cast(:writes as uuid[])) or owner_id = cast(:assignee as uuid))
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
)
"""
_NODES = text(
    """VISIBLE
select t.id, 'theme' as kind, t.code, t.name as title, null::uuid as theme_id, null as status, t.rank,
       null::date as ends_on, null as owner, null as owner_email, null as department,
       null::uuid as department_id
from themes t where t.archived_at is null
union all
select g.id, 'goal', g.code, g.title, g.theme_id, g.status, g.rank, g.ends_on, o.name, o.email, null, null
from goal g left join owners o on o.id = g.owner_id
union all
select b.id, 'objective', b.code, b.title, null, b.status, null, b.ends_on, o.name, o.email, d.name, d.id
from objective b join departments d on d.id = b.department_id left join owners o on o.id = b.owner_id
order by rank, code
""".replace("VISIBLE", VISIBLE_PLAN)
)
_EDGES = text(
    """VISIBLE
select l.id, l.source_id, l.target_id
from links l
join objective s on s.id = l.source_id
where l.archived_at is null and l.type = 'contributes'
  and l.target_id in (select id from goal union all select id from objective)
order by l.weight desc nulls last, l.id
""".replace("VISIBLE", VISIBLE_PLAN)
)
# The last value of a KPI where it is at home: in its department, else in the whole organization. Of a band
# the target is not with the value, but with the targets of that day.
_KPIS = text(
    """
select n.node_id, k.id, k.code, k.name, k.unit, k.direction, k.grace_days, v.period, v.value,
       v.not_applicable, HIDDEN as hidden_below,
       coalesce(v.target, t.target) as target, t.low, t.high, v.status, v.status_reason
from kpi_measures n
join kpis k on k.id = n.kpi_id and k.active and k.archived_at is null
left join lateral (
    select m.* from measurements m
    where m.kpi_id = k.id and m.department_id is not distinct from k.department_id
      and m.known_to is null and not m.withdrawn
    order by m.last_day desc, m.period desc limit 1
) v on true
left join lateral (
    select a.target, a.low, a.high from targets a
    where a.kpi_id = k.id and a.archived_at is null
      and (a.department_id is null or a.department_id = k.department_id)
      and a.first_day <= coalesce(v.last_day, cast(:today as date))
      and (a.last_day is null or a.last_day >= coalesce(v.last_day, cast(:today as date)))
    order by a.department_id is null, a.first_day desc limit 1
) t on true
where (cast(:nodes as uuid[]) is null or n.node_id = any(cast(:nodes as uuid[])))
  and (cast(:sees as uuid[]) is null or k.department_id is null
       or k.department_id = any(cast(:sees as uuid[])))
order by k.code
""".replace("HIDDEN", tell_hidden("v"))
)


# Links that were taken out are read, too: they belong to the history of the node.
_LINKS = text(
    """VISIBLE,
node as (
    select id, 'goal' as kind, code, title, status, owner_id, null::uuid as department_id from goal
    union all
    select id, 'objective', code, title, status, owner_id, department_id from objective
    union all
    select id, 'initiative', code, title, status, owner_id, department_id from initiative
)
select l.id, l.type, l.weight, l.effort, l.rationale, l.need_by, l.affirmed_at, l.affirmed_by, l.version,
       l.archived_at is not null as archived, l.source_id = :node as outgoing, s.code, t.code,
       coalesce(so.department_id, si.department_id), coalesce(so.owner_id, si.owner_id),
       n.id, n.kind, n.code, n.title, n.status, o.name, d.name,
       l.state, l.requested_on, l.answered_by, l.decline_reason, l.delivered_on,
       coalesce(tb.department_id, ti.department_id), coalesce(tb.owner_id, ti.owner_id)
from links l
join nodes s on s.id = l.source_id
left join objectives so on so.id = l.source_id
left join initiatives si on si.id = l.source_id
join nodes t on t.id = l.target_id
left join objectives tb on tb.id = l.target_id
left join initiatives ti on ti.id = l.target_id
join node n on n.id = case when l.source_id = :node then l.target_id else l.source_id end
left join owners o on o.id = n.owner_id
left join departments d on d.id = n.department_id
where l.source_id = :node or l.target_id = :node
order by l.type = 'contributes' desc, l.weight desc nulls last, n.code, l.id
""".replace("VISIBLE", VISIBLE_PLAN)
)
# The last periods with a value where each KPI is at home, the oldest first.
_SERIES = text("""
select k.id, m.value
from kpis k
cross join lateral (
    select * from measurements m
    where m.kpi_id = k.id and m.department_id is not distinct from k.department_id
      and m.known_to is null and not m.withdrawn and not m.suppressed
    order by m.last_day desc, m.period desc limit :most
) m
where k.id = any(cast(:kpis as uuid[]))
order by k.id, m.last_day, m.period
""")


async def goal_tree_rows(session: AsyncSession, *, actor: Actor) -> GoalTreeRows:
    """Themes, goals, objectives, what contributes to what, and the KPIs with their last values."""
    require(actor, Permission.GOALS_READ)
    graph = await read_plan_graph(session, actor=actor)
    return graph._replace(kpis=await list_node_kpis(session, None, today=graph.today, actor=actor))


async def read_plan_graph(session: AsyncSession, *, actor: Actor) -> GoalTreeRows:
    """The same without KPIs: who stands where, and what contributes to what."""
    require(actor, Permission.GOALS_READ)
    reach = reach_of(actor)
    rules = await read_house_rules(session)
    nodes = [_read_node(row) for row in await session.execute(_NODES, reach)]
    edges = [EdgeRow(*row) for row in await session.execute(_EDGES, reach)]
    return GoalTreeRows(rules.today, nodes, edges, [], rules.minimum_group)


async def list_node_links(session: AsyncSession, node: UUID, *, actor: Actor) -> list[LinkRow]:
    """Every link from and to a node, contributions and the heaviest ones first."""
    require(actor, Permission.GOALS_READ)
    rows = await session.execute(_LINKS, reach_of(actor) | {"node": node})
    return [
        LinkRow(*row)._replace(
            kind=NodeKind(row.kind), answer=None if row.state is None else DependencyState(row.state)
        )
        for row in rows
    ]


async def list_series(
    session: AsyncSession, kpis: Iterable[UUID], *, most: int = 12
) -> dict[UUID, list[Decimal | None]]:
    """The last values of KPIs, the oldest first; None where a period was not applicable."""
    series: dict[UUID, list[Decimal | None]] = {}
    for kpi, value in await session.execute(_SERIES, {"kpis": list(kpis), "most": most}):
        series.setdefault(kpi, []).append(value)
    return series


async def list_node_kpis(
    session: AsyncSession, nodes: Iterable[UUID] | None, *, today: date, actor: Actor
) -> list[KpiRow]:
    """The active KPIs that measure some nodes (None: all), each with its last value and target."""
    require(actor, Permission.GOALS_READ)
    parameters = {
        "nodes": None if nodes is None else list(nodes),
        "today": today,
        "sees": None if actor.sees is None else list(actor.sees),
    }
    return [KpiRow(*row) for row in await session.execute(_KPIS, parameters)]


def _read_node(row: Any) -> NodeRow:
    return NodeRow(*row)._replace(kind=NodeKind(row.kind))
