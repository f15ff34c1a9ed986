"""Who may do what: one pure function guards both doors. Roles are for people, scopes for machines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from app.errors import Forbidden


class Role(StrEnum):
    """What a person may be (product.md, Access)."""

    ADMIN = "admin"
    EXECUTIVE = "executive"
    HEAD = "head"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"
    FACILITATOR = "facilitator"


class Permission(StrEnum):
    """One thing an actor may do. The values of those a machine can hold are its scopes."""

    ORGANIZATION_READ = "organization:read"
    METRICS_READ = "metrics:read"
    MEASUREMENTS_WRITE = "measurements:write"
    ENGAGEMENT_WRITE = "engagement:write"
    GOALS_READ = "goals:read"
    GOALS_WRITE = "goals:write"
    DIRECTORY_READ = "directory:read"
    DIRECTORY_WRITE = "directory:write"
    SEGMENTS_WRITE = "segments:write"
    COMMITMENTS_READ = "commitments:read"
    COMMITMENTS_WRITE = "commitments:write"
    PEER_NOTES_READ = "peer_notes:read"
    PEER_NOTES_WRITE = "peer_notes:write"
    DECISIONS_READ = "decisions:read"
    DECISIONS_WRITE = "decisions:write"
    PARTNERSHIPS_READ = "partnerships:read"
    PARTNERSHIPS_WRITE = "partnerships:write"
    SURVEYS_READ = "surveys:read"
    SURVEYS_WRITE = "surveys:write"
    REVIEWS_READ = "reviews:read"
    REVIEWS_WRITE = "reviews:write"
    REVIEWS_CAPTURE = "reviews:capture"
    # Values of a month whose review is closed: no scope, machines wait for its reopening.
    PERIODS_CORRECT = "periods:correct"
    RITUALS_READ = "rituals:read"
    RITUALS_WRITE = "rituals:write"
    AUDIT_READ = "audit:read"
    CLIENTS_READ = "clients:read"
    CLIENTS_WRITE = "clients:write"
    ROLES_WRITE = "roles:write"
    WAIVERS_WRITE = "waivers:write"


SCOPES = (
    Permission.METRICS_READ,
    Permission.MEASUREMENTS_WRITE,
    Permission.ENGAGEMENT_WRITE,
    Permission.GOALS_READ,
    Permission.GOALS_WRITE,
    Permission.DIRECTORY_WRITE,
    Permission.COMMITMENTS_READ,
    Permission.COMMITMENTS_WRITE,
    Permission.PEER_NOTES_READ,
    Permission.PEER_NOTES_WRITE,
    Permission.DECISIONS_READ,
    Permission.DECISIONS_WRITE,
    Permission.PARTNERSHIPS_READ,
    Permission.PARTNERSHIPS_WRITE,
    Permission.SURVEYS_READ,
    Permission.SURVEYS_WRITE,
    Permission.REVIEWS_READ,
    Permission.REVIEWS_WRITE,
    Permission.REVIEWS_CAPTURE,
    Permission.RITUALS_READ,
    Permission.RITUALS_WRITE,
    Permission.AUDIT_READ,
)

READS = frozenset(
    {
        Permission.ORGANIZATION_READ,
        Permission.METRICS_READ,
        Permission.GOALS_READ,
        Permission.DIRECTORY_READ,
        Permission.COMMITMENTS_READ,
        Permission.PEER_NOTES_READ,
        Permission.DECISIONS_READ,
        Permission.PARTNERSHIPS_READ,
        Permission.SURVEYS_READ,
        Permission.REVIEWS_READ,
        Permission.RITUALS_READ,
        Permission.AUDIT_READ,
        Permission.CLIENTS_READ,
    }
)

# What a scope brings with it: whoever reads goals sees the departments and owners they name, and whoever
# writes a thing needs the version it replaces.
_BROUGHT_ALONG: Mapping[Permission, frozenset[Permission]] = {
    Permission.METRICS_READ: frozenset({Permission.ORGANIZATION_READ}),
    Permission.GOALS_READ: frozenset({Permission.ORGANIZATION_READ, Permission.DIRECTORY_READ}),
    Permission.GOALS_WRITE: frozenset({Permission.ORGANIZATION_READ}),
    Permission.DIRECTORY_WRITE: frozenset({Permission.ORGANIZATION_READ, Permission.DIRECTORY_READ}),
    Permission.COMMITMENTS_READ: frozenset({Permission.ORGANIZATION_READ, Permission.DIRECTORY_READ}),
    Permission.COMMITMENTS_WRITE: frozenset({Permission.ORGANIZATION_READ}),
    Permission.PEER_NOTES_READ: frozenset({Permission.ORGANIZATION_READ, Permission.DIRECTORY_READ}),
    Permission.PEER_NOTES_WRITE: frozenset({Permission.ORGANIZATION_READ}),
    Permission.DECISIONS_READ: frozenset({Permission.ORGANIZATION_READ, Permission.DIRECTORY_READ}),
    Permission.DECISIONS_WRITE: frozenset({Permission.ORGANIZATION_READ}),
    Permission.PARTNERSHIPS_READ: frozenset({Permission.ORGANIZATION_READ, Permission.DIRECTORY_READ}),
    Permission.PARTNERSHIPS_WRITE: frozenset({Permission.ORGANIZATION_READ}),
    Permission.SURVEYS_READ: frozenset({Permission.ORGANIZATION_READ, Permission.DIRECTORY_READ}),
    Permission.SURVEYS_WRITE: frozenset({Permission.ORGANIZATION_READ}),
    Permission.REVIEWS_READ: frozenset({Permission.ORGANIZATION_READ, Permission.DIRECTORY_READ}),
    Permission.REVIEWS_WRITE: frozenset({Permission.ORGANIZATION_READ}),
    Permission.REVIEWS_CAPTURE: frozenset({Permission.ORGANIZATION_READ}),
    Permission.RITUALS_READ: frozenset({Permission.ORGANIZATION_READ, Permission.DIRECTORY_READ}),
    Permission.RITUALS_WRITE: frozenset({Permission.ORGANIZATION_READ}),
}

_EVERYBODY = frozenset(
    {
        Permission.ORGANIZATION_READ,
        Permission.METRICS_READ,
        Permission.GOALS_READ,
        Permission.DIRECTORY_READ,
        Permission.COMMITMENTS_READ,
        Permission.PEER_NOTES_READ,
        Permission.DECISIONS_READ,
        Permission.PARTNERSHIPS_READ,
        Permission.SURVEYS_READ,
        Permission.REVIEWS_READ,
        Permission.RITUALS_READ,
    }
)
_EXECUTIVE = _EVERYBODY | {
    Permission.GOALS_WRITE,
    Permission.MEASUREMENTS_WRITE,
    Permission.DIRECTORY_WRITE,
    Permission.SEGMENTS_WRITE,
    Permission.COMMITMENTS_WRITE,
    Permission.PEER_NOTES_WRITE,
    Permission.DECISIONS_WRITE,
    Permission.PARTNERSHIPS_WRITE,
    Permission.SURVEYS_WRITE,
    Permission.REVIEWS_WRITE,
    Permission.REVIEWS_CAPTURE,
    Permission.RITUALS_WRITE,
    Permission.PERIODS_CORRECT,
    Permission.AUDIT_READ,
    Permission.CLIENTS_READ,
    Permission.WAIVERS_WRITE,
}
_OF_ROLE: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: _EXECUTIVE | {Permission.CLIENTS_WRITE, Permission.ROLES_WRITE, Permission.ENGAGEMENT_WRITE},
    Role.EXECUTIVE: _EXECUTIVE,
    Role.HEAD: _EVERYBODY
    | {
        Permission.GOALS_WRITE,
        Permission.MEASUREMENTS_WRITE,
        Permission.COMMITMENTS_WRITE,
        Permission.PEER_NOTES_WRITE,
        Permission.DECISIONS_WRITE,
        Permission.PARTNERSHIPS_WRITE,
        Permission.REVIEWS_CAPTURE,
        Permission.WAIVERS_WRITE,
    },
    Role.CONTRIBUTOR: _EVERYBODY | {Permission.REVIEWS_CAPTURE},
    Role.VIEWER: _EVERYBODY,
    # A facilitator works with surveys and reviews; of the rest only figures without names.
    Role.FACILITATOR: frozenset(
        {
            Permission.ORGANIZATION_READ,
            Permission.METRICS_READ,
            Permission.SURVEYS_READ,
            Permission.SURVEYS_WRITE,
            Permission.REVIEWS_READ,
            Permission.REVIEWS_WRITE,
            Permission.REVIEWS_CAPTURE,
            Permission.RITUALS_READ,
            Permission.RITUALS_WRITE,
        }
    ),
}
# What somebody may do to a thing that is assigned to them, whatever their role allows elsewhere.
_ASSIGNED = frozenset(
    {
        Permission.GOALS_WRITE,
        Permission.MEASUREMENTS_WRITE,
        Permission.COMMITMENTS_WRITE,
        Permission.DECISIONS_WRITE,
        Permission.PARTNERSHIPS_WRITE,
        Permission.RITUALS_WRITE,
    }
)
_MAY_BE_ASSIGNED = frozenset({Role.HEAD, Role.CONTRIBUTOR})


class ActorKind(StrEnum):
    """What kind of somebody acts."""

    PERSON = "person"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. `sees` and `writes` are department ids; None means no limit."""

    id: UUID
    kind: ActorKind
    name: str
    permissions: frozenset[Permission]
    role: Role | None = None
    sees: frozenset[UUID] | None = None
    writes: frozenset[UUID] | None = None
    source: str | None = None
    suppresses_small_groups: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing belongs: its department (None: the whole organization), and whose it is."""

    department: UUID | None = None
    people: frozenset[UUID] = frozenset()


def permissions_of_role(role: Role | None) -> frozenset[Permission]:
    """What a role allows. No role allows nothing."""
    return frozenset() if role is None else _OF_ROLE[role]


def permissions_of_scopes(scopes: frozenset[Permission]) -> frozenset[Permission]:
    """What a machine's scopes allow, with what they bring along."""
    return scopes.union(*(_BROUGHT_ALONG.get(scope, frozenset()) for scope in scopes))


def may(actor: Actor, permission: Permission, *, on: Place | None = None) -> bool:
    """May this actor do this, there?

    Without `on`: at all, anywhere. With it: on a thing of that place. Reading is limited by `actor.sees`
    (things of the whole organization stay visible), writing by `actor.writes` (things of the whole
    organization are then out of reach). What is assigned to a head or contributor they may write anywhere.
    """
    if on is not None and _is_assigned(actor, permission, on):
        return True
    if permission not in actor.permissions:
        return on is None and permission in _ASSIGNED and actor.role in _MAY_BE_ASSIGNED
    if on is None:
        return True
    if permission in READS:
        return actor.sees is None or on.department is None or on.department in actor.sees
    return actor.writes is None or on.department in actor.writes


def _is_assigned(actor: Actor, permission: Permission, on: Place) -> bool:
    return permission in _ASSIGNED and actor.role in _MAY_BE_ASSIGNED and actor.id in on.people


SYSTEM = Actor(
    id=UUID(int=0),
    kind=ActorKind.SYSTEM,
    name="command line",
    permissions=frozenset(Permission),
)
# Whoever holds the printed code of an empty installation.
FIRST_RUN = replace(SYSTEM, name="first run")


def require(actor: Actor, permission: Permission, *, on: Place | None = None) -> None:
    """Raises Forbidden unless the actor may."""
    if not may(actor, permission, on=on):
        where = "" if on is None else " here"
        raise Forbidden(
            f"This needs the permission {permission.value}{where}, which {actor.name} does not have."
        )


def require_anywhere(actor: Actor, permission: Permission, *, places: Sequence[Place]) -> None:
    """Raises Forbidden unless the actor may at one of the places of a thing that has several."""
    if not any(may(actor, permission, on=place) for place in places):
        require(actor, permission, on=places[0])
