"""Decisions: where one stands, which steps are open to it, and which days fit together. No clock, no SQL."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum

from app.domain.problems import Problem

LONGEST_LIMIT_DAYS = 3650


class DecisionStatus(StrEnum):
    """Where a decision stands. One that is re-opened is open again."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class DecisionStep(StrEnum):
    """What may be done to a decision besides writing it."""

    DECIDE = "decide"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    DISSENT = "dissent"
    ESCALATE = "escalate"
    REVIEW = "review"


_OPEN_TO: Mapping[DecisionStep, frozenset[DecisionStatus]] = {
    DecisionStep.DECIDE: frozenset({DecisionStatus.OPEN}),
    DecisionStep.WITHDRAW: frozenset({DecisionStatus.OPEN}),
    DecisionStep.REOPEN: frozenset({DecisionStatus.DECIDED, DecisionStatus.WITHDRAWN}),
    DecisionStep.DISSENT: frozenset({DecisionStatus.OPEN, DecisionStatus.DECIDED}),
    DecisionStep.ESCALATE: frozenset({DecisionStatus.OPEN}),
    DecisionStep.REVIEW: frozenset({DecisionStatus.DECIDED}),
}


def allows_step(status: DecisionStatus, step: DecisionStep) -> bool:
    """May a decision that stands like this take this step?

    Decide, withdraw and escalate: while it is open. Re-open: once it is decided or withdrawn. Review: once it
    is decided. Dissent: unless it is withdrawn.

    >>> allows_step(DecisionStatus.OPEN, DecisionStep.DECIDE)
    True
    >>> allows_step(DecisionStatus.OPEN, DecisionStep.REVIEW)
    False
    """
    return status in _OPEN_TO[step]


def find_limit_day(opened_on: date, limit_days: int | None) -> date | None:
    """The last day within the time limit: that of opening plus the days of its type; None without a limit.

    >>> find_limit_day(date(2026, 10, 1), 14)
    datetime.date(2026, 10, 15)
    """
    return None if limit_days is None else opened_on + timedelta(days=limit_days)


def is_past_limit(opened_on: date, limit_days: int | None, *, today: date) -> bool:
    """Has an open decision used up its time? On the last day itself it has not.

    >>> is_past_limit(date(2026, 10, 1), 14, today=date(2026, 10, 15))
    False
    """
    last = find_limit_day(opened_on, limit_days)
    return last is not None and last < today


def find_day_problems(
    raised_on: date,
    needed_by: date | None,
    *,
    today: date,
    first_end: date | None = None,
    decided_on: date | None = None,
    review_on: date | None = None,
) -> Iterator[Problem]:
    """What does not fit together among the days that may be written about a decision.

    Raised: not after today, nor after it was first decided or withdrawn (`first_end`). Needed by: not before
    it was raised. Review: not before it was decided.
    """
    if raised_on > today:
        yield Problem("raised_on", "in_the_future", f"{raised_on} is after today, {today}.")
    elif first_end is not None and raised_on > first_end:
        sentence = f"{raised_on} is after {first_end}, when it was first decided or withdrawn."
        yield Problem("raised_on", "after_decided", sentence)
    if needed_by is not None and needed_by < raised_on:
        sentence = f"{needed_by} is before it was raised, {raised_on}."
        yield Problem("needed_by", "before_raised", sentence)
    if review_on is not None and review_on < (decided_on or raised_on):
        what = "raised" if decided_on is None else "decided"
        sentence = f"{review_on} is before it was {what}, {decided_on or raised_on}."
        yield Problem("review_on", f"before_{what}", sentence)


def find_step_problem(field: str, day: date, *, since: date, what: str, today: date) -> Problem | None:
    """What is wrong with the day of a step: it comes after today, or before `since`, when `what` happened.

    >>> find_step_problem(
    ...     "decided_on", date(2026, 3, 1), since=date(2026, 3, 2), what="raised", today=date(2026, 4, 1)
    ... ).code
    'before_raised'
    """
    if day > today:
        return Problem(field, "in_the_future", f"{day} is after today, {today}.")
    if day < since:
        return Problem(field, f"before_{what.replace('-', '')}", f"{day} is before it was {what}, {since}.")
    return None
