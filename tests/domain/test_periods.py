"""Periods: what is one, when it begins and ends, and which range holds for it."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    PERIOD_PATTERN,
    BadPeriod,
    Cadence,
    Period,
    covers,
    last_ended,
    parse_period,
    period_of,
    periods_apart,
    periods_between,
    periods_within,
    range_problem,
    ranges_overlap,
)

NOT_PERIODS = [
    *(" 2026", "2026 ", "2026\n", "26", "2026-", "+2026", "2026/10", "202610", "2026-W41\x00", "2026-\ud800"),
    *("2026-1", "2026-w41", "2026-q4", "2026-W4", "2026-Q04", "2026-10-01", "２０２６", "2026-1٢", "2026-Q²"),
]

cadences = st.sampled_from(Cadence)
days = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 28))
periods = st.builds(period_of, days, cadences)


@pytest.mark.parametrize(
    ("text", "first_day", "last_day"),
    [
        ("2026-W41", date(2026, 10, 5), date(2026, 10, 11)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("1900-02", date(1900, 2, 1), date(1900, 2, 28)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2200", date(2200, 1, 1), date(2200, 12, 31)),
    ],
)
def test_a_period_begins_and_ends_on_these_days(text: str, first_day: date, last_day: date) -> None:
    period = parse_period(text)
    assert (period.first_day, period.last_day) == (first_day, last_day)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-13", "2026-13 is not a period: months run from 01 to 12"),
        ("2026-00", "2026-00 is not a period: months run from 01 to 12"),
        ("2026-Q5", "2026-Q5 is not a period: quarters run from 1 to 4"),
        ("2026-Q0", "2026-Q0 is not a period: quarters run from 1 to 4"),
        ("2026-W54", "2026-W54 is not a period: weeks run from 01 to 53"),
        ("2026-W00", "2026-W00 is not a period: weeks run from 01 to 53"),
        ("2025-W53", "2025-W53 is not a period: 2025 has 52 weeks"),
        ("1899", "1899 is not a period: years run from 1900 to 2200"),
        ("2201-01", "2201-01 is not a period: years run from 1900 to 2200"),
        ("0000-W01", "0000-W01 is not a period: years run from 1900 to 2200"),
        ("soon", '"soon" is not a period: write 2026-W41, 2026-10, 2026-Q4 or 2026'),
        ("", '"" is not a period: write 2026-W41, 2026-10, 2026-Q4 or 2026'),
    ],
)
def test_a_bad_period_is_refused_with_a_sentence_that_names_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(BadPeriod, match=f"^{re.escape(sentence)}$"):
        parse_period(text)


@pytest.mark.parametrize("text", NOT_PERIODS)
def test_only_the_four_forms_in_ascii_are_periods(text: str) -> None:
    with pytest.raises(BadPeriod, match="write 2026-W41, 2026-10, 2026-Q4 or 2026"):
        parse_period(text)


def test_the_refusal_of_a_long_text_stays_short_and_can_be_sent() -> None:
    with pytest.raises(BadPeriod) as refusal:
        parse_period("\ud800" + "9" * 1_000_000)
    assert len(str(refusal.value)) < 120
    assert str(refusal.value).encode()


def test_a_period_cannot_be_built_out_of_bounds() -> None:
    assert Period(Cadence.YEARLY, 2026) == parse_period("2026")
    with pytest.raises(BadPeriod, match="a year is numbered 1"):
        Period(Cadence.YEARLY, 2026, 2)


@given(periods)
def test_a_period_reads_back_as_itself_and_matches_the_pattern(period: Period) -> None:
    assert parse_period(period.text) == period
    assert hash(parse_period(period.text)) == hash(period)
    assert str(period) == period.text
    assert re.search(PERIOD_PATTERN, period.text)


@given(st.from_regex(r"\A[0-9]{4}(-([WQ]?[0-9]{1,2}))?\Z", alphabet=st.characters(codec="ascii")))
def test_what_the_pattern_refuses_is_no_period(text: str) -> None:
    if not re.fullmatch(PERIOD_PATTERN, text):
        with pytest.raises(BadPeriod):
            parse_period(text)


@given(st.from_regex(PERIOD_PATTERN, fullmatch=True).map(str.strip))
def test_what_the_pattern_accepts_is_a_period_but_for_week_53(text: str) -> None:
    years_with_52_weeks = {year for year in range(1900, 2201) if date(year, 12, 28).isocalendar().week == 52}
    if text[4:] == "-W53" and int(text[:4]) in years_with_52_weeks:
        with pytest.raises(BadPeriod, match="has 52 weeks"):
            parse_period(text)
    else:
        assert parse_period(text).text == text


@given(days, cadences)
def test_the_period_of_a_day_contains_the_day(day: date, cadence: Cadence) -> None:
    period = period_of(day, cadence)
    assert period.cadence is cadence
    assert period.first_day <= day <= period.last_day
    assert period.first_day <= period.deciding_day <= period.last_day


@given(periods.filter(lambda period: FIRST_YEAR < period.year < LAST_YEAR))
def test_the_next_period_begins_the_day_after_the_last(period: Period) -> None:
    following = period.next()
    assert following.first_day == period.last_day + timedelta(days=1)
    assert following.last_day == period.next_last_day
    assert following.previous() == period
    assert period < following
    assert not following <= period
    assert not period < parse_period(period.text)


@given(periods, st.integers(-40_000, 40_000))
def test_going_ahead_and_back_ends_where_it_began(period: Period, n: int) -> None:
    try:
        there = period.next(n)
    except BadPeriod:
        assert abs(n) > period.year - FIRST_YEAR or abs(n) > LAST_YEAR - period.year
    else:
        assert there.previous(n) == period
        assert (there > period) is (n > 0)


@pytest.mark.parametrize("text", ["1900-W01", "1900-01", "1900-Q1", "1900"])
def test_nothing_comes_before_1900(text: str) -> None:
    with pytest.raises(BadPeriod, match="years run from 1900 to 2200"):
        parse_period(text).previous()


@pytest.mark.parametrize("text", ["2200-W52", "2200-12", "2200-Q4", "2200"])
def test_nothing_comes_after_2200_but_its_end_is_known(text: str) -> None:
    last = parse_period(text)
    with pytest.raises(BadPeriod, match="years run from 1900 to 2200"):
        last.next()
    assert last.next_last_day > last.last_day


@pytest.mark.parametrize("cadence", list(Cadence))
def test_an_absurd_step_is_refused_like_any_other(cadence: Cadence) -> None:
    for n in (10**30, -(10**30)):
        with pytest.raises(BadPeriod, match="years run from 1900 to 2200"):
            period_of(date(2026, 1, 1), cadence).next(n)


def test_cadences_are_ordered_by_length_and_not_by_spelling() -> None:
    assert sorted([Cadence.YEARLY, Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.WEEKLY]) == list(Cadence)
    assert Cadence.WEEKLY < Cadence.MONTHLY
    assert Cadence.WEEKLY <= Cadence.WEEKLY
    assert Cadence.YEARLY > Cadence.QUARTERLY
    assert Cadence.YEARLY >= Cadence.YEARLY
    assert not Cadence.WEEKLY < Cadence.WEEKLY
    assert not Cadence.YEARLY > Cadence.YEARLY
    assert not Cadence.YEARLY <= Cadence.WEEKLY
    assert not Cadence.WEEKLY >= Cadence.MONTHLY


def test_a_cadence_is_compared_with_its_own_text_by_length_too() -> None:
    assert Cadence.WEEKLY < "monthly"
    with pytest.raises(ValueError, match="fortnightly"):
        assert Cadence.WEEKLY < "fortnightly"


def test_periods_of_two_cadences_have_no_order() -> None:
    with pytest.raises(TypeError):
        assert parse_period("2026-10") < parse_period("2026-Q4")
    with pytest.raises(TypeError):
        assert parse_period("2026-10") < "2026-11"


@given(days.filter(lambda day: day.year > FIRST_YEAR), cadences)
def test_the_last_ended_period_ends_before_today_and_the_one_after_does_not(
    day: date, cadence: Cadence
) -> None:
    ended = last_ended(day, cadence)
    assert ended.last_day < day <= ended.next_last_day


@pytest.mark.parametrize(
    ("range_from", "range_to", "period", "expected"),
    [
        ("2026-01", "2026-12", "2026-01", True),
        ("2026-01", "2026-12", "2026-12", True),
        ("2026-01", "2026-12", "2027-01", False),
        ("2026-01", "2026-12", "2025-12", False),
        ("2026", "2026", "2026-06", True),
        ("2026-01", "2026-12", "2026-W01", True),
        ("2026-01", "2026-12", "2026-W53", True),
        ("2027-01", None, "2026-W53", False),
        ("2027-01", None, "2027-W01", True),
        ("2026-01", "2026-06", "2026-Q2", True),
        ("2026-01", "2026-06", "2026", False),
        ("2026-07", "2026-12", "2026", True),
        ("2026-W40", "2026-W41", "2026-W41", True),
        ("2026-Q4", None, "2199-01", True),
        ("2026-Q4", None, "2026-09", False),
    ],
)
def test_a_range_covers_a_period_by_its_deciding_day(
    range_from: str, range_to: str | None, period: str, expected: bool
) -> None:
    end = parse_period(range_to) if range_to else None
    assert covers(parse_period(range_from), end, period=parse_period(period)) is expected


@given(periods, periods, periods, periods, periods)
def test_ranges_without_a_common_day_never_cover_the_same_period(
    one_from: Period, one_to: Period, other_from: Period, other_to: Period, period: Period
) -> None:
    both = covers(one_from, one_to, period=period) and covers(other_from, other_to, period=period)
    if both:
        assert ranges_overlap(one_from, one_to, other_from=other_from, other_to=other_to)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("2026-01", "2026-06"), ("2026-07", "2026-12"), False),
        (("2026-01", "2026-06"), ("2026-06", "2026-12"), True),
        (("2026-01", "2026-06"), ("2026-Q3", None), False),
        (("2026-01", None), ("2027", None), True),
        (("2027", "2027"), ("2026-01", None), True),
        (("2026", "2026"), ("2026-W53", "2026-W53"), True),
        (("2025", None), ("2024", "2024"), False),
        # 31 August 2026, a Monday, is the only day they share.
        (("2026-W36", None), ("2026-01", "2026-08"), True),
    ],
)
def test_ranges_overlap_when_they_share_a_day_in_whatever_order_they_are_given(
    one: tuple[str, str | None], other: tuple[str, str | None], expected: bool
) -> None:
    one_from, one_to, other_from, other_to = (parse_period(text) if text else None for text in (*one, *other))
    assert one_from is not None
    assert other_from is not None
    assert ranges_overlap(one_from, one_to, other_from=other_from, other_to=other_to) is expected
    assert ranges_overlap(other_from, other_to, other_from=one_from, other_to=one_to) is expected


def test_a_range_may_not_end_before_it_starts() -> None:
    first, last = parse_period("2026-02"), parse_period("2026-01")
    assert range_problem(first, last) == "the range ends with 2026-01, before it starts with 2026-02"
    assert range_problem(last, first) is None
    assert range_problem(first, first) is None
    assert range_problem(parse_period("2026-W36"), parse_period("2026-08")) is None
    assert range_problem(first, None) is None


def test_periods_between_two_are_listed_with_both_ends() -> None:
    listed = periods_between(parse_period("2026-W52"), parse_period("2027-W02"))
    assert [period.text for period in listed] == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]
    assert list(periods_between(parse_period("2026-02"), parse_period("2026-01"))) == []


def test_the_longest_list_of_periods_is_as_long_as_the_docstring_says() -> None:
    assert sum(1 for _ in periods_between(parse_period("1900-W01"), parse_period("2200-W52"))) == 15_705


@given(first=periods, last=periods, cadence=cadences, steps=st.integers(-2, 2))
def test_a_range_holds_exactly_the_periods_it_covers(
    first: Period, last: Period, cadence: Cadence, steps: int
) -> None:
    listed = periods_within(first, last, cadence=cadence)
    assert listed == sorted(listed)
    for end in (first.first_day, last.first_day, last.last_day - timedelta(days=3)):
        day = min(max(end + timedelta(days=7 * steps), date(FIRST_YEAR, 1, 1)), date(LAST_YEAR, 12, 28))
        period = period_of(day, cadence)
        assert (period in listed) is covers(first, last, period=period)


def test_a_range_of_all_years_holds_its_outermost_weeks() -> None:
    listed = periods_within(parse_period("1900"), parse_period("2200"), cadence=Cadence.WEEKLY)
    assert (listed[0].text, listed[-1].text, len(listed)) == ("1900-W01", "2200-W52", 15_705)
    assert periods_within(parse_period("2026"), parse_period("2025"), cadence=Cadence.WEEKLY) == []


def test_periods_between_two_cadences_are_refused_at_once() -> None:
    with pytest.raises(BadPeriod, match="2026-01 is monthly and 2026 is yearly"):
        periods_between(parse_period("2026-01"), parse_period("2026"))


@given(periods, st.integers(-60, 60))
def test_periods_are_apart_by_as_many_steps_as_lead_from_one_to_the_other(period: Period, steps: int) -> None:
    try:
        other = period.next(steps)
    except BadPeriod:
        return
    assert periods_apart(period, other) == steps


def test_periods_of_two_cadences_are_not_counted_apart() -> None:
    with pytest.raises(BadPeriod, match="both must be of one cadence"):
        periods_apart(parse_period("2026-01"), parse_period("2026"))
