"""Who may do what, where: the table of product.md, and what bounds it."""

from uuid import UUID

import pytest

from app.domain.permissions import (
    READS,
    SCOPES,
    SYSTEM,
    Actor,
    ActorKind,
    Permission,
    Place,
    Role,
    may,
    permissions_of_role,
    permissions_of_scopes,
    require,
    require_anywhere,
)
from app.errors import Forbidden

HOME, BELOW, ELSEWHERE = UUID(int=1), UUID(int=2), UUID(int=3)
ME, SOMEBODY = UUID(int=10), UUID(int=11)
WHOLE = Place()


def person(role: Role | None) -> Actor:
    """A person; a head heads the department HOME and what is below it."""
    writes = frozenset({HOME, BELOW}) if role is Role.HEAD else None
    return Actor(ME, ActorKind.PERSON, "somebody", permissions_of_role(role), role=role, writes=writes)


def machine(*scopes: Permission, reach: frozenset[UUID] | None = None) -> Actor:
    """A machine, perhaps bound to departments."""
    allowed = permissions_of_scopes(frozenset(scopes))
    return Actor(ME, ActorKind.CLIENT, "machine", allowed, sees=reach, writes=reach)


@pytest.mark.parametrize(
    ("role", "permission", "place", "expected"),
    [
        (Role.ADMIN, Permission.ROLES_WRITE, WHOLE, True),
        (Role.EXECUTIVE, Permission.ROLES_WRITE, WHOLE, False),
        (Role.EXECUTIVE, Permission.GOALS_WRITE, WHOLE, True),
        (Role.EXECUTIVE, Permission.CLIENTS_READ, WHOLE, True),
        (Role.EXECUTIVE, Permission.CLIENTS_WRITE, WHOLE, False),
        (Role.HEAD, Permission.GOALS_WRITE, WHOLE, False),
        (Role.HEAD, Permission.GOALS_WRITE, Place(HOME), True),
        (Role.HEAD, Permission.GOALS_WRITE, Place(BELOW), True),
        (Role.HEAD, Permission.GOALS_WRITE, Place(ELSEWHERE), False),
        (Role.HEAD, Permission.MEASUREMENTS_WRITE, Place(ELSEWHERE, frozenset({ME})), True),
        (Role.HEAD, Permission.METRICS_READ, Place(ELSEWHERE), True),
        (Role.HEAD, Permission.AUDIT_READ, WHOLE, False),
        (Role.CONTRIBUTOR, Permission.MEASUREMENTS_WRITE, Place(HOME), False),
        (Role.CONTRIBUTOR, Permission.MEASUREMENTS_WRITE, Place(HOME, frozenset({ME})), True),
        (Role.CONTRIBUTOR, Permission.MEASUREMENTS_WRITE, Place(HOME, frozenset({SOMEBODY})), False),
        (Role.CONTRIBUTOR, Permission.DIRECTORY_WRITE, Place(HOME, frozenset({ME})), False),
        (Role.VIEWER, Permission.GOALS_READ, WHOLE, True),
        (Role.VIEWER, Permission.MEASUREMENTS_WRITE, Place(HOME, frozenset({ME})), False),
        (Role.FACILITATOR, Permission.METRICS_READ, WHOLE, True),
        (Role.FACILITATOR, Permission.GOALS_READ, WHOLE, False),
        (None, Permission.ORGANIZATION_READ, WHOLE, False),
    ],
)
def test_what_a_role_allows_there(
    role: Role | None, permission: Permission, place: Place, expected: bool
) -> None:
    assert may(person(role), permission, on=place) is expected


@pytest.mark.parametrize(
    ("role", "permission", "expected"),
    [
        (Role.CONTRIBUTOR, Permission.MEASUREMENTS_WRITE, True),
        (Role.CONTRIBUTOR, Permission.DIRECTORY_WRITE, False),
        (Role.VIEWER, Permission.MEASUREMENTS_WRITE, False),
        (Role.HEAD, Permission.GOALS_WRITE, True),
        (None, Permission.GOALS_READ, False),
    ],
)
def test_whether_a_role_allows_it_anywhere(role: Role | None, permission: Permission, expected: bool) -> None:
    assert may(person(role), permission) is expected


def test_a_bound_machine_reads_its_departments_and_the_whole_and_writes_only_the_first() -> None:
    bound = machine(Permission.METRICS_READ, Permission.MEASUREMENTS_WRITE, reach=frozenset({HOME, BELOW}))
    assert may(bound, Permission.METRICS_READ, on=Place(BELOW))
    assert may(bound, Permission.METRICS_READ, on=WHOLE)
    assert not may(bound, Permission.METRICS_READ, on=Place(ELSEWHERE))
    assert may(bound, Permission.MEASUREMENTS_WRITE, on=Place(HOME))
    assert not may(bound, Permission.MEASUREMENTS_WRITE, on=WHOLE)
    assert not may(bound, Permission.MEASUREMENTS_WRITE, on=Place(ELSEWHERE))


def test_a_machine_is_never_assigned_anything() -> None:
    assert not may(
        machine(Permission.METRICS_READ), Permission.MEASUREMENTS_WRITE, on=Place(HOME, frozenset({ME}))
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_brings_along_reading_only(scope: Permission) -> None:
    brought = permissions_of_scopes(frozenset({scope})) - {scope}
    assert brought <= READS
    assert Permission.CLIENTS_READ not in brought


def test_the_command_line_may_everything() -> None:
    assert all(may(SYSTEM, permission, on=WHOLE) for permission in Permission)


def test_a_refusal_names_the_permission_and_who_lacks_it() -> None:
    require(person(Role.EXECUTIVE), Permission.GOALS_WRITE, on=WHOLE)
    with pytest.raises(Forbidden, match="goals:write here, which somebody does not have"):
        require(person(Role.VIEWER), Permission.GOALS_WRITE, on=WHOLE)
    with pytest.raises(Forbidden, match="goals:write, which somebody"):
        require(person(None), Permission.GOALS_WRITE)


def test_one_of_several_places_is_enough() -> None:
    head = person(Role.HEAD)
    require_anywhere(head, Permission.DECISIONS_WRITE, places=[Place(ELSEWHERE), Place(BELOW)])
    with pytest.raises(Forbidden, match="here"):
        require_anywhere(head, Permission.DECISIONS_WRITE, places=[Place(ELSEWHERE), WHOLE])
