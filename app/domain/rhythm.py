"""Days that return: the next one of something that happens every week, month, quarter or year."""

from calendar import monthrange
from datetime import date, timedelta

from app.domain.periods import Cadence

_MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}


def next_in_rhythm(start: date, cadence: Cadence, *, after: date) -> date:
    """The first day of the rhythm that begins at `start` and lies after both `start` and `after`.

    Weeks keep the day of the week, the others the day of the month (or its last day, where the month is
    shorter; the following months return to the day of the start).

    >>> next_in_rhythm(date(2026, 1, 31), Cadence.MONTHLY, after=date(2026, 2, 1))
    datetime.date(2026, 2, 28)
    >>> next_in_rhythm(date(2026, 1, 31), Cadence.MONTHLY, after=date(2026, 3, 1))
    datetime.date(2026, 3, 31)
    """
    latest = max(start, after)
    if cadence is Cadence.WEEKLY:
        return start + timedelta(weeks=(latest - start).days // 7 + 1)
    step = _MONTHS[cadence]
    months = (latest.year - start.year) * 12 + latest.month - start.month
    steps = max(1, months // step)
    day = _add_months(start, steps * step)
    return day if day > latest else _add_months(start, (steps + 1) * step)


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
