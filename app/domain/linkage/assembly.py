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
    PlanCommitment,
    PlanDecision,
    PlanDepartment,
    PlanFile,
    PlanGoal,
    PlanInitiative,
    PlanKpi,
    PlanLink,
    PlanObjective,
    PlanOwner,
    PlanRitual,
)
from app.domain.linkage.sameness import normal_form
from app.domain.words import NodeStatus
from app.errors import Invalid

NOWHERE = -1
# Periods run from 1900 to 2200; a closed year with its grace days, and the current week, must be among them.
FIRST_DAY = date(1903, 1, 1)
LAST_DAY = date(2200, 12, 28)
Positions = dict[str, int]
# What an object is called by, whatever its noun.
_TITLES = ("title", "name", "what")


class _Coded(Protocol):
    code: str
    id: str | None


@dataclass(frozen=True)
class Plan:
    """One day's plan, ready for the rules.

    `nodes` are the goals, then the objectives, in the order of `graph`; `goals` the goals alone. Positions
    of references, `NOWHERE` (-1) where there is none: `owner_of` and `department_of` of a node (a goal has
    no department), `owner_of_kpi`, `department_of_kpi`, `owner_of_initiative`, `department_of_initiative`
    (where none leads it, its owner's), `department_of_owner`, `department_of_commitment`, and `parent_of`
    of a department. `measured` holds the nodes that each KPI measures (themes left out), `supported` those
    that each initiative supports. `links` are those of `graph`, then those from or to an initiative, whose
    ends are `outer_ends`. `touched` holds the departments that each decision touches.
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
    decisions: Sequence[PlanDecision]
    commitments: Sequence[PlanCommitment]
    rituals: Sequence[PlanRitual]
    owner_of: IntArray
    department_of: IntArray
    parent_of: IntArray
    department_of_owner: IntArray
    owner_of_initiative: IntArray
    department_of_initiative: IntArray
    owner_of_kpi: IntArray
    department_of_kpi: IntArray
    measured: Sequence[Sequence[int]]
    supported: Sequence[Sequence[int]]
    outer_ends: Sequence[tuple[Thing, Thing]]
    touched: Sequence[Sequence[int]]
    department_of_commitment: IntArray
    department_of_ritual: IntArray

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

    def ends_of(self, link: int) -> tuple[Thing, Thing]:
        """What a link ties: source and target."""
        graph = self.graph
        if link < len(graph.source):
            return graph.node(graph.source[link]), graph.node(graph.target[link])
        return self.outer_ends[link - len(graph.source)]

    def is_live(self, thing: Thing) -> bool:
        """Is a goal, objective or initiative in force?"""
        if thing.kind is ObjectKind.INITIATIVE:
            return self.initiatives[thing.position].status is NodeStatus.ACTIVE
        return bool(self.graph.live[thing.position])

    def name(self, thing: Thing) -> Named:
        """An object as people know it."""
        if thing == ORGANIZATION:
            return Named(ObjectKind.ORGANIZATION, "ORGANIZATION", "ORGANIZATION", "The organization")
        if thing.kind is ObjectKind.LINK:
            return self._name_link(thing.position)
        if thing.kind is ObjectKind.DECISION:
            return self._name_decision(thing.position)
        row = self._rows(thing.kind)[thing.position]
        title = next(str(getattr(row, name)) for name in _TITLES if hasattr(row, name))
        place = self._place(thing)
        department = None if place == NOWHERE else name_key(self.departments[place])
        draft = getattr(row, "status", None) is NodeStatus.DRAFT
        return Named(thing.kind, name_key(row), row.code, title, department, draft)

    def _name_link(self, index: int) -> Named:
        link = self.links[index]
        code = link.code or write_link_code(link.source, link.target, link.type)
        ends = [self.name(end) for end in self.ends_of(index)]
        title = f"{ends[0].title} → {ends[1].title}"
        draft = any(end.draft for end in ends)
        return Named(ObjectKind.LINK, link.id or code, code, title, ends[0].department, draft)

    def _name_decision(self, index: int) -> Named:
        row = self.decisions[index]
        places = [name_key(self.departments[place]) for place in self.touched[index]]
        first = places[0] if places else None
        return Named(ObjectKind.DECISION, name_key(row), row.code, row.title, first, beside=tuple(places[1:]))

    def _rows(self, kind: ObjectKind) -> Sequence[_Coded]:
        rows: Mapping[ObjectKind, Sequence[_Coded]] = {
            ObjectKind.GOAL: self.nodes,
            ObjectKind.OBJECTIVE: self.nodes,
            ObjectKind.INITIATIVE: self.initiatives,
            ObjectKind.KPI: self.kpis,
            ObjectKind.OWNER: self.owners,
            ObjectKind.DEPARTMENT: self.departments,
            ObjectKind.COMMITMENT: self.commitments,
            ObjectKind.RITUAL: self.rituals,
        }
        return rows[kind]

    def _place(self, thing: Thing) -> int:
        """The department an object belongs to."""
        kind, index = thing
        if kind is ObjectKind.DEPARTMENT:
            return index
        places = {
            ObjectKind.INITIATIVE: self.department_of_initiative,
            ObjectKind.KPI: self.department_of_kpi,
            ObjectKind.OWNER: self.department_of_owner,
            ObjectKind.COMMITMENT: self.department_of_commitment,
            ObjectKind.RITUAL: self.department_of_ritual,
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
    inner, outer = _part_links(file, places)
    homes = _resolve((row.department for row in file.owners), departments)
    leaders = _resolve((row.owner for row in file.initiatives), owners)
    return Plan(
        today=day,
        graph=_build_graph(file, nodes, inner, places),
        departments=file.departments,
        owners=file.owners,
        goals=file.goals,
        nodes=nodes,
        links=[*inner, *outer],
        initiatives=file.initiatives,
        kpis=file.kpis,
        decisions=file.decisions,
        commitments=file.commitments,
        rituals=file.rituals,
        owner_of=_resolve((node.owner for node in nodes), owners),
        department_of=_resolve((getattr(node, "department", None) for node in nodes), departments),
        parent_of=_resolve((row.parent for row in file.departments), departments),
        department_of_owner=homes,
        owner_of_initiative=leaders,
        department_of_initiative=_lead(file.initiatives, leaders, homes, departments),
        owner_of_kpi=_resolve((row.owner for row in file.kpis), owners),
        department_of_kpi=_resolve((row.department for row in file.kpis), departments),
        measured=[_known(kpi.measures, places) for kpi in file.kpis],
        supported=[_known(row.supports, places) for row in file.initiatives],
        outer_ends=_find_outer_ends(outer, places, file),
        touched=[_known(row.departments, departments) for row in file.decisions],
        department_of_commitment=_resolve((row.department for row in file.commitments), departments),
        # They belong to the whole organization.
        department_of_ritual=_resolve((None for _ in file.rituals), departments),
    )


def _part_links(file: PlanFile, places: Positions) -> tuple[list[PlanLink], list[PlanLink]]:
    """The links among goals and objectives, and those from or to an initiative."""
    if not file.initiatives:
        return file.links, []
    inner: list[PlanLink] = []
    outer: list[PlanLink] = []
    for link in file.links:
        within = link.source.casefold() in places and link.target.casefold() in places
        (inner if within else outer).append(link)
    return inner, outer


def _find_outer_ends(
    links: Sequence[PlanLink], places: Positions, file: PlanFile
) -> list[tuple[Thing, Thing]]:
    initiatives = _positions(file.initiatives)

    def find(code: str) -> Thing:
        key = code.casefold()
        if key not in places:
            return Thing(ObjectKind.INITIATIVE, initiatives[key])
        kind = ObjectKind.GOAL if places[key] < len(file.goals) else ObjectKind.OBJECTIVE
        return Thing(kind, places[key])

    return [(find(link.source), find(link.target)) for link in links]


def _lead(
    initiatives: Sequence[PlanInitiative], leaders: IntArray, homes: IntArray, departments: Positions
) -> IntArray:
    """The department that leads each initiative; where none is named, that of its owner."""
    named = _resolve((row.department for row in initiatives), departments)
    unsaid = (named == NOWHERE) & (leaders != NOWHERE)
    named[unsaid] = homes[leaders[unsaid]]
    return named


def _choose_day(file: PlanFile, today: date | None) -> date:
    day = today or file.today
    if day is None:
        raise ValueError("neither the file nor the caller says which day it is")
    if not FIRST_DAY <= day <= LAST_DAY:
        sentence = f"A plan can be checked for days from {FIRST_DAY} to {LAST_DAY}, not for {day}."
        raise Invalid.at("/today", "day_out_of_range", sentence)
    return day


def _build_graph(
    file: PlanFile,
    nodes: Sequence[PlanGoal | PlanObjective],
    links: Sequence[PlanLink],
    places: Positions,
) -> Graph:
    kinds = {kind: number for number, kind in enumerate(LINK_TYPES)}
    live: NDArray[np.bool_] = np.fromiter((node.status is NodeStatus.ACTIVE for node in nodes), np.bool_)
    return Graph(
        goal_count=len(file.goals),
        live=live,
        source=_resolve((link.source for link in links), places),
        target=_resolve((link.target for link in links), places),
        kind=np.fromiter((kinds[link.type] for link in links), np.int8),
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
