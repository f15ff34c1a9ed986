"""Agreement within a group beyond chance: r_wg of one item, r_wg(j) of several, in plain arithmetic.

All other measures of agreement are in `agreement`, which offers these, too; whose may be shown is
said in `alignment_kpis.team_agreement`.
"""

from collections.abc import Sequence
from math import isfinite
from statistics import fmean, variance
from typing import Literal

Shape = Literal["uniform", "slight", "moderate", "heavy", "triangular", "normal"]

# LeBreton & Senter (2008), ORM 11:815, Table 2, as printed: of 5 options, answers with the shares .05 .15 .20
# .35 .25 are skewed slightly. The formulas of 1984 for triangular answers are another family.
_SKEWED = ("slight", "moderate", "heavy", "triangular", "normal")
_VARIANCES = {
    5: (1.34, 0.90, 0.44, 1.32, 1.04),
    6: (1.85, 1.26, 0.69, 1.45, 1.25),
    7: (2.90, 2.14, 1.39, 2.10, 1.40),
    8: (3.47, 2.79, 2.35, 2.81, 1.73),
    9: (5.66, 4.73, 3.16, 3.00, 1.58),
    10: (6.30, 5.09, 3.46, 2.89, 1.45),
    11: (7.31, 6.32, 4.02, 3.32, 1.40),
}
FEWEST_RATERS = 2


def null_variance(options: int, shape: Shape = "uniform") -> float | None:
    """σ²_E: the variance of answers given at random on a scale of `options`, in squared points.

    Uniform: (A² − 1)/12, for any number of options. The five others are the table of LeBreton & Senter (2008)
    for 5 to 11 options; None for other numbers of options, another shape, or fewer options than one.

    >>> null_variance(5), null_variance(5, "slight"), null_variance(4, "slight")
    (2.0, 1.34, None)
    """
    if options < 1:
        return None
    if shape == "uniform":
        return float((options * options - 1) / 12)
    if shape not in _SKEWED or options not in _VARIANCES:
        return None
    return _VARIANCES[options][_SKEWED.index(shape)]


def r_wg(ratings: Sequence[float | None], options: int, null: Shape = "uniform") -> float | None:
    """Agreement about one item: r_wg = 1 − s²/σ²_E (James, Demaree & Wolf 1984, JAP 69:85), 0 to 1.

    s² is the variance of the ratings (n − 1), σ²_E that of random answers (`null_variance`). 1 says that all
    answered alike, 0 that they did not agree more than by chance; what lies below 0 (two camps) is told as 0.
    Missing answers are left out. None for fewer than two answers or without a null variance.

    >>> r_wg([5, 5, 5, 5, 4], 5)
    0.9
    >>> r_wg([1, 1, 1, 5, 5, 5], 5)
    0.0
    """
    numbers = [float(rating) for rating in ratings if rating is not None and isfinite(rating)]
    expected = null_variance(options, null)
    if len(numbers) < FEWEST_RATERS or not expected:
        return None
    return max(0.0, 1 - variance(numbers) / expected)


def r_wg_j(matrix: Sequence[Sequence[float | None]], options: int, null: Shape = "uniform") -> float | None:
    """Agreement over J items of one scale: J(1 − q)/(J(1 − q) + q), q = mean variance/σ²_E; 0 to 1.

    James, Demaree & Wolf (1984). Rows are people, columns items; who left an item out is left out. It rises
    with the number of items: q = .5 gives .50 for one item and .86 for six. Told as 0 where q ≥ 1. None for
    fewer than two people, without items or without a null variance.

    >>> r_wg_j([[4, 5], [5, 5], [4, None], [4, 4]], 5)
    0.9090909090909091
    """
    people = _keep_complete(matrix)
    expected = null_variance(options, null)
    if len(people) < FEWEST_RATERS or not people[0] or not expected:
        return None
    items = len(people[0])
    ratio = fmean(variance(item) for item in zip(*people, strict=True)) / expected
    if ratio >= 1:
        return 0.0
    return items * (1 - ratio) / (items * (1 - ratio) + ratio)


def _keep_complete(matrix: Sequence[Sequence[float | None]]) -> list[list[float]]:
    """The people who answered every item: a row that is shorter than the longest lacks the last ones."""
    items = max((len(row) for row in matrix), default=0)
    answered = ([float(each) for each in row if each is not None and isfinite(each)] for row in matrix)
    return [row for row in answered if len(row) == items]
