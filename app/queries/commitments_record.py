"""The record of one person: what became of what they promised. For that person and the chair alone."""

from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.commitments_record import Answered
from app.domain.permissions import Actor, ActorKind, Permission
from app.domain.words import CommitmentStatus
from app.errors import NotFound
from app.models.commitments import Commitment
from app.models.owners import Owner
from app.queries.owners import find_owner
from app.queries.reviews import find_chair


class PersonRecord(NamedTuple):
    """Whose record it is, and what it counts."""

    owner: Owner
    rows: list[Answered]


async def list_answered(session: AsyncSession, reference: str | None, *, actor: Actor) -> PersonRecord:
    """The record of a person, for that person and the chair; for anybody else there is none."""
    sees = Permission.COMMITMENTS_READ in actor.permissions and actor.kind is ActorKind.PERSON
    owner = await find_owner(session, reference or str(actor.id), actor=actor) if sees else None
    if owner is None or actor.id not in (owner.id, await find_chair(session)):
        raise NotFound("There is no such record.")
    mistaken = and_(col(Commitment.status) == CommitmentStatus.OPEN, col(Commitment.archived_at).is_not(None))
    columns = (col(Commitment.due_on), col(Commitment.status), col(Commitment.settled_on))
    rows = await session.execute(select(*columns).where(col(Commitment.owner_id) == owner.id, ~mistaken))
    return PersonRecord(owner, [Answered(*row) for row in rows])
