"""Changing departmental objectives."""

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
from app.actions.goals import note_content_change
from app.domain.permissions import Actor, Permission, Place, require
from app.models.objectives import Objective, ObjectiveInput
from app.queries._find import resolve_references
from app.queries.objectives import place_of_objective

WRITE = Permission.GOALS_WRITE


async def _read_input(
    session: AsyncSession, data: ObjectiveInput, actor: Actor, current: Objective | None = None
) -> dict[str, Any]:
    check_span(data.starts_on, data.ends_on)
    references = await resolve_references(session, Objective, data, actor=actor, current=current)
    return plain_input(data, Objective) | references


async def create_objective(session: AsyncSession, data: ObjectiveInput, *, actor: Actor) -> Objective:
    """Adds an objective to a department. Being its owner is not enough: nothing is assigned yet."""
    require(actor, WRITE)
    values = await _read_input(session, data, actor)
    require(actor, WRITE, on=Place(values["department_id"]))
    return await add_record(session, Objective, values, actor=actor)


async def update_objective(
    session: AsyncSession, objective: Objective, data: ObjectiveInput, *, actor: Actor
) -> Objective:
    """Replaces what is written about an objective. Moving it needs the right to write in both departments."""
    require(actor, WRITE, on=place_of_objective(objective))
    values = await _read_input(session, data, actor, objective)
    if values["department_id"] != objective.department_id:
        require(actor, WRITE, on=Place(values["department_id"]))
    await change_record(session, objective, values | note_content_change(objective, values), actor=actor)
    return objective


async def archive_objective(session: AsyncSession, objective: Objective, *, actor: Actor) -> None:
    """Takes an objective out of the lists; it is not live any more. Its links stay."""
    require(actor, WRITE, on=place_of_objective(objective))
    await archive_record(session, objective, actor=actor)


async def delete_objective(session: AsyncSession, objective: Objective, *, actor: Actor) -> bool:
    """Removes a draft without history (True), archives anything else."""
    require(actor, WRITE, on=place_of_objective(objective))
    return await delete_record(session, objective, actor=actor)
