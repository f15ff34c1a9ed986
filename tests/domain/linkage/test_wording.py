"""How sentences call days, periods and counts."""

from datetime import date

import pytest

from app.domain.linkage.wording import word_cadence, word_count, word_day, word_period, word_periods
from app.domain.periods import Cadence, parse_period


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2026-W41", "week 41 of 2026"),
        ("2026-01", "January 2026"),
        ("2026-12", "December 2026"),
        ("2026-Q4", "quarter 4 of 2026"),
        ("2026", "2026"),
    ],
)
def test_a_period_is_called_as_people_call_it(written: str, words: str) -> None:
    assert word_period(parse_period(written)) == words


def test_days_counts_and_cadences_are_words_too() -> None:
    assert [word_day(date(2026, 1, 31)), word_day(date(2027, 12, 1))] == [
        "31 January 2026",
        "1 December 2027",
    ]
    assert [word_count(number, "day") for number in (0, 1, 2, 1234)] == [
        "0 days",
        "1 day",
        "2 days",
        "1,234 days",
    ]
    assert [word_periods(3, cadence) for cadence in Cadence] == [
        "3 weeks",
        "3 months",
        "3 quarters",
        "3 years",
    ]
    assert [word_cadence(cadence) for cadence in (Cadence.WEEKLY, Cadence.YEARLY)] == [
        "every week",
        "every year",
    ]
