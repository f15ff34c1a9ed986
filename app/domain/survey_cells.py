"""Cells: how much of somebody's department and level may stand beside their answer. No person comes out.

What of the answers is shown later is decided again, by those who answered.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from app.domain.disclosure import publishable


class Invitee(NamedTuple):
    """Where somebody stands: department and level, None where unknown; a leader speaks for none."""

    department: UUID | None
    level: str | None
    is_leader: bool = False


class Cell(NamedTuple):
    """What stands beside an answer: a department or an ancestor of it, and a level; None says nothing."""

    department: UUID | None
    level: str | None


_NOWHERE = Cell(None, None)


# The whole organization, above all departments.
_ROOT = "organization"


def assign_cells(
    people: Sequence[Invitee], parent_of: Mapping[UUID, UUID | None], minimum: int
) -> list[Cell]:
    """The cell of each person, so that every cell holds at least `minimum` people or everybody.

    Departments first: whoever leads one stands outside it, because a leader can be subtracted from the
    people of the department (measures.md, 12); the others stand in the nearest department upwards that may
    be published (`publishable`, so that no remainder is smaller than the minimum either). Then levels: within
    such a group those levels are kept that `minimum` people have; if too few are left over, the smallest of
    the kept is given up, too. All published sums are sums of cells, so nothing smaller than a cell can be
    derived from them. With fewer than `minimum` people nothing is said of anybody.

    >>> it, hr = UUID(int=1), UUID(int=2)
    >>> four, one = [Invitee(it, "middle")] * 4, [Invitee(hr, "middle")]
    >>> set(assign_cells(four + one, {it: None, hr: None}, 5))
    {Cell(department=None, level='middle')}
    """
    tree: dict[Hashable, Hashable | None] = {node: parent or _ROOT for node, parent in parent_of.items()}
    tree[_ROOT] = None
    homes = [_find_home(person, tree) for person in people]
    published = publishable(tree, Counter(homes), minimum)
    if _ROOT not in published:
        return [_NOWHERE] * len(people)
    groups = [_climb(home, tree, published) for home in homes]
    kept = _keep_levels(groups, people, minimum)
    return [
        Cell(
            group if isinstance(group, UUID) else None, person.level if person.level in kept[group] else None
        )
        for group, person in zip(groups, people, strict=True)
    ]


def _find_home(person: Invitee, tree: Mapping[Hashable, Hashable | None]) -> Hashable:
    stands_there = person.department in tree and not person.is_leader
    return person.department if stands_there else _ROOT


def _climb(node: Hashable, tree: Mapping[Hashable, Hashable | None], published: set[Hashable]) -> Hashable:
    while node not in published:
        node = tree[node]
    return node


def _keep_levels(
    groups: Sequence[Hashable], people: Sequence[Invitee], minimum: int
) -> dict[Hashable, set[str]]:
    """The levels that may be told within each group."""
    counts: defaultdict[Hashable, Counter[str | None]] = defaultdict(Counter)
    for group, person in zip(groups, people, strict=True):
        counts[group][person.level] += 1
    return {group: _choose_levels(levels, minimum) for group, levels in counts.items()}


def _choose_levels(counts: Counter[str | None], minimum: int) -> set[str]:
    sizes = {level: n for level, n in counts.items() if level is not None and n >= minimum}
    left = counts.total() - sum(sizes.values())
    while sizes and 0 < left < minimum:
        smallest = min(sizes, key=lambda level: (sizes[level], level))
        left += sizes.pop(smallest)
    return set(sizes)
