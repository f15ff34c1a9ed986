"""Do two KPIs pull against each other? Correlations over time, with as much data as there really is.

Needs scipy, so only the job beside the server calls it. A conflict that two owners declared themselves, and
turning series so that higher is better, do not live here.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum, isfinite, sqrt

# Fewer common periods say nothing about how two series move.
FEWEST_PERIODS = 24
_LAG_SHARE = 5
_ROUNDING = 1e-12

Series = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Opposition:
    """Two KPIs that moved in opposite directions more than chance explains; `b` follows `a` by `lag` periods.

    A negative lag: `a` follows. `r` is the correlation of what is left without the straight trends, `p`
    one-sided, `n` the common periods and `effective_n` how many independent ones they are worth.
    """

    a: Hashable
    b: Hashable
    lag: int
    r: float
    p: float
    n: int
    effective_n: float


def lagged_correlations(x: Series, y: Series, max_lag: int) -> list[float | None]:
    """r_k = corr(x[t+k], y[t]) for the lags k = -max_lag … max_lag, each within -1…1 (R's `ccf`).

    Means, standard deviations and n are those of the full series, so r_k shrinks as fewer pairs are left. A
    missing value stands at its mean. All None for series of different lengths or without variance, and where
    a lag leaves no pair.

    >>> lagged_correlations([1, 2, 3, 2], [1, 2, 3, 2], 0)
    [1.0]
    """
    lags = range(-max_lag, max_lag + 1)
    left, right = _centre(x), _centre(y)
    scale = sqrt(fsum(d * d for d in left) * fsum(d * d for d in right))
    if len(left) != len(right) or not scale > 0:
        return [None for _ in lags]
    return [_sum_products(left, right, lag) / scale if abs(lag) < len(left) else None for lag in lags]


def effective_n(x: Series, y: Series) -> float | None:
    """How many independent pairs two series with a memory are worth (Bartlett; Pyper & Peterman 1998).

    n/(1 + 2·Σ (1 - k/n)·r_xx(k)·r_yy(k)), k = 1 … ⌊n/5⌋, the autocorrelations with full-series means and n; n
    counts the periods in which both have a value. Above n where one series repeats itself and the other
    alternates. None for series of different lengths, fewer than two pairs or no variance, and where the sum
    in the divisor is 0 or less.

    >>> effective_n([1, 2, 1, 2], [1, 3, 2, 1])
    4.0
    """
    n = _count_pairs(x, y)
    if len(x) != len(y) or n < 2:
        return None
    reach = n // _LAG_SHARE
    ahead = lagged_correlations(x, x, reach)[reach + 1 :]
    behind = lagged_correlations(y, y, reach)[reach + 1 :]
    divisor = 1.0
    for k, (one, other) in enumerate(zip(ahead, behind, strict=True), 1):
        if one is None or other is None:
            return None
        divisor += 2 * (1 - k / n) * one * other
    if not reach and None in lagged_correlations(x, y, 0):
        return None
    return n / divisor if divisor > 0 else None


def benjamini_hochberg(pvalues: Sequence[float | None], q: float) -> list[bool]:
    """Which tests are rejected, at most the share q of them wrongly (Benjamini & Hochberg 1995).

    Of m tests in order of p, all up to the last with p_i ≤ q·i/m. In the order given; equal p share one
    answer. A missing p is no test: it counts nowhere and is not rejected.

    >>> benjamini_hochberg([0.01, 0.4, 0.03], 0.05)
    [True, False, True]
    """
    known = sorted(p for p in pvalues if p is not None and isfinite(p))
    passed = [p for i, p in enumerate(known, 1) if p * len(known) <= q * i * (1 + _ROUNDING)]
    limit = max(passed, default=-1.0)
    return [p is not None and bool(p <= limit) for p in pvalues]


def opposing_kpis(
    series: Mapping[Hashable, Series] | Sequence[Series], max_lag: int = 3, q: float = 0.10
) -> list[Opposition]:
    """The pairs of KPIs that move against each other more than chance explains, the surest first.

    Every series holds one value per period (None: missing), higher being better, without its season. From
    each the straight trend is taken. Every pair with at least 24 common periods is tested at every lag
    -max_lag … max_lag: t = r·√((m - 2)/(1 - r²)) with m - 2 degrees of freedom, one-sided for r < 0, m the
    effective n, at most n. All tests of all pairs together go through Benjamini–Hochberg at q. One
    answer per pair, at its lag with the smallest p.

    Named by the keys of the mapping, or by position. It tells that two series moved apart, never why.
    """
    items: Iterable[tuple[Hashable, Series]]
    items = series.items() if isinstance(series, Mapping) else enumerate(series)
    detrended = [(name, _take_trend(values)) for name, values in items]
    tests = [
        test
        for (a, one), (b, other) in combinations(detrended, 2)
        if len(one) == len(other) and _count_pairs(one, other) >= FEWEST_PERIODS
        for test in _test_lags(one, other, max_lag, names=(a, b))
    ]
    rejected = benjamini_hochberg([test.p for test in tests], q)
    found: dict[tuple[Hashable, Hashable], Opposition] = {}
    for test, is_rejected in zip(tests, rejected, strict=True):
        known = found.get((test.a, test.b))
        if is_rejected and (known is None or test.p < known.p):
            found[test.a, test.b] = test
    return sorted(found.values(), key=lambda opposition: opposition.p)


def _test_lags(
    one: Series, other: Series, max_lag: int, *, names: tuple[Hashable, Hashable]
) -> list[Opposition]:
    """One test per lag; none where the series leave nothing to compare."""
    n, worth = _count_pairs(one, other), effective_n(one, other)
    if worth is None:
        return []
    worth = min(worth, float(n))
    lags = range(-max_lag, max_lag + 1)
    return [
        # r at lag k is that of a, k periods later, with b: b comes first where k is above 0.
        Opposition(*names, -lag, r, _find_p(r, worth), n, worth)
        for lag, r in zip(lags, lagged_correlations(one, other, max_lag), strict=True)
        if r is not None
    ]


def _find_p(r: float, worth: float) -> float:
    from scipy.special import stdtr

    freedom = worth - 2
    if freedom <= 0 or r >= 0:
        return 1.0
    left = 1 - r * r
    return float(stdtr(freedom, r * sqrt(freedom / left))) if left > _ROUNDING else 0.0


def _take_trend(values: Series) -> list[float | None]:
    """What is left of each value above the least-squares line; missing ones stay missing."""
    known = [(time, value) for time, value in enumerate(values) if value is not None and isfinite(value)]
    if not known:
        return [None for _ in values]
    middle = fsum(time for time, _ in known) / len(known)
    mean = fsum(value for _, value in known) / len(known)
    spread = fsum((time - middle) ** 2 for time, _ in known)
    slope = fsum((time - middle) * (value - mean) for time, value in known) / spread if spread else 0.0
    line = {time: value - mean - slope * (time - middle) for time, value in known}
    return [line.get(time) for time in range(len(values))]


def _centre(values: Series) -> list[float]:
    """Distances from the mean; 0 for what is missing, so that it adds nothing to any sum."""
    known = [value for value in values if value is not None and isfinite(value)]
    mean = fsum(known) / len(known) if known else 0.0
    # A constant series has no variance, whatever its sum is in binary.
    if known and min(known) == max(known):
        mean = known[0]
    return [value - mean if value is not None and isfinite(value) else 0.0 for value in values]


def _sum_products(left: Sequence[float], right: Sequence[float], lag: int) -> float:
    start = max(0, -lag)
    end = min(len(right), len(left) - lag)
    return fsum(left[time + lag] * right[time] for time in range(start, end))


def _count_pairs(x: Series, y: Series) -> int:
    pairs = zip(x, y, strict=False)
    return sum(a is not None and b is not None and isfinite(a) and isfinite(b) for a, b in pairs)
