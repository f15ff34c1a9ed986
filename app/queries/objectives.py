"""Reading departmental objectives."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, may, require
from app.domain.words import NodeStatus
from app.models.objectives import Objective, ObjectiveFilter
from app.queries._find import find_one, list_page


def place_of_objective(objective: Objective) -> Place:
    """Where an objective belongs, and whose it is."""
    owner = objective.owner_id
    return Place(objective.department_id, frozenset() if owner is None else frozenset({owner}))


def visible_objectives(actor: Actor, *, to: Permission = Permission.GOALS_READ) -> Select[Objective]:
    """Objectives of the departments an actor sees; drafts only of those who may write them."""
    require(actor, to)
    return select(Objective).where(shows_objective(actor, Objective))


def shows_objective(actor: Actor, table: type[Objective]) -> ColumnElement[bool]:
    """Which objectives an actor sees, as a condition on a row of the table or of an alias of it."""
    shown = or_(col(table.status) != NodeStatus.DRAFT, _allows_writing(actor, table))
    return shown if actor.sees is None else and_(col(table.department_id).in_(actor.sees), shown)


def _allows_writing(actor: Actor, table: type[Objective]) -> ColumnElement[bool]:
    """What `may` says about writing an objective, as a condition on its row."""
    if Permission.GOALS_WRITE not in actor.permissions:
        by_place: ColumnElement[bool] = false()
    elif actor.writes is None:
        by_place = true()
    else:
        by_place = col(table.department_id).in_(actor.writes)
    assigned = Place(people=frozenset({actor.id}))
    if not may(actor, Permission.GOALS_WRITE, on=assigned):
        return by_place
    return or_(by_place, col(table.owner_id) == actor.id)


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
    return await list_page(session, visible_objectives(actor), Objective, filters)
