"""Rules about departments side by side: pulling apart, doing the same twice, working alone."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from app.domain.linkage.assembly import NOWHERE, Plan
from app.domain.linkage.findings import Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.graph import BoolArray
from app.domain.linkage.likeness import group_near
from app.domain.linkage.reach import NONE, SEVERAL, Ways, list_sole_departments
from app.domain.linkage.rule import rule
from app.domain.scoring import Direction

MOST_COMPARED = 20_000
FEWEST_WORDS = 3


@rule(
    "L501 opposite-directions",
    Group.COVERAGE,
    Severity.ERROR,
    message="{up} of {one} is to rise, {down} of {two} to fall, but both are “{metric}”.",
    why="Two departments that pull one figure apart cancel each other’s work.",
    fix="Let {one} and {two} agree which way “{metric}” is to go, and correct the other KPI.",
    example="Sales wants more stock, Finance wants less, both by the metric stock_value.",
)
def find_opposite_directions(plan: Plan) -> Iterator[Found]:
    """Pairs of active KPIs of two departments on the same metric key, one higher, one lower is better.

    KPIs of the whole organization are of no department; a band is opposite to nothing.
    Source: linkage.md, L501.
    """
    sides: defaultdict[str, dict[Direction, list[int]]] = defaultdict(
        lambda: {each: [] for each in Direction}
    )
    for index in plan.active_kpis:
        metric = plan.kpis[index].metric
        if metric and plan.department_of_kpi[index] != NOWHERE:
            sides[metric][plan.kpis[index].direction].append(index)
    for metric, side in sides.items():
        for up, down in product(side[Direction.HIGHER], side[Direction.LOWER]):
            if plan.department_of_kpi[up] != plan.department_of_kpi[down]:
                yield _say_opposite(plan, metric, up=up, down=down)


def _say_opposite(plan: Plan, metric: str, *, up: int, down: int) -> Found:
    kpis = (Thing(ObjectKind.KPI, up), Thing(ObjectKind.KPI, down))
    one, two = (Thing(ObjectKind.DEPARTMENT, int(plan.department_of_kpi[index])) for index in (up, down))
    return Found(kpis, {"up": kpis[0], "down": kpis[1], "one": one, "two": two, "metric": metric})


def _say_too_many_titles(plan: Plan) -> str | None:
    count = len(plan.graph.live_objectives)
    if count <= MOST_COMPARED:
        return None
    return f"Titles are compared up to {MOST_COMPARED:,} live objectives; this plan has {count:,}."


@rule(
    "L505 duplicate-effort",
    Group.COVERAGE,
    Severity.WARNING,
    too_large=_say_too_many_titles,
    message="{all} say nearly the same in different departments, but are not all linked.",
    why="Two departments that do the same without knowing it pay twice and wait for each other.",
    fix="Let the departments of {all} agree who does it; link, merge or rename the rest.",
    example="“Cut unplanned downtime” in Operations, “Cut the unplanned downtime” in Maintenance.",
)
def find_duplicate_efforts(plan: Plan) -> Iterator[Found]:
    """Live objectives of different departments with near-equal titles and no way from one to the other.

    Near-equal: `rapidfuzz.fuzz.token_set_ratio` of the normal forms is at least 90, of at least three words
    each. A way follows `contributes` links in any state. Found is a connected group of such pairs.
    Source: linkage.md, L505, "Exactly".
    """
    live = plan.graph.live_objectives
    nodes = live[[len(plan.normal_titles[node].split()) >= FEWEST_WORDS for node in live.tolist()]]
    departments, ways = plan.department_of[nodes], Ways(plan.graph)

    def may_tie(rows: NDArray[np.intp]) -> BoolArray:
        apart: BoolArray = departments[rows, None] != departments
        return apart & ~ways.join(nodes[rows], nodes)

    for group in group_near([plan.normal_titles[node] for node in nodes], may_tie=may_tie):
        yield Found(tuple(plan.graph.node(nodes[index]) for index in group))


@rule(
    "L602 single-thread",
    Group.COVERAGE,
    Severity.WARNING,
    message="{it} is meant for several departments, but only {department} works on it.",
    why="A goal that needs several departments fails when it hangs on one.",
    fix="Agree with another department on its part of {it}, or do not mark the goal cross-functional.",
    example="“Halve the complaints” needs Sales and Operations; only Sales has objectives for it.",
)
def find_single_threads(plan: Plan) -> Iterator[Found]:
    """Live cross-functional goals whose aligned objectives all belong to one department.

    Those count that reach the goal; a goal that nothing reaches is L601. Source: linkage.md, L602.
    """
    goals = [goal for goal in plan.graph.live_goals.tolist() if plan.goals[goal].cross_functional]
    sole = list_sole_departments(plan.graph, plan.department_of) if goals else []
    for goal in goals:
        if sole[goal] not in (NONE, SEVERAL):
            yield Found((plan.graph.node(goal),), {"department": Thing(ObjectKind.DEPARTMENT, sole[goal])})


@rule(
    "L603 silo",
    Group.COVERAGE,
    Severity.WARNING,
    message="{it} works alone: none of its live objectives ({count}) is linked with another department’s.",
    why="Hardly anything of value is made by one department alone; what is not linked is not agreed.",
    fix="Ask {it} whose work it needs and who needs its work, and link the objectives.",
    example="IT has five objectives, and neither helps nor needs anybody.",
)
def find_silos(plan: Plan) -> Iterator[Found]:
    """Departments with live objectives of which none is linked to or from another department's objective.

    Links of any type count, the other end in any state. Source: linkage.md, L603.
    """
    graph, places = plan.graph, plan.department_of
    links = np.flatnonzero(graph.target >= graph.goal_count)
    across = links[places[graph.source[links]] != places[graph.target[links]]]
    linked = np.zeros(graph.size, dtype=np.bool_)
    linked[graph.source[across]] = linked[graph.target[across]] = True
    live = graph.live_objectives
    counts = np.bincount(places[live], minlength=len(plan.departments))
    silo = counts > 0
    silo[places[live[linked[live]]]] = False
    for department in np.flatnonzero(silo).tolist():
        yield Found((Thing(ObjectKind.DEPARTMENT, department),), {"count": int(counts[department])})
