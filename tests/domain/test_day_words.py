"""Days as people write them. Today is Monday, 23 November 2026."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.day_words import read_day_words

TODAY = date(2026, 11, 23)


def read(text: str) -> str | None:
    """The day that a text says: `none` for a day that there is not, None when it says none."""
    found = read_day_words(text.split(), today=TODAY)
    return None if found is None else str(found.day).lower()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2026-13-01", "none"),
        ("30 Jun", "2027-06-30"),
        ("30 June #G2", "2027-06-30"),
        ("30. June", "2027-06-30"),
        ("24th of November", "2026-11-24"),
        ("23 nov", "2026-11-23"),
        ("22 Nov", "2027-11-22"),
        ("30 Jun 2030", "2030-06-30"),
        ("30 Sept, 2027", "2027-09-30"),
        ("June 30, 2027", "2027-06-30"),
        ("Dec 1st", "2026-12-01"),
        ("29 Feb", "2028-02-29"),
        ("31 Jun", "none"),
        ("0 Jun", "none"),
        ("31 Jun 2027", "none"),
        ("30.6.", "2027-06-30"),
        ("1.12.26", "2026-12-01"),
        ("1.12.2027", "2027-12-01"),
        ("30 Jun 2999", "none"),
        ("today", "2026-11-23"),
        ("Tomorrow,", "2026-11-24"),
        ("monday", "2026-11-30"),
        ("Fri", "2026-11-27"),
        ("thurs", "2026-11-26"),
        ("next Friday", "2026-12-04"),
        ("next monday", "2026-11-30"),
        ("in 3 days", "2026-11-26"),
        ("in a week", "2026-11-30"),
        ("in two weeks", "2026-12-07"),
        ("in 3 months", "2027-02-23"),
        ("end of week", "2026-11-27"),
        ("end of the month", "2026-11-30"),
        ("end of this quarter", "2026-12-31"),
        ("end of year", "2026-12-31"),
        ("end of June", "2027-06-30"),
        ("end of November", "2026-11-30"),
        ("end of Feb 2028", "2028-02-29"),
        ("5/6", None),
        ("Mayor", None),
        ("30 people", None),
        ("in time", None),
        ("", None),
    ],
)
def test_days_are_read_as_they_are_written(text: str, expected: str | None) -> None:
    assert read(text) == expected


def test_months_of_other_lengths_end_where_they_end() -> None:
    found = read_day_words(["in", "1", "month"], today=date(2027, 1, 31))
    assert found is not None
    assert found.day == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("text", "words", "exact"),
    [("30 Jun #G2 now", 2, True), ("end of the month.", 4, False), ("June 30, 2027 !x", 3, True)],
)
def test_it_is_told_how_many_words_say_the_day(text: str, words: int, exact: bool) -> None:
    found = read_day_words(text.split(), today=TODAY)
    assert found is not None
    assert (found.words, found.exact) == (words, exact)


@given(st.dates(date(1990, 1, 1), date(2190, 12, 31)), st.dates(date(1990, 1, 1), date(2190, 12, 31)))
def test_a_day_that_is_written_out_is_read_back(day: date, today: date) -> None:
    for text in (f"{day:%-d %B %Y}", f"{day:%b %-d, %Y}", f"{day:%-d.%-m.%Y}", str(day)):
        found = read_day_words(text.split(), today=today)
        assert found is not None
        assert found.day == day


@given(st.dates(date(1990, 1, 1), date(2190, 12, 31)), st.dates(date(1990, 1, 1), date(2190, 12, 31)))
def test_without_a_year_it_is_the_next_one(day: date, today: date) -> None:
    found = read_day_words(f"{day:%-d %b}".split(), today=today)
    assert found is not None
    assert found.day is not None
    assert (found.day.day, found.day.month) == (day.day, day.month)
    assert 0 <= (found.day - today).days <= 366 * 8
