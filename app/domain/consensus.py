"""How much people agree about an order of priorities: mean Spearman correlation and Kendall's W.

Strategic consensus mapping lives in `consensus_map`, the gap between two groups in `gaps`, overlap of lists
in `ranked_lists`; all are offered here, too. Needs numpy: not for a serving process.
"""

import math

import numpy as np

from app.domain.answers import Matrix, Numbers, read_matrix
from app.domain.consensus_map import (
    between_group_consensus,
    consensus_degree,
    prototype,
    reproduced_ranks,
)
from app.domain.estimates import Estimate
from app.domain.gaps import Gap, alignment_gap
from app.domain.orders import Likeness, compare_people, rank_middle
from app.domain.ranked_lists import rank_biased_overlap, top_k_overlap

__all__ = [
    "Gap",
    "alignment_gap",
    "between_group_consensus",
    "consensus_degree",
    "estimate_consensus",
    "kendalls_w",
    "mean_pairwise_spearman",
    "prototype",
    "rank_biased_overlap",
    "reproduced_ranks",
    "top_k_overlap",
]

_UPPER_QUANTILE = 0.975
_ROUNDING = 1e-12


def mean_pairwise_spearman(people: Matrix) -> float | None:
    """r̄: the mean over all pairs of people of Pearson's r of their mid-ranks; −1/(m − 1) to 1, 0 by chance.

    Rows are people, columns items; a higher number is a higher priority, and ratings do as well as ranks.
    Unlike W and the degree of consensus it is 0 on average under random answers whatever the number of
    people. People with constant answers are left out; where answers are missing, a pair is compared over what
    both answered. Without ties r̄ = (mW − 1)/(m − 1). None below two people.

    >>> mean_pairwise_spearman([[1, 2, 3, 4], [1, 2, 3, 4], [2, 1, 3, 4]])
    0.8666666666666666
    >>> mean_pairwise_spearman([[1, 2, 3], [3, 3, 3]]) is None
    True
    """
    likeness = compare_people(people)
    return _average(likeness, np.ones(likeness.size))


def estimate_consensus(people: Matrix) -> Estimate:
    """r̄ with its 95 % interval: a delete-one jackknife on Fisher's z with t of m − 1 degrees of freedom.

    Resampling members instead would let doubled people agree with themselves and covers 65–92 % only; this
    covers 94–98 %. No interval for fewer than four people, or where all agree fully (z is infinite). The
    value is that of `mean_pairwise_spearman`, all None below two people.

    >>> estimate_consensus([[1, 2, 3], [1, 2, 3]])
    Estimate(value=1.0, low=None, high=None)
    """
    from scipy.special import stdtrit

    likeness = compare_people(people)
    value = _average(likeness, np.ones(likeness.size))
    without = [_average(likeness, row) for row in 1 - np.eye(likeness.size)]
    known = [each for each in without if each is not None and abs(each) < 1]
    if value is None or abs(value) >= 1 or len(known) < max(likeness.size, 4):
        return Estimate(value, None, None)
    count = likeness.size
    middle = math.atanh(value)
    deviation = (count - 1) * float(np.arctanh(known).std(ddof=1)) / math.sqrt(count)
    reach = float(stdtrit(count - 1, _UPPER_QUANTILE)) * deviation
    return Estimate(value, math.tanh(middle - reach), math.tanh(middle + reach))


def kendalls_w(people: Matrix) -> float | None:
    """Kendall's coefficient of concordance W = 12S/(m²(n³ − n) − mΣT), T = Σ(t³ − t) of tied answers; 0 to 1.

    Rows are judges; their raw values are ranked with mid-ranks. S is the sum of squares of rank sums around
    their mean. It depends on m: of random orders two judges have .5 on average, thirty .03; compare groups by
    `mean_pairwise_spearman`. One judge has 1.0, which says nothing. Where answers are missing W = (1 + (m −
    1)r̄)/m over the pairs there are (Brückl, in R's DescTools). None without judges or where everything is
    tied.

    >>> kendalls_w([[1, 2, 3], [1, 2, 3]]), kendalls_w([[1, 2, 3], [3, 2, 1]]), kendalls_w([[2, 2], [2, 2]])
    (1.0, 0.0, None)
    """
    values = read_matrix(people)
    if values.size == 0:
        return None
    if not np.isfinite(values).all():
        return _concord_pairs(people)
    ranks = rank_middle(values)
    judges, items = values.shape
    around = ranks.sum(axis=0) - judges * (items + 1) / 2
    whole = judges * judges * (items**3 - items) - judges * _count_ties(ranks)
    return float(12 * (around**2).sum() / whole) if whole else None


def _average(likeness: Likeness, chosen: Numbers) -> float | None:
    """The mean correlation of pairs of those with a 1; a correlation with oneself does not count."""
    left, right = likeness.correlations
    some, others = likeness.pairs
    size = float(chosen.sum())
    pairs = float((chosen @ some) @ (chosen @ others)) - size
    total = float((chosen @ left) @ (chosen @ right)) - size
    return _snap(total / pairs) if round(pairs) > 0 else None


def _snap(value: float) -> float:
    """Full agreement is told as such, not as what rounding leaves of it."""
    return math.copysign(1.0, value) if abs(value) > 1 - _ROUNDING else value


def _count_ties(ranks: Numbers) -> float:
    counts = [np.unique(row, return_counts=True)[1] for row in ranks]
    return float(sum(int((each**3 - each).sum()) for each in counts))


def _concord_pairs(people: Matrix) -> float | None:
    likeness = compare_people(people)
    count = likeness.size
    if count == 1:
        return 1.0
    agreement = _average(likeness, np.ones(count))
    return None if agreement is None else (1 + (count - 1) * agreement) / count
