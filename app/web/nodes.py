"""What the pages of goals, objectives and initiatives share: ways, links, KPIs, findings, history."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.deps import SessionDep
from app.domain.branches import list_held
from app.domain.linkage.cycles import find_path, would_create_cycle
from app.domain.linkage.findings import Severity
from app.domain.linkage.names import write_link_code
from app.domain.linkage.states import FindingStatus
from app.domain.linkage.wording import word_count, word_day
from app.domain.permissions import Actor, Permission, Place, may
from app.domain.scoring import Status
from app.domain.words import LinkType, NodeKind, NodeStatus
from app.models.base import write_number
from app.models.goals import Goal
from app.models.linkage import FindingFilter
from app.models.objectives import Objective
from app.queries.events import list_history, name_event_ids
from app.queries.goals_rows import (
    GoalTreeRows,
    KpiRow,
    LinkRow,
    NodeRow,
    list_node_kpis,
    list_node_links,
    list_series,
    read_plan_graph,
)
from app.queries.initiatives_table import InitiativeSearch
from app.queries.linkage import FindingRow, list_findings
from app.queries.organization import find_organization
from app.web.charts import sparkline
from app.web.dependency_lines import DependencyLine, tell_dependency
from app.web.event_words import tell_event
from app.web.events import EventDay, group_by_day
from app.web.finding_cards import FindingCard, make_card
from app.web.goals_tree import address_of
from app.web.initiative_lines import InitiativeTable, read_initiatives
from app.web.kpi_lines import KpiLine, judge_kpi, write_kpi_line
from app.web.nodes_edit import LINK_WORDS

Pulses = Mapping[UUID, list[tuple[Status, int]]]
MOST_FINDINGS = 100
FEW_EVENTS = 6
MOST_EVENTS = 200
# How a link reads at its target, of its source.
_BACKWARDS = {
    LinkType.CONTRIBUTES: "contributes",
    LinkType.SUPPORTS: "supports it",
    LinkType.DEPENDS_ON: "needs it",
    LinkType.CONFLICTS_WITH: "conflicts with it",
}


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link as it is seen from one of its ends."""

    id: UUID
    href: str
    affirm: str
    verb: str
    other: str
    code: str
    title: str
    state: str | None
    of: list[str]
    weight: str | None
    rationale: str | None
    affirmed: str
    may_edit: bool
    is_contribution: bool
    pulse: list[tuple[Status, int]]
    asked: DependencyLine | None


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A KPI with its curve."""

    kpi: KpiLine
    curve: Markup


@dataclass(frozen=True, slots=True)
class Step:
    """A node on a way."""

    href: str
    code: str
    title: str
    kind: NodeKind


@dataclass(frozen=True, slots=True)
class NodeParts:
    """What the pages of goals, objectives and initiatives share: links both ways, findings, history."""

    above: list[LinkLine]
    below: list[LinkLine]
    kpis: list[KpiRow]
    findings: list[FindingCard]
    history: list[EventDay]
    more_history: bool


@dataclass(frozen=True, slots=True)
class NodePage(NodeParts):
    """Everything on the page of a node that does not depend on whether it is a goal or an objective."""

    ways: list[list[Step]]
    aligned: bool
    reach: str
    is_served: bool
    measures: list[MeasureLine]
    initiatives: InitiativeTable
    today: date


async def read_node_page(
    session: SessionDep, node: UUID, *, person: Actor, every_event: bool = False
) -> NodePage:
    """The page of a node, in a fixed number of statements."""
    graph = await read_plan_graph(session, actor=person)
    today = graph.today
    parts = await read_node_parts(session, node, person=person, today=today, every_event=every_event)
    series = await list_series(session, [kpi.id for kpi in parts.kpis])
    curves = {
        kpi.id: sparkline(series.get(kpi.id, []), label=f"{kpi.name}, last values") for kpi in parts.kpis
    }
    ways, live = list_ways(graph, node), _list_live_below(graph, node)
    aims = InitiativeSearch(aims=[node, *(row.id for row in live)])
    return NodePage(
        **{name: getattr(parts, name) for name in NodeParts.__slots__},
        ways=ways,
        aligned=bool(ways),
        reach=_say_reach(live),
        is_served=bool(live),
        measures=[MeasureLine(write_kpi_line(kpi, today), curves[kpi.id]) for kpi in parts.kpis],
        initiatives=await read_initiatives(session, aims, person, today=today),
        today=today,
    )


async def read_node_parts(
    session: SessionDep, node: UUID, *, person: Actor, today: date, every_event: bool = False
) -> NodeParts:
    """Links with their other ends, the KPIs of the node itself, findings and history."""
    rows = await list_node_links(session, node, actor=person)
    links = [row for row in rows if not row.archived]
    around = await list_node_kpis(
        session, [node, *(row.other_id for row in links)], today=today, actor=person
    )
    kpis = [kpi for kpi in around if kpi.node_id == node]
    pulses = take_pulses(around, today)
    own = {node, *(kpi.id for kpi in kpis), *(row.id for row in links if row.outgoing)}
    filters = FindingFilter(status=[FindingStatus.OPEN, FindingStatus.WAIVED], limit=MOST_FINDINGS)
    found, _ = await list_findings(session, filters, actor=person, about=own)
    history, more = await _read_history(session, [node, *(row.id for row in rows)], person, every_event)
    return NodeParts(
        above=[write_link_line(row, person, pulses, today) for row in links if row.outgoing],
        below=[write_link_line(row, person, pulses, today) for row in links if not row.outgoing],
        kpis=kpis,
        findings=[make_card(row, person, today) for row in _sort_findings(found)],
        history=history,
        more_history=more,
    )


def say_span(start: date | None, end: date | None) -> str | None:
    """From when until when, in words."""
    if start and end:
        return f"{word_day(start)} to {word_day(end)}"
    if start:
        return f"from {word_day(start)}"
    return f"until {word_day(end)}" if end else None


def is_late(row: Goal | Objective, today: date) -> bool:
    """Is it over by its date, but not by its state?"""
    return row.status is NodeStatus.ACTIVE and row.ends_on is not None and row.ends_on < today


def list_ways(graph: GoalTreeRows, node: UUID) -> list[list[Step]]:
    """The shortest way from a live node to each live goal, along what is in force; a goal's own is itself."""
    nodes = {row.id: row for row in graph.nodes}
    onwards: dict[UUID, list[UUID]] = defaultdict(list)
    for edge in graph.edges:
        ends = (nodes.get(edge.source_id), nodes.get(edge.target_id))
        if all(end is not None and end.status == NodeStatus.ACTIVE for end in ends):
            onwards[edge.source_id].append(edge.target_id)
    start = nodes.get(node)
    if start is None or start.status != NodeStatus.ACTIVE:
        return []
    goals = [row for row in graph.nodes if row.kind is NodeKind.GOAL and row.status == NodeStatus.ACTIVE]
    reached = list_held([node], onwards)
    paths = [find_path(onwards, start=node, goal=goal.id) for goal in goals if goal.id in reached]
    return [_write_way([nodes[each] for each in reversed(path)], nodes) for path in paths if path]


def _write_way(rows: Sequence[NodeRow], nodes: dict[UUID, NodeRow]) -> list[Step]:
    theme = nodes.get(rows[0].theme_id) if rows[0].theme_id else None
    steps = [Step(f"/goals#theme-{theme.code}", theme.code, theme.title, theme.kind)] if theme else []
    return steps + [Step(address_of(row.kind, row.code), row.code, row.title, row.kind) for row in rows]


def close_circle(graph: GoalTreeRows, *, source: UUID, target: UUID) -> list[Step]:
    """The circle that a link between these would close: source, target, and on to the source again.

    Empty without one, and where it leads through what this person does not see.
    """
    nodes = {row.id: row for row in graph.nodes}
    onwards: dict[UUID, list[UUID]] = defaultdict(list)
    for edge in graph.edges:
        onwards[edge.source_id].append(edge.target_id)
    circle = would_create_cycle(onwards, source=source, target=target) or []
    rows = [nodes[each] for each in circle]
    return [Step(address_of(row.kind, row.code), row.code, row.title, row.kind) for row in rows]


def _list_live_below(graph: GoalTreeRows, node: UUID) -> list[NodeRow]:
    below: dict[UUID, list[UUID]] = defaultdict(list)
    for edge in graph.edges:
        below[edge.target_id].append(edge.source_id)
    held = list_held([node], below) - {node}
    return [row for row in graph.nodes if row.id in held and row.status == NodeStatus.ACTIVE]


def _say_reach(live: Sequence[NodeRow]) -> str:
    """How much in force stands below a node, however deep."""
    if not live:
        return "Nothing in force contributes to it."
    departments = {row.department_id for row in live}
    return f"{len(live)} in force below it, of {word_count(len(departments), 'department')}."


def take_pulses(kpis: Sequence[KpiRow], today: date) -> Pulses:
    """How many KPIs of each node have which status."""
    counts: dict[UUID, Counter[Status]] = defaultdict(Counter)
    for kpi in kpis:
        counts[kpi.node_id][judge_kpi(kpi, today)[0]] += 1
    return {node: [(each, count[each]) for each in Status if count[each]] for node, count in counts.items()}


def write_link_line(row: LinkRow, person: Actor, pulses: Pulses, today: date) -> LinkLine:
    """A link as its row says it."""
    kind = LinkType(row.type)
    code = write_link_code(row.source_code, row.target_code, kind)
    people = frozenset() if row.source_owner is None else frozenset({row.source_owner})
    place = Place(row.source_department, people)
    affirmed = "never affirmed"
    if row.affirmed_at is not None:
        affirmed = f"affirmed {word_day(row.affirmed_at.date())} by {row.affirmed_by}"
    href = f"/links/{quote(code, safe=':')}"
    return LinkLine(
        id=row.id,
        href=href,
        affirm=f"{href}/affirm" if row.outgoing else f"{href}/affirm?side=target",
        verb=(LINK_WORDS if row.outgoing else _BACKWARDS)[kind],
        other=address_of(row.kind, row.code),
        code=row.code,
        title=row.title,
        state=None if row.status == NodeStatus.ACTIVE else row.status,
        of=[each for each in (row.department, row.owner or "no owner") if each],
        weight=None if row.weight is None else f"{write_number(row.weight)} %",
        rationale=row.rationale,
        affirmed=affirmed,
        may_edit=may(person, Permission.GOALS_WRITE, on=place),
        is_contribution=kind is LinkType.CONTRIBUTES,
        pulse=pulses.get(row.other_id, []),
        asked=tell_dependency(row, person, today),
    )


def _sort_findings(rows: Sequence[FindingRow]) -> list[FindingRow]:
    order = list(Severity)
    return sorted(
        rows,
        key=lambda row: (
            row.status is FindingStatus.WAIVED,
            order.index(row.finding.severity),
            row.finding.rule,
        ),
    )


async def _read_history(
    session: SessionDep, objects: Sequence[UUID], person: Actor, every: bool
) -> tuple[list[EventDay], bool]:
    most = MOST_EVENTS if every else FEW_EVENTS
    rows = await list_history(session, actor=person, objects=objects, limit=most + 1)
    organization = await find_organization(session, actor=person)
    names = await name_event_ids(session, rows[:most], actor=person)
    zone = ZoneInfo(organization.time_zone)
    return group_by_day([tell_event(row, names, zone) for row in rows[:most]]), len(rows) > most
