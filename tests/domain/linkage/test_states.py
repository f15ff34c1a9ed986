"""How far a waiver reaches."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from app.domain.linkage.findings import Severity
from app.domain.linkage.states import refuse_to_waive, waiver_problem
from app.domain.permissions import Actor, ActorKind, Role, permissions_of_role

TODAY = date(2026, 11, 22)
HERE, THERE = UUID(int=1), UUID(int=2)


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


def make_actor(role: Role | None, *departments: UUID) -> Actor:
    """A person of a role; a head writes in these departments."""
    writes = frozenset(departments) if role is Role.HEAD else None
    permissions = permissions_of_role(role)
    return Actor(UUID(int=9), ActorKind.PERSON, "Ada", permissions, role=role, writes=writes)


@pytest.mark.parametrize(
    ("actor", "severity", "departments", "told"),
    [
        (make_actor(Role.EXECUTIVE), Severity.ERROR, [None], None),
        (make_actor(Role.HEAD, HERE), Severity.WARNING, [str(HERE)], None),
        (make_actor(Role.HEAD, HERE), Severity.INFO, [str(HERE), str(HERE)], None),
        (make_actor(Role.HEAD, HERE), Severity.ERROR, [str(HERE)], "executives only"),
        (make_actor(Role.HEAD, HERE), Severity.WARNING, [str(THERE)], "an executive can"),
        (make_actor(Role.HEAD, HERE), Severity.WARNING, [str(HERE), str(THERE)], "an executive can"),
        (make_actor(Role.HEAD, HERE), Severity.WARNING, [None], "an executive can"),
        (make_actor(Role.VIEWER), Severity.INFO, [str(HERE)], "for heads and executives"),
        (make_actor(None), Severity.INFO, [], "for heads and executives"),
    ],
)
def test_who_may_waive_what(
    actor: Actor, severity: Severity, departments: list[str | None], told: str | None
) -> None:
    refusal = refuse_to_waive(actor, severity, departments=departments)
    assert refusal is None if told is None else told in str(refusal)
