"""The goal graph as flat arrays, and what structural rules ask of it. Titles, owners, KPIs are not here.

`scipy` is loaded by what uses it: the catalogue is read by pages and programs that check nothing.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.linkage.findings import ObjectKind, Thing
from app.domain.words import LinkType

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int32]

LINK_TYPES = tuple(LinkType)
CONTRIBUTES = LINK_TYPES.index(LinkType.CONTRIBUTES)
CONFLICTS = LINK_TYPES.index(LinkType.CONFLICTS_WITH)
DEPENDS = LINK_TYPES.index(LinkType.DEPENDS_ON)


@dataclass(frozen=True)
class Graph:
    """n nodes and m links; nodes 0 … goal_count - 1 are goals, the others objectives.

    `live`: bool[n], whether a node's status is active. `source` and `target`: int32[m], node indices;
    a source is always an objective. `kind`: int8[m], positions in `LINK_TYPES`. Links may form cycles,
    be doubled, or tie a node to itself. All arrays may be empty.
    """

    goal_count: int
    live: BoolArray
    source: IntArray
    target: IntArray
    kind: NDArray[np.int8]

    @property
    def size(self) -> int:
        """n, the number of nodes."""
        return len(self.live)

    def node(self, index: int | np.integer) -> Thing:
        """The goal or objective at a position."""
        goal = index < self.goal_count
        return Thing(ObjectKind.GOAL if goal else ObjectKind.OBJECTIVE, int(index))

    @cached_property
    def contributing(self) -> NDArray[np.intp]:
        """Indices of the `contributes` links, in any state of their ends."""
        return np.flatnonzero(self.kind == CONTRIBUTES)

    @cached_property
    def contribution(self) -> tuple[IntArray, IntArray]:
        """Sources and targets of the `contributes` links, in the order of `contributing`."""
        if len(self.contributing) == len(self.kind):
            return self.source, self.target
        return self.source[self.contributing], self.target[self.contributing]

    @cached_property
    def live_ends(self) -> tuple[BoolArray, BoolArray]:
        """Whether the sources of the `contributes` links are live, and whether their targets are."""
        source, target = self.contribution
        return self.live[source], self.live[target]

    @cached_property
    def in_force(self) -> NDArray[np.intp]:
        """Indices of the `contributes` links whose both ends are live."""
        source, target = self.live_ends
        return self.contributing[source & target]

    @cached_property
    def contribution_in_force(self) -> tuple[IntArray, IntArray]:
        """Sources and targets of the links in force, in the order of `in_force`."""
        (source, target), (begins, ends) = self.contribution, self.live_ends
        both = begins & ends
        return source[both], target[both]

    @cached_property
    def served(self) -> BoolArray:
        """bool[n]: nodes to which a link in force leads."""
        return self._mark(self.contribution_in_force[1])

    @cached_property
    def inner_contribution(self) -> tuple[IntArray, IntArray]:
        """Sources and targets of those `contributes` links to whose source something contributes itself.

        Only along them can a circle close. Most objectives are leaves, to which nothing contributes.
        """
        source, target = self.contribution
        inner = np.flatnonzero(self._mark(target)[source])
        return source[inner], target[inner]

    @cached_property
    def live_goals(self) -> NDArray[np.intp]:
        """Indices of the live goals."""
        return np.flatnonzero(self.live[: self.goal_count])

    @cached_property
    def live_objectives(self) -> NDArray[np.intp]:
        """Indices of the live objectives."""
        return np.flatnonzero(self.live[self.goal_count :]) + self.goal_count

    @cached_property
    def aligned(self) -> BoolArray:
        """bool[n]: live objectives from which live `contributes` links lead to a live goal; never a goal.

        One breadth-first pass, against the links, from all live goals at once: O(n + m). Leaves need no walk,
        but a look at what they contribute to.
        """
        root, goals = self.size, self.live_goals.astype(np.int32)
        source, target = self.contribution_in_force
        inner = np.flatnonzero(self.served[source])
        starts = np.concatenate([np.full(len(goals), root, np.int32), target[inner]])
        ends = np.concatenate([goals, source[inner]])
        reached = self._mark(_walk(_connect(starts, ends, self.size + 1), root)[1:])
        reached[source[reached[target]]] = True
        reached[: self.goal_count] = False
        return reached

    @cached_property
    def crowds(self) -> NDArray[np.intp]:
        """int[n]: how many aligned objectives hang together with a node; no more can reach it."""
        labels = _label(_connect(*self.contribution_in_force, self.size), directed=False)
        crowds: NDArray[np.intp] = np.bincount(labels, weights=self.aligned).astype(np.intp)[labels]
        return crowds

    @cached_property
    def knots(self) -> IntArray:
        """int32[n]: the strongly connected set of each node along `contributes` links in any state.

        Sets have numbers below n. A node without an inner link, in or out, is a set of its own.
        """
        source, target = self.inner_contribution
        inner = self._mark(source)
        inner[target] = True
        number = np.cumsum(inner, dtype=np.int32) - 1
        count = int(inner.sum())
        knots: IntArray = np.arange(count - 1, count - 1 + self.size, dtype=np.int32) - number
        knots[inner] = _label(_connect(number[source], number[target], count), directed=True)
        return knots

    def _mark(self, nodes: NDArray[np.integer]) -> BoolArray:
        marks = np.zeros(self.size, dtype=np.bool_)
        marks[nodes] = True
        return marks

    @cached_property
    def _upstream(self) -> Any:
        source, target = self.contribution_in_force
        return _connect(target, source, self.size)

    def list_reaching(self, goal: int) -> NDArray[np.intp]:
        """Indices of the aligned objectives from which live links lead to this live goal."""
        found = _walk(self._upstream, goal)
        return np.sort(found[1:]).astype(np.intp)


def _connect(starts: NDArray[np.integer], ends: NDArray[np.integer], size: int) -> Any:
    from scipy.sparse import csr_array

    # Doubled links must not add up to 0: bool entries saturate.
    return csr_array((np.ones(len(starts), dtype=np.bool_), (starts, ends)), shape=(size, size))


def _walk(matrix: Any, start: int) -> IntArray:
    from scipy.sparse.csgraph import breadth_first_order

    found: IntArray = breadth_first_order(matrix, start, return_predecessors=False)
    return found


def _label(matrix: Any, *, directed: bool) -> IntArray:
    """The number of each node's connected set; of its strongly connected one in a directed graph."""
    from scipy.sparse.csgraph import connected_components

    labels: IntArray = connected_components(matrix, directed=directed, connection="strong")[1]
    return labels
