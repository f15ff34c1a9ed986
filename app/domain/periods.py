"""Periods and their arithmetic: weeks (ISO 8601), months, quarters and years.

A period is written `2026-W41`, `2026-10`, `2026-Q4` or `2026`. What happens in a period does not live here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache, total_ordering

from app.domain.texts import quote_text

FIRST_YEAR = 1900
LAST_YEAR = 2200
LONGEST_GRACE_DAYS = 366

PERIOD_PATTERN = r"^((19|20|21)[0-9][0-9]|2200)(-(0[1-9]|1[0-2]|Q[1-4]|W(0[1-9]|[1-4][0-9]|5[0-3])))?$"
_FORMS = re.compile(r"([0-9]{4})(?:-(?:W(?P<weekly>[0-9]{2})|Q(?P<quarterly>[0-9])|(?P<monthly>[0-9]{2})))?")


class BadPeriod(ValueError):
    """Not a period; the message is a sentence for people."""


class Cadence(StrEnum):
    """How often a value is due, ordered by length: weekly < monthly < quarterly < yearly.

    A `StrEnum` would otherwise compare by spelling and call a month shorter than a week.

    >>> max(Cadence.WEEKLY, Cadence.MONTHLY)
    <Cadence.MONTHLY: 'monthly'>
    """

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    def __lt__(self, other: str, /) -> bool:
        return _RANK[self] < _RANK[Cadence(other)]

    def __le__(self, other: str, /) -> bool:
        return _RANK[self] <= _RANK[Cadence(other)]

    def __gt__(self, other: str, /) -> bool:
        return _RANK[self] > _RANK[Cadence(other)]

    def __ge__(self, other: str, /) -> bool:
        return _RANK[self] >= _RANK[Cadence(other)]


_RANK = {cadence: rank for rank, cadence in enumerate(Cadence)}
_MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """One week, month, quarter or year; `number` counts within the year and is 1 for a year.

    Years run from 1900 to 2200; a week belongs to the year of its Thursday (ISO 8601), and week 53
    exists only in years that have it. Anything else raises `BadPeriod`. Periods of one cadence are
    ordered in time; comparing two cadences raises `TypeError`, because neither comes first.

    >>> parse_period("2026-Q4").first_day
    datetime.date(2026, 10, 1)
    """

    cadence: Cadence
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        problem = _find_problem(self)
        if problem:
            raise BadPeriod(f"{self.text} is not a period: {problem}")

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period) or other.cadence is not self.cadence:
            return NotImplemented
        return (self.year, self.number) < (other.year, other.number)

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The period as it is written everywhere: `parse_period(p.text) == p`."""
        match self.cadence:
            case Cadence.WEEKLY:
                return f"{self.year:04}-W{self.number:02}"
            case Cadence.MONTHLY:
                return f"{self.year:04}-{self.number:02}"
            case Cadence.QUARTERLY:
                return f"{self.year:04}-Q{self.number}"
            case _:
                return f"{self.year:04}"

    @property
    def first_day(self) -> date:
        """The first day; of a week its Monday."""
        if self.cadence is Cadence.WEEKLY:
            return date.fromisocalendar(self.year, self.number, 1)
        return date(self.year, (self.number - 1) * _MONTHS[self.cadence] + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day, itself part of the period; of a week its Sunday."""
        return self._last_day_ahead(0)

    @property
    def next_last_day(self) -> date:
        """The last day of the period after this one, known even after the last period there is."""
        return self._last_day_ahead(1)

    @property
    def deciding_day(self) -> date:
        """The day that says to which period of another cadence this one belongs.

        The last day, because that is when the value is complete; of a week the Thursday, as ISO 8601
        decides it, so that `2026-W53` (it ends on 3 January 2027) belongs to 2026.
        """
        if self.cadence is Cadence.WEEKLY:
            return date.fromisocalendar(self.year, self.number, 4)
        return self.last_day

    @property
    def position(self) -> int:
        """Where it stands among the periods of its cadence: neighbours differ by 1."""
        return _index(self)

    def next(self, n: int = 1) -> "Period":
        """The n-th period after this one (before it when n is negative); `BadPeriod` past 1900 or 2200."""
        return _period_at(self.cadence, _index(self) + n)

    def previous(self, n: int = 1) -> "Period":
        """The n-th period before this one: `p.previous(n) == p.next(-n)`."""
        return self.next(-n)

    def _last_day_ahead(self, periods: int) -> date:
        if self.cadence is Cadence.WEEKLY:
            return self.first_day + timedelta(days=6 + 7 * periods)
        years, month = divmod((self.number + periods) * _MONTHS[self.cadence], 12)
        return date(self.year + years, month + 1, 1) - timedelta(days=1)


@lru_cache(maxsize=8192)
def parse_period(text: str) -> Period:
    """Read a period, or raise `BadPeriod` with a sentence that names what is wrong.

    Exactly four forms, ASCII digits, no spaces.

    >>> parse_period("2026-W41").cadence
    <Cadence.WEEKLY: 'weekly'>
    >>> parse_period("2026-13")
    Traceback (most recent call last):
    app.domain.periods.BadPeriod: 2026-13 is not a period: months run from 01 to 12
    """
    form = _FORMS.fullmatch(text)
    if form is None:
        raise BadPeriod(f"{quote_text(text)} is not a period: write 2026-W41, 2026-10, 2026-Q4 or 2026")
    cadence = Cadence(form.lastgroup or Cadence.YEARLY)
    return Period(cadence, int(form[1]), int(form[form.lastgroup]) if form.lastgroup else 1)


@lru_cache(maxsize=8192)
def read_position(text: str) -> int:
    """The position of a period that is written down, as `parse_period` reads it.

    >>> read_position("2026-01") - read_position("2025-12")
    1
    """
    return parse_period(text).position


def period_of(day: date, cadence: Cadence) -> Period:
    """The period of this cadence that contains the day; `BadPeriod` outside 1900 to 2200."""
    if cadence is Cadence.WEEKLY:
        return Period(cadence, day.isocalendar().year, day.isocalendar().week)
    return Period(cadence, day.year, (day.month - 1) // _MONTHS[cadence] + 1)


def last_ended(today: date, cadence: Cadence) -> Period:
    """The latest period whose last day is before today.

    >>> last_ended(date(2026, 11, 1), Cadence.MONTHLY).text
    '2026-10'
    """
    return period_of(today, cadence).previous()


def covers(range_from: Period, range_to: Period | None, *, period: Period) -> bool:
    """Whether a range, open-ended when `range_to` is None, holds for a period of any cadence.

    It does when the period's deciding day lies between the first day of `range_from` and the last
    day of `range_to`. So ranges that share no day never cover the same period, and a week across two
    months counts with one of them.

    >>> covers(parse_period("2026"), None, period=parse_period("2026-W01"))
    True
    """
    day = period.deciding_day
    return range_from.first_day <= day and (range_to is None or day <= range_to.last_day)


def ranges_overlap(
    one_from: Period, one_to: Period | None, *, other_from: Period, other_to: Period | None
) -> bool:
    """Whether two ranges, open-ended when their end is None, share at least one day."""
    starts_in_time = other_to is None or one_from.first_day <= other_to.last_day
    return starts_in_time and (one_to is None or other_from.first_day <= one_to.last_day)


def range_problem(range_from: Period, range_to: Period | None) -> str | None:
    """Why this is no range: it ends before it starts. None when it is one."""
    if range_to is not None and range_to.last_day < range_from.first_day:
        return f"the range ends with {range_to}, before it starts with {range_from}"
    return None


def periods_apart(first: Period, last: Period) -> int:
    """How many periods later the second one is; negative when it is earlier.

    Both of one cadence, else `BadPeriod`.

    >>> periods_apart(parse_period("2025-12"), parse_period("2026-02"))
    2
    """
    _refuse_two_cadences(first, last)
    return _index(last) - _index(first)


def periods_between(first: Period, last: Period) -> Iterator[Period]:
    """The periods from first to last, both included, in order; none when last comes before first.

    Both of one cadence, else `BadPeriod`. At most 15,705 of them, the weeks of 1900 to 2200.
    """
    _refuse_two_cadences(first, last)
    return (_period_at(first.cadence, index) for index in range(_index(first), _index(last) + 1))


def periods_within(first: Period, last: Period, *, cadence: Cadence) -> list[Period]:
    """The periods of a cadence that belong to a range of periods of any cadence, in order.

    Those whose deciding day lies in it, so that ranges that share no day share no period. None when
    the range ends before it starts.

    >>> february, may = parse_period("2026-02"), parse_period("2026-05")
    >>> [period.text for period in periods_within(february, may, cadence=Cadence.QUARTERLY)]
    ['2026-Q1']
    """
    start, end = first.first_day, last.last_day
    if end < start:
        return []
    # Three days around a week's Thursday: the weeks at both ends may belong to a year out of range.
    shift = timedelta(days=3 if cadence is Cadence.WEEKLY else 0)
    candidates = periods_between(period_of(start + shift, cadence), period_of(end - shift, cadence))
    return [period for period in candidates if start <= period.deciding_day <= end]


def _refuse_two_cadences(first: Period, last: Period) -> None:
    if first.cadence is not last.cadence:
        raise BadPeriod(
            f"{first} is {first.cadence} and {last} is {last.cadence}: both must be of one cadence"
        )


def _find_problem(period: Period) -> str | None:
    if not FIRST_YEAR <= period.year <= LAST_YEAR:
        return f"years run from {FIRST_YEAR} to {LAST_YEAR}"
    match period.cadence:
        case Cadence.WEEKLY:
            return _find_week_problem(period.year, period.number)
        case Cadence.MONTHLY:
            return None if 1 <= period.number <= 12 else "months run from 01 to 12"
        case Cadence.QUARTERLY:
            return None if 1 <= period.number <= 4 else "quarters run from 1 to 4"
        case _:
            return None if period.number == 1 else "a year is numbered 1"


def _find_week_problem(year: int, week: int) -> str | None:
    if not 1 <= week <= 53:
        return "weeks run from 01 to 53"
    # 28 December is always in the last week of its year.
    weeks = date(year, 12, 28).isocalendar().week
    return f"{year} has {weeks} weeks" if week > weeks else None


def _index(period: Period) -> int:
    if period.cadence is Cadence.WEEKLY:
        return period.first_day.toordinal() // 7
    return period.year * (12 // _MONTHS[period.cadence]) + period.number - 1


def _period_at(cadence: Cadence, index: int) -> Period:
    if cadence is Cadence.WEEKLY:
        # The bounds keep day numbers within what a date can hold.
        if not _FIRST_WEEK <= index <= _LAST_WEEK:
            raise BadPeriod(f"this week is not a period: years run from {FIRST_YEAR} to {LAST_YEAR}")
        return period_of(date.fromordinal(index * 7 + 1), cadence)
    year, rest = divmod(index, 12 // _MONTHS[cadence])
    return Period(cadence, year, rest + 1)


_FIRST_WEEK = _index(Period(Cadence.WEEKLY, FIRST_YEAR, 1))
_LAST_WEEK = _index(period_of(date(LAST_YEAR, 12, 28), Cadence.WEEKLY))
