"""Rules of recurrence: what is refused and why, which days they name, and how people say them."""

import time
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from app.domain.recurrence import BadRule, Rhythm, Rule, expand_days, find_next_day, make_rule, read_rule
from app.domain.recurrence_words import tell_rule

MONDAY = date(2026, 1, 5)


def days_of(text: str, start: date, first: date, last: date) -> list[str]:
    """The days of a rule as texts."""
    return [str(day) for day in expand_days(read_rule(text), start, first=first, last=last)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no part of one"),
        ("every Tuesday", "is no part of one"),
        ("FREQ=", "is no part of one"),
        ("FREQ=WEEKLY;FREQ=DAILY", "FREQ stands twice"),
        ("INTERVAL=2", "says how often"),
        ("FREQ=HOURLY", "more than once a day"),
        ("FREQ=MINUTELY", "more than once a day"),
        ("FREQ=SECONDLY", "more than once a day"),
        ("FREQ=OFTEN", "is unknown"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a whole number from 1 to 1000"),
        ("FREQ=DAILY;COUNT=1001", "COUNT is a whole number from 1 to 1000"),
        ("FREQ=DAILY;COUNT=x", "COUNT is a whole number"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", "not by both"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL is the last day"),
        ("FREQ=DAILY;UNTIL=20260230", "UNTIL is the last day"),
        ("FREQ=DAILY;BYHOUR=9,15", "time of day"),
        ("FREQ=DAILY;BYEASTER=1", "is no part of a rule"),
        ("FREQ=DAILY;WKST=XX", "is no part of a rule"),
        ("FREQ=WEEKLY;BYDAY=TUE", "BYDAY names days like"),
        ("FREQ=WEEKLY;BYDAY=2TU", "write TU"),
        ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=2TU", "write TU"),
        ("FREQ=MONTHLY;BYDAY=9TU", "counts to nothing: from 1 to 5, or -1 to -5"),
        ("FREQ=MONTHLY;BYDAY=-6TU", "counts to nothing: from 1 to 5"),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=6TU", "counts to nothing: from 1 to 5"),
        ("FREQ=YEARLY;BYDAY=54TU", "counts to nothing: from 1 to 53"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "means nothing with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYYEARDAY=3", "means nothing with FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "from 1 to 31, or -1 to -31"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "from 1 to 31"),
        ("FREQ=YEARLY;BYMONTH=-1", "from 1 to 12; “-1” is none"),
        ("FREQ=MONTHLY;BYSETPOS=1", "picks from days"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BadRule, match=said):
        read_rule(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("RRULE:freq=weekly ", "FREQ=WEEKLY"),
        ("BYDAY=TU,TH;FREQ=WEEKLY;INTERVAL=2;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU"),
        ("FREQ=DAILY;INTERVAL=1;COUNT=10", "FREQ=DAILY;COUNT=10"),
        ("FREQ=DAILY;UNTIL=20261231T225959Z", "FREQ=DAILY;UNTIL=20261231"),
        ("FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1"),
    ],
)
def test_a_rule_is_kept_in_one_form(text: str, kept: str) -> None:
    assert read_rule(text).text == kept
    assert read_rule(kept) == read_rule(text)


def test_a_rule_whose_days_cannot_be_counted_is_refused_too() -> None:
    beyond = Rule("MONTHLY", (("FREQ", "MONTHLY"), ("BYDAY", "9TU")))
    with pytest.raises(BadRule, match="cannot be counted"):
        expand_days(beyond, MONDAY, first=MONDAY, last=date(2027, 1, 5))


def test_the_furthest_that_a_rule_may_count_is_reached() -> None:
    fifths = days_of("FREQ=MONTHLY;BYDAY=5TU,-5TU", MONDAY, MONDAY, date(2026, 6, 30))
    assert fifths == ["2026-03-03", "2026-03-31", "2026-06-02", "2026-06-30"]
    last = date(2034, 12, 31)
    assert days_of("FREQ=YEARLY;BYDAY=53SU", MONDAY, MONDAY, last) == ["2028-12-31", "2034-12-31"]


def test_a_31st_is_left_out_where_there_is_none() -> None:
    found = days_of("FREQ=MONTHLY", date(2026, 1, 31), date(2026, 1, 1), date(2026, 7, 31))
    assert found == ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]
    last = days_of("FREQ=MONTHLY;BYMONTHDAY=-1", date(2028, 1, 31), date(2028, 2, 1), date(2028, 3, 31))
    assert last == ["2028-02-29", "2028-03-31"]


def test_a_leap_day_returns_every_four_years_and_not_in_2100() -> None:
    found = days_of("FREQ=YEARLY", date(2088, 2, 29), date(2090, 1, 1), date(2110, 1, 1))
    assert found == ["2092-02-29", "2096-02-29", "2104-02-29", "2108-02-29"]


def test_times_are_counted_from_the_start_and_the_last_day_is_included() -> None:
    assert days_of("FREQ=WEEKLY;COUNT=3", MONDAY, date(2026, 1, 10), date(2027, 1, 1)) == [
        "2026-01-12",
        "2026-01-19",
    ]
    assert days_of("FREQ=WEEKLY;UNTIL=20260112", MONDAY, MONDAY, date(2027, 1, 1)) == [
        "2026-01-05",
        "2026-01-12",
    ]
    assert days_of("FREQ=WEEKLY", MONDAY, date(2025, 1, 1), date(2026, 1, 4)) == []


def test_nothing_is_looked_for_beyond_what_can_be_reckoned() -> None:
    assert days_of("FREQ=YEARLY", MONDAY, date(2298, 1, 1), date.max) == ["2298-01-05", "2299-01-05"]


def test_a_rule_that_names_no_day_is_given_up_soon() -> None:
    began = time.perf_counter()
    never = read_rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert find_next_day(never, MONDAY, after=MONDAY) is None
    assert time.perf_counter() - began < 5
    over = read_rule("FREQ=DAILY;COUNT=2")
    assert find_next_day(over, MONDAY, after=date(2026, 2, 1)) is None


RULES = (
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
    "FREQ=YEARLY;BYYEARDAY=-1",
)


@given(
    st.sampled_from(RULES),
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(-200, 400),
    st.integers(0, 500),
)
def test_the_far_end_of_the_calendar_gives_the_days_of_ours(
    text: str, start: date, skip: int, span: int
) -> None:
    first = start + timedelta(days=skip)
    last = first + timedelta(days=span)
    plain = rrulestr(f"{text};UNTIL={last:%Y%m%d}", dtstart=datetime.combine(start, datetime.min.time()))
    expected = [each.date() for each in plain if each.date() >= first]
    assert expand_days(read_rule(text), start, first=first, last=last) == expected


@given(st.sampled_from(list(Rhythm)), st.dates(date(2020, 1, 1), date(2099, 1, 1)))
def test_the_rule_of_a_rhythm_has_its_first_day(rhythm: Rhythm, start: date) -> None:
    try:
        text = make_rule(rhythm, start)
    except BadRule:
        assert rhythm in (Rhythm.MONTHLY_LAST_WEEKDAY, Rhythm.MONTHLY_DAY)
        return
    rule = read_rule(text)
    assert expand_days(rule, start, first=start, last=start) == [start]
    assert "by the rule" not in tell_rule(rule, start)


@pytest.mark.parametrize(
    ("rhythm", "text"),
    [
        (Rhythm.WEEKLY, "FREQ=WEEKLY;BYDAY=MO"),
        (Rhythm.FORTNIGHTLY, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        (Rhythm.MONTHLY_WEEKDAY, "FREQ=MONTHLY;BYDAY=1MO"),
        (Rhythm.QUARTERLY, "FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO"),
        (Rhythm.YEARLY, "FREQ=YEARLY;BYMONTH=1;BYDAY=1MO"),
    ],
)
def test_a_rhythm_follows_its_first_day(rhythm: Rhythm, text: str) -> None:
    assert make_rule(rhythm, MONDAY) == text


def test_a_rhythm_that_the_first_day_does_not_have_is_refused() -> None:
    with pytest.raises(BadRule, match="5 January is not the last Monday of its month"):
        make_rule(Rhythm.MONTHLY_LAST_WEEKDAY, MONDAY)
    with pytest.raises(BadRule, match="Not every month has a 30th"):
        make_rule(Rhythm.MONTHLY_DAY, date(2026, 1, 30))
    assert make_rule(Rhythm.MONTHLY_LAST_WEEKDAY, date(2026, 1, 26)) == "FREQ=MONTHLY;BYDAY=-1MO"
    assert make_rule(Rhythm.MONTHLY_DAY, date(2026, 1, 31)) == "FREQ=MONTHLY;BYMONTHDAY=-1"
    assert make_rule(Rhythm.MONTHLY_DAY, MONDAY) == "FREQ=MONTHLY;BYMONTHDAY=5"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=10", "every 10 days"),
        ("FREQ=DAILY;COUNT=1", "once"),
        ("FREQ=WEEKLY", "every week on Monday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,TU,MO", "every second week on Monday, Tuesday and Thursday"),
        ("FREQ=WEEKLY;COUNT=6", "every week on Monday, 6 times"),
        ("FREQ=WEEKLY;UNTIL=20261231", "every week on Monday, until 31 December 2026"),
        ("FREQ=MONTHLY", "on day 5 of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=5", "on day 5 of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of every month"),
        ("FREQ=MONTHLY;BYDAY=+2TU", "on the second Tuesday of every month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR", "every second month, on the last Friday of the month"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO", "once a quarter, on the first Monday of the month"),
        ("FREQ=YEARLY", "every year"),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=1MO", "every year, on the first Monday of January"),
        # No short words.
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=1MO", "by the rule FREQ=YEARLY;BYMONTH=3;BYDAY=1MO"),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=MO", "by the rule FREQ=YEARLY;BYMONTH=1;BYDAY=MO"),
        ("FREQ=YEARLY;BYYEARDAY=5", "by the rule FREQ=YEARLY;BYYEARDAY=5"),
        ("FREQ=MONTHLY;BYDAY=-2FR", "by the rule FREQ=MONTHLY;BYDAY=-2FR"),
        ("FREQ=MONTHLY;BYDAY=1MO,3MO", "by the rule FREQ=MONTHLY;BYDAY=1MO,3MO"),
        ("FREQ=MONTHLY;BYMONTHDAY=5,20", "by the rule FREQ=MONTHLY;BYMONTHDAY=5,20"),
        ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "by the rule FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR"),
        ("FREQ=MONTHLY;BYDAY=FR", "by the rule FREQ=MONTHLY;BYDAY=FR"),
        ("FREQ=DAILY;BYMONTH=1", "by the rule FREQ=DAILY;BYMONTH=1"),
    ],
)
def test_a_rule_is_told_as_people_say_it(text: str, told: str) -> None:
    assert tell_rule(read_rule(text), MONDAY) == told
