"""Status: what a value is worth against its thresholds, and which thresholds make sense."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.periods import parse_period
from app.domain.problems import Problem
from app.domain.scoring import (
    Assessment,
    Direction,
    Status,
    Thresholds,
    Trend,
    assess,
    check_thresholds,
    is_unit,
    stale_after,
    trend,
)
from tests.domain.strategies import numbers

SEVERITY = {Status.GREEN: 0, Status.AMBER: 1, Status.RED: 2}
optional = st.none() | numbers(-20, 20, places=1)
thresholds_of_any_kind = st.builds(
    Thresholds, **dict.fromkeys(("target", "amber", "red", "low", "high", "red_low", "red_high"), optional)
)

in_order = st.lists(numbers(-20, 20, places=1), min_size=5, max_size=5).map(sorted)


def make_thresholds(**numbers: str | int) -> Thresholds:
    return Thresholds(**{name: Decimal(number) for name, number in numbers.items()})


HIGHER = make_thresholds(target=90, amber=85, red=75)
LOWER = make_thresholds(target=10, amber=15, red="20.50")
BAND = make_thresholds(low=10, high=20, red_low=5, red_high=25)


@pytest.mark.parametrize(
    ("value", "status", "reason"),
    [
        ("92", Status.GREEN, "92 is at or above amber 85."),
        ("85.0", Status.GREEN, "85 is at or above amber 85."),
        ("84.99", Status.AMBER, "84.99 is below amber 85, but not below red 75."),
        ("75", Status.AMBER, "75 is below amber 85, but not below red 75."),
        ("74.9", Status.RED, "74.9 is below red 75."),
    ],
)
def test_higher_is_better(value: str, status: Status, reason: str) -> None:
    assert assess(Decimal(value), Direction.HIGHER, thresholds=HIGHER) == Assessment(status, reason)


@pytest.mark.parametrize(
    ("value", "status", "reason"),
    [
        ("-3", Status.GREEN, "-3 is at or below amber 15."),
        ("15", Status.GREEN, "15 is at or below amber 15."),
        ("15.01", Status.AMBER, "15.01 is above amber 15, but not above red 20.5."),
        ("20.5", Status.AMBER, "20.5 is above amber 15, but not above red 20.5."),
        ("21", Status.RED, "21 is above red 20.5."),
    ],
)
def test_lower_is_better(value: str, status: Status, reason: str) -> None:
    assert assess(Decimal(value), Direction.LOWER, thresholds=LOWER) == Assessment(status, reason)


@pytest.mark.parametrize(
    ("value", "status", "reason"),
    [
        ("10", Status.GREEN, "10 is within 10–20."),
        ("20", Status.GREEN, "20 is within 10–20."),
        ("9.9", Status.AMBER, "9.9 is outside 10–20, but within 5–25."),
        ("25", Status.AMBER, "25 is outside 10–20, but within 5–25."),
        ("5", Status.AMBER, "5 is outside 10–20, but within 5–25."),
        ("4.9", Status.RED, "4.9 is outside 5–25."),
        ("25.1", Status.RED, "25.1 is outside 5–25."),
    ],
)
def test_within_the_band_is_better(value: str, status: Status, reason: str) -> None:
    assert assess(Decimal(value), Direction.BAND, thresholds=BAND) == Assessment(status, reason)


@pytest.mark.parametrize(
    ("direction", "thresholds", "value", "reason"),
    [
        (Direction.HIGHER, make_thresholds(target=90), 90, "90 is at or above target 90."),
        (Direction.HIGHER, make_thresholds(target=90), 89, "89 is below target 90."),
        (Direction.HIGHER, make_thresholds(target=90, amber=80), 79, "79 is below amber 80."),
        (
            Direction.HIGHER,
            make_thresholds(target=90, red=70),
            80,
            "80 is below target 90, but not below red 70.",
        ),
        (Direction.LOWER, make_thresholds(target=5), 6, "6 is above target 5."),
        (Direction.LOWER, make_thresholds(target=5, amber=7), 8, "8 is above amber 7."),
        (Direction.BAND, make_thresholds(low=-5, high=5), 6, "6 is outside -5…5."),
        (Direction.BAND, make_thresholds(low=1, high=5, red_high=9), 0, "0 is outside 1–9."),
        (Direction.BAND, make_thresholds(low=1, high=5, red_low=0), 6, "6 is outside 0–5."),
    ],
)
def test_a_missing_amber_is_the_target_and_a_missing_red_is_amber(
    direction: Direction, thresholds: Thresholds, value: int, reason: str
) -> None:
    assert assess(Decimal(value), direction, thresholds=thresholds).reason == reason


@pytest.mark.parametrize(
    ("direction", "thresholds"),
    [
        (Direction.HIGHER, None),
        (Direction.HIGHER, Thresholds()),
        (Direction.LOWER, BAND),
        (Direction.BAND, HIGHER),
        (Direction.BAND, make_thresholds(low=1)),
        (Direction.BAND, make_thresholds(high=1)),
    ],
)
def test_without_a_target_a_status_is_unknown(direction: Direction, thresholds: Thresholds | None) -> None:
    expected = Assessment(Status.UNKNOWN, "No target covers this period.")
    assert assess(Decimal(1), direction, thresholds=thresholds) == expected


def test_without_a_value_a_status_is_unknown() -> None:
    assert assess(None, Direction.HIGHER, thresholds=HIGHER) == Assessment(
        Status.UNKNOWN, "No value is recorded."
    )


def test_a_value_that_is_not_applicable_is_unknown_and_says_why() -> None:
    assessment = assess(None, Direction.HIGHER, thresholds=HIGHER, not_applicable="No shop was open.")
    assert assessment == Assessment(Status.UNKNOWN, "Not applicable: No shop was open.")


@given(st.sampled_from(Direction), thresholds_of_any_kind, numbers(-20, 20, places=1))
def test_a_known_status_needs_a_target_and_every_reason_is_a_sentence(
    direction: Direction, thresholds: Thresholds, value: Decimal
) -> None:
    assessment = assess(value, direction, thresholds=thresholds)
    required = (thresholds.low, thresholds.high) if direction is Direction.BAND else (thresholds.target,)
    assert (assessment.status is Status.UNKNOWN) is (None in required)
    assert assessment.reason.endswith(".")


@given(thresholds_of_any_kind, numbers(-20, 20, places=1), numbers(-20, 20, places=1))
def test_a_better_value_never_has_a_worse_status(
    thresholds: Thresholds, one: Decimal, other: Decimal
) -> None:
    assume(thresholds.target is not None)
    worse, better = sorted((one, other))
    for direction, bad, good in ((Direction.HIGHER, worse, better), (Direction.LOWER, better, worse)):
        statuses = [assess(value, direction, thresholds=thresholds).status for value in (bad, good)]
        assert SEVERITY[statuses[0]] >= SEVERITY[statuses[1]]


@given(thresholds_of_any_kind, numbers(-20, 20, places=1))
def test_lower_is_higher_seen_in_a_mirror(thresholds: Thresholds, value: Decimal) -> None:
    mirrored = Thresholds(
        **{
            name: None if number is None else -number
            for name, number in (
                ("target", thresholds.target),
                ("amber", thresholds.amber),
                ("red", thresholds.red),
            )
        }
    )
    lower = assess(-value, Direction.LOWER, thresholds=mirrored)
    assert lower.status is assess(value, Direction.HIGHER, thresholds=thresholds).status


@given(in_order)
def test_numbers_in_their_order_are_thresholds_without_a_problem(in_order: list[Decimal]) -> None:
    lowest, low, middle, high, highest = in_order
    band = Thresholds(red_low=lowest, low=low, target=middle, high=high, red_high=highest)
    assert check_thresholds(band, Direction.BAND) == []
    assert check_thresholds(Thresholds(red=low, amber=middle, target=high), Direction.HIGHER) == []
    assert check_thresholds(Thresholds(target=low, amber=middle, red=high), Direction.LOWER) == []


@given(in_order, numbers(-20, 20, places=1))
def test_a_band_is_green_inside_red_outside_and_amber_between(
    in_order: list[Decimal], value: Decimal
) -> None:
    red_low, low, _, high, red_high = in_order
    band = Thresholds(red_low=red_low, low=low, high=high, red_high=red_high)
    status = assess(value, Direction.BAND, thresholds=band).status
    assert (status is Status.GREEN) is (low <= value <= high)
    assert (status is Status.RED) is not (red_low <= value <= red_high)


@pytest.mark.parametrize(
    ("direction", "thresholds"),
    [
        (Direction.HIGHER, HIGHER),
        (Direction.HIGHER, make_thresholds(target=90)),
        (Direction.HIGHER, make_thresholds(target=90, amber=90, red=90)),
        (Direction.LOWER, LOWER),
        (Direction.LOWER, make_thresholds(target=5, red=5)),
        (Direction.BAND, BAND),
        (Direction.BAND, make_thresholds(low=1, high=1, red_low=1, red_high=1, target=1)),
    ],
)
def test_thresholds_in_order_have_no_problem_and_equal_neighbours_are_in_order(
    direction: Direction, thresholds: Thresholds
) -> None:
    assert check_thresholds(thresholds, direction) == []


@pytest.mark.parametrize(
    ("direction", "thresholds", "field", "sentence"),
    [
        (
            Direction.HIGHER,
            make_thresholds(target=90, amber=95),
            "amber",
            "amber 95 must be at or below target 90",
        ),
        (Direction.HIGHER, make_thresholds(target=90, red=95), "red", "red 95 must be at or below target 90"),
        (
            Direction.HIGHER,
            make_thresholds(target=90, amber=80, red=85),
            "red",
            "red 85 must be at or below amber 80",
        ),
        (
            Direction.LOWER,
            make_thresholds(target=10, amber=9),
            "amber",
            "amber 9 must be at or above target 10",
        ),
        (Direction.LOWER, make_thresholds(target=10, red=9), "red", "red 9 must be at or above target 10"),
        (Direction.BAND, make_thresholds(low=2, high=1), "high", "high 1 must be at or above low 2"),
        (
            Direction.BAND,
            make_thresholds(low=1, high=2, red_low=2),
            "red_low",
            "red_low 2 must be at or below low 1",
        ),
        (
            Direction.BAND,
            make_thresholds(low=1, high=2, red_high="1.5"),
            "red_high",
            "red_high 1.5 must be at or above high 2",
        ),
        (
            Direction.BAND,
            make_thresholds(low=1, high=2, target=0),
            "target",
            "target 0 must be at or above low 1",
        ),
        (
            Direction.BAND,
            make_thresholds(low=1, high=2, target=3),
            "target",
            "target 3 must be at or below high 2",
        ),
    ],
)
def test_thresholds_out_of_order_are_named(
    direction: Direction, thresholds: Thresholds, field: str, sentence: str
) -> None:
    assert check_thresholds(thresholds, direction) == [Problem(field, "thresholds_out_of_order", sentence)]


def test_thresholds_of_another_direction_and_missing_ones_are_named() -> None:
    assert check_thresholds(BAND, Direction.LOWER) == [
        Problem("low", "not_for_this_direction", "low has no meaning for direction lower"),
        Problem("high", "not_for_this_direction", "high has no meaning for direction lower"),
        Problem("red_low", "not_for_this_direction", "red_low has no meaning for direction lower"),
        Problem("red_high", "not_for_this_direction", "red_high has no meaning for direction lower"),
        Problem("target", "required", "direction lower needs target"),
    ]
    assert check_thresholds(make_thresholds(target=1, amber=2), Direction.BAND) == [
        Problem("amber", "not_for_this_direction", "amber has no meaning for direction band"),
        Problem("low", "required", "direction band needs low"),
        Problem("high", "required", "direction band needs high"),
    ]


@pytest.mark.parametrize(
    ("previous", "current", "expected"),
    [
        ("1", "2", Trend.UP),
        ("2", "1", Trend.DOWN),
        ("2", "2.0", Trend.FLAT),
        (None, "1", None),
        ("1", None, None),
    ],
)
def test_the_trend_compares_with_the_period_before(
    previous: str | None, current: str | None, expected: Trend | None
) -> None:
    before, now = (None if text is None else Decimal(text) for text in (previous, current))
    assert trend(before, now) is expected


@pytest.mark.parametrize(
    ("period", "grace_days", "day"),
    [
        ("2026-10", 5, date(2026, 12, 5)),
        ("2026-10", 0, date(2026, 11, 30)),
        ("2026-W53", 1, date(2027, 1, 11)),
        ("2026-Q4", 10, date(2027, 4, 10)),
        ("2200", 366, date(2203, 1, 1)),
    ],
)
def test_a_value_is_stale_once_the_following_period_has_closed(
    period: str, grace_days: int, day: date
) -> None:
    assert stale_after(parse_period(period), grace_days) == day


@pytest.mark.parametrize("text", ["percent", "days", "€", "km/h", "orders a day", "x" * 20])
def test_a_known_unit_or_a_free_symbol_is_a_unit(text: str) -> None:
    assert is_unit(text)


@pytest.mark.parametrize("text", ["", " ", " €", "€ ", "a  b", "a\tb", "a\nb", "x" * 21, "a\x00b", "\ud800"])
def test_blank_long_and_unprintable_texts_are_no_units(text: str) -> None:
    assert not is_unit(text)
