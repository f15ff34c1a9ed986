"""The life of a review: which step leads where, which month is due, and what a closed one locks."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest

from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM, Actor, ActorKind, Role, permissions_of_role
from app.domain.reviews import (
    CHAIR_ROLES,
    ReviewStatus,
    default_meeting_day,
    due_review,
    find_review_problem,
    may_name_chair,
    months_before,
    next_review_status,
    reviewing_month,
    say_review_status,
)

STEPS = {
    ("preparing", "start"): "in_session",
    ("preparing", "close"): "closed",
    ("in_session", "pause"): "preparing",
    ("in_session", "close"): "closed",
    ("closed", "reopen"): "preparing",
}


def test_there_are_these_steps_and_no_others() -> None:
    for status, step in product(ReviewStatus, ("start", "pause", "close", "reopen")):
        led = next_review_status(status, step)
        assert (led and led.value) == STEPS.get((status.value, step))
        assert say_review_status(status)


@pytest.mark.parametrize(
    ("day", "due"), [("2027-01-01", "2026-12"), ("2026-10-31", "2026-09"), ("2026-11-01", "2026-10")]
)
def test_the_month_that_has_ended_is_due(day: str, due: str) -> None:
    assert due_review(date.fromisoformat(day)).text == due


def test_a_month_is_reviewed_from_its_first_day_on() -> None:
    month = parse_period("2026-10")
    assert find_review_problem(month, today=date(2026, 9, 30)) == "2026-10 has not begun yet."
    assert find_review_problem(month, today=date(2026, 10, 1)) is None
    assert find_review_problem(parse_period("2026-W40"), today=date(2027, 1, 1))


def test_a_month_is_opened_for_two_years_unless_the_past_is_played() -> None:
    today = date(2026, 11, 23)
    assert find_review_problem(parse_period("2024-11"), today=today) is None
    late = find_review_problem(parse_period("2024-10"), today=today)
    assert late == "2024-10 is too long ago: the oldest month that can be opened is 2024-11."
    assert find_review_problem(parse_period("1900-01"), today=today, is_played=True) is None


@pytest.mark.parametrize(
    ("period", "month"), [("2026-W40", "2026-10"), ("2026", "2026-12"), ("2026-09", "2026-09")]
)
def test_a_period_is_locked_by_the_month_in_which_it_ends(period: str, month: str) -> None:
    assert reviewing_month(parse_period(period).last_day) == month


def test_months_before_are_the_oldest_first() -> None:
    assert [each.text for each in months_before(parse_period("2026-02"), 3)] == [
        "2025-11",
        "2025-12",
        "2026-01",
    ]


@pytest.mark.parametrize(
    ("period", "day"), [("2026-10", "2026-11-10"), ("2026-08", "2026-09-08"), ("2026-11", "2026-12-08")]
)
def test_it_meets_on_the_second_tuesday(period: str, day: str) -> None:
    met = default_meeting_day(parse_period(period))
    assert (met.isoformat(), met.weekday()) == (day, 1)
    assert 8 <= met.day <= 14


@pytest.mark.parametrize(("role", "may"), [*((each, each in CHAIR_ROLES) for each in Role), (None, False)])
def test_who_chairs_is_said_by_those_who_chair(role: Role | None, may: bool) -> None:
    actor = Actor(UUID(int=1), ActorKind.PERSON, "Ada", permissions_of_role(role), role=role)
    assert may_name_chair(actor) is may
    assert may_name_chair(SYSTEM)
