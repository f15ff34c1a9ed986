"""How much a check looked at, by part of the catalogue and by place: what the score divides by."""

from collections import Counter, defaultdict
from collections.abc import Mapping

import numpy as np

from app.domain.linkage.assembly import NOWHERE, Plan, name_key
from app.domain.linkage.findings import Group, ObjectKind
from app.domain.linkage.score import Tally


def count_checked(plan: Plan) -> Tally:
    """How many objects each part looks at, for the organization and for each department with all below it.

    Structure: live nodes and the links that start at them. Ownership: live nodes and initiatives, active
    KPIs. Measures: live objectives, active KPIs. Time: all of these and active departments. Coverage: live
    goals, active departments. A department counts what belongs to it: a link is where its source is, an
    initiative where it is led; goals belong to none.
    """
    places = _place_objects(plan)
    tally: dict[str, Mapping[Group, int]] = {
        "": _sum_up({kind: len(found) for kind, found in places.items()})
    }
    own = {kind: Counter(found) for kind, found in places.items()}
    below: defaultdict[int, list[int]] = defaultdict(list)
    for department, lineage in enumerate(plan.lineages):
        for ancestor in lineage:
            below[ancestor].append(department)
    for department, row in enumerate(plan.departments):
        counts = {kind: sum(found[one] for one in below[department]) for kind, found in own.items()}
        tally[name_key(row)] = _sum_up(counts)
    return tally


def _place_objects(plan: Plan) -> dict[str, list[int]]:
    """For each kind of object the departments of all that are checked, `NOWHERE` where one has none."""
    graph = plan.graph
    initiatives = np.array(plan.live_initiatives, dtype=np.intp)
    outer = [source.position for source, _ in plan.outer_ends if source.kind is not ObjectKind.INITIATIVE]
    sources = np.concatenate([graph.source, np.array(outer, dtype=np.int32)])
    links = sources[graph.live[sources]]
    return {
        "goal": [NOWHERE] * len(graph.live_goals),
        "objective": plan.department_of[graph.live_objectives].tolist(),
        "link": plan.department_of[links].tolist(),
        "initiative": plan.department_of_initiative[initiatives].tolist(),
        "kpi": plan.department_of_kpi[plan.active_kpis].tolist(),
        "department": [index for index, row in enumerate(plan.departments) if row.active],
    }


def _sum_up(counts: Mapping[str, int]) -> dict[Group, int]:
    nodes = counts["goal"] + counts["objective"]
    owned = nodes + counts["initiative"] + counts["kpi"]
    return {
        Group.STRUCTURE: nodes + counts["link"],
        Group.OWNERSHIP: owned,
        Group.MEASURES: counts["objective"] + counts["kpi"],
        Group.TIME: owned + counts["department"],
        Group.COVERAGE: counts["goal"] + counts["department"],
    }
