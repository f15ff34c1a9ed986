"""Orders that people put things in: mid-ranks, and how alike each two of them are (Spearman).

What follows from it for a group is `consensus`, for two groups `gaps`. Needs numpy: not for a serving
process.
"""

from typing import NamedTuple

import numpy as np

from app.domain.answers import Matrix, Numbers, read_matrix


class Likeness(NamedTuple):
    """Correlations of all pairs, as a product of two factors (left @ right.T), and so which pairs have one.

    Factors, because sums over thousands of groupings of people need the pairs never written out.
    """

    correlations: tuple[Numbers, Numbers]
    pairs: tuple[Numbers, Numbers]

    @property
    def size(self) -> int:
        """How many people have a direction."""
        return len(self.correlations[0])


def rank_middle(rows: Numbers) -> Numbers:
    """Mid-ranks of each row from 1 on, the largest answer last; missing answers (NaN) have none.

    >>> rank_middle(np.array([[7.0, 5.0, 7.0, 9.0]])).tolist()
    [[2.5, 1.0, 2.5, 4.0]]
    """
    ranks = np.full(rows.shape, np.nan)
    for row, target in zip(rows, ranks, strict=True):
        known = np.isfinite(row)
        _, places, counts = np.unique(row[known], return_inverse=True, return_counts=True)
        target[known] = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks


def standardise(rows: Numbers) -> Numbers:
    """Each row with mean 0 and variance 1 (population); rows without variance must not come in."""
    if rows.size == 0:
        return rows
    apart = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(apart / apart.std(axis=1, keepdims=True))


def keep_directed(rows: Numbers) -> Numbers:
    """The rows with two different answers: a constant points nowhere."""
    if rows.shape[1] == 0:
        return rows[:0]
    known = np.isfinite(rows)
    lows = np.where(known, rows, np.inf).min(axis=1)
    highs = np.where(known, rows, -np.inf).max(axis=1)
    return np.asarray(rows[lows < highs])


def compare_people(people: Matrix) -> Likeness:
    """Spearman's correlation of each two rows: Pearson's of mid-ranks; constant rows are left out.

    Where answers are missing, two people are compared over the items that both answered, ranked among these;
    a pair of which one then is constant has no correlation.
    """
    rows = keep_directed(read_matrix(people))
    if np.isfinite(rows).all():
        scores = standardise(rank_middle(rows)) / np.sqrt(max(rows.shape[1], 1))
        everybody = np.ones((len(rows), 1))
        return Likeness((scores, scores), (everybody, everybody))
    correlations = np.eye(len(rows))
    for first in range(len(rows)):
        for second in range(first):
            value = _correlate(rows[first], rows[second])
            correlations[first, second] = correlations[second, first] = value
    same = np.eye(len(rows))
    known = np.isfinite(correlations).astype(np.float64)
    return Likeness((np.nan_to_num(correlations), same), (known, same))


def _correlate(first: Numbers, second: Numbers) -> float:
    pair = np.stack([first, second])
    common = keep_directed(pair[:, np.isfinite(pair).all(axis=0)])
    if len(common) < 2:
        return np.nan
    scores = standardise(rank_middle(common))
    return float((scores[0] * scores[1]).mean())
