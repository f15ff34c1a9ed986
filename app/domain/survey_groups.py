"""Groups of a survey's answers: whose figures may be shown, so that no smaller group can be derived.

Departments form a tree under the organization, levels lie beside each other in it. The rule over one tree
is `disclosure`; what is said about a group lives in `survey_figures`.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import TypeVar
from uuid import UUID

from app.domain.disclosure import publishable, safe_statistics

ORGANIZATION = "organization"
Node = UUID | str
Tree = Mapping[Node, Node | None]
A = TypeVar("A", bound=Hashable)


class Exposure(StrEnum):
    """How much may be said about a group's answers to one question.

    `agrees`: nearly everyone answered alike, so exact figures would tell everybody's answer. `few`: fewer
    than the smallest group answered. `merged`: enough answered, but the figures of the others would tell
    those of a smaller or unanimous group.
    """

    SHOWN = "shown"
    AGREES = "agrees"
    FEW = "few"
    MERGED = "merged"


def plant_departments(parents: Mapping[UUID, UUID | None]) -> dict[Node, Node | None]:
    """The tree of departments under the organization; one whose parent is unknown stands directly there.

    >>> it = UUID(int=1)
    >>> plant_departments({it: UUID(int=9)})[it]
    'organization'
    """
    tree: dict[Node, Node | None] = {ORGANIZATION: None}
    for department, parent in parents.items():
        tree[department] = ORGANIZATION if parent is None or parent not in parents else parent
    return tree


def plant_levels(levels: Collection[str]) -> dict[Node, Node | None]:
    """The levels beside each other in the organization.

    >>> plant_levels(["middle"])
    {'organization': None, 'middle': 'organization'}
    """
    return {ORGANIZATION: None, **dict.fromkeys(levels, ORGANIZATION)}


def gather_answers(tree: Tree, direct: Mapping[Node, Sequence[A]]) -> dict[Node, list[A]]:
    """All answers within each group, in the order of the direct ones; groups without answers have none.

    >>> gather_answers({"organization": None, "middle": "organization"}, {"middle": [4]})
    {'organization': [4], 'middle': [4]}
    """
    within: dict[Node, list[A]] = {node: [] for node in tree}
    for node, answers in direct.items():
        for place in climb_groups(tree, node):
            within[place].extend(answers)
    return within


def climb_groups(tree: Tree, node: Node) -> Iterator[Node]:
    """A group and all it lies in, nearest first; a cycle, which has no root, is left after one round.

    >>> list(climb_groups({"organization": None, "middle": "organization"}, "middle"))
    ['middle', 'organization']
    """
    seen: set[Node] = set()
    place: Node | None = node
    while place is not None and place not in seen:
        yield place
        seen.add(place)
        place = tree[place]


def expose_groups(tree: Tree, direct: Mapping[Node, Sequence[Hashable]], k: int) -> dict[Node, Exposure]:
    """What may be said about the answers of every group of a tree; `direct` are the answers given at it.

    Which groups may be counted is `publishable` with k respondents. Of those, groups in which at least
    n - 1 answers are equal keep their figures back (`safe_statistics`). What remains of a shown group after
    subtracting the nearest shown ones within it must itself be nothing, or have statistics that are safe:
    else the smallest of these is merged into it, so that subtraction cannot tell what an agreeing group
    answered. Nothing depends on the order of the answers.

    >>> tree = plant_levels(["middle", "senior"])
    >>> told = expose_groups(tree, {"middle": [1, 2, 3, 4, 5], "senior": [1, 5]}, 5)
    >>> [str(told[node]) for node in tree]
    ['shown', 'merged', 'few']
    """
    within = gather_answers(tree, direct)
    counted = publishable(tree, {node: len(answers) for node, answers in direct.items()}, k)
    shown = {node for node in counted if safe_statistics(within[node], k)}
    _merge_unsafe(tree, within, shown, k)
    told = {}
    for node, answers in within.items():
        if node in shown:
            told[node] = Exposure.SHOWN
        elif node in counted and not safe_statistics(answers, k):
            told[node] = Exposure.AGREES
        else:
            told[node] = Exposure.MERGED if len(answers) >= k else Exposure.FEW
    return told


def smallest_difference(cells: Mapping[tuple[Node | None, Node | None], int]) -> int:
    """The fewest people whose answers can be derived from the totals of two partitions of the same people.

    `cells` counts the people of each pair (part of the one partition, part of the other). Any combination
    of the totals weighs the cell (i, j) by x_i - y_j; the people with a weight other than 0 are a cut of the
    graph whose vertices are the parts and whose edges are the cells, and the smallest such cut is the
    answer. 0 without people. Steps: 2 to the number of parts of the second partition, so let that be the
    one with few parts.

    Six people of a board, five of them executives, who are all on the board: the sixth can be derived.

    >>> smallest_difference({("board", "executive"): 5, ("board", "middle"): 1, ("IT", "middle"): 9})
    1
    """
    rows: dict[Node | None, Counter[Node | None]] = {}
    for (row, column), n in cells.items():
        if n:
            rows.setdefault(row, Counter())[column] += n
    columns = sorted({column for row in rows.values() for column in row}, key=str)
    cuts = (
        _smallest_cut(rows, set(chosen))
        for size in range(len(columns) // 2 + 1)
        for chosen in combinations(columns, size)
    )
    return min((cut for cut in cuts if cut), default=0)


def _smallest_cut(rows: Mapping[Node | None, Counter[Node | None]], chosen: Collection[Node | None]) -> int:
    """The smallest cut of people that separates the chosen columns from the others.

    Each row stands on the side where it costs less. If that costs nothing, the columns were separate: then
    the cheapest single row is moved.
    """
    costs = []
    for row in rows.values():
        with_chosen = sum(n for column, n in row.items() if column in chosen)
        costs.append((with_chosen, row.total() - with_chosen))
    least = sum(min(pair) for pair in costs)
    return least or min((max(pair) for pair in costs), default=0)


def _merge_unsafe(tree: Tree, within: Mapping[Node, Sequence[Hashable]], shown: set[Node], k: int) -> None:
    """Deepest first, because merging changes only what remains further up."""
    parts: dict[Node, set[Node]] = {node: set() for node in shown}
    for node in shown:
        above = nearest_shown(tree, tree[node], shown)
        if above is not None:
            parts[above].add(node)
    depth = {node: sum(1 for _ in climb_groups(tree, node)) for node in shown}
    for node in sorted(shown, key=lambda each: (-depth[each], str(each))):
        while not _is_rest_safe(within, node, parts[node], k):
            smallest = min(parts[node], key=lambda each: (len(within[each]), str(each)))
            shown.discard(smallest)
            parts[node] = (parts[node] | parts.pop(smallest)) - {smallest}


def _is_rest_safe(
    within: Mapping[Node, Sequence[Hashable]], node: Node, parts: Collection[Node], k: int
) -> bool:
    """Whether what remains of a group without some of its parts is nobody, or enough who do not all agree."""
    rest = Counter(within[node])
    for part in parts:
        rest.subtract(within[part])
    left = list(rest.elements())
    return not left or safe_statistics(left, k)


def nearest_shown(tree: Tree, node: Node | None, shown: Collection[Node]) -> Node | None:
    """The group itself if it is shown, else the nearest shown one it lies in; None when there is none.

    >>> nearest_shown(plant_levels(["middle"]), "middle", {"organization"})
    'organization'
    """
    places = () if node is None else climb_groups(tree, node)
    return next((place for place in places if place in shown), None)
