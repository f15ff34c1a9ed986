"""Who reaches whom along `contributes`, asked for many nodes at once. No rule lives here."""

from collections.abc import Iterable
from functools import cached_property
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from app.domain.linkage.graph import BoolArray, Graph, IntArray

# In place of a department: none, or more than one.
NONE = -1
SEVERAL = -2


class Ways:
    """Ways between objectives along `contributes` links, links and objectives in any state.

    A knot (strongly connected set) is taken as one node. What is left has an order in which every link
    leads onwards, so that one pass over the links answers for hundreds of objectives: each has a bit.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def join(self, some: NDArray[np.intp], others: NDArray[np.intp]) -> BoolArray:
        """bool[some, others]: whether one of two nodes reaches the other; True for a node and itself.

        Neither may be empty. O(links) for each few hundred of `some`.
        """
        knots, links = self._graph.knots, self._ordered
        starts = knots[some].tolist()
        onwards = self._spread(starts, links)
        back = self._spread(starts, ((target, source) for source, target in reversed(links)))
        width = (len(starts) + 7) // 8
        rows = b"".join(
            (onwards[knot] | back[knot]).to_bytes(width, "little") for knot in knots[others].tolist()
        )
        bits = np.frombuffer(rows, dtype=np.uint8).reshape(len(others), width)
        return np.unpackbits(bits, axis=1, count=len(starts), bitorder="little").T.astype(np.bool_)

    @cached_property
    def _ordered(self) -> list[tuple[int, int]]:
        """The links between knots, each after all that lead to its source."""
        graph = self._graph
        links = graph.contributing[graph.target[graph.contributing] >= graph.goal_count]
        sources, targets = graph.knots[graph.source[links]], graph.knots[graph.target[links]]
        onwards: dict[int, set[int]] = {}
        for source, target in zip(sources.tolist(), targets.tolist(), strict=True):
            if source != target:
                onwards.setdefault(source, set()).add(target)
        # The sorter takes what must come before; read backwards, that is what a knot leads to.
        order = reversed(tuple(TopologicalSorter(onwards).static_order()))
        return [(source, target) for source in order for target in onwards.get(source, ())]

    def _spread(self, starts: list[int], links: Iterable[tuple[int, int]]) -> list[int]:
        """For each knot the starts that reach it, as bits of a number."""
        reached = [0] * self._graph.size
        for number, knot in enumerate(starts):
            reached[knot] |= 1 << number
        for source, target in links:
            if reached[source]:
                reached[target] |= reached[source]
        return reached


def list_sole_departments(graph: Graph, department_of: IntArray) -> list[int]:
    """For each node the one department of all live objectives that reach it, itself among them.

    Along live `contributes` links. `NONE` where no live objective does, `SEVERAL` where those of several
    departments do. O(nodes + links): what is known of a node changes at most twice.
    """
    sole = [NONE] * len(graph.live)
    onwards: dict[int, list[int]] = {}
    for source, target in zip(
        graph.source[graph.in_force].tolist(), graph.target[graph.in_force].tolist(), strict=True
    ):
        onwards.setdefault(source, []).append(target)
    waiting = graph.live_objectives.tolist()
    for node in waiting:
        sole[node] = int(department_of[node])
    while waiting:
        node = waiting.pop()
        for target in onwards.get(node, ()):
            if sole[target] not in (SEVERAL, sole[node]):
                sole[target] = sole[node] if sole[target] == NONE else SEVERAL
                waiting.append(target)
    return sole
