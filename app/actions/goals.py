"""Changing strategic goals."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import (
    add_record,
    archive_record,
    change_record,
    check_span,
    delete_record,
    plain_input,
)
from app.domain.permissions import Actor, Permission, Place, require
from app.models.goals import Goal, GoalInput
from app.queries._find import resolve_references


async def _read_input(
    session: AsyncSession, data: GoalInput, actor: Actor, current: Goal | None = None
) -> dict[str, Any]:
    check_span(data.starts_on, data.ends_on)
    references = await resolve_references(session, Goal, data, actor=actor, current=current)
    return plain_input(data, Goal) | references


async def create_goal(session: AsyncSession, data: GoalInput, *, actor: Actor) -> Goal:
    """Adds a goal."""
    require(actor, Permission.GOALS_WRITE, on=Place())
    return await add_record(session, Goal, await _read_input(session, data, actor), actor=actor)


async def update_goal(session: AsyncSession, goal: Goal, data: GoalInput, *, actor: Actor) -> Goal:
    """Replaces what is written about a goal."""
    require(actor, Permission.GOALS_WRITE, on=Place())
    values = await _read_input(session, data, actor, goal)
    await change_record(session, goal, values | note_content_change(goal, values), actor=actor)
    return goal


async def archive_goal(session: AsyncSession, goal: Goal, *, actor: Actor) -> None:
    """Takes a goal out of the lists; it is not live any more."""
    require(actor, Permission.GOALS_WRITE, on=Place())
    await archive_record(session, goal, actor=actor)


async def delete_goal(session: AsyncSession, goal: Goal, *, actor: Actor) -> bool:
    """Removes a draft without history (True), archives anything else."""
    require(actor, Permission.GOALS_WRITE, on=Place())
    return await delete_record(session, goal, actor=actor)


def note_content_change(node: Any, values: dict[str, Any]) -> dict[str, datetime]:
    """The time of a change of title, why or end date, against which links were affirmed (rule L115)."""
    if all(getattr(node, field) == values[field] for field in ("title", "why", "ends_on")):
        return {}
    return {"changed_at": datetime.now(UTC)}
