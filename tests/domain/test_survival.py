"""How long things take while some are open: published curves, edges, and what always holds."""

from fractions import Fraction
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.estimates import Estimate
from app.domain.survival import median_time, survival_curve
from tests.domain.vectors import Vector, assert_told, for_vectors

ITEMS = st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=40)
Items = list[tuple[int, bool]]


def split(items: Items) -> tuple[list[int], list[bool]]:
    return [duration for duration, _ in items], [closed for _, closed in items]


def list_ends(estimate: Estimate) -> list[float | None]:
    return [estimate.value, estimate.low, estimate.high]


@for_vectors("km-freireich-")
def test_curve_and_median_are_the_published_ones(vector: Vector) -> None:
    durations, closed = vector.given["time"], [bool(event) for event in vector.given["event"]]
    curve = survival_curve(durations, closed)
    assert_told(vector, [time for time, _ in curve], vector.expected["event_times"])
    assert_told(vector, [share for _, share in curve], vector.expected["survival"])
    median = vector.expected["median"]
    assert_told(vector, list_ends(median_time(durations, closed)), median["log-log"])
    assert_told(vector, list_ends(median_time(durations, closed, transform="log")), median["log"])


@for_vectors("km-edge-")
def test_a_median_that_is_not_reached_is_none(vector: Vector) -> None:
    told = [median_time(case["time"], list(map(bool, case["event"]))) for case in vector.given["cases"]]
    assert_told(vector, [one.value for one in told], vector.expected["median"])


@pytest.mark.parametrize(
    ("durations", "closed", "curve", "median"),
    [
        ([], [], [], None),
        ([4], [False], [], None),
        ([4], [True], [(4.0, 0.0)], 4.0),
        # An item seen open on the day another closed was still open then.
        ([4, 4], [True, False], [(4.0, 0.5)], 4.0),
        ([4, 5], [False, True], [(5.0, 0.0)], 5.0),
        # The curve meets one half exactly, whatever thirds and sevenths are in binary.
        ([1, 2, 3, 4, 5, 6], [True, True, True, False, False, False], None, 3.0),
        ([1, 2, 3, 3, 3, 3, 3], [False, True, True, False, False, False, False], None, None),
        ([0, 0], [True, True], [(0.0, 0.0)], 0.0),
        ([1, None, 2], [True, True, False], [(1.0, 0.5)], 1.0),
        ([1, 5, 2], [True, None, False], [(1.0, 0.5)], 1.0),
        ([float("nan"), 2], [True, True], [(2.0, 0.0)], 2.0),
        ([1, 2], [True], [], None),
    ],
)
def test_curves_at_the_edges(
    durations: list[Any], closed: list[Any], curve: list[tuple[float, float]] | None, median: float | None
) -> None:
    if curve is not None:
        assert survival_curve(durations, closed) == curve
    assert median_time(durations, closed).value == median


def test_a_median_not_reached_may_have_a_low_end() -> None:
    durations, closed = [*range(1, 11)], [True] * 4 + [False] * 6
    told = median_time(durations, closed)
    assert told == Estimate(None, 1.0, None)


def test_where_nobody_is_left_there_are_no_bands() -> None:
    assert median_time([1, 2, 3], [True] * 3) == Estimate(2.0, 1.0, None)
    assert median_time([3], [True]) == Estimate(3.0, None, None)


@pytest.mark.parametrize("confidence", [1.0, -0.5, 2.0])
def test_a_confidence_that_is_none_has_no_ends(confidence: float) -> None:
    assert median_time([1, 2, 3], [True] * 3, confidence) == Estimate(2.0, None, None)


def test_no_confidence_at_all_leaves_the_median_alone() -> None:
    assert median_time([1, 2, 3], [True] * 3, 0.0) == Estimate(2.0, 2.0, 2.0)


def find_exact_curve(items: Items) -> list[tuple[int, Fraction]]:
    share, curve = Fraction(1), []
    for time in sorted({duration for duration, closed in items if closed}):
        at_risk = sum(duration >= time for duration, _ in items)
        events = sum(duration == time and closed for duration, closed in items)
        share *= Fraction(at_risk - events, at_risk)
        curve.append((time, share))
    return curve


@given(ITEMS)
def test_the_curve_is_what_the_formula_says(items: Items) -> None:
    exact = find_exact_curve(items)
    told = survival_curve(*split(items))
    assert [time for time, _ in told] == [time for time, _ in exact]
    assert [share for _, share in told] == pytest.approx([float(share) for _, share in exact], abs=1e-12)
    half = next((time for time, share in exact if share <= Fraction(1, 2)), None)
    assert median_time(*split(items)).value == half


@given(ITEMS)
def test_when_everything_is_closed_the_curve_is_the_share_that_took_longer(items: Items) -> None:
    durations = [duration for duration, _ in items]
    for time, share in survival_curve(durations, [True] * len(durations)):
        assert share == pytest.approx(sum(duration > time for duration in durations) / len(durations))


@given(ITEMS, st.randoms())
def test_the_order_of_the_items_changes_nothing(items: Items, random: Any) -> None:
    told = median_time(*split(items))
    random.shuffle(items)
    assert median_time(*split(items)) == told


@given(ITEMS, st.integers(0, 60), st.sampled_from(["log-log", "log"]))
def test_one_more_open_item_never_shortens_the_median(
    items: Items, duration: int, transform: Literal["log-log", "log"]
) -> None:
    before = median_time(*split(items), transform=transform).value
    after = median_time(*split([*items, (duration, False)]), transform=transform).value
    assert after is None or (before is not None and after >= before)


@given(ITEMS, st.floats(0.1, 0.98), st.sampled_from(["log-log", "log"]))
def test_the_median_lies_within_an_interval_that_grows_with_confidence(
    items: Items, confidence: float, transform: Literal["log-log", "log"]
) -> None:
    narrow = median_time(*split(items), confidence, transform)
    wide = median_time(*split(items), confidence + 0.01, transform)
    far = float("inf")
    low, high = narrow.low, far if narrow.high is None else narrow.high
    value = far if narrow.value is None else narrow.value
    assert low is None or low <= value
    assert value <= high
    assert wide.low is None or low is None or wide.low <= low
    assert wide.high is None or wide.high >= high
