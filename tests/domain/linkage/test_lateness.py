"""Missing values: the latest closed period, and the periods that follow a value or begin with a target."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.linkage.lateness import find_gap, latest_closed
from app.domain.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    Cadence,
    covers,
    parse_period,
    period_of,
    periods_between,
)

days = st.dates(date(FIRST_YEAR + 3, 1, 1), date(LAST_YEAR, 12, 20))
cadences = st.sampled_from(Cadence)


@given(cadences, st.integers(0, 366), days)
def test_the_latest_closed_period_is_closed_and_the_next_one_is_not(
    cadence: Cadence, grace: int, today: date
) -> None:
    closed = latest_closed(cadence, grace, today=today)
    over = today - timedelta(days=grace)
    assert closed.last_day < over <= closed.next().last_day


@pytest.mark.parametrize(
    ("last", "closed", "missing"),
    [
        ("2026-10", "2026-10", None),
        ("2026-11", "2026-10", None),
        ("2026-09", "2026-10", ("2026-10", 1)),
        ("2025-12", "2026-02", ("2026-01", 2)),
        ("2026-W53", "2027-W01", ("2027-W01", 1)),
        ("2020-W53", "2021-W52", ("2021-W01", 52)),
        ("2025-Q4", "2026-Q3", ("2026-Q1", 3)),
        ("2023", "2025", ("2024", 2)),
        # A value of another cadence counts for the period that holds its deciding day.
        ("2026-Q3", "2026-10", ("2026-10", 1)),
        ("2026-Q3", "2026-09", None),
        ("2026", "2026-10", None),
        ("2025", "2026-02", ("2026-01", 2)),
        ("2026-W44", "2026-10", None),
        ("2026-W40", "2026-10", None),
        ("2026-W39", "2026-10", ("2026-10", 1)),
        ("2026-09", "2026-W41", ("2026-W41", 1)),
        ("2026-10", "2026-Q3", None),
        ("2026-06", "2026-Q3", ("2026-Q3", 1)),
        ("2025-11", "2026", ("2026", 1)),
        # The year 2200 ends in a week that is none any more.
        ("2200", "2200-W52", None),
    ],
)
def test_what_is_missing_follows_the_latest_value(
    last: str, closed: str, missing: tuple[str, int] | None
) -> None:
    gap = find_gap(parse_period(last), parse_period("2010"), closed=parse_period(closed))
    assert (None if gap is None else (gap.first.text, gap.periods)) == missing
    assert gap is None or gap.last.text == closed


@given(days, cadences, cadences, days)
@example(date(2026, 5, 1), Cadence.MONTHLY, Cadence.WEEKLY, date(2026, 7, 1))  # begins on a Friday
@example(date(2026, 10, 1), Cadence.MONTHLY, Cadence.WEEKLY, date(2026, 12, 1))  # and on a Thursday
def test_without_a_value_what_is_missing_are_the_closed_periods_that_the_target_covers(
    start: date, of: Cadence, cadence: Cadence, today: date
) -> None:
    since, closed = period_of(start, of), latest_closed(cadence, 5, today=today)
    gap = find_gap(None, since, closed=closed)
    near = period_of(max(since.first_day - timedelta(days=7), date(FIRST_YEAR, 1, 8)), cadence)
    covered = [each for each in periods_between(near, closed) if covers(since, None, period=each)]
    assert (gap.periods if gap else 0) == len(covered)
    assert gap is None or [gap.first, gap.last] == [covered[0], covered[-1]]


@pytest.mark.parametrize(
    ("since", "missing"), [("1900", 3), ("1900-01", 36), ("1900-Q1", 12), ("1900-W01", 157), ("1902-W01", 53)]
)
def test_a_target_may_begin_with_the_first_period_there_is(since: str, missing: int) -> None:
    start = parse_period(since)
    closed = latest_closed(start.cadence, 5, today=date(1903, 1, 10))
    gap = find_gap(None, start, closed=closed)
    assert gap is not None
    assert (gap.first, gap.periods, gap.last) == (start, missing, closed)


def test_where_neither_a_value_nor_a_target_is_known_nothing_is_missing() -> None:
    assert find_gap(None, None, closed=parse_period("2026-10")) is None
