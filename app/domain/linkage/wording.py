"""Days, periods and counts as sentences call them. Which sentence says them is in the rules."""

from datetime import date

from app.domain.periods import Cadence, Period

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_EVERY = {
    Cadence.WEEKLY: "week",
    Cadence.MONTHLY: "month",
    Cadence.QUARTERLY: "quarter",
    Cadence.YEARLY: "year",
}


def word_day(day: date) -> str:
    """A day in words.

    >>> word_day(date(2026, 11, 2))
    '2 November 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def word_period(period: Period) -> str:
    """A period in words: `week 41 of 2026`, `October 2026`, `quarter 4 of 2026` or `2026`.

    >>> word_period(Period(Cadence.MONTHLY, 2026, 10))
    'October 2026'
    """
    match period.cadence:
        case Cadence.YEARLY:
            return str(period.year)
        case Cadence.MONTHLY:
            return f"{_MONTHS[period.number - 1]} {period.year}"
        case _:
            return f"{_EVERY[period.cadence]} {period.number} of {period.year}"


def word_cadence(cadence: Cadence) -> str:
    """How often something is due: `every week`, `every month`, `every quarter`, `every year`.

    >>> word_cadence(Cadence.WEEKLY)
    'every week'
    """
    return f"every {_EVERY[cadence]}"


def word_periods(count: int, cadence: Cadence) -> str:
    """A number of periods: `1 week`, `3 months`.

    >>> word_periods(3, Cadence.MONTHLY)
    '3 months'
    """
    return word_count(count, _EVERY[cadence])


def word_count(count: int, noun: str) -> str:
    """A number of things whose noun takes an s.

    >>> word_count(1, "day"), word_count(1200, "day")
    ('1 day', '1,200 days')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
