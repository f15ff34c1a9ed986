"""When something is said that reviews tell: never beside one that closes, and each at its instant."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, ActorKind
from app.domain.reviews import ReviewStatus
from app.errors import Conflict
from app.models.reviews import Review
from app.queries.organization import today_of
from app.queries.reviews import hold_open_reviews, hold_review, read_instant

# When something was said on a day of the past that is loaded.
_MORNING = time(9, tzinfo=UTC)


async def hold_home(session: AsyncSession, review: UUID | None) -> None:
    """No review closes until what is made now can be read: the one it names, which must be open, or any."""
    if review is None:
        await hold_open_reviews(session)
        return
    named = await hold_review(session, await session.get_one(Review, review))
    if named.status is ReviewStatus.CLOSED:
        raise Conflict(f"The review of {named.code} is closed: it takes no more.", code="review_closed")


async def hold_move(session: AsyncSession, before: UUID | None, after: UUID | None) -> None:
    """What was captured in a review stays in it once that has closed; into a closed one nothing comes."""
    if before == after:
        return
    if before is not None:
        named = await hold_review(session, await session.get_one(Review, before))
        if named.status is ReviewStatus.CLOSED:
            raise Conflict(f"The review of {named.code} has told it, and is closed.", code="review_closed")
    await hold_home(session, after)


async def read_making(session: AsyncSession) -> dict[str, datetime]:
    """When a new row is written, after everything that it waited for: its transaction began earlier."""
    instant = await read_instant(session)
    return {"created_at": instant, "updated_at": instant}


async def read_ending(session: AsyncSession, day: date, *, actor: Actor) -> datetime:
    """When somebody says that something ended: now. What is loaded of the past was said on its day."""
    if actor.kind is ActorKind.SYSTEM and day < await today_of(session):
        return datetime.combine(day, _MORNING)
    return await read_instant(session)
