"""Reading departmental objectives."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, Place, require
from app.models.objectives import Objective, ObjectiveFilter
from app.queries._find import find_one, list_page
from app.queries._reach import shows_objectives


def place_of_objective(objective: Objective) -> Place:
    """Where an objective belongs, and whose it is."""
    owner = objective.owner_id
    return Place(objective.department_id, frozenset() if owner is None else frozenset({owner}))


def visible_objectives(actor: Actor, *, to: Permission = Permission.GOALS_READ) -> Select[Objective]:
    """Objectives of the departments an actor sees; drafts only of those who may write them."""
    require(actor, to)
    return select(Objective).where(shows_objectives(actor))


async def find_objective(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.GOALS_READ,
    lock: bool = False,
) -> Objective:
    """One objective by id or code."""
    objective = await find_one(session, visible_objectives(actor, to=to), Objective, reference, lock=lock)
    require(actor, to, on=place_of_objective(objective))
    return objective


async def list_objectives(
    session: AsyncSession, filters: ObjectiveFilter, *, actor: Actor
) -> tuple[Sequence[Objective], str | None]:
    """A page of objectives."""
    return await list_page(session, visible_objectives(actor), Objective, filters, actor=actor)
