"""What agreement happens by chance: the r_wg that chance hardly reaches.

Needs numpy: not for a serving process. r_wg itself and the variances of random answers are `within_groups`.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGEST_COUNT = 2**63
# What adding up rounded probabilities may cost.
_SLACK = 1e-12


def critical_r_wg(n: int, options: int, level: float = 0.05) -> float | None:
    """The smallest r_wg that `n` raters reach by chance with a probability of at most `level`; 0 to 1.

    The smallest attainable c with P(r_wg ≥ c) ≤ level, when everybody answers each option equally likely and
    independently of others (concept: Dunlap, Burke & Smith-Crowe 2003, JAP 88:356). Exact: all answers are
    counted by their sum and sum of squares, as whole numbers while these have 63 bits (27 raters of 5
    options), then as probabilities. None if even full agreement is likelier than that, for fewer than two
    raters or options.

    >>> critical_r_wg(5, 5), critical_r_wg(3, 5), critical_r_wg(2, 5)
    (0.85, 1.0, None)
    """
    if n < 2 or options < 2:
        return None
    if level >= 1:
        return 0.0
    # The variance is (n·Σx² − (Σx)²)/(n(n − 1)), so that n·Σx² − (Σx)² orders the outcomes; from the one
    # that random answers have on average, r_wg is 0.
    chances = _count_answers(n, options)
    sums = np.arange(chances.shape[0]) - n * _middle(options)
    spreads = n * np.arange(chances.shape[1])[None, :] - sums[:, None] ** 2
    at_chance = Fraction(n * (n - 1) * (options * options - 1), 12)
    agreeing = (chances > 0) & (spreads < float(at_chance))
    distinct, places = np.unique(spreads[agreeing], return_inverse=True)
    tail = np.zeros(len(distinct), dtype=chances.dtype)
    np.add.at(tail, places, chances[agreeing])
    allowed = _count_allowed(np.cumsum(tail), options**n, level)
    return float(1 - int(distinct[allowed - 1]) / at_chance) if allowed else None


def _count_allowed(reached: NDArray[Any], everything: int, level: float) -> int:
    """How many of the outcomes, from the smallest spread on, are together no likelier than `level`."""
    is_whole = reached.dtype == np.int64
    limit = Fraction(Decimal(str(level))) * everything // 1 if is_whole else level * (1 + _SLACK)
    return int(np.searchsorted(reached, reached.dtype.type(limit), side="right"))


def _middle(options: int) -> int:
    return (options - 1) // 2


def _count_answers(n: int, options: int) -> NDArray[Any]:
    """How often, or how likely, n answers have each sum (rows, from the smallest) and sum of squares.

    Answers are counted from the middle option, so that squares stay small.
    """
    is_small = options**n < _LARGEST_COUNT
    values = [option - _middle(options) for option in range(options)]
    largest = max(value * value for value in values)
    shape = ((options - 1) * n + 1, largest * n + 1)
    counts: NDArray[Any] = np.zeros(shape, dtype=np.int64 if is_small else np.float64)
    counts[0, 0] = 1
    for so_far in range(n):
        height, width = (options - 1) * so_far + 1, largest * so_far + 1
        before = counts[:height, :width].copy() if is_small else counts[:height, :width] / options
        counts[:height, :width] = 0
        for place, value in enumerate(values):
            counts[place : place + height, value * value : value * value + width] += before
    return counts
