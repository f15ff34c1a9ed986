"""Closing and reopening reviews in JSON, and which revisions of them are frozen."""

from fastapi import Request, Response
from pydantic import AwareDatetime

from app.actions.reviews_closing import close_review, reopen_review
from app.api.answers import Out, PageOut, send_item, send_page
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.api.v1.reviews import ReviewOut, show_review
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.models.reviews import ReviewClosing, ReviewReopening
from app.queries.review_snapshots import list_snapshots
from app.queries.reviews import find_review

router = ApiRouter("/reviews", tag="reviews")


class SnapshotOut(Out):
    """What a review showed when it closed: `sha256` is the hash of its canonical JSON, byte for byte."""

    revision: int
    sha256: str
    schema_version: int
    closed_at: AwareDatetime
    closed_by: str
    reason: str | None


@router.post("/{review}/close", summary="Close a review", response_model=ReviewOut)
async def close_review_route(
    request: Request, session: SessionDep, actor: ActorDep, review: str, data: ReviewClosing
) -> Response:
    """Freezes what it shows and locks its periods. 409 `checklist_open` names what is not done.

    With `despite`, a reason, it closes all the same.
    """
    row = await find_review(session, review, actor=actor, to=Permission.REVIEWS_WRITE, lock=True)
    await close_review(session, row, data, actor=actor)
    return send_item(request, await show_review(session, row))


@router.post("/{review}/reopen", summary="Reopen a review", response_model=ReviewOut)
async def reopen_review_route(
    request: Request, session: SessionDep, actor: ActorDep, review: str, data: ReviewReopening
) -> Response:
    """Opens a closed review again, as its next revision. What was frozen stays."""
    row = await find_review(session, review, actor=actor, to=Permission.REVIEWS_WRITE, lock=True)
    await reopen_review(session, row, data, actor=actor)
    return send_item(request, await show_review(session, row))


@router.get("/{review}/snapshots", summary="List frozen revisions", response_model=PageOut[SnapshotOut])
async def list_snapshots_route(
    request: Request, session: SessionDep, actor: ActorDep, review: str
) -> Response:
    """Each with the hash under which it is kept."""
    row = await find_review(session, review, actor=actor)
    found = [SnapshotOut.model_validate(each._asdict()) for each in await list_snapshots(session, row)]
    return send_page(request, found, None)
