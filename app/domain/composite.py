"""One index out of the scores of several dimensions. Which dimensions there are is not decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, isnan, log

LOWEST_SCORE = 1.0
# What sums of weights may be wrong by: reaching the minimum is enough.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Index:
    """The index, 1–100, and on how many of how many dimensions it is based; None: too few."""

    value: float | None
    based_on: int
    of: int


def alignment_index(
    scores: Sequence[float | None], weights: Sequence[float | None], minimum_weight: float = 0.75
) -> Index:
    """The weighted geometric mean of the scores that are there: exp(Σ w·ln s / Σ w) (OECD/JRC 2008).

    Scores are 0–100 on goalposts set beforehand. Geometric, because a dimension that fails cannot be bought
    back by another; a score below 1 counts as 1, so that one zero does not erase the rest. A missing score is
    never imputed: the others keep their weights among themselves, as long as at least `minimum_weight` of all
    the weight is there. Weights may have any sum; one that is missing is 0.

    None below that minimum, without any weight, with a negative weight, and when weights and scores differ in
    number. `based_on` and `of` count dimensions in any case.

    >>> alignment_index([80, None, 40, 70], [1, 1, 1, 1])
    Index(value=60.73177943751326, based_on=3, of=4)
    """
    present = sum(_is_there(score) for score in scores)
    given = [weight or 0.0 for weight in weights]
    total = fsum(given)
    if len(given) != len(scores) or min(given, default=0.0) < 0 or total <= 0:
        return Index(None, present, len(scores))
    taken = [
        (max(float(score), LOWEST_SCORE), weight)
        for score, weight in zip(scores, given, strict=True)
        if score is not None and _is_there(score)
    ]
    there = fsum(weight for _, weight in taken)
    if there <= 0 or there < (minimum_weight - _ROUNDING) * total:
        return Index(None, present, len(scores))
    value = exp(fsum(weight * log(score) for score, weight in taken) / there)
    return Index(value, present, len(scores))


def _is_there(score: float | None) -> bool:
    return score is not None and not isnan(score)
