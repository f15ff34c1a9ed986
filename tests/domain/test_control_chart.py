"""The process behaviour chart: published and constructed cases with their sources, and what always holds.

Rules are told at the last point of their window; sources that flag every point of a window are read so.
"""

import json
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
from tests.house.repository import ROOT

# NIST/SEMATECH e-Handbook of Statistical Methods 6.3.2.2, flow rates.
FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
# Shewhart's resistivity data of 1931, the first 16; xmrit opens with them (js/main3.ts, INITIAL_VALUES).
RESISTIVITY = [
    5045, 4350, 4350, 3975, 4290, 4430, 4485, 4285, 3980, 3925, 3645, 3760, 3300, 3685, 3463, 5200,
]  # fmt: skip
# US trade deficits of 1987 and 1988 in billions of dollars, from Wheeler, Understanding Variation.
DEFICITS_1987 = [10.7, 13.0, 11.4, 11.5, 12.5, 14.1, 14.8, 14.1, 12.6, 16.0, 11.7, 10.6]
DEFICITS_1988 = [10.0, 11.4, 7.9, 9.5, 8.0, 11.8, 10.5, 11.2, 9.2, 10.1, 10.4, 10.5]

SERIES = st.lists(st.none() | st.decimals(-1000, 1000, places=2), max_size=40)
GIVEN = ControlChart(0, -3, 3, None)


VECTORS = ROOT.parent / "shared" / "vectors.json"


def list_ends(chart: ControlChart, rule: int) -> list[int]:
    return [signal.index for signal in chart.signals if signal.rule == rule]


def test_the_limits_of_the_flow_rates_are_those_that_were_published() -> None:
    chart = xmr(FLOW_RATES)
    assert chart.centre == pytest.approx(50.81, abs=1e-6)
    assert chart.upper == pytest.approx(55.804888888889, abs=1e-6)
    assert chart.lower == pytest.approx(45.815111111111, abs=1e-6)
    assert chart.upper_range == pytest.approx(6.136577777778, abs=1e-6)
    # NIST divides by 1.128 instead of multiplying with 2.66: within 0.002 moving ranges of 1.8778.
    assert chart.upper == pytest.approx(55.804089834515, abs=0.002 * 1.8778)
    assert chart.lower == pytest.approx(45.815910165485, abs=0.002 * 1.8778)
    assert chart.signals == []


def test_the_median_of_moving_ranges_changes_the_limits_and_not_the_centre() -> None:
    chart = xmr(FLOW_RATES, method="median")
    told = (chart.centre, chart.lower, chart.upper, chart.upper_range)
    assert told == pytest.approx((50.81, 46.0925, 55.5275, 5.7975), abs=1e-6)


def test_the_resistivity_data_have_one_signal_at_their_end() -> None:
    chart = xmr(RESISTIVITY)
    told = (chart.centre, chart.lower, chart.upper, chart.upper_range)
    expected = (4135.5, 3188.717333333333, 5082.282666666667, 1163.190133333333)
    assert told == pytest.approx(expected, abs=1e-6)
    assert chart.signals == [Signal(1, 15)]


def test_limits_of_the_first_year_find_what_changed_in_the_second() -> None:
    first = xmr(DEFICITS_1987)
    told = (first.centre, first.lower, first.upper, first.upper_range)
    assert told == pytest.approx((12.75, 8.324727272727, 17.175272727273, 5.436763636364), abs=1e-6)
    chart = xmr(DEFICITS_1987 + DEFICITS_1988, first)
    assert (chart.centre, chart.lower, chart.upper, chart.upper_range) == told
    assert list_ends(chart, 1) == [14, 16]
    assert list_ends(chart, 2)[0] == 17
    assert list_ends(chart, 3)


# Constructed by us; two independent implementations agree, one of them a port of xmrit. Limits are -3 and 3.
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, -1, 1, -1, 1, -1, 3.2, 1], [Signal(1, 6)]),
        ([1, 1, 1, 1, 1, 1, 1, -1], []),
        ([0.5] * 8 + [-0.5], [Signal(2, 7)]),
        ([0.2, 1.6, 1.7, -0.2, 1.8, 0.1], [Signal(3, 4)]),
        ([0.2, 1.6, -1.7, 1.8, -0.2, 0.1], []),
        ([3.0, -3.0, 1, -1], []),
        ([0.4] * 7, []),
    ],
)
def test_rules_on_given_limits(values: list[float], expected: list[Signal]) -> None:
    assert xmr(values, GIVEN).signals == expected


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


@pytest.mark.skipif(not VECTORS.exists(), reason="the collection of cases is not beside the repository")
def test_the_cases_here_are_those_of_the_collection() -> None:
    cases = {case["id"]: case["input"] for case in json.loads(VECTORS.read_text())["vectors"]}
    told = {name: content for name, content in cases.items() if name.startswith("xmr-")}
    assert told.pop("xmr-nist-flowrate") == {"x": FLOW_RATES}
    assert told.pop("xmr-xmrit-demo") == {"x": RESISTIVITY}
    assert told.pop("xmr-trade-deficit-locked") == {"baseline": DEFICITS_1987, "new": DEFICITS_1988}
    assert len(told.pop("xmr-rules-a")["cases"]) == 7
    assert told.pop("xmr-edge-a") == {"cases": [[5.0], [5.0] * 6, [], [1.0, 3.0]]}
    assert told == {}
