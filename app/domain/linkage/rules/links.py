"""Rules about links and about nodes that links tie together in a way they must not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from app.domain.linkage.assembly import Plan
from app.domain.linkage.cycles import find_path
from app.domain.linkage.findings import Found, Group, ObjectKind, Severity, Thing, Way
from app.domain.linkage.graph import CONFLICTS, Graph
from app.domain.linkage.rule import rule, structural_rule


@structural_rule(
    "L104 dangling-link",
    Group.STRUCTURE,
    Severity.ERROR,
    message="{source} contributes to {target}, which is not in force any more or not yet.",
    why="Work for something that was paused, reached or given up serves nothing now.",
    fix="Link {source} to something in force, or bring {target} back into force.",
    example="An objective still contributes to last year’s goal, which was achieved.",
)
def find_dangling_links(graph: Graph) -> Iterator[Found]:
    """`contributes` links of a live objective whose target is not live. Source: linkage.md, L104."""
    source, target = graph.live_ends
    for link in graph.contributing[source & ~target]:
        yield _find_link(graph, link)


@structural_rule(
    "L107 cycle",
    Group.STRUCTURE,
    Severity.ERROR,
    message="These contribute to each other in a circle: {way}.",
    why="In a circle everybody serves everybody and nobody the strategy.",
    fix="Take out the link of the circle that is not meant as a contribution: {way}.",
    example="OPS-1 contributes to FIN-2, FIN-2 to HR-1, and HR-1 to OPS-1.",
)
def find_cycles(graph: Graph) -> Iterator[Found]:
    """Strongly connected sets of more than one node, and self-links, along `contributes`.

    Links and objectives in any state count. Source: linkage.md, L107.
    """
    sources, targets = graph.inner_contribution
    tied = graph.knots[sources] == graph.knots[targets]
    ways: dict[int, dict[int, list[int]]] = {}
    for source, target in zip(sources[tied].tolist(), targets[tied].tolist(), strict=True):
        ways.setdefault(int(graph.knots[source]), {}).setdefault(source, []).append(target)
    for edges in ways.values():
        members = tuple(graph.node(index) for index in sorted(edges))
        yield Found(members, {"way": Way(graph.node(index) for index in _walk_round(edges))})


def _walk_round(edges: dict[int, list[int]]) -> list[int]:
    """A way round from the first member of a knot back to itself."""
    start = min(edges)
    back = find_path(edges, start=edges[start][0], goal=start)
    return [start, *(back or [])]


@rule(
    "L108 level-inversion",
    Group.STRUCTURE,
    Severity.ERROR,
    message="{source} of {upper} contributes to {target} of {lower}, a department below it.",
    why="Departments serve those above them; turned round, nobody answers for the whole.",
    fix="Turn the link round, or link both {source} and {target} to the goal they share.",
    example="An objective of Operations contributes to one of its own warehouse team.",
)
def find_level_inversions(plan: Plan) -> Iterator[Found]:
    """Live `contributes` links to an objective of a department below the source's own.

    Both ends are live. Source: linkage.md, L108.
    """
    graph = plan.graph
    links = graph.in_force[graph.target[graph.in_force] >= graph.goal_count]
    uppers, lowers = plan.department_of[graph.source[links]], plan.department_of[graph.target[links]]
    for link, upper, lower in zip(links, uppers.tolist(), lowers.tolist(), strict=True):
        if upper != lower and upper in plan.lineages[lower]:
            facts = {
                "upper": Thing(ObjectKind.DEPARTMENT, upper),
                "lower": Thing(ObjectKind.DEPARTMENT, lower),
            }
            yield _find_link(graph, link, **facts)


@rule(
    "L109 unexplained-link",
    Group.STRUCTURE,
    Severity.WARNING,
    message="Nobody has said how {source} contributes to {target}.",
    why="A link without a reason is a line on paper: whoever drew it can no longer say why.",
    fix="Write one sentence on how {source} brings {target} closer.",
    example="SALES-2 is linked to G1, without a word on how.",
)
def find_unexplained_links(plan: Plan) -> Iterator[Found]:
    """`contributes` links of a live objective with a blank rationale.

    The target may be in any state. Source: linkage.md, L109.
    """
    graph = plan.graph
    links = graph.contributing
    for link in links[graph.live[graph.source[links]]]:
        if not (plan.links[link].rationale or "").strip():
            yield _find_link(graph, link)


@rule(
    "L111 copied-cascade",
    Group.STRUCTURE,
    Severity.INFO,
    message="{source} has the same title as {target}, which it contributes to.",
    why="A copied title says what the level above wants, not what this department does for it.",
    fix="Say in the title of {source} what the department itself will do.",
    example="Goal “Delight our customers”, objective of Sales “Delight our customers!”.",
)
def find_copied_cascades(plan: Plan) -> Iterator[Found]:
    """Live objectives with the same title as the live node they contribute to.

    Case, punctuation and space are ignored (`normal_form`). Source: linkage.md, L111.
    """
    graph = plan.graph
    links = graph.in_force
    for link in links[graph.source[links] != graph.target[links]]:
        if plan.normal_titles[graph.source[link]] == plan.normal_titles[graph.target[link]]:
            yield _find_link(graph, link)


@rule(
    "L113 contradictory-link",
    Group.STRUCTURE,
    Severity.ERROR,
    message="{it} and {other} are said both to help and to hinder each other.",
    why="Both cannot be planned for; whoever reads it picks what suits them.",
    fix="Decide which of the links between {it} and {other} is true and archive the other.",
    example="FIN-1 contributes to G2 and conflicts with G2.",
)
def find_contradictory_links(plan: Plan) -> Iterator[Found]:
    """Pairs of nodes tied by `contributes` and by `conflicts_with`, whatever the directions.

    Links and ends in any state count. Source: linkage.md, L113.
    """
    graph = plan.graph
    opposed = set(_list_pairs(graph, np.flatnonzero(graph.kind == CONFLICTS)))
    for one, other in sorted(opposed.intersection(_list_pairs(graph, graph.contributing))):
        yield Found((graph.node(one), graph.node(other)), {"other": graph.node(other)})


@rule(
    "L115 stale-affirmation",
    Group.STRUCTURE,
    Severity.WARNING,
    message="{target} has changed since the link from {source} was last affirmed.",
    why="The promise was made to what the target said then.",
    fix="Read {target} again and affirm the link, or change {source}.",
    example="G2 was moved to the end of next year after OPS-3 had promised its part.",
)
def find_stale_affirmations(plan: Plan) -> Iterator[Found]:
    """Live `contributes` links last affirmed before their target's title, why or end date changed.

    A link never affirmed is silent. Source: linkage.md, L115.
    """
    graph = plan.graph
    for link in graph.in_force:
        affirmed, changed = plan.links[link].affirmed_at, plan.nodes[graph.target[link]].changed_at
        if affirmed is not None and changed is not None and _in_utc(changed) > _in_utc(affirmed):
            yield _find_link(graph, link)


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _find_link(graph: Graph, link: np.integer, **facts: Thing) -> Found:
    ends = {"source": graph.node(graph.source[link]), "target": graph.node(graph.target[link])}
    return Found((Thing(ObjectKind.LINK, int(link)),), {**ends, **facts})


def _list_pairs(graph: Graph, links: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    for source, target in zip(graph.source[links].tolist(), graph.target[links].tolist(), strict=True):
        if source != target:
            yield min(source, target), max(source, target)
