"""Decisions: which steps are open to one, and which days fit together."""

from datetime import date

import pytest

from app.domain.decisions import (
    DecisionStatus,
    DecisionStep,
    allows_step,
    find_day_problems,
    find_limit_day,
    find_step_problem,
    is_past_limit,
)

OPEN, DECIDED, WITHDRAWN = DecisionStatus
MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))


def test_each_step_is_open_to_what_stands_right() -> None:
    allowed = {
        step: {status for status in DecisionStatus if allows_step(status, step)} for step in DecisionStep
    }
    assert allowed == {
        DecisionStep.DECIDE: {OPEN},
        DecisionStep.WITHDRAW: {OPEN},
        DecisionStep.ESCALATE: {OPEN},
        DecisionStep.REOPEN: {DECIDED, WITHDRAWN},
        DecisionStep.REVIEW: {DECIDED},
        DecisionStep.DISSENT: {OPEN, DECIDED},
    }


def test_the_limit_is_the_days_of_the_type_after_the_opening() -> None:
    assert find_limit_day(MARCH, 31) == APRIL
    assert find_limit_day(MARCH, None) is None
    assert not is_past_limit(MARCH, 31, today=APRIL)
    assert is_past_limit(MARCH, 30, today=APRIL)
    assert not is_past_limit(MARCH, None, today=MAY)


@pytest.mark.parametrize(
    ("raised_on", "needed_by", "rest", "expected"),
    [
        (MARCH, None, {}, []),
        (MARCH, MARCH, {"review_on": MARCH}, []),
        (MAY, None, {}, [("raised_on", "in_the_future")]),
        (APRIL, MARCH, {}, [("needed_by", "before_raised")]),
        (APRIL, None, {"first_end": MARCH}, [("raised_on", "after_decided")]),
        (APRIL, None, {"first_end": APRIL}, []),
        (APRIL, None, {"review_on": MARCH}, [("review_on", "before_raised")]),
        (MARCH, None, {"decided_on": MAY, "review_on": APRIL}, [("review_on", "before_decided")]),
        (MAY, MARCH, {"review_on": APRIL}, ["raised_on", "needed_by", "review_on"]),
    ],
)
def test_days_that_do_not_fit_are_each_told(
    raised_on: date, needed_by: date | None, rest: dict[str, date], expected: list[object]
) -> None:
    problems = list(find_day_problems(raised_on, needed_by, today=APRIL, **rest))
    told = [(each.field, each.code) if isinstance(expected[0], tuple) else each.field for each in problems]
    assert told == expected
    assert all(each.sentence.endswith(".") for each in problems)


def test_a_step_comes_between_what_it_follows_and_today() -> None:
    def read_code(day: date) -> str | None:
        problem = find_step_problem("reviewed_on", day, since=MARCH, what="decided", today=APRIL)
        return problem and problem.code

    assert [read_code(day) for day in (date(2026, 2, 28), MARCH, APRIL, MAY)] == [
        "before_decided",
        None,
        None,
        "in_the_future",
    ]
