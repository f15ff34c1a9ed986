"""Changing decision types: they hold for the whole organization."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import add_record, archive_record, change_record, plain_input
from app.domain.permissions import Actor, Permission, Place, require
from app.models.decision_types import DecisionType, DecisionTypeInput

WRITE = Permission.DECISIONS_WRITE


async def create_decision_type(
    session: AsyncSession, data: DecisionTypeInput, *, actor: Actor
) -> DecisionType:
    """Adds a type."""
    require(actor, WRITE, on=Place())
    return await add_record(session, DecisionType, plain_input(data, DecisionType), actor=actor)


async def update_decision_type(
    session: AsyncSession, row: DecisionType, data: DecisionTypeInput, *, actor: Actor
) -> DecisionType:
    """Replaces what is written about a type. A new limit counts for open decisions at once."""
    require(actor, WRITE, on=Place())
    await change_record(session, row, plain_input(data, DecisionType), actor=actor)
    return row


async def archive_decision_type(session: AsyncSession, row: DecisionType, *, actor: Actor) -> None:
    """Takes a type out of the lists; decisions of it keep it."""
    require(actor, WRITE, on=Place())
    await archive_record(session, row, actor=actor)
