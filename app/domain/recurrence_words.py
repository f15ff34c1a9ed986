"""Rules of recurrence in words: `on the second Tuesday of every month`. Reading them is in `recurrence`."""

from datetime import date

from app.domain.linkage.wording import word_day
from app.domain.recurrence import Rule

_DAY_NAMES = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_WEEKDAYS = tuple(_DAY_NAMES)
_PLACES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_EVERY = {1: "every", 2: "every second", 3: "every third"}


def tell_rule(rule: Rule, start: date) -> str:
    """A rule that begins on a day, as people say it; one that has no short words, as it is written.

    >>> from app.domain.recurrence import read_rule
    >>> tell_rule(read_rule("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1TH"), date(2026, 10, 29))
    'once a quarter, on the last Thursday of the month'
    """
    told = _tell_days(rule, start)
    if rule.times is not None:
        return f"{told}, {rule.times} times" if rule.times > 1 else "once"
    return f"{told}, until {word_day(rule.until)}" if rule.until else told


def _tell_days(rule: Rule, start: date) -> str:
    parts = {name: value for name, value in rule.parts if name not in ("FREQ", "INTERVAL", "WKST")}
    often = _tell_often(rule)
    names = frozenset(parts)
    if rule.frequency == "WEEKLY" and names <= {"BYDAY"}:
        return f"{often} on {_list_names(parts.get('BYDAY') or _WEEKDAYS[start.weekday()])}"
    if not names and rule.frequency in ("DAILY", "YEARLY"):
        return often
    if rule.frequency == "MONTHLY":
        place = _tell_place(parts, start)
        if place is not None:
            return f"{often}, {place} of the month" if rule.interval > 1 else f"{place} of every month"
    if rule.frequency == "YEARLY" and names == {"BYMONTH", "BYDAY"}:
        place = _tell_place({"BYDAY": parts["BYDAY"]}, start)
        if place is not None and parts["BYMONTH"] == str(start.month):
            return f"{often}, {place} of {start:%B}"
    return f"by the rule {rule.text}"


def _tell_often(rule: Rule) -> str:
    if (rule.frequency, rule.interval) == ("MONTHLY", 3):
        return "once a quarter"
    unit = _UNITS[rule.frequency]
    return f"{_EVERY[rule.interval]} {unit}" if rule.interval in _EVERY else f"every {rule.interval} {unit}s"


def _tell_place(parts: dict[str, str], start: date) -> str | None:
    if set(parts) == {"BYDAY"} and len(parts["BYDAY"]) > 2:
        count, name = parts["BYDAY"][:-2], parts["BYDAY"][-2:]
        place = _PLACES.get(count.removeprefix("+"))
        return f"on the {place} {_DAY_NAMES[name]}" if place else None
    if parts == {"BYMONTHDAY": "-1"}:
        return "on the last day"
    day = parts.get("BYMONTHDAY", "") if parts else str(start.day)
    return f"on day {day}" if day.isdigit() and len(parts) <= 1 else None


def _list_names(value: str) -> str:
    names = [_DAY_NAMES[each] for each in sorted(value.split(","), key=_WEEKDAYS.index)]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
