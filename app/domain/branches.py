"""The goal graph drawn as a tree: what stands below what, and which objectives reach a goal in force.

Rows, words and numbers do not live here.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)
MOST_LEVELS = 8


@dataclass(slots=True)
class Branch(Generic[N]):
    """A node at one place of the tree.

    `again`: its own branch is drawn at an earlier place, so nothing is below it here. `hidden`: how many
    nodes directly below it are not drawn, because the tree is too deep here.
    """

    node: N
    again: bool = False
    hidden: int = 0
    below: list["Branch[N]"] = field(default_factory=list)


def grow_branches(
    roots: Sequence[N], below: Mapping[N, Sequence[N]], *, drawn: set[N] | None = None
) -> list[Branch[N]]:
    """The branches from these roots, each node at every place it belongs to, its own branch at the first.

    So a graph of n nodes and m edges has at most n + m places, whatever its shape; circles end at the node
    they come back to. Deeper than 8 levels nothing is drawn, but counted. `drawn` holds the nodes that have
    a branch already, and gains those that get one here.

    >>> one, two = grow_branches(["G1", "G2"], {"G1": ["A"], "G2": ["A"], "A": ["B"]})
    >>> [each.node for each in one.below[0].below], two.below[0].again, two.below[0].below
    (['B'], True, [])
    """
    known = set() if drawn is None else drawn
    return [_grow_branch(root, below, known, 1) for root in roots]


def _grow_branch(node: N, below: Mapping[N, Sequence[N]], known: set[N], level: int) -> Branch[N]:
    following = below.get(node, ())
    if node in known:
        return Branch(node, again=bool(following))
    known.add(node)
    if level >= MOST_LEVELS:
        return Branch(node, hidden=len(following))
    return Branch(node, below=[_grow_branch(each, below, known, level + 1) for each in following])


def list_loose_roots(
    nodes: Iterable[N], above: Mapping[N, Collection[N]], *, drawn: Collection[N]
) -> list[N]:
    """Where to start drawing what no goal holds: nodes that stand below nothing, then one of each circle.

    `above` says what each node stands below. Nodes that are drawn already are left out.

    >>> list_loose_roots(["A", "B", "C", "D"], {"B": ["A"], "C": ["D"], "D": ["C"]}, drawn=[])
    ['A', 'C']
    """
    waiting = [node for node in nodes if node not in drawn]
    loose = set(waiting)
    tops = [node for node in waiting if not any(each in loose for each in above.get(node, ()))]
    below: dict[N, list[N]] = {}
    for node in waiting:
        for each in above.get(node, ()):
            below.setdefault(each, []).append(node)
    known: set[N] = set()
    _mark_below(tops, below, known)
    for node in waiting:
        if node not in known:
            tops.append(node)
            _mark_below([node], below, known)
    return tops


def list_held(tops: Iterable[N], below: Mapping[N, Iterable[N]]) -> set[N]:
    """These nodes and everything below them, however deep.

    >>> sorted(list_held(["G1"], {"G1": ["A"], "A": ["B"], "C": ["D"]}))
    ['A', 'B', 'G1']
    """
    known: set[N] = set()
    _mark_below(tops, below, known)
    return known


def list_aligned(goals: Iterable[N], below: Mapping[N, Iterable[N]], *, live: Collection[N]) -> frozenset[N]:
    """The live nodes from which live contributions lead to a live goal, these goals among them.

    >>> sorted(list_aligned(["G1"], {"G1": ["A", "P"], "A": ["B"], "P": ["C"]}, live={"G1", "A", "B", "C"}))
    ['A', 'B', 'G1']
    """
    onwards = {node: [each for each in sources if each in live] for node, sources in below.items()}
    return frozenset(list_held([goal for goal in goals if goal in live], onwards))


def _mark_below(starts: Iterable[N], below: Mapping[N, Iterable[N]], known: set[N]) -> None:
    waiting = list(starts)
    known.update(waiting)
    while waiting:
        for each in below.get(waiting.pop(), ()):
            if each not in known:
                known.add(each)
                waiting.append(each)
