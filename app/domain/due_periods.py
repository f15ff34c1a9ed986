"""Which periods a person updates at once: the last ended one of each cadence, or those of an earlier time.

Whose value is due, and who owes it, is in `measurements`.
"""

from datetime import date, timedelta

from app.domain.periods import BadPeriod, Cadence, Period, last_ended, period_of

# How far back the picker goes; an address may name any period that has begun.
OFFERED = {Cadence.WEEKLY: 13, Cadence.MONTHLY: 13, Cadence.QUARTERLY: 6, Cadence.YEARLY: 3}


def due_periods(asked: Period | None, *, today: date) -> dict[Cadence, Period]:
    """The period of each cadence that is updated together with `asked`; without it, the last ended ones.

    With a period, those that would be the last ended ones on the day after it, but none that has not begun:
    with a month that ends a quarter goes the quarter. `BadPeriod` for a period that has not begun. A cadence
    whose period would lie before 1900 is left out.

    >>> due_periods(None, today=date(2026, 11, 23))[Cadence.MONTHLY].text
    '2026-10'
    """
    if asked is not None and asked.first_day > today:
        raise BadPeriod(f"{asked} has not begun yet")
    found = {}
    for cadence in Cadence:
        try:
            day = today if asked is None else asked.last_day + timedelta(days=1)
            latest = last_ended(day, cadence)
        except BadPeriod:
            continue
        running = period_of(today, cadence)
        found[cadence] = latest if latest.first_day <= today else running
    return found


def offered_periods(cadence: Cadence, *, today: date) -> list[Period]:
    """The periods a picker offers, the newest first: the running one and some before it.

    The running one may be told early. Fewer near the year 1900.
    """
    found: list[Period] = []
    try:
        period = period_of(today, cadence)
        while len(found) < OFFERED[cadence]:
            found.append(period)
            period = period.previous()
    except BadPeriod:
        pass
    return found


def days_left(period: Period, grace_days: int, *, today: date) -> int:
    """Days until the grace of a period is over; 0 on its last day, negative when it is overdue."""
    return (period.last_day - today).days + grace_days
