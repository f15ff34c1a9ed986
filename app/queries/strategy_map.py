"""Reading what a strategy map shows: what is planned or under way, and what contributes to what."""

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, require
from app.domain.words import LinkType, NodeKind, NodeStatus
from app.models.departments import Department
from app.models.goals import Goal
from app.models.links import Link
from app.models.objectives import Objective
from app.models.themes import Theme
from app.queries._reach import shows

# What is over is not on the map.
SHOWN_STATUSES = (NodeStatus.ACTIVE, NodeStatus.DRAFT, NodeStatus.PAUSED)


class MapNode(NamedTuple):
    """A theme, goal or objective. `above`: a goal's theme, an objective's department."""

    id: UUID
    kind: NodeKind
    code: str
    title: str
    status: NodeStatus
    above: UUID | None
    place: str


class MapRows(NamedTuple):
    """Everything on a map, each kind in the order of its rank."""

    themes: list[MapNode]
    goals: list[MapNode]
    objectives: list[MapNode]
    links: list[tuple[UUID, UUID, Decimal | None]]


async def read_strategy_map(session: AsyncSession, *, actor: Actor) -> MapRows:
    """What an actor sees of it; links may point at what is not on the map. Four statements."""
    require(actor, Permission.GOALS_READ)
    themes = await session.execute(
        select(col(Theme.id), col(Theme.code), col(Theme.name))
        .where(col(Theme.archived_at).is_(None))
        .order_by(col(Theme.rank).nulls_last(), col(Theme.code))
    )
    goals = await session.execute(
        select(col(Goal.id), col(Goal.code), col(Goal.title), col(Goal.status), col(Goal.theme_id))
        .where(shows(actor, "goals"), col(Goal.archived_at).is_(None), col(Goal.status).in_(SHOWN_STATUSES))
        .order_by(col(Goal.rank).nulls_last(), col(Goal.code))
    )
    objective = (col(Objective.id), col(Objective.code), col(Objective.title), col(Objective.status))
    objectives = await session.execute(
        select(*objective, col(Objective.department_id), col(Department.name))
        .join(Department, col(Department.id) == col(Objective.department_id))
        .where(
            shows(actor, "objectives"),
            col(Objective.archived_at).is_(None),
            col(Objective.status).in_(SHOWN_STATUSES),
        )
        .order_by(col(Department.name), col(Objective.code))
    )
    links = await session.execute(
        select(col(Link.source_id), col(Link.target_id), col(Link.weight))
        .where(col(Link.archived_at).is_(None), col(Link.type) == LinkType.CONTRIBUTES)
        .order_by(col(Link.id))
    )
    live = NodeStatus.ACTIVE
    return MapRows(
        [MapNode(row.id, NodeKind.THEME, row.code, row.name, live, None, "") for row in themes],
        [MapNode(row[0], NodeKind.GOAL, *row[1:4], row.theme_id, "") for row in goals],
        [MapNode(row[0], NodeKind.OBJECTIVE, *row[1:]) for row in objectives],
        [(row.source_id, row.target_id, row.weight) for row in links],
    )
