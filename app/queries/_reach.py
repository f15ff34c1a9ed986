"""How far an actor's eyes reach: what a bound client may point at, and whose drafts somebody sees."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, may
from app.errors import Invalid
from app.models.base import Record

R = TypeVar("R", bound=Record)


def reach_of(actor: Actor) -> dict[str, Any]:
    """What an actor sees, and whose drafts, as parameters of a statement.

    It says in values what `visible_objectives` says as a condition.
    """
    writes = actor.writes if Permission.GOALS_WRITE in actor.permissions else frozenset()
    assigned = may(actor, Permission.GOALS_WRITE, on=Place(people=frozenset({actor.id})))
    return {
        "sees": None if actor.sees is None else list(actor.sees),
        "every_draft": writes is None,
        "writes": list(writes or ()),
        "assignee": str(actor.id) if assigned else None,
    }


async def refuse_hidden(
    session: AsyncSession, visible: Select[R], model: type[R], *, identity: UUID | None, field: str
) -> None:
    """Answers a reference to a hidden record as one to nothing, so that the two cannot be told apart."""
    if identity is None:
        return
    if await session.scalar(visible.where(col(model.id) == identity)) is None:
        raise Invalid.at(f"/{field}", "unknown_reference", f"There is no such {model.noun}.")
