"""Krippendorff's α: whether several people say the same of the same things; answers may be missing.

`agreement` offers it, too; agreement of one group about one thing lives there. Needs numpy: not for a
serving process.
"""

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np

from app.domain.answers import Numbers

Level = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha(matrix: Sequence[Sequence[Hashable | None]], level: Level) -> float | None:
    """α = 1 − D_o/D_e (Krippendorff 2004/2011): 1 perfect, 0 as by chance, below 0 systematic disagreement.

    Rows are raters, columns the units they say something of; None (or a short row) is a missing answer, and
    units with one answer are ignored. D_o = (1/n) Σ_u Σ_{i≠j} δ²(v_i, v_j)/(m_u − 1), D_e = Σ n_c n_k
    δ²_ck/(n(n − 1)). δ² is [c ≠ k] for nominal, (Σ_{g=c..k} n_g − (n_c + n_k)/2)² for ordinal, (c − k)² for
    interval and ((c − k)/(c + k))² for ratio answers. Nominal answers may be words, others are numbers. None
    without a unit that two answered, and where all answers are the same: agreement about a constant is not
    agreement.

    >>> krippendorff_alpha([[1, 2, 3, None], [1, 2, 2, 3]], "interval")
    0.7058823529411764
    >>> krippendorff_alpha([[1, 1], [1, 1]], "nominal") is None
    True
    """
    units = _list_units(matrix)
    values = _list_values(units)
    if level not in ("nominal", "ordinal", "interval", "ratio") or not values:
        return None
    if level != "nominal" and not _are_numbers(values):
        return None
    counts = _count_values(units, values)
    totals = counts.sum(axis=0)
    distances = _measure_distances(values, totals, level)
    expected = float(totals @ distances @ totals)
    if not np.isfinite(expected) or expected == 0:
        return None
    weights = 1 / (counts.sum(axis=1) - 1)
    # A value never disagrees with itself, so pairs of one answer with itself add nothing.
    observed = float((((counts * weights[:, None]).T @ counts) * distances).sum())
    return 1 - (float(totals.sum()) - 1) * observed / expected


def _list_units(matrix: Sequence[Sequence[Hashable | None]]) -> list[list[Hashable]]:
    """The answers about each unit, of units that two or more answered."""
    width = max((len(row) for row in matrix), default=0)
    columns = ([row[at] for row in matrix if at < len(row)] for at in range(width))
    units = [[value for value in column if value is not None and value == value] for column in columns]
    return [unit for unit in units if len(unit) > 1]


def _list_values(units: Sequence[Sequence[Hashable]]) -> list[Hashable]:
    """Every value that occurs, numbers in their order."""
    values = list(dict.fromkeys(value for unit in units for value in unit))
    return sorted(values, key=float) if _are_numbers(values) else values  # type: ignore[arg-type]


def _are_numbers(values: Sequence[Hashable]) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _count_values(units: Sequence[Sequence[Hashable]], values: Sequence[Hashable]) -> Numbers:
    """How often each value (columns) was said of each unit (rows)."""
    places = {value: place for place, value in enumerate(values)}
    counts = np.zeros((len(units), len(values)))
    for row, unit in enumerate(units):
        for value in unit:
            counts[row, places[value]] += 1
    return counts


def _measure_distances(values: Sequence[Hashable], totals: Numbers, level: Level) -> Numbers:
    """δ² of all pairs of values; NaN where a ratio has no meaning."""
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "ordinal":
        # The count between two values, half of their own: the distance of the middles of their ranks.
        middles = np.cumsum(totals) - totals / 2
        return np.subtract.outer(middles, middles) ** 2
    numbers = np.array(values, dtype=np.float64)
    apart = np.subtract.outer(numbers, numbers)
    if level == "interval":
        return apart**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(apart == 0, 0, apart / np.add.outer(numbers, numbers)) ** 2
