"""Reading strategic goals."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, may, require
from app.domain.words import NodeStatus
from app.models.goals import Goal, GoalFilter
from app.queries._find import find_one, list_page


def visible_goals(actor: Actor, *, to: Permission = Permission.GOALS_READ) -> Select[Goal]:
    """Goals are read by everybody with a role; drafts only by those who may write them."""
    require(actor, to)
    return select(Goal).where(shows_goals(actor))


def shows_goals(actor: Actor) -> ColumnElement[bool]:
    """Which goals an actor sees, as a condition on their rows."""
    if may(actor, Permission.GOALS_WRITE, on=Place()):
        return true()
    return col(Goal.status) != NodeStatus.DRAFT


async def find_goal(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.GOALS_READ,
    lock: bool = False,
) -> Goal:
    """One goal by id or code."""
    goal = await find_one(session, visible_goals(actor, to=to), Goal, reference, lock=lock)
    require(actor, to, on=Place())
    return goal


async def list_goals(
    session: AsyncSession, filters: GoalFilter, *, actor: Actor
) -> tuple[Sequence[Goal], str | None]:
    """A page of goals."""
    return await list_page(session, visible_goals(actor), Goal, filters)
