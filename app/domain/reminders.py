"""When somebody is reminded of what they owe: some days before it is due, on the day, some days after.

What a mail then says is in `digests`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# After a longer silence (the program did not run) nobody wants to hear what was said in vain.
LONGEST_LOOK_BACK_DAYS = 7


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """How many days before and after the last day a person is reminded, and when their lead hears of it.

    `hour`: the local hour from which the mails of a day are written.
    """

    days_before: int = 3
    days_after: int = 2
    lead_days_after: int = 7
    hour: int = 7


def days_of_reminders(due_on: date, rule: ReminderRule, *, asked_from: date | None = None) -> list[date]:
    """The days on which somebody is reminded of what is due, in their order.

    Before `asked_from`, the first day on which it can be done at all, nobody is reminded; where that is after
    the last day, it counts in its place.

    >>> rule = ReminderRule()
    >>> [str(day) for day in days_of_reminders(date(2026, 11, 5), rule)]
    ['2026-11-02', '2026-11-05', '2026-11-07']
    >>> [str(day) for day in days_of_reminders(date(2026, 11, 2), rule, asked_from=date(2026, 11, 1))]
    ['2026-11-01', '2026-11-02', '2026-11-04']
    """
    first = due_on - timedelta(days=rule.days_before)
    if asked_from is not None:
        first, due_on = max(first, asked_from), max(due_on, asked_from)
    return sorted({first, due_on, due_on + timedelta(days=rule.days_after)})


def lead_hears_on(due_on: date, rule: ReminderRule) -> date:
    """The day on which a lead hears that something is still missing."""
    return due_on + timedelta(days=rule.lead_days_after)


def falls_between(days: Iterable[date], since: date, today: date) -> bool:
    """Does one of the days lie after `since`, and not after today?

    >>> falls_between([date(2026, 11, 5)], date(2026, 11, 4), date(2026, 11, 5))
    True
    >>> falls_between([date(2026, 11, 5)], date(2026, 11, 5), date(2026, 11, 6))
    False
    """
    return any(since < day <= today for day in days)


def reminded_since(last: date | None, *, today: date) -> date:
    """The day after which nobody was reminded: what a weekend without the program left out is caught up.

    Never further back than a week, except when nobody was reminded of anything yet.

    >>> str(reminded_since(date(2026, 11, 20), today=date(2026, 11, 23)))
    '2026-11-20'
    >>> reminded_since(None, today=date(2026, 11, 23)) == date.min
    True
    """
    return date.min if last is None else max(last, today - timedelta(days=LONGEST_LOOK_BACK_DAYS))


def day_of_digests(local: datetime, rule: ReminderRule) -> date | None:
    """The day whose mails may be written at a local time; None while it is too early.

    An hour that a day of daylight saving skips has come with the next one; one that comes twice is one day's.

    >>> from zoneinfo import ZoneInfo
    >>> rule, early = ReminderRule(), datetime(2026, 11, 23, 6, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    >>> day_of_digests(early, rule), str(day_of_digests(early.replace(hour=7), rule))
    (None, '2026-11-23')
    """
    return local.date() if local.hour >= rule.hour else None
