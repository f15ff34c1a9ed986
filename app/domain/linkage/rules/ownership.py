"""Rules about who answers for what: owners that are missing, gone, elsewhere or overloaded."""

from collections.abc import Iterator

import numpy as np

from app.domain.linkage.assembly import NOWHERE, Plan
from app.domain.linkage.findings import Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.rule import rule

MOST_OWNED = 7


@rule(
    "L201 no-owner",
    Group.OWNERSHIP,
    Severity.ERROR,
    message="{it} has no owner, so nobody answers for it.",
    why="What belongs to everybody is done by nobody.",
    fix="Name the one person who answers for {it}.",
    example="“Shorten the delivery time” is active, but nobody is named as its owner.",
)
def find_unowned_things(plan: Plan) -> Iterator[Found]:
    """Live goals, objectives and initiatives and active KPIs without an owner.

    The built-in alignment KPIs need none (product.md, KPIs). Source: linkage.md, L201.
    """
    for thing, owner in _list_owned(plan):
        if owner == NOWHERE and not _is_built_in(plan, thing):
            yield Found((thing,))


@rule(
    "L202 inactive-owner",
    Group.OWNERSHIP,
    Severity.ERROR,
    message="{it} is owned by {owner}, who is not active any more.",
    why="An owner who has left is no owner, but hides that there is none.",
    fix="Hand {it} over to somebody who is here.",
    example="The objective of a colleague who left in spring was never handed over.",
)
def find_inactive_owners(plan: Plan) -> Iterator[Found]:
    """Live goals, objectives and initiatives and active KPIs whose owner is deactivated.

    A built-in KPI counts, too, once it has an owner. Source: linkage.md, L202.
    """
    for thing, owner in _list_owned(plan):
        if owner != NOWHERE and not plan.owners[owner].active:
            yield Found((thing,), {"owner": Thing(ObjectKind.OWNER, owner)})


@rule(
    "L206 owner-outside",
    Group.OWNERSHIP,
    Severity.INFO,
    message="{it} is an objective of {department}, but its owner {owner} belongs to {seat}.",
    why="An owner from outside can neither set the department’s priorities nor give time for them.",
    fix="Give {it} an owner from {department}, or from above or below it.",
    example="An objective of Operations is owned by somebody from Finance.",
)
def find_owners_outside(plan: Plan) -> Iterator[Found]:
    """Live objectives whose owner sits neither in their department nor above nor below it.

    An owner without a department sits nowhere, so outside. An objective without an owner is silent here.
    Source: linkage.md, L206.
    """
    live = plan.graph.live_objectives
    places, owners = plan.department_of[live].tolist(), plan.owner_of[live].tolist()
    for index, place, owner in zip(live, places, owners, strict=True):
        if owner == NOWHERE:
            continue
        seat = int(plan.department_of_owner[owner])
        if seat == NOWHERE or not (seat in plan.lineages[place] or place in plan.lineages[seat]):
            facts = {
                "department": Thing(ObjectKind.DEPARTMENT, place),
                "owner": Thing(ObjectKind.OWNER, owner),
                "seat": "no department" if seat == NOWHERE else Thing(ObjectKind.DEPARTMENT, seat),
            }
            yield Found((plan.graph.node(index),), facts)


@rule(
    "L207 overloaded-owner",
    Group.OWNERSHIP,
    Severity.WARNING,
    message="{it} owns {count} goals, objectives and initiatives in force; more than {most} are too many.",
    why="Whoever answers for everything can look after nothing.",
    fix="Find other owners for some of the {count} things that {it} owns, or pause some of them.",
    example="One director owns nine objectives and three initiatives.",
)
def find_overloaded_owners(plan: Plan) -> Iterator[Found]:
    """Active owners of more than 7 live goals, objectives and initiatives together. KPIs do not count.

    Source: linkage.md, L207.
    """
    owners = np.concatenate(
        [plan.owner_of[plan.graph.live], plan.owner_of_initiative[np.array(plan.live_initiatives, np.intp)]]
    )
    counts = np.bincount(owners[owners != NOWHERE], minlength=len(plan.owners))
    for index in np.flatnonzero(counts > MOST_OWNED).tolist():
        if plan.owners[index].active:
            facts = {"count": int(counts[index]), "most": MOST_OWNED}
            yield Found((Thing(ObjectKind.OWNER, index),), facts)


def _list_owned(plan: Plan) -> Iterator[tuple[Thing, int]]:
    """All that needs an owner, with its owner's position."""
    live = np.flatnonzero(plan.graph.live)
    for node, owner in zip(live, plan.owner_of[live].tolist(), strict=True):
        yield plan.graph.node(node), owner
    for index in plan.live_initiatives:
        yield Thing(ObjectKind.INITIATIVE, index), int(plan.owner_of_initiative[index])
    for index in plan.active_kpis:
        yield Thing(ObjectKind.KPI, index), int(plan.owner_of_kpi[index])


def _is_built_in(plan: Plan, thing: Thing) -> bool:
    return thing.kind is ObjectKind.KPI and plan.kpis[thing.position].built_in
