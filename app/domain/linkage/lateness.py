"""How many values of a KPI are missing: the arithmetic of stale values. Whose values are due is elsewhere."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from app.domain.periods import Cadence, Period, last_ended, period_of, periods_apart


class Gap(NamedTuple):
    """The periods without a value: how many, the first and the last of them."""

    periods: int
    first: Period
    last: Period


# Plans repeat a few cadences and periods thousands of times.
@lru_cache(maxsize=8192)
def latest_closed(cadence: Cadence, grace_days: int, *, today: date) -> Period:
    """The latest period whose last day plus grace days is before today. Source: linkage.md, The plan file.

    >>> latest_closed(Cadence.MONTHLY, 5, today=date(2026, 11, 5)).text
    '2026-09'
    """
    return last_ended(today - timedelta(days=grace_days), cadence)


@lru_cache(maxsize=8192)
def find_gap(last: Period | None, since: Period | None, *, closed: Period) -> Gap | None:
    """The periods without a value up to `closed`, the latest closed period of the KPI's cadence.

    They follow `last`, the latest period with a value. Without any value they begin with the first period
    that a range from `since`, where the first target begins, covers. None when nothing is missing, or when
    there is neither. `last` and `since` may be of another cadence: a value counts for the period in which
    the deciding day of its own period lies, so that one of October serves the fourth quarter.

    >>> from app.domain.periods import parse_period
    >>> find_gap(parse_period("2026-07"), None, closed=parse_period("2026-10")).first.text
    '2026-08'
    """
    missing = _count_missing(last, since, closed)
    return Gap(missing, closed.previous(missing - 1), closed) if missing > 0 else None


def _count_missing(last: Period | None, since: Period | None, closed: Period) -> int:
    """How many periods of the cadence of `closed`, up to itself, have no value though one is due."""
    # Counting needs no period before the first or after the last one there is.
    if last is not None:
        # Later days may belong to no period any more: weeks end with those of 2200.
        if last.deciding_day > closed.last_day:
            return 0
        return periods_apart(period_of(last.deciding_day, closed.cadence), closed)
    if since is None or since.first_day > closed.last_day:
        return 0
    # A week belongs to a range when its Thursday does.
    shift = timedelta(days=3 if closed.cadence is Cadence.WEEKLY else 0)
    return periods_apart(period_of(since.first_day + shift, closed.cadence), closed) + 1
