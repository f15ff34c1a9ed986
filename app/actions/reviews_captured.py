"""Taking back what one has just captured in a review: one's own, and only while nobody has touched it."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.commitments import archive_commitment
from app.actions.decisions import archive_decision
from app.actions.reviews import archive_parked_item, refuse_closed
from app.domain.permissions import Actor, Permission
from app.errors import Conflict, Forbidden, NotFound
from app.models.commitments import Commitment
from app.models.decisions import Decision
from app.models.reviews import ParkedItem, Review
from app.queries.commitments import find_commitment
from app.queries.decisions import find_decision
from app.queries.events import list_makers
from app.queries.reviews import find_parked_item, hold_review


async def take_back_commitment(session: AsyncSession, review: Review, code: str, *, actor: Actor) -> None:
    """Archives a commitment that was captured by mistake in this review."""
    refuse_closed(await hold_review(session, review))
    row = await find_commitment(session, code, actor=actor, to=Permission.COMMITMENTS_WRITE, lock=True)
    await _require_own(session, row, review, actor)
    await archive_commitment(session, row, actor=actor)


async def take_back_decision(session: AsyncSession, review: Review, code: str, *, actor: Actor) -> None:
    """Archives a decision that was captured by mistake in this review."""
    refuse_closed(await hold_review(session, review))
    row = await find_decision(session, code, actor=actor, to=Permission.DECISIONS_WRITE, lock=True)
    await _require_own(session, row, review, actor)
    await archive_decision(session, row, actor=actor)


async def take_back_parked(session: AsyncSession, review: Review, code: str, *, actor: Actor) -> None:
    """Archives what was parked by mistake in this review: it was never in its parking lot."""
    refuse_closed(await hold_review(session, review))
    row = await find_parked_item(session, code, actor=actor, to=Permission.REVIEWS_CAPTURE, lock=True)
    await _require_own(session, row, review, actor)
    await archive_parked_item(session, row, actor=actor)


async def _require_own(
    session: AsyncSession, row: Commitment | Decision | ParkedItem, review: Review, actor: Actor
) -> None:
    if row.review_id != review.id:
        raise NotFound(f"{row.code} was not captured in the review of {review.code}.")
    makers = await list_makers(session, row)
    if makers[:1] != [actor.id]:
        raise Forbidden("What somebody captured they take back themselves.")
    if len(makers) > 1:
        raise Conflict(f"{row.code} was changed since: it stays.", code="changed_meanwhile")
