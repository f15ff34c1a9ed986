"""Concerns with which somebody commits: for that person, who asks after it, and the chair alone."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor
from app.errors import NotFound
from app.models.commitments import Commitment, CommitmentConcern
from app.queries.reviews import find_chair, newest_chair


async def find_concern(session: AsyncSession, commitment: Commitment, *, actor: Actor) -> CommitmentConcern:
    """The concern of a commitment, or NotFound: also for whoever must not know of it."""
    row = await look_for_concern(session, commitment, actor=actor)
    if row is None:
        raise NotFound(f"There is no concern about {commitment.code}.")
    return row


async def look_for_concern(
    session: AsyncSession, commitment: Commitment, *, actor: Actor
) -> CommitmentConcern | None:
    """The concern that the actor may read, in one statement; None where there is none for them."""
    statement = (
        select(CommitmentConcern)
        .join(Commitment, col(Commitment.id) == col(CommitmentConcern.commitment_id))
        .where(col(Commitment.id) == commitment.id, _shows_concern(actor.id))
    )
    return await session.scalar(statement)


def _shows_concern(person: UUID) -> ColumnElement[bool]:
    return or_(
        col(Commitment.owner_id) == person,
        col(Commitment.partner_id) == person,
        literal(person) == newest_chair(),
    )


def waits_for_answer(person: UUID) -> ColumnElement[bool]:
    """Has a commitment a concern that this person is to answer? A condition on a row of the table."""
    return exists().where(
        col(CommitmentConcern.commitment_id) == col(Commitment.id),
        col(CommitmentConcern.answer).is_(None),
        col(Commitment.owner_id) != person,
        _shows_concern(person),
    )


async def may_answer_concern(session: AsyncSession, commitment: Commitment, *, actor: Actor) -> bool:
    """The partner, or the chair, but never its owner."""
    if actor.id == commitment.owner_id:
        return False
    return actor.id == commitment.partner_id or actor.id == await find_chair(session)
