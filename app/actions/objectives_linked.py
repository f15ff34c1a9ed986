"""Adding an objective together with what it contributes to: both or neither."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.links import create_link
from app.actions.objectives import create_objective
from app.domain.codes import suggest_code
from app.domain.permissions import Actor
from app.domain.words import LinkType
from app.models.links import LinkInput
from app.models.objectives import LinkedObjectiveInput, Objective, ObjectiveInput
from app.queries.departments import find_department
from app.queries.nodes import list_node_codes


async def create_linked_objective(
    session: AsyncSession, data: LinkedObjectiveInput, *, actor: Actor
) -> Objective:
    """Adds an objective to a department, and its link to a goal or another objective if one is named."""
    values = data.model_dump(include=set(ObjectiveInput.model_fields))
    if data.code is None:
        department = await find_department(session, data.department, actor=actor)
        values["code"] = suggest_code(department.code, await list_node_codes(session, department.code))
    objective = await create_objective(session, ObjectiveInput.model_validate(values), actor=actor)
    if data.target is not None:
        link = LinkInput(
            source=str(objective.id),
            target=data.target,
            type=LinkType.CONTRIBUTES,
            weight=data.weight,
            rationale=data.rationale,
        )
        await create_link(session, link, actor=actor)
    return objective
