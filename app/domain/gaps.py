"""The alignment gap: how much further apart two groups are than their members are among themselves.

`consensus` offers it, too. Needs numpy: not for a serving process.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice

import numpy as np

from app.domain.answers import Matrix, Numbers, read_matrix
from app.domain.orders import Likeness, compare_people, keep_directed

MOST_EXACT = 20_000
_CHUNK = 2_000
# Sums in another order differ in their last digits; arrangements with the same gap must count as the same.
_SLACK = 1e-9
_UPPER_QUANTILE = 0.975


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap in points of Spearman's correlation, its interval, and how often chance alone reaches it."""

    gap: float | None
    low: float | None
    high: float | None
    p: float | None
    exact: bool | None


UNDEFINED = Gap(None, None, None, None, None)


def alignment_gap(a: Matrix, b: Matrix, draws: int = 9999, seed: int = 0) -> Gap:
    """G = (r̄_A + r̄_B)/2 − c_AB: agreement inside of two groups minus agreement across; 0 if they are alike.

    r̄ is the mean Spearman correlation of pairs inside of a group, c_AB that of all pairs across. Rows are
    people, columns items; people with constant answers are left out, missing answers are as in
    `mean_pairwise_spearman`. G is half an energy distance: without bias at any sizes, at least 0 in the
    population, a little below 0 by chance, at most 2. It is not clipped. By convention < .05 is negligible, <
    .15 small, < .30 clear, else large.

    p is one-sided: the share of all ways to deal the people into two groups of these sizes, the real one
    included, whose G is as large; with more than 20,000 ways (b + 1)/(draws + 1) of `draws` random ones. The
    interval is a two-sample jackknife with t of min(m_A, m_B) − 1 degrees of freedom at 95 %; none below
    three people on a side. All None below two people on a side.

    >>> leaders = [[1, 2, 3, 4], [1, 2, 4, 3], [1, 2, 3, 4]]
    >>> gap = alignment_gap(leaders, [[4, 3, 2, 1], [4, 3, 1, 2], [4, 3, 2, 1]])
    >>> round(gap.gap, 3), gap.p, gap.exact
    (1.778, 0.1, True)
    """
    first, second = keep_directed(read_matrix(a)), keep_directed(read_matrix(b))
    likeness = compare_people([*first.tolist(), *second.tolist()])
    count, size = likeness.size, len(first)
    real = np.zeros((1, count))
    real[0, :size] = 1
    observed = float(_measure_gaps(likeness, real, 1 - real)[0])
    if math.isnan(observed):
        return UNDEFINED
    is_exact = math.comb(count, size) <= MOST_EXACT
    deals = _list_deals(count, size) if is_exact else _draw_deals(count, size, draws, seed)
    reached, dealt = 0, 0
    for chunk in deals:
        gaps = _measure_gaps(likeness, chunk, 1 - chunk)
        # A deal without a gap (two who share no item) counts as one that reaches: p must not be too small.
        reached += int((~(gaps < observed - _SLACK)).sum())
        dealt += len(chunk)
    p = reached / dealt if is_exact else (reached + 1) / (dealt + 1)
    return Gap(observed, *_find_interval(likeness, real[0], observed), p, is_exact)


def _measure_gaps(likeness: Likeness, first: Numbers, second: Numbers) -> Numbers:
    """G of each row: a 1 in `first` or `second` puts a person into that group; NaN where there is none."""
    inside = _average_inside(likeness, first) + _average_inside(likeness, second)
    across, pairs = _add_up(likeness.correlations, first, second), _add_up(likeness.pairs, first, second)
    return np.asarray(inside / 2 - _share(across, pairs))


def _average_inside(likeness: Likeness, group: Numbers) -> Numbers:
    # Everybody agrees with oneself: no pair.
    sizes = group.sum(axis=1)
    total = _add_up(likeness.correlations, group, group) - sizes
    return _share(total, _add_up(likeness.pairs, group, group) - sizes)


def _add_up(factors: tuple[Numbers, Numbers], first: Numbers, second: Numbers) -> Numbers:
    left, right = factors
    return np.asarray(((first @ left) * (second @ right)).sum(axis=1))


def _share(total: Numbers, pairs: Numbers) -> Numbers:
    shares = np.full(len(total), np.nan)
    np.divide(total, pairs, out=shares, where=pairs > 0.5)
    return shares


def _list_deals(count: int, size: int) -> Iterator[Numbers]:
    """Every way to choose `size` of `count` people, as rows of 0 and 1."""
    every = combinations(range(count), size)
    while block := list(islice(every, _CHUNK)):
        deals = np.zeros((len(block), count))
        members = np.fromiter(chain.from_iterable(block), dtype=np.intp).reshape(len(block), size)
        np.put_along_axis(deals, members, 1, axis=1)
        yield deals


def _draw_deals(count: int, size: int, draws: int, seed: int) -> Iterator[Numbers]:
    chance = np.random.default_rng(seed)
    for start in range(0, draws, _CHUNK):
        lots = chance.random((min(_CHUNK, draws - start), count))
        members = np.argpartition(lots, size - 1, axis=1)[:, :size]
        deals = np.zeros_like(lots)
        np.put_along_axis(deals, members, 1, axis=1)
        yield deals


def _find_interval(likeness: Likeness, real: Numbers, observed: float) -> tuple[float | None, float | None]:
    """The two-sample jackknife: each person is left out once, and the variances of both groups are added."""
    from scipy.special import stdtrit

    others = 1 - np.eye(likeness.size)
    without = _measure_gaps(likeness, others * real, others * (1 - real))
    if np.isnan(without).any():
        return None, None
    sizes, variance = [], 0.0
    for group in (without[real == 1], without[real == 0]):
        sizes.append(len(group))
        variance += (len(group) - 1) * float(group.var())
    reach = float(stdtrit(min(sizes) - 1, _UPPER_QUANTILE)) * math.sqrt(variance)
    return observed - reach, observed + reach
