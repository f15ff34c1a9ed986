"""What the room looks at while a review is held: the presenter's mark, no record, and without an event."""

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._live import Part, tell_review
from app.domain.permissions import Actor, ActorKind, Permission
from app.domain.review.agenda import is_agenda_key
from app.domain.reviews import ReviewStatus, say_review_status
from app.errors import Conflict, Invalid
from app.models.reviews import Review, ReviewStage
from app.queries.reviews import require_whole


async def present_item(session: AsyncSession, review: Review, item: str, *, actor: Actor) -> None:
    """Puts an item of the agenda on; its time begins. What is on already goes on."""
    require_whole(actor, Permission.REVIEWS_WRITE)
    if review.status is not ReviewStatus.IN_SESSION:
        raise Conflict(f"The review of {review.code} {say_review_status(review.status)}.", code="wrong_state")
    if not is_agenda_key(item):
        raise Invalid.at("/item", "unknown_item", "There is no such item on the agenda.")
    person = actor.id if actor.kind is ActorKind.PERSON else None
    values = {"item": item, "since": func.clock_timestamp(), "presenter_id": person}
    statement = insert(ReviewStage).values(review_id=review.id, **values)
    changes = statement.on_conflict_do_update(
        index_elements=[col(ReviewStage.review_id)], set_=values, where=col(ReviewStage.item) != item
    )
    await session.execute(changes)
    await tell_review(session, review.code, Part.PRESENTING)


async def stop_presenting(session: AsyncSession, review: Review, *, actor: Actor) -> None:
    """Nothing is on any more."""
    require_whole(actor, Permission.REVIEWS_WRITE)
    await session.execute(delete(ReviewStage).where(col(ReviewStage.review_id) == review.id))
    await tell_review(session, review.code, Part.PRESENTING)
