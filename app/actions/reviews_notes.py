"""What somebody writes for themselves about a review. It leaves no event, and nobody is told of it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._write import flush_changes
from app.domain.permissions import Actor, ActorKind, Permission
from app.errors import Conflict, Forbidden
from app.models.reviews import Review, ReviewNote, ReviewNoteInput
from app.queries.reviews import require_whole


async def keep_review_note(
    session: AsyncSession, review: Review, data: ReviewNoteInput, *, seen: int, actor: Actor
) -> ReviewNote:
    """Keeps one's own note, in whatever state the review is. `seen`: the version it replaces; 0: none yet."""
    require_whole(actor, Permission.REVIEWS_READ)
    if actor.kind is not ActorKind.PERSON:
        raise Forbidden("A private note is a person's.")
    own = select(ReviewNote).where(
        col(ReviewNote.review_id) == review.id, col(ReviewNote.owner_id) == actor.id
    )
    note = await session.scalar(own.with_for_update())
    if (note.version if note else 0) != seen:
        raise Conflict("You wrote in this note in another window meanwhile.", code="note_changed")
    if note is None:
        note = ReviewNote.model_validate({"review_id": review.id, "owner_id": actor.id, "body": data.body})
        session.add(note)
    elif note.body != data.body:
        note.body, note.version = data.body, note.version + 1
    await flush_changes(session)
    return note
