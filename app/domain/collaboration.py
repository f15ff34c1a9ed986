"""Working across departments: whether ties between people cross the borders, against what chance would give.

A tie is a pair of people (or whatever else belongs to a department); where ties come from does not live here.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Person = TypeVar("Person", bound=Hashable)


@dataclass(frozen=True, slots=True)
class EI:
    """The E-I index observed and the one chance alone would give, both -1…1, and their difference."""

    observed: float | None
    expected: float | None
    difference: float | None


def e_i_index(ties: Iterable[Sequence[Person]], department_of: Mapping[Person, Hashable]) -> EI:
    """(E - I)/(E + I), E ties across and I ties inside departments (Krackhardt & Stern 1988).

    -1: every tie stays inside; +1: every tie crosses. Chance depends on the sizes of the departments:
    expected = 2·Σ n_i·n_j/C(N, 2) - 1 over all pairs of departments, counting everybody in `department_of`,
    so many small departments come near +1 by chance. Read the difference.

    Every listed tie counts, twice where it is listed twice, so directed and undirected ties give the same;
    one with somebody who has no department does not count. Observed is None without ties, expected with fewer
    than two people, the difference where either is.

    >>> e_i_index([("ann", "bob"), ("ann", "cy")], {"ann": "Sales", "bob": "Sales", "cy": "IT"})
    EI(observed=0.0, expected=0.3333333333333333, difference=-0.3333333333333333)
    """
    pairs = _list_pairs(ties, department_of)
    external = sum(1 for one, other in pairs if one != other)
    observed = (2 * external - len(pairs)) / len(pairs) if pairs else None
    sizes = Counter(department for department in department_of.values() if department is not None)
    people = sizes.total()
    expected = None
    if people > 1:
        inside = sum(size * (size - 1) for size in sizes.values())
        pairs_of_people = people * (people - 1)
        expected = (pairs_of_people - 2 * inside) / pairs_of_people
    difference = None if observed is None or expected is None else observed - expected
    return EI(observed, expected, difference)


def assortativity(ties: Iterable[Sequence[Person]], department_of: Mapping[Person, Hashable]) -> float | None:
    """Newman's r = (Σ e_ii - Σ a_i·b_i)/(1 - Σ a_i·b_i): 1 all ties inside, 0 as by chance, below 0 across.

    e is the share of ties from department i (row) to j (column), a and b its sums by row and by column
    (Newman 2003). Ties are directed as listed; for undirected ones list both directions. Computed in whole
    numbers, divided once. None without ties, and when all ties lie in one department.

    >>> assortativity([("a", "b"), ("c", "d")], {"a": 1, "b": 1, "c": 2, "d": 2})
    1.0
    """
    pairs = _list_pairs(ties, department_of)
    rows, columns = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(count * columns[department] for department, count in rows.items())
    room = len(pairs) ** 2 - by_chance
    if room == 0:
        return None
    inside = sum(1 for one, other in pairs if one == other)
    return (len(pairs) * inside - by_chance) / room


def _list_pairs(
    ties: Iterable[Sequence[Person]], department_of: Mapping[Person, Hashable]
) -> list[tuple[Hashable, Hashable]]:
    """The two departments of each tie whose ends both have one."""
    found = [(department_of.get(one), department_of.get(other)) for one, other in ties]
    return [(one, other) for one, other in found if one is not None and other is not None]
