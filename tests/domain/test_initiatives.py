"""What an edit of an initiative may say, and which step leads from which state."""

from datetime import date

import pytest

from app.domain.initiatives import (
    ACTIVE,
    CANCELLED,
    DRAFT,
    FINISHED,
    NOTHING,
    PAUSED,
    Dates,
    Pace,
    Standing,
    Step,
    find_edit_faults,
    is_beginning,
    judge_pace,
    why_no_step,
)
from app.domain.words import InitiativeStatus

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 31)


@pytest.mark.parametrize(
    ("before", "after", "faults"),
    [
        (NOTHING, Standing(DRAFT, None), []),
        (NOTHING, Standing(DRAFT, JUNE), []),
        (NOTHING, Standing(ACTIVE, JUNE), []),
        (NOTHING, Standing(PAUSED, JUNE), []),
        (NOTHING, Standing(ACTIVE, None), ["/due_on required"]),
        (NOTHING, Standing(FINISHED, JUNE), ["/status own_step"]),
        (NOTHING, Standing(CANCELLED, None), ["/status own_step", "/due_on required"]),
        (Standing(DRAFT, JUNE), Standing(DRAFT, JULY), []),
        (Standing(DRAFT, JUNE), Standing(ACTIVE, JULY), []),
        (Standing(ACTIVE, JUNE), Standing(PAUSED, JUNE), []),
        (Standing(PAUSED, JUNE), Standing(ACTIVE, JUNE), []),
        (Standing(ACTIVE, JUNE), Standing(ACTIVE, JULY), ["/due_on redate_instead"]),
        (Standing(PAUSED, JUNE), Standing(ACTIVE, JULY), ["/due_on redate_instead"]),
        (Standing(ACTIVE, JUNE), Standing(ACTIVE, None), ["/due_on required"]),
        (Standing(ACTIVE, JUNE), Standing(DRAFT, JUNE), ["/status left_draft"]),
        (Standing(ACTIVE, JUNE), Standing(FINISHED, JUNE), ["/status own_step"]),
        (Standing(FINISHED, JUNE), Standing(FINISHED, JUNE), []),
        (Standing(FINISHED, JUNE), Standing(ACTIVE, JUNE), ["/status own_step"]),
        (Standing(CANCELLED, JUNE), Standing(CANCELLED, JULY), ["/due_on redate_instead"]),
    ],
)
def test_an_edit_leaves_to_steps_what_is_theirs(before: Standing, after: Standing, faults: list[str]) -> None:
    found = find_edit_faults(before, after)
    assert [f"{fault.pointer} {fault.code}" for fault in found] == faults


@pytest.mark.parametrize(
    ("before", "after", "begins"),
    [(NOTHING, DRAFT, False), (NOTHING, PAUSED, True), (Standing(ACTIVE, JUNE), PAUSED, False)],
)
def test_what_leaves_draft_begins(before: Standing, after: InitiativeStatus, begins: bool) -> None:
    assert is_beginning(before, Standing(after, JUNE)) is begins


@pytest.mark.parametrize("step", [Step.REDATE, Step.FINISH, Step.CANCEL])
def test_only_what_runs_is_redated_finished_or_cancelled(step: Step) -> None:
    told = {status: why_no_step(step, status, code="TILLS") for status in InitiativeStatus}
    assert told == {
        DRAFT: "TILLS is a draft: edit or delete it instead.",
        ACTIVE: None,
        PAUSED: None,
        FINISHED: "TILLS is finished. Reopen it first.",
        CANCELLED: "TILLS is cancelled. Reopen it first.",
    }


def test_only_what_is_closed_is_reopened() -> None:
    told = {status: why_no_step(Step.REOPEN, status, code="TILLS") for status in InitiativeStatus}
    assert [status for status, why in told.items() if why is None] == [FINISHED, CANCELLED]
    assert told[PAUSED] == "TILLS is paused: finish or cancel it first."


@pytest.mark.parametrize(
    ("dates", "pace", "days"),
    [
        (Dates(DRAFT, None, None, None), Pace.PLANNED, 0),
        (Dates(DRAFT, JUNE, None, None), Pace.PLANNED, 0),
        (Dates(ACTIVE, JULY, JULY, None), Pace.ON_PLAN, 0),
        (Dates(ACTIVE, JULY, date(2026, 8, 31), None), Pace.ON_PLAN, 0),
        (Dates(PAUSED, JULY, JUNE, None), Pace.MOVED, 31),
        (Dates(ACTIVE, date(2026, 7, 9), JUNE, None), Pace.LATE, 1),
        (Dates(FINISHED, JULY, JUNE, JUNE), Pace.ON_TIME, 0),
        (Dates(FINISHED, JULY, JUNE, date(2026, 7, 1)), Pace.FINISHED_LATE, 1),
        (Dates(CANCELLED, JULY, JUNE, None), Pace.GIVEN_UP, 0),
    ],
)
def test_the_pace_is_measured_on_the_baseline(dates: Dates, pace: Pace, days: int) -> None:
    assert judge_pace(dates, date(2026, 7, 10)) == (pace, days)
