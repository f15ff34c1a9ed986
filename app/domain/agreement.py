"""Whether raters agree: a_wg and average deviation of answers on a scale of few options.

r_wg lives in `within_groups`, ICC in `reliability`, Krippendorff's α in `coding`, what agreement happens by
chance in `chance`; all are offered here, too. Agreement about an order of priorities is `consensus`. Needs
numpy: not for a serving process.
"""

from typing import Literal

import numpy as np

from app.domain.answers import Answers, read_numbers
from app.domain.chance import critical_r_wg
from app.domain.coding import krippendorff_alpha
from app.domain.reliability import icc1, icc2, shrout_fleiss
from app.domain.within_groups import FEWEST_RATERS, null_variance, r_wg, r_wg_j

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
