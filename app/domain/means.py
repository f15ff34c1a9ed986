"""Means of small samples with their intervals. Shares have theirs in `proportions`."""

from collections.abc import Sequence
from math import atan, cos, fsum, pi, sin, sqrt

from app.domain.estimates import Estimate

FEWEST_FOR_INTERVAL = 5
_HALVINGS = 200


def estimate_mean(values: Sequence[float | None], confidence: float = 0.95) -> Estimate:
    """The mean with Student's interval: mean ± t·s/√n, s with n - 1, in the unit of the values.

    Missing values do not count. None without a value; no ends below 5 values, for which nobody should draw
    conclusions (`measures.md` 6), nor for a confidence outside 0–1. A constant sample has an interval of
    width 0.

    >>> estimate_mean([4, 4, 5, 3, 4])
    Estimate(value=4.0, low=3.1220109669149174, high=4.877989033085083)
    """
    known = [value for value in values if value is not None]
    n = len(known)
    if not known:
        return Estimate(None, None, None)
    mean = fsum(known) / n
    if n < FEWEST_FOR_INTERVAL or not 0 <= confidence < 1:
        return Estimate(mean, None, None)
    spread = sqrt(fsum((value - mean) ** 2 for value in known) / (n - 1))
    half = find_student_quantile(confidence, n - 1) * spread / sqrt(n)
    return Estimate(mean, mean - half, mean + half)


def find_student_quantile(confidence: float, freedom: int) -> float:
    """How far from 0, on both sides, this share (0 to below 1) of Student's t lies; `freedom` is at least 1.

    By halving the exact share of Abramowitz & Stegun 26.7.3 and 26.7.4.

    >>> round(find_student_quantile(0.95, 10), 4)
    2.2281
    """
    low, high = 0.0, 1.0
    while _share_within(high, freedom) < confidence:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _share_within(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return high


def _share_within(t: float, freedom: int) -> float:
    """P(|T| < t) for whole degrees of freedom: a finite sum of powers of a cosine."""
    angle = atan(t / sqrt(freedom))
    cosine, total = cos(angle), 0.0
    odd = freedom % 2
    term = cosine if odd else 1.0
    for power in range(2 + odd, freedom + 1, 2):
        total += term
        term *= cosine * cosine * (power - 1) / power
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
