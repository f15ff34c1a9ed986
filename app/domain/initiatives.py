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
    ARCHIVE = "archive"


_FROM = {
    Step.REDATE: RUNNING,
    Step.FINISH: RUNNING,
    Step.CANCEL: RUNNING,
    # The decision behind a cancellation may be named later.
    Step.CITE: frozenset({CANCELLED}),
    Step.REOPEN: CLOSED,
    # What runs late is not put out of sight: it is finished, or given up in the open.
    Step.ARCHIVE: CLOSED | {DRAFT},
}
_WHY_NOT = {
    DRAFT: "{code} is a draft: edit or delete it instead.",
    ACTIVE: "{code} is under way: finish or cancel it first.",
    PAUSED: "{code} is paused: finish or cancel it first.",
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

    Re-dating, finishing and cancelling are for what runs (active or paused), reopening for what is closed;
    archived is what does not run.

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


class Pace(StrEnum):
    """How an initiative stands against its dates."""

    PLANNED = "planned"
    ON_PLAN = "on plan"
    MOVED = "moved"
    LATE = "late"
    ON_TIME = "finished on time"
    FINISHED_LATE = "finished late"
    GIVEN_UP = "cancelled"


class Dates(NamedTuple):
    """What a pace is judged by."""

    status: InitiativeStatus
    due_on: date | None
    due_baseline: date | None
    finished_on: date | None


def judge_pace(dates: Dates, today: date) -> tuple[Pace, int]:
    """How an initiative stands, and by how many days: 0 where no days matter.

    `on time` is measured on the baseline, whatever dates came later. What runs is late once its current date
    is past (days since then), and moved when that date lies after the baseline (days between the two).

    >>> dates = Dates(InitiativeStatus.FINISHED, date(2026, 9, 30), date(2026, 6, 30), date(2026, 7, 3))
    >>> judge_pace(dates, date(2026, 11, 22))
    (<Pace.FINISHED_LATE: 'finished late'>, 3)
    """
    if dates.status is CANCELLED:
        return Pace.GIVEN_UP, 0
    if dates.due_on is None or dates.due_baseline is None:
        return Pace.PLANNED, 0
    if dates.finished_on is not None:
        over = (dates.finished_on - dates.due_baseline).days
        return (Pace.FINISHED_LATE, over) if over > 0 else (Pace.ON_TIME, 0)
    if dates.due_on < today:
        return Pace.LATE, (today - dates.due_on).days
    moved = (dates.due_on - dates.due_baseline).days
    return (Pace.MOVED, moved) if moved > 0 else (Pace.ON_PLAN, 0)
