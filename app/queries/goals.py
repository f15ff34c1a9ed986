"""Reading strategic goals."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, Place, require
from app.models.goals import Goal, GoalFilter
from app.queries._find import find_one, list_page
from app.queries._reach import shows_goals


def visible_goals(actor: Actor, *, to: Permission = Permission.GOALS_READ) -> Select[Goal]:
    """Goals are read by everybody with a role; drafts only by those who may write them."""
    require(actor, to)
    return select(Goal).where(shows_goals(actor))


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
    return await list_page(session, visible_goals(actor), Goal, filters, actor=actor)
