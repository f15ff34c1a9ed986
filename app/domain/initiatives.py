"""Which changes of an initiative are allowed: what an edit may say, and from which state each step leads.

The baseline is the due date with which an initiative first leaves draft. It never changes again, so nothing
here lets an initiative return to draft, and nobody moves the due date of a running one without a reason.
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.domain.words import InitiativeStatus
from app.errors import Fault

DRAFT, ACTIVE, PAUSED, FINISHED, CANCELLED = InitiativeStatus
RUNNING = frozenset({ACTIVE, PAUSED})
CLOSED = frozenset({FINISHED, CANCELLED})


class Step(StrEnum):
    """What an initiative goes through by a step of its own instead of an edit."""

    REDATE = "redate"
    FINISH = "finish"
    CANCEL = "cancel"
    CITE = "cite"
    REOPEN = "reopen"


_FROM = {
    Step.REDATE: RUNNING,
    Step.FINISH: RUNNING,
    Step.CANCEL: RUNNING,
    # The decision behind a cancellation may be named later.
    Step.CITE: frozenset({CANCELLED}),
    Step.REOPEN: CLOSED,
}
_WHY_NOT = {
    DRAFT: "{code} is a draft: edit or delete it instead.",
    ACTIVE: "{code} is under way.",
    PAUSED: "{code} is paused, not closed.",
    FINISHED: "{code} is finished. Reopen it first.",
    CANCELLED: "{code} is cancelled. Reopen it first.",
}


class Standing(NamedTuple):
    """What an edit is judged by: the state of an initiative and its due date."""

    status: InitiativeStatus
    due_on: date | None


NOTHING = Standing(DRAFT, None)


def why_no_step(step: Step, status: InitiativeStatus, *, code: str) -> str | None:
    """Why an initiative in this state cannot take a step, as a sentence; None when it can.

    Re-dating, finishing and cancelling are for what runs (active or paused), reopening for what is closed.

    >>> why_no_step(Step.FINISH, InitiativeStatus.DRAFT, code="NEW-TILLS")
    'NEW-TILLS is a draft: edit or delete it instead.'
    >>> why_no_step(Step.FINISH, InitiativeStatus.PAUSED, code="NEW-TILLS") is None
    True
    """
    return None if status in _FROM[step] else _WHY_NOT[status].format(code=code)


def find_edit_faults(before: Standing, after: Standing) -> list[Fault]:
    """What an edit says that only a step of its own may say; `before` of a new initiative is `NOTHING`.

    A draft changes freely, but leaves draft only with a due date. What has left draft does not return to it,
    is closed and reopened by steps only, and keeps its due date, which is moved by re-dating alone.
    """
    faults = []
    if after.status != before.status and (after.status in CLOSED or before.status in CLOSED):
        detail = "Use the steps finish, cancel and reopen: each keeps its day and its reason."
        faults.append(Fault("/status", "own_step", detail))
    if after.status is DRAFT and before.status is not DRAFT:
        detail = "What has begun does not become a draft again: pause or cancel it."
        faults.append(Fault("/status", "left_draft", detail))
    if after.due_on is None and after.status is not DRAFT:
        detail = "A due date is needed before an initiative begins: it stays its baseline."
        faults.append(Fault("/due_on", "required", detail))
    elif after.due_on != before.due_on and before.status is not DRAFT:
        detail = "The due date of what has begun is moved by re-dating, with a reason."
        faults.append(Fault("/due_on", "redate_instead", detail))
    return faults


def is_beginning(before: Standing, after: Standing) -> bool:
    """Does this edit take an initiative out of draft, so that its due date becomes the baseline?

    >>> is_beginning(NOTHING, Standing(InitiativeStatus.ACTIVE, date(2026, 6, 30)))
    True
    """
    return before.status is DRAFT and after.status is not DRAFT
