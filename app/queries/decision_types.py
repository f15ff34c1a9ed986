"""Reading decision types."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.models.decision_types import DecisionType, DecisionTypeFilter
from app.queries._find import find_one, list_page


def visible_decision_types(
    actor: Actor, *, to: Permission = Permission.DECISIONS_READ
) -> Select[DecisionType]:
    """Every type, for whoever reads decisions."""
    require(actor, to)
    return select(DecisionType)


async def find_decision_type(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.DECISIONS_READ,
    lock: bool = False,
) -> DecisionType:
    """One type by id or code. Types are the whole organization’s, and so is writing them."""
    row = await find_one(session, visible_decision_types(actor, to=to), DecisionType, reference, lock=lock)
    require(actor, to, on=Place())
    return row


async def list_decision_types(
    session: AsyncSession, filters: DecisionTypeFilter, *, actor: Actor
) -> tuple[Sequence[DecisionType], str | None]:
    """A page of types."""
    return await list_page(session, visible_decision_types(actor), DecisionType, filters, actor=actor)


async def list_types_in_force(session: AsyncSession, *, actor: Actor) -> Sequence[DecisionType]:
    """All types that are not archived, by name."""
    statement = visible_decision_types(actor).where(col(DecisionType.archived_at).is_(None))
    return (await session.scalars(statement.order_by(col(DecisionType.name), col(DecisionType.id)))).all()
