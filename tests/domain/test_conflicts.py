"""KPIs that pull against each other: published correlations and tests, edges, and how rarely chance fools."""

from collections.abc import Hashable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.conflicts import (
    benjamini_hochberg,
    effective_n,
    lagged_correlations,
    opposing_kpis,
)
from tests.domain.vectors import Vector, assert_told, for_vectors

NAN, INFINITE = float("nan"), float("inf")
SERIES = st.lists(st.none() | st.floats(-1000, 1000), max_size=30)


def make_series(random: Random, *, memory: float = 0.0, periods: int = 24) -> list[float]:
    values = [random.gauss(0, 1)]
    for _ in range(periods + 20):
        values.append(memory * values[-1] + random.gauss(0, 1))
    return values[-periods:]


@for_vectors("lag-")
def test_lagged_correlations_are_those_of_r(vector: Vector) -> None:
    x, y, lags = vector.given["x"], vector.given["y"], vector.given["lags"]
    assert_told(vector, lagged_correlations(x, y, lags[-1]), vector.expected["ccf"])
    assert_told(vector, effective_n(x, y), vector.expected["n_eff"])


@for_vectors("bh-")
def test_the_tests_rejected_are_the_published_ones(vector: Vector) -> None:
    p = vector.given["p"]
    rejected = benjamini_hochberg(p, vector.given["q"])
    assert [index for index, is_rejected in enumerate(rejected) if is_rejected] == vector.expected[
        "rejected_index0"
    ]
    assert sum(rejected) == vector.expected["n_rejected"]
    # The adjusted p is the smallest q at which a test is rejected.
    for index, adjusted in enumerate(vector.expected["adjusted_p"]):
        assert benjamini_hochberg(p, adjusted + 1e-6)[index]
        assert not benjamini_hochberg(p, adjusted - 1e-6)[index]


@pytest.mark.parametrize(
    ("pvalues", "q", "expected"),
    [
        ([], 0.05, []),
        ([0.05], 0.05, [True]),
        ([0.06], 0.05, [False]),
        ([None, 0.03, NAN], 0.05, [False, True, False]),
        # A later one that passes takes along those before it.
        ([0.04, 0.05], 0.05, [True, True]),
        ([0.01, 0.02, 0.03, 0.04, 0.05], 0.05, [True] * 5),
        ([0.03, 0.03, 0.9], 0.05, [True, True, False]),
        ([0.0, 1.0], 0.0, [True, False]),
    ],
)
def test_tests_at_the_edges(pvalues: list[Any], q: float, expected: list[bool]) -> None:
    assert benjamini_hochberg(pvalues, q) == expected


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.001, 0.5), st.randoms())
def test_rejections_follow_p_grow_with_q_and_ignore_the_order(
    pvalues: list[float], q: float, random: Any
) -> None:
    rejected = benjamini_hochberg(pvalues, q)
    limit = max((p for p, is_rejected in zip(pvalues, rejected, strict=True) if is_rejected), default=-1.0)
    assert rejected == [p <= limit for p in pvalues]
    more = benjamini_hochberg(pvalues, q * 2)
    assert all(after for before, after in zip(rejected, more, strict=True) if before)
    order = random.sample(range(len(pvalues)), len(pvalues))
    shuffled = benjamini_hochberg([pvalues[index] for index in order], q)
    assert shuffled == [rejected[index] for index in order]


@pytest.mark.parametrize(
    ("x", "y", "max_lag", "expected"),
    [
        ([], [], 0, [None]),
        ([1], [1], 1, [None, None, None]),
        ([1, 2], [1], 0, [None]),
        ([2, 2, 2], [1, 2, 3], 0, [None]),
        # In binary the mean of three tenths is not a tenth, yet nothing varies.
        ([0.1] * 3, [1, 2, 3], 0, [None]),
        ([1, 2, 3], [3, 2, 1], 0, [-1.0]),
        ([1, 3], [1, 3], 2, [None, -0.5, 1.0, -0.5, None]),
        # What is missing stands at the mean of its own series.
        ([1, None, 3], [1, 2, 3], 0, [1.0]),
        ([1, INFINITE, 3], [1, 2, 3], 0, [1.0]),
        ([0, 1, 0, 0], [0, 0, 1, 0], 1, [1.0 - 1 / 12, -1 / 3, 1 / 12 - 1 / 3]),
    ],
)
def test_correlations_at_the_edges(
    x: list[Any], y: list[Any], max_lag: int, expected: list[float | None]
) -> None:
    told = lagged_correlations(x, y, max_lag)
    assert len(told) == len(expected)
    if expected[0] is None or len(x) < 4:
        assert told == pytest.approx(expected)
    else:
        # y repeats x one period later, so x is behind by one: r at lag -1 is the largest.
        assert told[0] == max(number for number in told if number is not None)


@given(SERIES, SERIES, st.integers(0, 5))
def test_correlations_stay_within_bounds_and_turn_with_their_series(
    x: list[Any], y: list[Any], max_lag: int
) -> None:
    told = lagged_correlations(x, y, max_lag)
    assert len(told) == 2 * max_lag + 1
    assert all(r is None or -1 - 1e-9 <= r <= 1 + 1e-9 for r in told)
    assert lagged_correlations(y, x, max_lag)[::-1] == pytest.approx(told)
    turned = [None if value is None else -value for value in x]
    mirrored = [None if r is None else -r for r in told]
    assert lagged_correlations(turned, y, max_lag) == pytest.approx(mirrored)


@given(st.integers(0, 10_000))
def test_the_correlation_without_a_lag_is_pearsons(seed: int) -> None:
    random = Random(seed)
    x, y = make_series(random), make_series(random, memory=0.7)
    assert lagged_correlations(x, y, 0) == pytest.approx([float(np.corrcoef(x, y)[0, 1])])


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ([], [], None),
        ([1], [1], None),
        ([1, 2, 3], [1, 2], None),
        ([1, 1, 1], [1, 2, 3], None),
        ([1] * 6, [1, 2, 3, 1, 2, 3], None),
        ([1, 2, 3], [3, 1, 2], 3.0),
        ([1, None, 3, 4], [1, 2, None, 4], 2.0),
        ([*range(20)], [*range(20)], 4.926456504),
        # One series keeps what it has, the other alternates: there is no such sum.
        ([1, -1, 1, -1, 1, -1, 1, -1, 1], [1, 1, 1, 1, 1, -1, -1, -1, -1], None),
    ],
)
def test_effective_numbers_at_the_edges(x: list[Any], y: list[Any], expected: float | None) -> None:
    told = effective_n(x, y)
    assert told == (None if expected is None else pytest.approx(expected))


def test_a_series_that_lies_lower_whenever_another_lies_higher_is_found() -> None:
    random = Random(1)
    quality = make_series(random, memory=0.3)
    output = [5 - value + random.gauss(0, 0.4) for value in quality]
    series: dict[Hashable, Any] = {"QUALITY": quality, "OUTPUT": output}
    series |= {f"other {number}": make_series(random) for number in range(3)}
    (found,) = opposing_kpis(series)
    assert (found.a, found.b, found.lag, found.n) == ("QUALITY", "OUTPUT", 0, 24)
    assert found.r < -0.7
    assert found.p < 0.001
    assert 2 < found.effective_n <= 24


@pytest.mark.parametrize("lag", [-2, 2])
def test_what_follows_later_is_told_with_its_lag(lag: int) -> None:
    random = Random(5)
    long = make_series(random, periods=40)
    shifted = [-value + random.gauss(0, 0.2) for value in long]
    (found,) = opposing_kpis([long[4:36], shifted[4 - lag : 36 - lag]])
    assert (found.a, found.b, found.lag) == (0, 1, lag)


def test_series_without_any_rest_oppose_each_other_for_sure() -> None:
    waves = [float(number % 3) for number in range(30)]
    (found,) = opposing_kpis([waves, [-value for value in waves]], 0)
    assert found.r == pytest.approx(-1)
    assert found.p == 0


def test_too_few_common_periods_say_nothing() -> None:
    random = Random(2)
    one = make_series(random)
    other = [-value for value in one]
    assert opposing_kpis([one, other])
    assert opposing_kpis([one[1:], other[1:]]) == []
    assert opposing_kpis([one, [None, *other[1:]]]) == []
    assert opposing_kpis([one, other[1:]]) == []
    assert opposing_kpis([[None] * 30, [1.0] * 30, one]) == []
    assert opposing_kpis([]) == []


def test_opposite_trends_alone_are_no_conflict_and_neither_is_moving_together() -> None:
    random = Random(4)
    rising = [number + random.gauss(0, 1) for number in range(24)]
    falling = [-number + random.gauss(0, 1) for number in range(24)]
    assert opposing_kpis([rising, falling]) == []
    assert opposing_kpis([rising, [value * 2 for value in rising]]) == []
    # Straight lines and constants leave nothing to compare.
    straight = [float(number) for number in range(24)]
    assert opposing_kpis([straight, [-value for value in straight], [1.0] * 24]) == []


@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_chance_is_rarely_taken_for_a_conflict(memory: float) -> None:
    # Ten pairs of unrelated series each: without the effective n, 63 of 100 such companies had a conflict.
    fooled = 0
    for seed in range(60):
        random = Random(seed)
        fooled += bool(opposing_kpis([make_series(random, memory=memory) for _ in range(5)]))
    assert fooled <= 10
