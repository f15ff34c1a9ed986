"""“I commit with this concern”: said by the owner, read and answered by the chair or the partner alone."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._audit import record_event
from app.domain.permissions import Actor
from app.domain.words import CommitmentStatus
from app.errors import Conflict, Forbidden
from app.models.commitments import Commitment, CommitmentAnswer, CommitmentConcern, ConcernInput
from app.queries.commitments_concerns import find_concern, may_answer_concern
from app.queries.organization import today_of


async def raise_concern(
    session: AsyncSession, commitment: Commitment, data: ConcernInput, *, actor: Actor
) -> CommitmentConcern:
    """Notes with which concern its owner commits. The event tells that, not what it is."""
    if actor.id != commitment.owner_id:
        raise Forbidden("A concern is told by whoever makes the commitment.")
    if commitment.status is not CommitmentStatus.OPEN or commitment.archived_at is not None:
        raise Conflict(f"{commitment.code} is closed.", code="wrong_state")
    if await session.get(CommitmentConcern, commitment.id) is not None:
        raise Conflict(f"A concern about {commitment.code} is noted already.", code="duplicate")
    told = {"concern": data.concern, "said_on": await today_of(session)}
    row = CommitmentConcern.model_validate(told | {"commitment_id": commitment.id})
    session.add(row)
    await session.flush()
    await record_event(session, actor, "concern_raised", commitment)
    return row


async def answer_concern(
    session: AsyncSession, commitment: Commitment, data: CommitmentAnswer, *, actor: Actor
) -> CommitmentConcern:
    """Says what is made of a concern. Said again, it replaces what was said."""
    row = await find_concern(session, commitment, actor=actor)
    if not await may_answer_concern(session, commitment, actor=actor):
        raise Forbidden("A concern is answered by who asks after the commitment, or by the chair.")
    row.answer, row.answered_on, row.answered_by = data.answer, await today_of(session), actor.name
    await session.flush()
    await record_event(session, actor, "concern_answered", commitment)
    return row
