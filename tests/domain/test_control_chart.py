"""The process behaviour chart: published and constructed cases with their sources, and what always holds.

Rules are told at the last point of their window; sources that flag every point of a window are read so.
"""

import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.control_chart import ControlChart, Signal, Summary, xmr
from tests.domain.vectors import Vector, assert_told, for_vectors

SERIES = st.lists(st.none() | st.decimals(-1000, 1000, places=2), max_size=40)
GIVEN = ControlChart(0, -3, 3, None)


def list_ends(chart: ControlChart, rule: int) -> list[int]:
    return [signal.index for signal in chart.signals if signal.rule == rule]


def list_flagged(chart: ControlChart, rule: int, length: int) -> list[int]:
    """Every point of the windows that fulfil a rule, as sources that flag whole windows tell it."""
    ends = list_ends(chart, rule)
    return sorted({index for end in ends for index in range(end - length + 1, end + 1)})


def name_limits(chart: ControlChart) -> dict[str, float | None]:
    """The limits under the names of the vectors."""
    return {"center": chart.centre, "lnpl": chart.lower, "unpl": chart.upper, "url": chart.upper_range}


def told_of(expected: dict[str, Any]) -> dict[str, Any]:
    """The same limits as a vector expects them."""
    return {name: expected[name] for name in ("center", "lnpl", "unpl", "url")}


@for_vectors("xmr-nist-")
def test_the_limits_of_the_flow_rates_are_those_that_were_published(vector: Vector) -> None:
    expected, values = vector.expected, vector.given["x"]
    chart = xmr(values)
    assert_told(vector, name_limits(chart), told_of(expected["wheeler_constants_2.66_3.268"]))
    by_median = xmr(values, method="median")
    assert_told(vector, name_limits(by_median), told_of(expected["median_mr_3.145_3.865"]))
    # NIST divides by 1.128 instead of multiplying with 2.66: within 0.002 moving ranges.
    nist, apart = expected["nist_3_over_1.128"], 0.002 * 1.8778
    assert (chart.upper, chart.lower) == pytest.approx((nist["ucl"], nist["lcl"]), abs=apart)
    assert chart.signals == []


@for_vectors("xmr-xmrit-")
def test_the_resistivity_data_have_one_signal_at_their_end(vector: Vector) -> None:
    chart, expected = xmr(vector.given["x"]), vector.expected
    assert_told(vector, name_limits(chart), told_of(expected["limits"]))
    for rule in (1, 2, 3):
        assert list_ends(chart, rule) == expected[f"rule{rule}_index0"], str(vector)


@for_vectors("xmr-trade-")
def test_limits_of_the_first_year_find_what_changed_in_the_second(vector: Vector) -> None:
    baseline, expected = vector.given["baseline"], vector.expected
    first = xmr(baseline)
    assert_told(vector, name_limits(first), told_of(expected["limits"]))
    chart = xmr([*baseline, *vector.given["new"]], first)
    assert name_limits(chart) == name_limits(first)
    new = [signal for signal in chart.signals if signal.index >= len(baseline)]
    assert [one.index for one in new if one.rule == 1] == expected["rule1_new_index0_in_full_series"]
    firsts = [min(one.index for one in new if one.rule == rule) for rule in (2, 3)]
    assert firsts[0] == expected["rule2_first_confirming_index0"]


@for_vectors("xmr-rules-")
def test_rules_on_given_limits(vector: Vector) -> None:
    for case, expected in zip(vector.given["cases"], vector.expected["cases"], strict=True):
        locked = ControlChart(case["center"], case["lnpl"], case["unpl"], None)
        chart = xmr(case["x"], locked)
        for rule, length in ((1, 1), (2, 8), (3, 4)):
            assert list_flagged(chart, rule, length) == expected[f"r{rule}"], f"{case} {vector}"


@for_vectors("xmr-edge-")
def test_few_points_and_constant_series_are_told_as_they_are(vector: Vector) -> None:
    for values, expected in zip(vector.given["cases"], vector.expected["cases"], strict=True):
        chart = xmr(values)
        assert_told(vector, chart.centre, expected["center"])
        limits = None if chart.lower is None else [chart.lower, chart.upper]
        assert_told(vector, limits, expected["limits"])
        assert chart.signals == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5.0], (5.0, None, None, None)),
        ([5.0] * 6, (5.0, 5.0, 5.0, 0.0)),
        ([], (None, None, None, None)),
        ([1.0, 3.0], (2.0, -3.32, 7.32, 6.536)),
        ([1, None, 3], (2.0, None, None, None)),
        ([None, math.nan, math.inf, Decimal("NaN"), "3"], (None, None, None, None)),
        ([True, 3], (2.0, -3.32, 7.32, 6.536)),
        ([10**400], (None, None, None, None)),
    ],
)
def test_few_and_odd_values_have_what_limits_they_can(values: list[Any], expected: tuple[Any, ...]) -> None:
    chart = xmr(values)
    assert (chart.centre, chart.lower, chart.upper, chart.upper_range) == expected
    assert chart.signals == []


def test_answers_are_plain_numbers_whatever_came_in() -> None:
    kinds: tuple[Any, ...] = (int, float, Decimal, np.float64, np.int64)
    for kind in kinds:
        chart = xmr([kind(value) for value in (1, 3, 2, 4, 3, 2)])
        levels = (chart.centre, chart.lower, chart.upper, chart.upper_range)
        assert {type(level) for level in levels} == {float}
        assert levels == pytest.approx((2.5, 2.5 - 2.66 * 1.4, 2.5 + 2.66 * 1.4, 3.268 * 1.4))


def test_binary_noise_makes_no_signal_of_a_constant_series() -> None:
    # In binary, six times 0.1 divided by six lies below 0.1.
    assert xmr([0.1] * 12) == ControlChart(0.1, 0.1, 0.1, 0.0)
    assert sum([0.1] * 6) / 6 < 0.1


def test_a_run_of_nine_gives_two_signals_and_the_centre_or_a_gap_ends_a_run() -> None:
    assert list_ends(xmr([1] * 9, GIVEN), 2) == [7, 8]
    assert list_ends(xmr([1] * 4 + [0] + [1] * 4, GIVEN), 2) == []
    assert list_ends(xmr([1] * 4 + [None] + [1] * 4, GIVEN), 2) == []
    assert list_ends(xmr([2, 2, None, 2, 0, 2, 2], GIVEN), 3) == [6]


def test_fewer_than_six_values_say_nothing_unless_the_limits_are_locked() -> None:
    assert xmr([1, 1, 1, 1, 9]).signals == []
    assert xmr([1, 2, 1, 2, None, 9, None]).signals == []
    assert xmr([9], GIVEN).signals == [Signal(1, 0)]


def test_limits_that_are_unknown_leave_the_rule_of_the_run() -> None:
    assert xmr([6] * 8, xmr([5])).signals == [Signal(2, 7)]
    assert xmr([6] * 8, xmr([])).signals == []


@pytest.mark.parametrize("method", ["mean", "median"])
@given(values=SERIES)
def test_centre_and_limits_are_what_the_formula_says(method: Summary, values: list[Decimal | None]) -> None:
    chart = xmr(values, method=method)
    known = [Fraction(value) for value in values if value is not None]
    ranges = sorted(abs(Fraction(b) - Fraction(a)) for a, b in pairwise(values) if None not in (a, b))  # type: ignore[arg-type]
    if not known:
        assert chart == ControlChart(None, None, None, None)
        return
    centre = sum(known) / len(known)
    assert chart.centre == pytest.approx(float(centre))
    if not ranges:
        assert (chart.lower, chart.upper, chart.upper_range) == (None, None, None)
        return
    middle = (ranges[(len(ranges) - 1) // 2] + ranges[len(ranges) // 2]) / 2
    typical = middle if method == "median" else sum(ranges) / len(ranges)
    factors = {"mean": ("2.66", "3.268"), "median": ("3.145", "3.865")}[method]
    reach, for_range = (Fraction(factor) * typical for factor in factors)
    told = (chart.lower, chart.upper, chart.upper_range)
    expected = tuple(map(float, (centre - reach, centre + reach, for_range)))
    assert told == pytest.approx(expected, abs=1e-9)


@given(values=SERIES, shift=st.integers(-1000, 1000), factor=st.integers(1, 9))
def test_signals_do_not_depend_on_the_unit(values: list[Decimal | None], shift: int, factor: int) -> None:
    moved = [None if value is None else value * factor + shift for value in values]
    assert xmr(moved).signals == xmr(values).signals


@given(SERIES)
def test_a_mirrored_series_has_the_same_signals(values: list[Decimal | None]) -> None:
    mirrored = [None if value is None else -value for value in values]
    assert xmr(mirrored).signals == xmr(values).signals


@given(SERIES)
def test_signals_are_told_once_in_order_at_values_that_exist(values: list[Decimal | None]) -> None:
    signals = xmr(values).signals
    assert signals == sorted(set(signals))
    assert all(signal.rule in (1, 2, 3) and values[signal.index] is not None for signal in signals)


@given(SERIES, SERIES)
def test_a_gap_parts_two_series_on_locked_limits(
    one: list[Decimal | None], other: list[Decimal | None]
) -> None:
    locked = xmr([0, 300, 0, 300, 0, 300])
    apart = xmr(one, locked).signals + [
        Signal(signal.rule, signal.index + len(one) + 1) for signal in xmr(other, locked).signals
    ]
    assert xmr([*one, None, *other], locked).signals == sorted(apart)


@given(SERIES)
def test_locking_a_chart_on_itself_changes_nothing(values: list[Decimal | None]) -> None:
    chart = xmr(values)
    if sum(value is not None for value in values) >= 6:
        again = xmr(values, chart)
        assert (again.centre, again.lower, again.upper) == (chart.centre, chart.lower, chart.upper)
        assert list_ends(again, 3) == list_ends(chart, 3)
