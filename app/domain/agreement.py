"""Whether raters agree: r_wg, a_wg and average deviation of answers on a scale of few options.

ICC lives in `reliability`, Krippendorff's α in `coding`, what agreement happens by chance in `chance`; all
are offered here, too. Agreement about an order of priorities is `consensus`. Needs numpy: not for a serving
process.
"""

from typing import Literal

import numpy as np

from app.domain.answers import Answers, Matrix, keep_complete, read_matrix, read_numbers
from app.domain.chance import Shape, critical_r_wg, null_variance
from app.domain.coding import krippendorff_alpha
from app.domain.reliability import icc1, icc2, shrout_fleiss

__all__ = [
    "a_wg",
    "average_deviation",
    "critical_r_wg",
    "icc1",
    "icc2",
    "krippendorff_alpha",
    "null_variance",
    "r_wg",
    "r_wg_j",
    "shrout_fleiss",
]

FEWEST_RATERS = 2


def r_wg(ratings: Answers, options: int, null: Shape = "uniform") -> float | None:
    """Agreement about one item: r_wg = 1 − s²/σ²_E (James, Demaree & Wolf 1984, JAP 69:85), 0 to 1.

    s² is the variance of the ratings (n − 1), σ²_E that of random answers (`null_variance`). 1 says that all
    answered alike, 0 that they did not agree more than by chance; what lies below 0 (two camps) is told as 0.
    Missing answers are left out. None for fewer than two answers or without a null variance.

    >>> r_wg([5, 5, 5, 5, 4], 5)
    0.9
    >>> r_wg([1, 1, 1, 5, 5, 5], 5)
    0.0
    """
    numbers = read_numbers(ratings)
    expected = null_variance(options, null)
    if len(numbers) < FEWEST_RATERS or not expected:
        return None
    return max(0.0, float(1 - numbers.var(ddof=1) / expected))


def r_wg_j(matrix: Matrix, options: int, null: Shape = "uniform") -> float | None:
    """Agreement over J items of one scale: J(1 − q)/(J(1 − q) + q), q = mean variance/σ²_E; 0 to 1.

    James, Demaree & Wolf (1984). Rows are people, columns items; who left an item out is left out. It rises
    with the number of items: q = .5 gives .50 for one item and .86 for six. Told as 0 where q ≥ 1. None for
    fewer than two people, without items or without a null variance.

    >>> r_wg_j([[4, 5], [5, 5], [4, None], [4, 4]], 5)
    0.9090909090909091
    """
    people = keep_complete(read_matrix(matrix))
    expected = null_variance(options, null)
    count, items = people.shape
    if count < FEWEST_RATERS or items == 0 or not expected:
        return None
    ratio = float(people.var(axis=0, ddof=1).mean() / expected)
    if ratio >= 1:
        return 0.0
    return float(items * (1 - ratio) / (items * (1 - ratio) + ratio))


def a_wg(ratings: Answers, low: float, high: float) -> float | None:
    """Agreement about one item, whose null follows the mean; −1 (two camps at the ends) to 1.

    a_wg = 1 − 2s²/{[(H + L)M − M² − HL]·k/(k − 1)} with k ratings on a scale from L to H (Brown & Hauenstein
    2005, ORM 8:165). A lenient group gains nothing by its leniency. None where the mean is too near an end
    for k raters, M < (L(k − 1) + H)/k or M > (H(k − 1) + L)/k, for fewer than two answers, and for an answer
    beyond the scale; 1 if all stand at the same end. Missing answers are left out.

    >>> a_wg([2, 3, 4], 1, 5)
    0.6666666666666667
    >>> a_wg([5, 5, 5, 5, 4], 1, 5) is None
    True
    """
    numbers = read_numbers(ratings)
    count, total = len(numbers), float(numbers.sum())
    if count < FEWEST_RATERS or low >= high or numbers.min() < low or numbers.max() > high:
        return None
    if numbers.min() == high or numbers.max() == low:
        return 1.0
    if not low * (count - 1) + high <= total <= high * (count - 1) + low:
        return None
    mean = total / count
    greatest = (high - mean) * (mean - low) * count / (count - 1)
    return float(1 - 2 * numbers.var(ddof=1) / greatest)


def average_deviation(ratings: Answers, center: Literal["mean", "median"] = "mean") -> float | None:
    """How far answers lie from their mean (AD_M) or median (AD_Md) on average, in points of the scale.

    Burke, Finkelstein & Dusig (1999), ORM 2:49. 0 is full agreement; up to a sixth of the options is commonly
    accepted (Dunlap, Burke & Smith-Crowe 2003). Missing answers are left out; None for fewer than two.

    >>> round(average_deviation([5, 5, 5, 5, 4]), 2)
    0.32
    >>> average_deviation([5, 5, 5, 5, 4], "median")
    0.2
    """
    numbers = read_numbers(ratings)
    if len(numbers) < FEWEST_RATERS or center not in ("mean", "median"):
        return None
    middle = np.mean(numbers) if center == "mean" else np.median(numbers)
    return float(np.abs(numbers - middle).mean())
