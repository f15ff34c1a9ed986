"""The closed vocabularies of the strategy: states of goals, kinds of links, levels of leadership."""

from enum import StrEnum


class NodeStatus(StrEnum):
    """State of a goal or an objective. Only `active` is live (linkage.md, The graph)."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ACHIEVED = "achieved"
    ABANDONED = "abandoned"


class LinkType(StrEnum):
    """How an objective relates to its target; only `contributes` counts for alignment."""

    CONTRIBUTES = "contributes"
    SUPPORTS = "supports"
    DEPENDS_ON = "depends_on"
    CONFLICTS_WITH = "conflicts_with"


class DependencyState(StrEnum):
    """What became of a dependency: asked for, then promised or refused, then there."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DELIVERED = "delivered"


class NodeKind(StrEnum):
    """The nouns that share one namespace of codes."""

    THEME = "theme"
    GOAL = "goal"
    OBJECTIVE = "objective"
    INITIATIVE = "initiative"


class InitiativeStatus(StrEnum):
    """State of an initiative. Only `active` is live."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class CommitmentStatus(StrEnum):
    """Where a commitment stands, or what became of it. Dropped: released before it was due."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY = "partly"
    MISSED = "missed"
    DROPPED = "dropped"


class TalkState(StrEnum):
    """What became of a talk of two partners."""

    PLANNED = "planned"
    HELD = "held"
    SKIPPED = "skipped"


class Level(StrEnum):
    """Leadership level of an owner."""

    EXECUTIVE = "executive"
    SENIOR = "senior"
    MIDDLE = "middle"
    FRONTLINE = "frontline"
