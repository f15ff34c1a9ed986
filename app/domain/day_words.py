"""Days as people write them, in English: `30 Jun`, `Friday`, `in 2 weeks`, `end of June`."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_MONTH = "(?P<month>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + "|sept)\\.?"
_WEEKDAY = "(?P<weekday>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _WEEKDAYS) + "|tues|thurs)"
_DAY = "(?P<day>[0-9]{1,2})"
_YEAR = "(?:,? (?P<year>[0-9]{4}))?"
_FRIDAY = 4
_LAST_YEAR = 2200
LONGEST_WORDS = 4


class DayRead(NamedTuple):
    """What the first words say: a day, or None where there is no such day; and how many words they are.

    `exact`: written with a number of the calendar, which nothing but a day is written with.
    """

    day: date | None
    words: int
    exact: bool


Match = re.Match[str]


def _find_next(month: int, day: int, today: date) -> date | None:
    """The next such day from today on; 29 February may be years away."""
    years = range(today.year, today.year + 9)
    found = (_make_day(year, month, day) for year in years)
    return next((each for each in found if each is not None and each >= today), None)


def _make_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _read_month(text: str) -> int:
    return next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(text[:3]))


def _read_named(match: Match, today: date) -> date | None:
    month, day = _read_month(match["month"]), int(match["day"])
    return _make_day(int(match["year"]), month, day) if match["year"] else _find_next(month, day, today)


def _read_numbers(match: Match, today: date) -> date | None:
    month, day, year = int(match["number"]), int(match["day"]), match["year"]
    if year is None:
        return _find_next(month, day, today)
    return _make_day(int(year) + (2000 if len(year) == 2 else 0), month, day)


def _read_near(match: Match, today: date) -> date:
    return today + timedelta(days=int(match[0] == "tomorrow"))


def _read_weekday(match: Match, today: date) -> date:
    """The next such day after today; `next Friday` is the one of the week after this."""
    number = next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(match["weekday"][:3]))
    if match["next"]:
        return today + timedelta(days=7 - today.weekday() + number)
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _read_ahead(match: Match, today: date) -> date:
    count = _NUMBERS.get(match["count"]) or int(match["count"])
    if match["unit"] == "month":
        return _add_months(today, count)
    return today + timedelta(days=count * (7 if match["unit"] == "week" else 1))


def _add_months(day: date, count: int) -> date:
    """The same day of a later month, or the last one of a shorter month."""
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _read_end(match: Match, today: date) -> date:
    """The last day of this month, quarter or year; of this week its Friday, or that of the next one."""
    unit = match["unit"]
    if unit == "week":
        return today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    month = {"month": today.month, "quarter": (today.month + 2) // 3 * 3, "year": 12}[unit]
    return date(today.year, month, monthrange(today.year, month)[1])


def _read_month_end(match: Match, today: date) -> date:
    month = _read_month(match["month"])
    year = int(match["year"] or today.year + (month < today.month))
    return date(year, month, monthrange(year, month)[1])


_FORMS: tuple[tuple[str, Callable[[Match, date], date | None], bool], ...] = (
    ("(?P<year>[0-9]{4})-(?P<number>[0-9]{2})-(?P<day>[0-9]{2})", _read_numbers, True),
    (f"{_DAY}(?:st|nd|rd|th|\\.)? (?:of )?{_MONTH}{_YEAR}", _read_named, True),
    (f"{_MONTH} {_DAY}(?:st|nd|rd|th)?{_YEAR}", _read_named, True),
    (f"{_DAY}\\.(?P<number>[0-9]{{1,2}})\\.(?P<year>[0-9]{{4}}|[0-9]{{2}})?", _read_numbers, True),
    ("today|tomorrow", _read_near, False),
    (f"(?P<next>next )?{_WEEKDAY}", _read_weekday, False),
    ("in (?P<count>[0-9]{1,3}|an?|one|two|three|four|six) (?P<unit>day|week|month)s?", _read_ahead, False),
    ("end of (?:the |this )?(?P<unit>week|month|quarter|year)", _read_end, False),
    (f"end of {_MONTH}(?: (?P<year>[0-9]{{4}}))?", _read_month_end, False),
)
_PATTERNS = [(re.compile(f"{form}(?=[,;.]?(?: |\\Z))"), read, exact) for form, read, exact in _FORMS]


def read_day_words(words: Sequence[str], *, today: date) -> DayRead | None:
    """The day that the first words say, whatever follows; None when they say none.

    A day without a year is the next one from today on, today included. `5/6` is not read: to some it is May.

    >>> read_day_words(["30", "Jun", "#G2"], today=date(2026, 11, 23))
    DayRead(day=datetime.date(2027, 6, 30), words=2, exact=True)
    >>> read_day_words(["31", "June"], today=date(2026, 11, 23)).day is None
    True
    """
    text = " ".join(words[: LONGEST_WORDS + 1]).casefold()
    for pattern, read, exact in _PATTERNS:
        match = pattern.match(text)
        if match is not None:
            day = read(match, today)
            if day is not None and day.year > _LAST_YEAR:
                day = None
            return DayRead(day, match[0].count(" ") + 1, exact)
    return None
