"""Paths and the cycle guard, for links, department parents and managers alike.

Finding the cycles that a graph already has is a rule of the checker and does not live here.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def find_path(edges: Mapping[N, Iterable[N]], *, start: N, goal: N) -> list[N] | None:
    """A shortest path start … goal along the edges, both ends included; None when there is none.

    Breadth-first search, O(nodes + edges), each node's edges read at most once. `[start]` when start
    is the goal, known or not; nodes without edges may be missing from the mapping. Among equally
    short paths the one whose edges were given first.

    >>> find_path({"A": ["B", "C"], "B": ["D"], "C": ["D"]}, start="A", goal="D")
    ['A', 'B', 'D']
    """
    came_from = {start: start}
    waiting = deque([start])
    while waiting and goal not in came_from:
        node = waiting.popleft()
        for following in edges.get(node, ()):
            if following not in came_from:
                came_from[following] = node
                waiting.append(following)
    return _trace_back(came_from, goal) if goal in came_from else None


def would_create_cycle(edges: Mapping[N, Iterable[N]], *, source: N, target: N) -> list[N] | None:
    """The cycle source, target … source that a new edge from source to target would close, or None.

    A self-link is the cycle [source, source]. The shortest cycle is named. Other cycles that the
    edges may hold already are neither reported nor fatal; whether the new edge is among the edges
    already makes no difference.

    >>> would_create_cycle({"B": ["C"]}, source="C", target="B")
    ['C', 'B', 'C']
    """
    way_back = find_path(edges, start=target, goal=source)
    return None if way_back is None else [source, *way_back]


def _trace_back(came_from: Mapping[N, N], goal: N) -> list[N]:
    path = [goal]
    while (before := came_from[path[-1]]) != path[-1]:
        path.append(before)
    return path[::-1]
