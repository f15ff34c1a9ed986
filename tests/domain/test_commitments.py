"""What can be done to a commitment when, what an answer must say, and when somebody is reminded."""

from datetime import date, timedelta

import pytest

from app.domain.commitments import (
    CommitmentStep,
    Moment,
    Outcome,
    Promise,
    find_edit_problems,
    find_making_problems,
    find_moment,
    find_settling_problems,
    is_silent,
    why_not_step,
)
from app.domain.words import CommitmentStatus

MADE, DUE = date(2026, 6, 1), date(2026, 6, 30)
OPEN = Promise(CommitmentStatus.OPEN, DUE, MADE)
ANSWERED = (CommitmentStatus.KEPT, CommitmentStatus.PARTLY, CommitmentStatus.MISSED)


@pytest.mark.parametrize("step", [CommitmentStep.REDATE, CommitmentStep.DROP])
def test_what_is_due_can_be_moved_or_dropped_until_the_day_itself(step: CommitmentStep) -> None:
    assert why_not_step(step, OPEN, code="C-1", on=DUE) is None
    refusal = why_not_step(step, OPEN, code="C-1", on=DUE + timedelta(days=1))
    assert refusal == "C-1 was due on 2026-06-30: say what became of it."


@pytest.mark.parametrize("status", [*ANSWERED, CommitmentStatus.DROPPED])
@pytest.mark.parametrize("step", [CommitmentStep.EDIT, CommitmentStep.REDATE, CommitmentStep.DROP])
def test_what_is_closed_is_not_changed(step: CommitmentStep, status: CommitmentStatus) -> None:
    assert why_not_step(step, OPEN._replace(status=status), code="C-1", on=MADE) is not None


def test_what_is_open_is_edited_however_late() -> None:
    assert why_not_step(CommitmentStep.EDIT, OPEN, code="C-1", on=date(2027, 1, 1)) is None


@pytest.mark.parametrize("status", [CommitmentStatus.OPEN, *ANSWERED])
def test_an_answer_is_given_and_corrected(status: CommitmentStatus) -> None:
    assert why_not_step(CommitmentStep.SETTLE, OPEN._replace(status=status), code="C-1", on=DUE) is None


def test_what_was_dropped_is_not_answered_for() -> None:
    dropped = OPEN._replace(status=CommitmentStatus.DROPPED)
    assert "new commitment" in (why_not_step(CommitmentStep.SETTLE, dropped, code="C-1", on=DUE) or "")


def test_what_is_open_is_put_away_only_on_the_day_it_was_made() -> None:
    assert why_not_step(CommitmentStep.ARCHIVE, OPEN, code="C-1", on=MADE) is None
    assert why_not_step(CommitmentStep.ARCHIVE, OPEN, code="C-1", on=DUE) is not None
    kept = OPEN._replace(status=CommitmentStatus.KEPT)
    assert why_not_step(CommitmentStep.ARCHIVE, kept, code="C-1", on=DUE) is None


def test_an_edit_moves_no_due_date_and_no_owner_once_it_is_late() -> None:
    late, moved = DUE + timedelta(days=1), OPEN._replace(due_on=DUE + timedelta(days=9))
    assert list(find_edit_problems(OPEN, OPEN, owner_moves=True, today=DUE)) == []
    assert [each.field for each in find_edit_problems(OPEN, OPEN, owner_moves=True, today=late)] == ["owner"]
    assert [each.code for each in find_edit_problems(OPEN, moved, owner_moves=False, today=MADE)] == [
        "redate_instead"
    ]
    early = OPEN._replace(made_on=MADE + timedelta(days=1))
    assert [each.code for each in find_edit_problems(OPEN, early, owner_moves=False, today=MADE)] == [
        "in_the_future"
    ]


def test_a_day_of_making_is_not_moved_past_the_due_date() -> None:
    late = OPEN._replace(made_on=DUE + timedelta(days=1))
    problems = find_edit_problems(OPEN, late, owner_moves=False, today=DUE + timedelta(days=5))
    assert [each.code for each in problems] == ["after_due"]
    assert list(find_edit_problems(late, late, owner_moves=False, today=DUE + timedelta(days=5))) == []


def test_what_is_promised_is_due_no_earlier_than_it_is_made() -> None:
    before = OPEN._replace(due_on=MADE - timedelta(days=1))
    assert [each.code for each in find_making_problems(before, today=MADE)] == ["before_made"]
    assert list(find_making_problems(OPEN._replace(due_on=MADE), today=MADE)) == []
    early = find_making_problems(OPEN, today=MADE - timedelta(days=1))
    assert [each.code for each in early] == ["in_the_future"]


def test_missed_is_said_from_the_due_date_on_and_kept_before() -> None:
    day = DUE - timedelta(days=1)
    assert list(find_settling_problems(OPEN, Outcome.KEPT, None, on=day, today=day)) == []
    for outcome in (Outcome.PARTLY, Outcome.MISSED):
        early = find_settling_problems(OPEN, outcome, "I ask earlier.", on=day, today=DUE)
        assert [each.field for each in early] == ["outcome"]


@pytest.mark.parametrize(
    ("outcome", "said", "fields"),
    [
        (Outcome.KEPT, None, []),
        (Outcome.PARTLY, None, ["said"]),
        (Outcome.MISSED, "", ["said"]),
        (Outcome.MISSED, "I ask earlier.", []),
    ],
)
def test_what_was_not_kept_needs_a_word(outcome: Outcome, said: str | None, fields: list[str]) -> None:
    problems = find_settling_problems(OPEN, outcome, said, on=DUE, today=DUE)
    assert [each.field for each in problems] == fields


def test_an_answer_is_of_a_day_between_the_making_and_today() -> None:
    for day, code in ((DUE + timedelta(days=1), "in_the_future"), (MADE - timedelta(days=1), "before_made")):
        problems = find_settling_problems(OPEN, Outcome.KEPT, None, on=day, today=DUE)
        assert [each.code for each in problems] == [code]


@pytest.mark.parametrize(
    ("days", "moment"),
    [
        (-4, None),
        (-3, Moment.SOON),
        (-1, Moment.SOON),
        (0, Moment.TODAY),
        (1, Moment.OVERDUE),
        (7, Moment.OVERDUE),
        (8, Moment.SILENT),
    ],
)
def test_a_commitment_is_called_to_mind_before_on_and_after_its_day(days: int, moment: Moment | None) -> None:
    assert find_moment(DUE, DUE + timedelta(days=days)) == moment
    assert is_silent(DUE, DUE + timedelta(days=days)) == (moment is Moment.SILENT)
