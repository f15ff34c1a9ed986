"""Rules about goals and objectives in the graph: who reaches the strategy, what of it is reached."""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from app.domain.linkage.assembly import Plan
from app.domain.linkage.findings import ORGANIZATION, Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.graph import Graph
from app.domain.linkage.rule import rule, structural_rule

MOST_LIVE_GOALS = 5
MOST_OBJECTIVES = 5
MOST_KPIS = 5
WHOLE_WEIGHT = 100
WEIGHT_SLACK = 0.5
# Sums of percents are compared with this much room, so that 33.3 + 33.3 + 33.4 is 100.
ROUNDING = 1e-9
FEWEST_GOALS = 3
FEWEST_ALIGNED = 6


@structural_rule(
    "L101 orphan-objective",
    Group.STRUCTURE,
    Severity.ERROR,
    message="{it} contributes to nothing: no link leads from it to a goal or to another objective.",
    why="Work that serves no goal competes for the same people as work that does.",
    fix="Link {it} to the goal or objective it contributes to and say how, or pause or abandon it.",
    example="“Renew the intranet” is active, but nobody said which goal it serves.",
)
def find_orphan_objectives(graph: Graph) -> Iterator[Found]:
    """Live objectives without any outgoing `contributes` link.

    The link may lead to a target in any state; a target that is not live is L104. Source: linkage.md, L101.
    """
    linked = np.zeros(graph.size, dtype=np.bool_)
    linked[graph.contribution[0]] = True
    for index in graph.live_objectives[~linked[graph.live_objectives]]:
        yield Found((graph.node(index),))


@rule(
    "L102 rootless-goal",
    Group.STRUCTURE,
    Severity.WARNING,
    message="{it} belongs to no theme, so nobody sees which part of the vision it serves.",
    why="A goal outside the themes is a second strategy beside the agreed one.",
    fix="Give {it} the theme it serves, or abandon it.",
    example="“Enter the Nordic market” is an active goal without a theme.",
)
def find_rootless_goals(plan: Plan) -> Iterator[Found]:
    """Live goals without a theme. Source: linkage.md, L102."""
    for index in plan.graph.live_goals:
        if plan.goals[index].theme is None:
            yield Found((plan.graph.node(index),))


@structural_rule(
    "L103 island",
    Group.STRUCTURE,
    Severity.ERROR,
    message="{it} contributes to other objectives, but no chain of them ends at a goal in force.",
    why="A chain that ends nowhere looks like alignment and is none.",
    fix="Follow the links from {it} upwards and link the last objective of the chain to a goal.",
    example="OPS-4 contributes to OPS-2, OPS-2 to OPS-1, and OPS-1 to no goal.",
)
def find_islands(graph: Graph) -> Iterator[Found]:
    """Live objectives with a `contributes` link to a live node from which no live path reaches a live goal.

    Source: linkage.md, L103; alignment as defined there under "The graph".
    """
    tied = np.zeros(graph.size, dtype=np.bool_)
    tied[graph.contribution_in_force[0]] = True
    for index in np.flatnonzero(tied & ~graph.aligned):
        yield Found((graph.node(index),))


@rule(
    "L105 orphan-initiative",
    Group.STRUCTURE,
    Severity.WARNING,
    message="{it} is under way, but serves no goal and no objective.",
    why="Initiatives cost the most; one that serves nothing should not be started.",
    fix="Say which objective or goal {it} supports, or stop it.",
    example="A new warehouse system is being introduced, tied to no objective.",
)
def find_orphan_initiatives(plan: Plan) -> Iterator[Found]:
    """Live initiatives tied to no goal and no objective. Source: linkage.md, L105."""
    for index in plan.live_initiatives:
        if not plan.supported[index]:
            yield Found((Thing(ObjectKind.INITIATIVE, index),))


@rule(
    "L106 orphan-kpi",
    Group.STRUCTURE,
    Severity.WARNING,
    message="{it} is collected, but measures no theme, goal or objective.",
    why="A figure that measures nothing in the plan costs time and steers nobody.",
    fix="Say what {it} measures, or deactivate it.",
    example="“Visitors of the website” is reported each month; no objective is about the website.",
)
def find_orphan_kpis(plan: Plan) -> Iterator[Found]:
    """Active KPIs that measure nothing; the built-in alignment KPIs are none of them.

    Source: linkage.md, L106.
    """
    for index in plan.active_kpis:
        kpi = plan.kpis[index]
        if not kpi.measures and not kpi.built_in:
            yield Found((Thing(ObjectKind.KPI, index),))


@rule(
    "L110 too-many",
    Group.STRUCTURE,
    Severity.WARNING,
    message="{it} has {count} {what}; more than {most} are hard to keep in mind.",
    why="Whoever has more than five priorities has none.",
    fix="Decide which of the {count} {what} matter most now and pause or merge the others.",
    example="A department works on nine objectives at once.",
)
def find_too_many(plan: Plan) -> Iterator[Found]:
    """More than 5 live goals, live objectives in one department, or active KPIs on one live objective.

    A department counts its own objectives, not those below it. Source: linkage.md, L110.
    """
    goals = len(plan.graph.live_goals)
    if goals > MOST_LIVE_GOALS:
        yield _say_too_many(ORGANIZATION, goals, "live goals", MOST_LIVE_GOALS)
    objectives = Counter(plan.department_of[plan.graph.live_objectives].tolist())
    for department, count in objectives.items():
        if count > MOST_OBJECTIVES:
            place = Thing(ObjectKind.DEPARTMENT, department)
            yield _say_too_many(place, count, "live objectives", MOST_OBJECTIVES)
    kpis = Counter(node for index in plan.active_kpis for node in plan.measured[index])
    for node, count in kpis.items():
        thing = plan.graph.node(node)
        if count > MOST_KPIS and plan.graph.live[node] and thing.kind is ObjectKind.OBJECTIVE:
            yield _say_too_many(thing, count, "active KPIs", MOST_KPIS)


def _say_too_many(thing: Thing, count: int, what: str, most: int) -> Found:
    return Found((thing,), {"count": count, "what": what, "most": most})


@rule(
    "L112 weight-sum",
    Group.STRUCTURE,
    Severity.WARNING,
    message="The weights of what contributes to {it} add up to {total} % instead of 100 %.",
    why="Weights say how much of the target each source is to bring; they must share out the whole.",
    fix="Correct the weights of the links to {it} so that they add up to 100 %, or leave them all out.",
    example="Two objectives are to bring 60 % and 60 % of the same goal.",
)
def find_weight_sums(plan: Plan) -> Iterator[Found]:
    """Nodes with weighted live incoming `contributes` links whose weights do not add up to 100 ± 0.5 percent.

    Links between live ends count, a self-link too; unweighted ones add nothing. Source: linkage.md, L112.
    """
    graph = plan.graph
    weights = np.array([np.nan if link.weight is None else link.weight for link in plan.links], dtype=float)
    links = graph.in_force[~np.isnan(weights[graph.in_force])] if len(weights) else graph.in_force
    targets, places = np.unique(graph.target[links], return_inverse=True)
    sums = np.bincount(places, weights=weights[links], minlength=len(targets))
    wrong = np.abs(sums - WHOLE_WEIGHT) > WEIGHT_SLACK + ROUNDING
    for target, total in zip(targets[wrong], sums[wrong], strict=True):
        yield Found((graph.node(target),), {"total": f"{total:.10g}"})


@rule(
    "L114 mega-hub",
    Group.STRUCTURE,
    Severity.INFO,
    message="{count} of {aligned} aligned objectives serve {it}: more than half of all that is done.",
    why="A goal that everything serves no longer tells apart what matters.",
    fix="See whether {it} should be split, or whether other goals go short.",
    example="Nine of fourteen objectives serve “Grow”, two other goals share five.",
)
def find_mega_hubs(plan: Plan) -> Iterator[Found]:
    """Live goals that more than half of all aligned objectives reach.

    Only where there are at least 3 live goals and 6 aligned objectives. Source: linkage.md, L114.
    """
    graph = plan.graph
    aligned = int(graph.aligned.sum())
    if len(graph.live_goals) < FEWEST_GOALS or aligned < FEWEST_ALIGNED:
        return
    for goal in graph.live_goals[2 * graph.crowds[graph.live_goals] > aligned]:
        count = len(graph.list_reaching(int(goal)))
        if 2 * count > aligned:
            yield Found((graph.node(goal),), {"count": count, "aligned": aligned})


@structural_rule(
    "L601 unsupported-goal",
    Group.COVERAGE,
    Severity.ERROR,
    message="No objective in force contributes to {it}: nobody works on it.",
    why="A goal that nobody works on will not be reached, however often it is repeated.",
    fix="Agree with a department head on an objective that contributes to {it}, or pause the goal.",
    example="“Halve our emissions” is a goal of the year; no department has an objective for it.",
)
def find_unsupported_goals(graph: Graph) -> Iterable[Found]:
    """Live goals that no live aligned objective reaches. Source: linkage.md, L601."""
    return (Found((graph.node(goal),)) for goal in graph.live_goals[~graph.served[graph.live_goals]])
