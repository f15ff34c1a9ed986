"""One number out of those of several departments, and which departments' numbers it is made of.

Reading the tree, the values and the headcounts kept with them does not live here; neither does the
status of the result (`scoring`).
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from statistics import median
from typing import NamedTuple, TypeVar

from app.domain.numerals import ARITHMETIC, round_number
from app.domain.scoring import Aggregation

D = TypeVar("D", bound=Hashable)

_WORDS = {
    Aggregation.MEAN: "Mean",
    Aggregation.HEADCOUNT_WEIGHTED_MEAN: "Headcount-weighted mean",
    Aggregation.SUM: "Sum",
    Aggregation.MEDIAN: "Median",
    Aggregation.RATIO_OF_SUMS: "Ratio of the sums",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one department recorded: finite numbers, headcount from 0, None where nothing is known.

    A value of None (suppressed, not applicable) takes no part in any aggregate.
    """

    department: Hashable
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    headcount: int | None = None


class Aggregate(NamedTuple):
    """The number of several departments; numerator and denominator only for a ratio of sums."""

    value: Decimal
    numerator: Decimal | None
    denominator: Decimal | None
    n_recorded: int


def aggregate(
    values: Collection[Recorded], how: Aggregation, *, scale: Decimal = Decimal(1)
) -> Aggregate | None:
    """One number out of many: all arithmetic in decimals, the result rounded once, half to even, to 6 places.

    mean Σv/n · headcount-weighted mean Σhv/Σh · sum Σv · median (of an even number: the mean of the middle
    two) · ratio of sums scale·Σnumerator/Σdenominator, with scale 100 for a percentage. The order of the
    values makes no difference.

    None, because nothing honest can be said: no value at all; aggregation `none`; a headcount that is
    missing, or all of them zero; a numerator or denominator that is missing, or denominators that sum to
    zero. Leaving the odd department out instead would be another number than the one that was asked for.

    >>> shops = Recorded("SHOPS", Decimal(50), Decimal(1), Decimal(2))
    >>> depot = Recorded("DEPOT", Decimal(0), Decimal(0), Decimal(8))
    >>> aggregate([shops, depot], Aggregation.RATIO_OF_SUMS, scale=Decimal(100)).value
    Decimal('10')
    """
    taken = [recorded for recorded in values if recorded.value is not None]
    if not taken or how is Aggregation.NONE:
        return None
    with localcontext(ARITHMETIC):
        if how is Aggregation.RATIO_OF_SUMS:
            return _divide_sums(taken, scale)
        value = _SUMMARIES[how](taken)
        return None if value is None else Aggregate(round_number(value), None, None, len(taken))


def nearest_recorded(
    parents: Mapping[D, D | None], recorded: Collection[D | None]
) -> dict[D | None, list[D]]:
    """For each place without a value of its own, the departments its aggregate is made of.

    `parents` maps each department to the one above it, a root to None; `recorded` are the departments
    with a value, and None when the whole organization has one. A recorded department stands for all
    below it. Answered are departments without a value, and None unless it has one, each with at least one
    recorded department, in the order of `recorded`. Several roots are as good as one; a department
    missing from `parents` is a root. A cycle has no root: what hangs in it counts within it only.

    Iterative; the work is proportional to the size of the answer.

    >>> nearest_recorded({"OPS": None, "EAST": "OPS", "WEST": "OPS"}, ["EAST", "WEST"])
    {'OPS': ['EAST', 'WEST'], None: ['EAST', 'WEST']}
    """
    own = set(recorded)
    below: dict[D | None, list[D]] = {}
    for department in dict.fromkeys(recorded):
        if department is None:
            continue
        for place in _climb(parents, department):
            if place in own:
                break
            below.setdefault(place, []).append(department)
    return below


def count_missing(
    parents: Mapping[D, D | None], recorded: Collection[D | None], *, awaited: Collection[D]
) -> Counter[D | None]:
    """How many awaited departments lack a value, for each place above them.

    A department is not missing when it, one above it or one below it recorded a value: then it is part
    of the aggregate already.

    >>> count_missing({"OPS": None, "EAST": "OPS", "WEST": "OPS"}, ["EAST"], awaited=["EAST", "WEST"])
    Counter({'OPS': 1, None: 1})
    """
    own = set(recorded)
    covered = own | nearest_recorded(parents, recorded).keys()
    missing: Counter[D | None] = Counter()
    for department in dict.fromkeys(awaited):
        climb = _climb(parents, department)
        places = list(climb)
        above = (place for place in places if place is not None)
        if department not in covered and own.isdisjoint(above):
            missing.update(places)
    return missing


def aggregation_reason(how: Aggregation, n: int, *, m: int) -> str:
    """How an aggregate came about, for people: n departments with a value of the m awaited ones.

    >>> aggregation_reason(Aggregation.MEAN, 3, m=4)
    'Mean of 3 of 4 departments.'
    """
    if how is Aggregation.NONE:
        return "The values of departments are not aggregated."
    return f"{_WORDS[how]} of {n} of {m} {'department' if m == 1 else 'departments'}."


def _climb(parents: Mapping[D, D | None], department: D) -> Iterator[D | None]:
    """The places above a department, up to and with None; in a cycle each of them once."""
    seen = {department}
    place = parents.get(department)
    while place is not None and place not in seen:
        yield place
        seen.add(place)
        place = parents.get(place)
    if place is None:
        yield None


def _divide_sums(taken: Sequence[Recorded], scale: Decimal) -> Aggregate | None:
    numerators = [recorded.numerator for recorded in taken if recorded.numerator is not None]
    denominators = [recorded.denominator for recorded in taken if recorded.denominator is not None]
    numerator, denominator = sum(numerators, Decimal(0)), sum(denominators, Decimal(0))
    if len(numerators) < len(taken) or len(denominators) < len(taken) or denominator == 0:
        return None
    value = round_number(scale * numerator / denominator)
    return Aggregate(value, round_number(numerator), round_number(denominator), len(taken))


def _weighted_mean(taken: Sequence[Recorded]) -> Decimal | None:
    headcounts = [recorded.headcount for recorded in taken if recorded.headcount is not None]
    if len(headcounts) < len(taken) or sum(headcounts) == 0:
        return None
    weighted = zip(_values(taken), headcounts, strict=True)
    return sum((value * headcount for value, headcount in weighted), Decimal(0)) / sum(headcounts)


def _values(taken: Sequence[Recorded]) -> list[Decimal]:
    return [recorded.value for recorded in taken if recorded.value is not None]


_SUMMARIES: Mapping[Aggregation, Callable[[Sequence[Recorded]], Decimal | None]] = {
    Aggregation.MEAN: lambda taken: sum(_values(taken), Decimal(0)) / len(taken),
    Aggregation.HEADCOUNT_WEIGHTED_MEAN: _weighted_mean,
    Aggregation.SUM: lambda taken: sum(_values(taken), Decimal(0)),
    Aggregation.MEDIAN: lambda taken: median(_values(taken)),
}
