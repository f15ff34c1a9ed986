"""Rules by which something returns (RFC 5545, RRULE): read strictly, expanded to days, told in words.

Wall time: a rule knows days, the time of day stands beside it. What became of a day is in `rituals`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, takewhile

MOST_TIMES = 1000
MOST_INTERVAL = 1000
LONGEST_RULE = 200
# The calendar repeats every 400 years, days of the week included. Near its end the library gives up after
# some 370 years on a rule that names no day; from today it would search through 8,000.
_CYCLE_DAYS = 19 * 146_097
_HORIZON_YEARS = 60
_LAST_DAY = date(2299, 12, 31)

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)\Z")
_UNTIL = re.compile(r"(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?\Z")
_NUMBER = re.compile(r"[+-]?\d{1,4}\Z")
# Largest number of each list, and whether it may count from the end.
_LISTS: Mapping[str, tuple[int, bool]] = {
    "BYMONTH": (12, False),
    "BYMONTHDAY": (31, True),
    "BYYEARDAY": (366, True),
    "BYWEEKNO": (53, True),
    "BYSETPOS": (366, True),
}
# RFC 5545, 3.3.10: where a part means nothing.
_NOT_WITH: Mapping[str, tuple[str, ...]] = {
    "BYMONTHDAY": ("WEEKLY",),
    "BYYEARDAY": ("DAILY", "WEEKLY", "MONTHLY"),
    "BYWEEKNO": ("DAILY", "WEEKLY", "MONTHLY"),
}


class BadRule(ValueError):
    """A rule that cannot be kept, and why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read. `parts` are all of it but COUNT and UNTIL, in the order of the RFC."""

    frequency: str
    parts: tuple[tuple[str, str], ...]
    interval: int = 1
    times: int | None = None
    until: date | None = None

    @property
    def text(self) -> str:
        """The rule as it is kept and sent on.

        >>> read_rule("rrule:byday=2tu;freq=monthly").text
        'FREQ=MONTHLY;BYDAY=2TU'
        """
        parts = [f"{name}={value}" for name, value in self.parts]
        if self.times is not None:
            parts.append(f"COUNT={self.times}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def read_rule(text: str) -> Rule:
    """Reads one RRULE, with or without the name before it; case and spaces around do not matter.

    Refused with a sentence: what is no rule, what returns more than once a day (SECONDLY, MINUTELY, HOURLY,
    BYHOUR …), parts that RFC 5545 does not know or does not allow beside each other, COUNT with UNTIL,
    more than 1,000 times. Of an UNTIL with a time only the day counts.
    """
    given = _split_parts(text)
    frequency = _read_frequency(given)
    kept = [("FREQ", frequency)]
    interval = _read_count(given, "INTERVAL", MOST_INTERVAL) or 1
    if interval > 1:
        kept.append(("INTERVAL", str(interval)))
    for name in given:
        kept += _read_part(name, given[name], frequency, given)
    return Rule(
        frequency=frequency,
        parts=tuple(kept),
        interval=interval,
        times=_read_count(given, "COUNT", MOST_TIMES),
        until=_read_until(given),
    )


def _split_parts(text: str) -> dict[str, str]:
    bare = text.strip().upper().removeprefix("RRULE:")
    given: dict[str, str] = {}
    for part in bare.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not name or not value:
            raise BadRule(f"A rule is written like FREQ=MONTHLY;BYDAY=2TU; “{part[:40]}” is no part of one.")
        if name in given:
            raise BadRule(f"{name} stands twice in this rule.")
        given[name] = value
    if "COUNT" in given and "UNTIL" in given:
        raise BadRule("A rule ends by COUNT or by UNTIL, not by both.")
    return given


def _read_frequency(given: Mapping[str, str]) -> str:
    frequency = given.get("FREQ")
    if frequency is None:
        raise BadRule("A rule says how often: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
    if frequency in _TOO_OFTEN:
        raise BadRule(f"FREQ={frequency} is more than once a day; DAILY is the most that can be kept.")
    if frequency not in _FREQUENCIES:
        raise BadRule(f"FREQ={frequency[:40]} is unknown: DAILY, WEEKLY, MONTHLY or YEARLY.")
    return frequency


def _read_count(given: Mapping[str, str], name: str, most: int) -> int | None:
    if name not in given:
        return None
    text = given[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= most):
        raise BadRule(f"{name} is a whole number from 1 to {most}.")
    return int(text)


def _read_until(given: Mapping[str, str]) -> date | None:
    if "UNTIL" not in given:
        return None
    refusal = BadRule("UNTIL is the last day, written like UNTIL=20261231.")
    found = _UNTIL.match(given["UNTIL"])
    if found is None:
        raise refusal
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise refusal from None


def _read_part(name: str, value: str, frequency: str, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if name in ("FREQ", "INTERVAL", "COUNT", "UNTIL"):
        return
    if name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        raise BadRule(f"{name} has no place here: the time of day is that of the first one.")
    if frequency in _NOT_WITH.get(name, ()):
        raise BadRule(f"{name} means nothing with FREQ={frequency}.")
    if name == "BYDAY":
        _check_weekdays(value, frequency, given)
    elif name in _LISTS:
        _check_numbers(name, value, given)
    elif name != "WKST" or value not in _DAYS:
        raise BadRule(f"{name[:40]}={value[:40]} is no part of a rule.")
    yield name, value


def _check_weekdays(value: str, frequency: str, given: Mapping[str, str]) -> None:
    for text in value.split(","):
        found = _WEEKDAY.match(text)
        if found is None:
            raise BadRule(f"BYDAY names days like TU, 2TU or -1FR; “{text[:40]}” is none.")
        if found[1] is None:
            continue
        if frequency not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in given:
            raise BadRule(f"“{text}” counts within a month or year; with FREQ={frequency} write {found[2]}.")
        # Within a year only where no part narrows it to months.
        most = 5 if frequency == "MONTHLY" or "BYMONTH" in given else 53
        if not 1 <= abs(int(found[1])) <= most:
            raise BadRule(f"“{text}” counts to nothing: from 1 to {most}, or -1 to -{most} from the end.")


def _check_numbers(name: str, value: str, given: Mapping[str, str]) -> None:
    if name == "BYSETPOS" and not any(each.startswith("BY") and each != name for each in given):
        raise BadRule("BYSETPOS picks from days that another part names, like BYDAY.")
    most, from_end = _LISTS[name]
    for text in value.split(","):
        number = int(text) if _NUMBER.match(text) else 0
        if not 1 <= abs(number) <= most or (number < 0 and not from_end):
            below = f", or -1 to -{most} from the end" if from_end else ""
            raise BadRule(f"{name} has numbers from 1 to {most}{below}; “{text[:40]}” is none.")


def expand_days(rule: Rule, start: date, *, first: date, last: date) -> list[date]:
    """The days of a rule that begins at `start`, from `first` to `last`, both included, in their order.

    COUNT counts from the start. A 31st or a 29th of February is left out where there is none (RFC 5545), not
    moved to another day. Nothing lies before the start, or after the year 2299.

    >>> second_tuesday = read_rule("FREQ=MONTHLY;BYDAY=2TU")
    >>> [str(day) for day in expand_days(second_tuesday, date(2026, 10, 13), first=date(2026, 11, 1),
    ...                                  last=date(2026, 12, 31))]
    ['2026-11-10', '2026-12-08']
    """
    end = min(last, rule.until or last, _LAST_DAY)
    days = takewhile(lambda day: day <= end, islice(_list_days(rule, start, end), rule.times))
    return [day for day in days if day >= first]


def find_next_day(rule: Rule, start: date, *, after: date) -> date | None:
    """The first day of the rule after a day, or None where there is none within sixty years.

    >>> str(find_next_day(read_rule("FREQ=YEARLY"), date(2028, 2, 29), after=date(2028, 3, 1)))
    '2032-02-29'
    """
    following = max(start, after + timedelta(days=1))
    for years in (1, _HORIZON_YEARS):
        last = _years_after(following, years)
        for day in expand_days(rule, start, first=following, last=last)[:1]:
            return day
    return None


def _years_after(day: date, years: int) -> date:
    return day + timedelta(days=years * 366)


def _list_days(rule: Rule, start: date, end: date) -> Iterator[date]:
    # A start of the program does without it.
    from dateutil.rrule import rrulestr

    shift = timedelta(days=_CYCLE_DAYS)
    bare = Rule(rule.frequency, rule.parts)
    limit = datetime.combine(end + shift, time())
    try:
        every = rrulestr(bare.text, dtstart=datetime.combine(start + shift, time()))
        for moment in takewhile(lambda each: each <= limit, every):
            yield moment.date() - shift
    except (IndexError, ValueError) as error:
        raise BadRule(f"The days of {bare.text} cannot be counted.") from error


class Rhythm(StrEnum):
    """What a form offers instead of a rule: all of them follow the first day."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY_WEEKDAY = "monthly_weekday"
    MONTHLY_LAST_WEEKDAY = "monthly_last_weekday"
    MONTHLY_DAY = "monthly_day"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


def make_rule(rhythm: Rhythm, start: date) -> str:
    """The rule of a rhythm that begins on a day, so that this day is one of it.

    The fifth of its kind in a month counts as the last one, and a day after the 28th as the last day, because
    not every month has one.

    >>> make_rule(Rhythm.MONTHLY_WEEKDAY, date(2026, 10, 13))
    'FREQ=MONTHLY;BYDAY=2TU'
    >>> make_rule(Rhythm.QUARTERLY, date(2026, 10, 29))
    'FREQ=MONTHLY;INTERVAL=3;BYDAY=-1TH'
    """
    return _MAKERS[rhythm](start)


def _weekday_of(start: date) -> str:
    place = (start.day - 1) // 7 + 1
    return f"{-1 if place == 5 else place}{_DAYS[start.weekday()]}"


def _is_last_of_kind(start: date) -> bool:
    return (start + timedelta(days=7)).month != start.month


def _make_last_weekday(start: date) -> str:
    if not _is_last_of_kind(start):
        raise BadRule(f"{start.day} {start:%B} is not the last {_DAY_NAMES[start.weekday()]} of its month.")
    return f"FREQ=MONTHLY;BYDAY=-1{_DAYS[start.weekday()]}"


def _make_month_day(start: date) -> str:
    if start.day > 28 and (start + timedelta(days=1)).month == start.month:
        raise BadRule(f"Not every month has a {start.day}th: take its last day, or one up to the 28th.")
    return f"FREQ=MONTHLY;BYMONTHDAY={start.day if start.day <= 28 else -1}"


_MAKERS: Mapping[Rhythm, Callable[[date], str]] = {
    Rhythm.WEEKLY: lambda start: f"FREQ=WEEKLY;BYDAY={_DAYS[start.weekday()]}",
    Rhythm.FORTNIGHTLY: lambda start: f"FREQ=WEEKLY;INTERVAL=2;BYDAY={_DAYS[start.weekday()]}",
    Rhythm.MONTHLY_WEEKDAY: lambda start: f"FREQ=MONTHLY;BYDAY={_weekday_of(start)}",
    Rhythm.MONTHLY_LAST_WEEKDAY: _make_last_weekday,
    Rhythm.MONTHLY_DAY: _make_month_day,
    Rhythm.QUARTERLY: lambda start: f"FREQ=MONTHLY;INTERVAL=3;BYDAY={_weekday_of(start)}",
    Rhythm.YEARLY: lambda start: f"FREQ=YEARLY;BYMONTH={start.month};BYDAY={_weekday_of(start)}",
}
