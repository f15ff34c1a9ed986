"""Rules about time: ends that are wrong or past, silent departments, slow KPIs. Late values are elsewhere."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product

import numpy as np
from numpy.typing import NDArray

from app.domain.linkage.assembly import Plan
from app.domain.linkage.findings import Fact, Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.plan_file import PlanInitiative
from app.domain.linkage.rule import rule
from app.domain.linkage.wording import word_cadence, word_count, word_day
from app.domain.periods import Cadence

SHORTEST_FIRST = sorted(Cadence)


@rule(
    "L402 outlives-parent",
    Group.TIME,
    Severity.WARNING,
    message="{source} runs until {late}, but {target}, which it contributes to, ends on {early}.",
    why="What comes after the end can no longer contribute to it.",
    fix="Let {source} end by {early}, or move the end of {target}.",
    example="An objective runs until March for a goal that ends in December.",
)
def find_outliving_sources(plan: Plan) -> Iterator[Found]:
    """Live `contributes` links whose source ends after their target.

    The ends are two nodes; one without an end date is silent. Source: linkage.md, L402.
    """
    graph, ends = plan.graph, _read_ends(plan)
    sources, targets = graph.source[graph.in_force], graph.target[graph.in_force]
    for link in graph.in_force[(ends[targets] > 0) & (ends[sources] > ends[targets])]:
        source, target = int(graph.source[link]), int(graph.target[link])
        facts: dict[str, Fact] = {
            "source": graph.node(source),
            "target": graph.node(target),
            "late": word_day(date.fromordinal(int(ends[source]))),
            "early": word_day(date.fromordinal(int(ends[target]))),
        }
        yield Found((Thing(ObjectKind.LINK, int(link)),), facts)


@rule(
    "L403 past-due",
    Group.TIME,
    Severity.ERROR,
    message="{it} should have ended on {day}, {ago} ago, but is still active.",
    why="A plan full of what is over hides what is still to be done.",
    fix="Say whether {it} was reached or given up. If it goes on, give it a new end date.",
    example="A goal of last year is still active in spring.",
)
def find_past_due(plan: Plan) -> Iterator[Found]:
    """Live goals, objectives and initiatives whose end date is before today. Source: linkage.md, L403."""
    ends = _read_ends(plan)
    for node in np.flatnonzero(plan.graph.live & (ends > 0) & (ends < plan.today.toordinal())):
        yield _say_past_due(plan, plan.graph.node(node), date.fromordinal(int(ends[node])))
    for index in plan.live_initiatives:
        initiative: PlanInitiative = plan.initiatives[index]
        if initiative.ends_on is not None and initiative.ends_on < plan.today:
            yield _say_past_due(plan, Thing(ObjectKind.INITIATIVE, index), initiative.ends_on)


@rule(
    "L407 silent-department",
    Group.TIME,
    Severity.WARNING,
    message="{it} has no objective in force, nor has any department below it.",
    why="A department without an objective sets its own course, whatever the strategy says.",
    fix="Agree with {it} on an objective, or close the department if it is no more.",
    example="The whole of Purchasing works without a single objective.",
)
def find_silent_departments(plan: Plan) -> Iterator[Found]:
    """Active departments without a live objective in themselves and all below; the topmost ones.

    Where parents form a circle, nobody is above: all of it are topmost. Source: linkage.md, L407.
    """
    lineages = plan.lineages
    speaking = {
        ancestor
        for place in np.unique(plan.department_of[plan.graph.live_objectives]).tolist()
        for ancestor in lineages[place]
    }
    silent = [row.active and index not in speaking for index, row in enumerate(plan.departments)]
    for index in np.flatnonzero(silent).tolist():
        if not any(silent[above] and index not in lineages[above] for above in lineages[index]):
            yield Found((Thing(ObjectKind.DEPARTMENT, index),))


@rule(
    "L408 slower-child",
    Group.TIME,
    Severity.INFO,
    message="{it} of {source} comes {slow}, but {other} of {target}, which it serves, comes {fast}.",
    why="Who hears less often than is reported above cannot explain what is reported.",
    fix="Let {it} come {fast}, too, or measure {source} by something that can.",
    example="A goal is measured every month, the objective that serves it once a year.",
)
def find_slower_children(plan: Plan) -> Iterator[Found]:
    """Pairs of active KPIs along a live `contributes` link, that of the source with the longer cadence.

    The ends are two nodes; a pair tied by several links is found once. Source: linkage.md, L408.
    """
    graph, paces = plan.graph, _sort_by_pace(plan)
    seen: set[tuple[int, int]] = set()
    for link in graph.in_force[graph.source[graph.in_force] != graph.target[graph.in_force]].tolist():
        source, target = int(graph.source[link]), int(graph.target[link])
        if source not in paces or target not in paces:
            continue
        for pair in _list_slower(paces[source], paces[target]):
            if pair not in seen:
                seen.add(pair)
                yield _say_slower(plan, pair, source=source, target=target)


def _read_ends(plan: Plan) -> NDArray[np.int64]:
    """The end dates of the nodes as day numbers, 0 where there is none."""
    days = (node.ends_on for node in plan.nodes)
    return np.fromiter((day.toordinal() if day else 0 for day in days), np.int64, len(plan.nodes))


def _say_past_due(plan: Plan, thing: Thing, end: date) -> Found:
    return Found((thing,), {"day": word_day(end), "ago": word_count((plan.today - end).days, "day")})


# The KPIs of a node, a list for each cadence, the shortest first.
Paces = Sequence[list[int]]


def _sort_by_pace(plan: Plan) -> dict[int, Paces]:
    paces: dict[int, Paces] = {}
    rank = {cadence: number for number, cadence in enumerate(SHORTEST_FIRST)}
    for index in plan.active_kpis:
        for node in plan.measured[index]:
            rows = paces.setdefault(node, [[] for _ in SHORTEST_FIRST])
            rows[rank[plan.kpis[index].cadence]].append(index)
    return paces


def _list_slower(sources: Paces, targets: Paces) -> Iterator[tuple[int, int]]:
    for rank, slow in enumerate(sources):
        for fast in targets[:rank]:
            yield from product(slow, fast)


def _say_slower(plan: Plan, pair: tuple[int, int], *, source: int, target: int) -> Found:
    slow, fast = (Thing(ObjectKind.KPI, index) for index in pair)
    facts: dict[str, Fact] = {
        "source": plan.graph.node(source),
        "target": plan.graph.node(target),
        "other": fast,
        "slow": word_cadence(plan.kpis[slow.position].cadence),
        "fast": word_cadence(plan.kpis[fast.position].cadence),
    }
    return Found((slow, fast), facts)
