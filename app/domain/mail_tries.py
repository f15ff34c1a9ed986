"""When a mail that did not leave is tried again, and when it is given up."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# A mail of the day is untrue a day later; of anything else people want to hear for longer.
DAY_OLD = timedelta(days=1)
DAYS_OLD = timedelta(days=3)


def last_try(written_at: datetime, *, is_digest: bool) -> datetime:
    """Until when a mail is worth sending."""
    return written_at + (DAY_OLD if is_digest else DAYS_OLD)


def next_try(attempts: int, *, written_at: datetime, now: datetime, is_digest: bool) -> datetime | None:
    """When to try again after so many attempts: later each time; None when that would be too late.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> str(next_try(2, written_at=noon, now=noon, is_digest=True) - noon)
    '0:03:00'
    >>> next_try(1, written_at=noon, now=noon + DAY_OLD, is_digest=True) is None
    True
    """
    wait = min(FIRST_WAIT * 3 ** min(attempts - 1, 10), LONGEST_WAIT)
    return now + wait if now + wait <= last_try(written_at, is_digest=is_digest) else None
