"""How far a waiver reaches."""

from datetime import date, timedelta

import pytest

from app.domain.linkage.states import waiver_problem

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("days", [0, 1, 364, 365])
def test_a_waiver_ends_between_today_and_a_year_from_now(days: int) -> None:
    assert waiver_problem(TODAY + timedelta(days=days), today=TODAY) is None


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        (-1, "a waiver must end today or later"),
        (366, "a waiver lasts 365 days at most"),
    ],
)
def test_a_waiver_that_is_over_or_without_end_is_refused(days: int, problem: str) -> None:
    assert waiver_problem(TODAY + timedelta(days=days), today=TODAY) == problem
