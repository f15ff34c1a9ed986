"""When people are reminded: before, on and after a day, after silence, and on days with 23 or 25 hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reminders import (
    ReminderRule,
    day_of_digests,
    days_of_reminders,
    falls_between,
    lead_hears_on,
    reminded_since,
)

BERLIN = ZoneInfo("Europe/Berlin")
DUE = date(2026, 11, 5)


def test_what_can_be_done_only_after_its_last_day_is_asked_for_when_it_can_be_done() -> None:
    days = days_of_reminders(DUE, ReminderRule(), asked_from=date(2026, 11, 6))
    assert days == [date(2026, 11, 6), date(2026, 11, 8)]


def test_no_days_before_leaves_the_day_and_the_one_after() -> None:
    assert days_of_reminders(DUE, ReminderRule(days_before=0)) == [DUE, DUE + timedelta(days=2)]


def test_the_lead_hears_a_week_later() -> None:
    assert lead_hears_on(DUE, ReminderRule()) == date(2026, 11, 12)


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(-40, 5),
    st.integers(0, 30),
    st.integers(1, 30),
)
def test_nobody_is_reminded_more_than_three_times_nor_before_it_can_be_done(
    due_on: date, opens: int, before: int, after: int
) -> None:
    asked_from = due_on + timedelta(days=opens)
    rule = ReminderRule(days_before=before, days_after=after)
    days = days_of_reminders(due_on, rule, asked_from=asked_from)
    assert 1 < len(days) <= 3
    assert days == sorted(days)
    assert days[0] >= asked_from
    assert max(due_on, asked_from) in days


def test_a_run_of_days_reminds_once_of_each() -> None:
    days = days_of_reminders(DUE, ReminderRule())
    seen, last = [], date(2026, 10, 30)
    for ahead in (1, 2, 1, 3, 1, 1, 4):  # the program does not run every day
        today = last + timedelta(days=ahead)
        seen.append(falls_between(days, reminded_since(last, today=today), today))
        last = today
    # 31 October, 2, 3, 6, 7, 8 and 12 November
    assert seen == [False, True, False, True, True, False, False]


def test_after_a_long_silence_only_the_last_week_counts() -> None:
    assert reminded_since(date(2026, 9, 1), today=DUE) == date(2026, 10, 29)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # The clock goes from 2:00 to 3:00 on 29 March: the hour 2 never comes, 3 does.
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), None),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29)),
        # It goes from 3:00 back to 2:00 on 25 October: the hour 2 comes twice, both of one day.
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25)),
        # Midnight belongs to the place, not to Greenwich.
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), None),
    ],
)
def test_a_day_begins_where_the_organization_is(at: datetime, expected: date | None) -> None:
    assert day_of_digests(at.astimezone(BERLIN), ReminderRule(hour=2)) == expected
