"""Commitments: which steps are open to one, what a step must say, and when to remind of it. No clock, no SQL.

What is not due yet can be talked about: moved to another day, or dropped. From the day after, a commitment is
answered for instead: kept, partly, or missed, with what will change.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.domain.problems import Problem
from app.domain.words import CommitmentStatus

OPEN, KEPT, PARTLY, MISSED, DROPPED = CommitmentStatus
ANSWERED = frozenset({KEPT, PARTLY, MISSED})
SOON_DAYS = 3
# How long after the due date nothing is said before it counts as silence.
SILENT_AFTER_DAYS = 7


class Outcome(StrEnum):
    """What somebody answers for a commitment."""

    KEPT = "kept"
    PARTLY = "partly"
    MISSED = "missed"


class CommitmentStep(StrEnum):
    """What may be done to a commitment besides making it."""

    EDIT = "edit"
    REDATE = "redate"
    DROP = "drop"
    SETTLE = "settle"
    ARCHIVE = "archive"


class Promise(NamedTuple):
    """What steps are judged by: where a commitment stands, when it is due, and when it was made."""

    status: CommitmentStatus
    due_on: date
    made_on: date


_STANDS = {
    KEPT: "{code} is kept: only its outcome can be corrected.",
    PARTLY: "{code} is partly kept: only its outcome can be corrected.",
    MISSED: "{code} is missed: only its outcome can be corrected.",
    DROPPED: "{code} is dropped. Make a new commitment instead.",
}


def why_not_step(step: CommitmentStep, promise: Promise, *, code: str, on: date) -> str | None:
    """Why a commitment cannot take a step on a day, as a sentence; None when it can.

    Edit: while it is open. Re-date and drop: while it is open and not past its due date. Settle: unless it is
    dropped; again, to correct what was said. Archive: what is closed, or was made that same day by mistake.

    >>> promise = Promise(CommitmentStatus.OPEN, date(2026, 6, 30), date(2026, 6, 1))
    >>> why_not_step(CommitmentStep.DROP, promise, code="C-3", on=date(2026, 6, 30)) is None
    True
    >>> why_not_step(CommitmentStep.DROP, promise, code="C-3", on=date(2026, 7, 1))
    'C-3 was due on 2026-06-30: say what became of it.'
    """
    if step is CommitmentStep.SETTLE:
        return _STANDS[DROPPED].format(code=code) if promise.status is DROPPED else None
    if step is CommitmentStep.ARCHIVE:
        mistaken = promise.status is not OPEN or promise.made_on == on
        return None if mistaken else f"{code} is open: say what became of it, or have it dropped."
    if promise.status is not OPEN:
        return _STANDS[promise.status].format(code=code)
    if step is not CommitmentStep.EDIT and on > promise.due_on:
        return f"{code} was due on {promise.due_on}: say what became of it."
    return None


def find_edit_problems(
    before: Promise, after: Promise, *, owner_moves: bool, today: date
) -> Iterator[Problem]:
    """What an edit may not say: another due date, a day to come, a change of hands once it is overdue."""
    if after.due_on != before.due_on:
        yield Problem("due_on", "redate_instead", "The due date is moved by re-dating, with a reason.")
    if owner_moves and today > before.due_on:
        sentence = f"It was due on {before.due_on}: whose it was does not change any more."
        yield Problem("owner", "overdue", sentence)
    if after.made_on > today:
        yield Problem("made_on", "in_the_future", f"{after.made_on} has not come yet.")
    elif after.made_on != before.made_on and after.made_on > after.due_on:
        yield Problem("made_on", "after_due", f"{after.made_on} is after the day it is due, {after.due_on}.")


def find_making_problems(promise: Promise, *, today: date) -> Iterator[Problem]:
    """What a new commitment may not say: that it was made on a day to come, or is due before it was made.

    >>> promise = Promise(CommitmentStatus.OPEN, date(2026, 6, 1), date(2026, 6, 2))
    >>> [each.field for each in find_making_problems(promise, today=date(2026, 6, 2))]
    ['due_on']
    """
    if promise.made_on > today:
        yield Problem("made_on", "in_the_future", f"{promise.made_on} has not come yet.")
    elif promise.due_on < promise.made_on:
        sentence = f"{promise.due_on} is before the day it is promised on, {promise.made_on}."
        yield Problem("due_on", "before_made", sentence)


def list_outcomes(due_on: date, *, on: date) -> tuple[Outcome, ...]:
    """What may be answered on a day for what is due on another: before that it can only be kept.

    >>> [each.value for each in list_outcomes(date(2026, 6, 30), on=date(2026, 6, 29))]
    ['kept']
    >>> [each.value for each in list_outcomes(date(2026, 6, 30), on=date(2026, 6, 30))]
    ['kept', 'partly', 'missed']
    """
    return tuple(Outcome) if on >= due_on else (Outcome.KEPT,)


def find_settling_problems(
    promise: Promise, outcome: Outcome, said: str | None, *, on: date, today: date
) -> Iterator[Problem]:
    """What is wrong with an answer: a day that cannot be, or no word on what was not kept.

    Kept can be said early; partly and missed are said from the due date on.

    >>> promise = Promise(CommitmentStatus.OPEN, date(2026, 6, 30), date(2026, 6, 1))
    >>> day = date(2026, 7, 1)
    >>> [each.field for each in find_settling_problems(promise, Outcome.MISSED, "", on=day, today=day)]
    ['said']
    """
    if on > today:
        yield Problem("on", "in_the_future", f"{on} has not come yet.")
    elif on < promise.made_on:
        yield Problem("on", "before_made", f"{on} is before it was made, {promise.made_on}.")
    elif outcome not in list_outcomes(promise.due_on, on=on):
        sentence = f"It is due on {promise.due_on}: until then it is kept, moved or dropped."
        yield Problem("outcome", "not_due", sentence)
    if outcome is not Outcome.KEPT and not said:
        yield Problem("said", "required", "Say in a sentence what you will change.")


class Moment(StrEnum):
    """When somebody is reminded of an open commitment."""

    SOON = "soon"
    TODAY = "today"
    OVERDUE = "overdue"
    SILENT = "silent"


def find_moment(due_on: date, today: date) -> Moment | None:
    """What there is to remind of today; None while it is further away than three days.

    Soon: up to three days before. Overdue: the week after the due date, which is the owner's to answer in.
    Silent: later, when the partner is told as well.

    >>> [find_moment(date(2026, 6, 10), date(2026, 6, day)) for day in (6, 7, 10, 17)]
    [None, <Moment.SOON: 'soon'>, <Moment.TODAY: 'today'>, <Moment.OVERDUE: 'overdue'>]
    >>> find_moment(date(2026, 6, 10), date(2026, 6, 18))
    <Moment.SILENT: 'silent'>
    """
    days = (due_on - today).days
    if days > SOON_DAYS:
        return None
    if days > 0:
        return Moment.SOON
    if days == 0:
        return Moment.TODAY
    return Moment.SILENT if is_silent(due_on, today) else Moment.OVERDUE


def is_silent(due_on: date, today: date) -> bool:
    """Is an open commitment overdue by more than a week, without a word?

    >>> is_silent(date(2026, 6, 10), date(2026, 6, 17)), is_silent(date(2026, 6, 10), date(2026, 6, 18))
    (False, True)
    """
    return today > due_on + timedelta(days=SILENT_AFTER_DAYS)
