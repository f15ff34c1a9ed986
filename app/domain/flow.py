"""Where effort flows: from objectives over weighted links to the goals at the top, and how evenly.

Finding out which objectives reach no goal at all is a rule of `linkage`.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import fsum
from typing import Any, TypeVar

Node = TypeVar("Node", bound=Hashable)
# What leaves each node: the node it goes to, and which part of the effort.
_Rows = dict[Node, dict[Node, float]]

# A circle that keeps all but this little of what enters it keeps everything.
_NOTHING = 1e-12


def contribution_inflow(
    weights: Iterable[Sequence[Any]], effort: Mapping[Node, float], top: Sequence[Node]
) -> dict[Node, dict[Node, float]]:
    """How much effort of each objective arrives at each top goal, over all paths, in the unit of effort.

    `weights` are (child, parent, weight): the part, 0–1, of what is at the child that goes on to the parent;
    those of one child add up to at most 1. With the rows of top goals set to 0, F = (I - W)⁻¹ and the inflow
    of goal t from objective i is effort_i · F_it (Leontief's inverse; Miller & Blair 2009). Circles and links
    to oneself are allowed: what goes round arrives at last where it leaves the circle, and nowhere when it
    never does. So all inflow together is at most all effort, and all of it when every weight adds up to 1
    and every objective reaches a goal.

    Every top goal is a key, with an empty dict where nothing arrives; it supports nothing itself, whatever
    its effort or links. A missing effort or weight is 0, a link listed twice counts twice, and a weight that
    is not above 0 is no link. Work is proportional to links · goals where there are no circles.

    >>> contribution_inflow([["a", "G1", 0.5], ["b", "a", 1.0]], {"a": 4, "b": 2}, ["G1", "G2"])
    {'G1': {'a': 2.0, 'b': 1.0}, 'G2': {}}
    """
    rows = _read_rows(weights, top)
    _pass_through(rows)
    inflow: dict[Node, dict[Node, float]] = {goal: {} for goal in top}
    for node, amount in effort.items():
        for goal, share in rows.get(node, {}).items():
            if amount and amount * share > 0:
                inflow[goal][node] = float(amount * share)
    return inflow


def herfindahl(shares: Iterable[float | None]) -> float | None:
    """How concentrated amounts are: Σ s², s each amount's share of their sum (Herfindahl–Hirschman).

    1/n when n amounts are equal, 1 when one holds everything; 1/HHI is the number of equal amounts that
    would be as concentrated. Missing amounts do not count. None for nothing: no amounts or only zeros; and
    for a negative one.

    >>> round(herfindahl([30, 30, 20, 20]), 6)
    0.26
    """
    amounts = [float(amount) for amount in shares if amount is not None]
    total = fsum(amounts)
    if not total > 0 or min(amounts) < 0:
        return None
    return fsum((amount / total) ** 2 for amount in amounts)


def _read_rows(weights: Iterable[Sequence[Any]], top: Sequence[Node]) -> _Rows[Node]:
    """The links between nodes from which something reaches the top; others would only swallow effort."""
    goals = set(top)
    links = [
        (child, parent, float(weight))
        for child, parent, weight in weights
        if weight is not None and weight > 0 and child not in goals
    ]
    leading = _find_leading(((child, parent) for child, parent, _ in links), goals)
    rows: _Rows[Node] = {}
    for child, parent, weight in links:
        if child in leading and parent in leading:
            row = rows.setdefault(child, {})
            row[parent] = row.get(parent, 0.0) + weight
    return rows


def _find_leading(links: Iterable[tuple[Node, Node]], goals: set[Node]) -> set[Node]:
    """The goals and all from which a way leads to one."""
    below: dict[Node, list[Node]] = {}
    for child, parent in links:
        below.setdefault(parent, []).append(child)
    leading = set(goals)
    waiting = list(goals)
    while waiting:
        fresh = set(below.get(waiting.pop(), ())) - leading
        leading |= fresh
        waiting.extend(fresh)
    return leading


def _list_upwards(rows: _Rows[Node]) -> list[Node]:
    """Every node after those it links to, but for circles; depth-first, so no path is too long."""
    found: list[Node] = []
    begun: set[Node] = set()
    for start in rows:
        path = [(start, iter(rows[start]))] if start not in begun else []
        begun.add(start)
        while path:
            following = next(
                (parent for parent in path[-1][1] if parent in rows and parent not in begun), None
            )
            if following is None:
                found.append(path.pop()[0])
            else:
                begun.add(following)
                path.append((following, iter(rows[following])))
    return found


def _pass_through(rows: _Rows[Node]) -> None:
    """Takes the nodes out of the rows one by one, until every row says only what arrives at which goal.

    Gauss–Jordan elimination; what comes back to the node itself is the circle it closes.
    """
    below: dict[Node, set[Node]] = {}
    for child, row in rows.items():
        for parent in row:
            below.setdefault(parent, set()).add(child)
    for node in _list_upwards(rows):
        row = rows[node]
        leaving = 1 - row.pop(node, 0.0)
        onward = {parent: share / leaving for parent, share in row.items()} if leaving > _NOTHING else {}
        rows[node] = onward
        for child in below.pop(node, set()) - {node}:
            passed = rows[child].pop(node)
            for parent, share in onward.items():
                rows[child][parent] = rows[child].get(parent, 0.0) + passed * share
                below[parent].add(child)
