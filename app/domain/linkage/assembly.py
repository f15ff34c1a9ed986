"""From the rows of a plan to arrays: one position per object, references as positions. No rule lives here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.linkage.findings import ORGANIZATION, Named, ObjectKind, Thing
from app.domain.linkage.graph import LINK_TYPES, Graph, IntArray
from app.domain.linkage.names import write_link_code
from app.domain.linkage.plan_file import (
    PlanDepartment,
    PlanFile,
    PlanGoal,
    PlanInitiative,
    PlanKpi,
    PlanLink,
    PlanObjective,
    PlanOwner,
)
from app.domain.linkage.sameness import normal_form
from app.domain.words import NodeStatus
from app.errors import Invalid

NOWHERE = -1
# Periods run from 1900 to 2200; a closed year with its grace days, and the current week, must be among them.
FIRST_DAY = date(1903, 1, 1)
LAST_DAY = date(2200, 12, 28)
Positions = dict[str, int]


class _Coded(Protocol):
    code: str
    id: str | None


@dataclass(frozen=True)
class Plan:
    """One day's plan, ready for the rules.

    `nodes` are the goals, then the objectives, in the order of `graph`; `goals` the goals alone. Positions
    of references, `NOWHERE` (-1) where there is none: `owner_of` and `department_of` of a node (a goal has
    no department), `owner_of_kpi`, `department_of_kpi`, `owner_of_initiative`, `department_of_owner`, and
    `parent_of` of a department. `measured` holds the nodes that each KPI measures (themes left out),
    `supported` those that each initiative supports.
    """

    today: date
    graph: Graph
    departments: Sequence[PlanDepartment]
    owners: Sequence[PlanOwner]
    goals: Sequence[PlanGoal]
    nodes: Sequence[PlanGoal | PlanObjective]
    links: Sequence[PlanLink]
    initiatives: Sequence[PlanInitiative]
    kpis: Sequence[PlanKpi]
    owner_of: IntArray
    department_of: IntArray
    parent_of: IntArray
    department_of_owner: IntArray
    owner_of_initiative: IntArray
    owner_of_kpi: IntArray
    department_of_kpi: IntArray
    measured: Sequence[Sequence[int]]
    supported: Sequence[Sequence[int]]

    @cached_property
    def lineages(self) -> list[tuple[int, ...]]:
        """For each department itself and all above it, nearest first; a circle of parents is walked once."""
        return [tuple(_climb(self.parent_of, start)) for start in range(len(self.departments))]

    @cached_property
    def active_kpis(self) -> list[int]:
        """Positions of the active KPIs."""
        return [index for index, kpi in enumerate(self.kpis) if kpi.active]

    @cached_property
    def live_initiatives(self) -> list[int]:
        """Positions of the live initiatives."""
        return [index for index, row in enumerate(self.initiatives) if row.status is NodeStatus.ACTIVE]

    @cached_property
    def normal_titles(self) -> list[str]:
        """The titles of the nodes in the form in which they are compared."""
        return [normal_form(node.title) for node in self.nodes]

    def name(self, thing: Thing) -> Named:
        """An object as people know it."""
        if thing == ORGANIZATION:
            return Named(ObjectKind.ORGANIZATION, "ORGANIZATION", "ORGANIZATION", "The organization")
        if thing.kind is ObjectKind.LINK:
            return self._name_link(thing.position)
        row = self._rows(thing.kind)[thing.position]
        title = str(getattr(row, "title", None) or getattr(row, "name", ""))
        place = self._place(thing)
        department = None if place == NOWHERE else name_key(self.departments[place])
        draft = getattr(row, "status", None) is NodeStatus.DRAFT
        return Named(thing.kind, name_key(row), row.code, title, department, draft)

    def _name_link(self, index: int) -> Named:
        link, graph = self.links[index], self.graph
        code = link.code or write_link_code(link.source, link.target, link.type)
        ends = [self.name(graph.node(end[index])) for end in (graph.source, graph.target)]
        title = f"{ends[0].title} → {ends[1].title}"
        draft = any(end.draft for end in ends)
        return Named(ObjectKind.LINK, link.id or code, code, title, ends[0].department, draft)

    def _rows(self, kind: ObjectKind) -> Sequence[_Coded]:
        rows: Mapping[ObjectKind, Sequence[_Coded]] = {
            ObjectKind.GOAL: self.nodes,
            ObjectKind.OBJECTIVE: self.nodes,
            ObjectKind.INITIATIVE: self.initiatives,
            ObjectKind.KPI: self.kpis,
            ObjectKind.OWNER: self.owners,
            ObjectKind.DEPARTMENT: self.departments,
        }
        return rows[kind]

    def _place(self, thing: Thing) -> int:
        """The department an object belongs to; an initiative is where its owner is."""
        kind, index = thing
        if kind is ObjectKind.DEPARTMENT:
            return index
        if kind is ObjectKind.INITIATIVE:
            owner = int(self.owner_of_initiative[index])
            return NOWHERE if owner == NOWHERE else int(self.department_of_owner[owner])
        places = {
            ObjectKind.KPI: self.department_of_kpi,
            ObjectKind.OWNER: self.department_of_owner,
        }
        return int(places.get(kind, self.department_of)[index])


def assemble_plan(file: PlanFile, *, today: date | None = None) -> Plan:
    """The plan of a file that `read_plan_file` accepted, as of a day: the given one, else the file's.

    `ValueError` when neither names a day, `Invalid` when there is no telling which period had closed by
    then. References are resolved without case.
    """
    day = _choose_day(file, today)
    departments, owners = _positions(file.departments), _positions(file.owners)
    nodes: list[PlanGoal | PlanObjective] = [*file.goals, *file.objectives]
    places = _positions(nodes)
    return Plan(
        today=day,
        graph=_build_graph(file, nodes, places),
        departments=file.departments,
        owners=file.owners,
        goals=file.goals,
        nodes=nodes,
        links=file.links,
        initiatives=file.initiatives,
        kpis=file.kpis,
        owner_of=_resolve((node.owner for node in nodes), owners),
        department_of=_resolve((getattr(node, "department", None) for node in nodes), departments),
        parent_of=_resolve((row.parent for row in file.departments), departments),
        department_of_owner=_resolve((row.department for row in file.owners), departments),
        owner_of_initiative=_resolve((row.owner for row in file.initiatives), owners),
        owner_of_kpi=_resolve((row.owner for row in file.kpis), owners),
        department_of_kpi=_resolve((row.department for row in file.kpis), departments),
        measured=[_known(kpi.measures, places) for kpi in file.kpis],
        supported=[_known(row.supports, places) for row in file.initiatives],
    )


def _choose_day(file: PlanFile, today: date | None) -> date:
    day = today or file.today
    if day is None:
        raise ValueError("neither the file nor the caller says which day it is")
    if not FIRST_DAY <= day <= LAST_DAY:
        sentence = f"A plan can be checked for days from {FIRST_DAY} to {LAST_DAY}, not for {day}."
        raise Invalid.at("/today", "day_out_of_range", sentence)
    return day


def _build_graph(file: PlanFile, nodes: Sequence[PlanGoal | PlanObjective], places: Positions) -> Graph:
    kinds = {kind: number for number, kind in enumerate(LINK_TYPES)}
    live: NDArray[np.bool_] = np.fromiter((node.status is NodeStatus.ACTIVE for node in nodes), np.bool_)
    return Graph(
        goal_count=len(file.goals),
        live=live,
        source=_resolve((link.source for link in file.links), places),
        target=_resolve((link.target for link in file.links), places),
        kind=np.fromiter((kinds[link.type] for link in file.links), np.int8),
    )


def _positions(rows: Iterable[_Coded]) -> Positions:
    return {row.code.casefold(): index for index, row in enumerate(rows)}


def _resolve(references: Iterable[str | None], positions: Positions) -> IntArray:
    return np.fromiter(
        (NOWHERE if code is None else positions[code.casefold()] for code in references), np.int32
    )


def _known(codes: Iterable[str], positions: Positions) -> list[int]:
    # A doubled reference counts once.
    return list(dict.fromkeys(positions[code] for code in map(str.casefold, codes) if code in positions))


def _climb(above: IntArray, start: int) -> Iterator[int]:
    seen = {start}
    while start != NOWHERE:
        yield start
        start = int(above[start])
        if start in seen:
            return
        seen.add(start)


def name_key(row: _Coded) -> str:
    """What a row is called for ever: its id where the source knows one, else its code."""
    return row.id or row.code
