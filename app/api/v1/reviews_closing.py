"""Closing and reopening reviews in JSON, their frozen revisions, what was revised since, and exports."""

from typing import Annotated

import orjson
from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from app.actions.reviews_closing import close_review, reopen_review
from app.api.answers import Out, PageOut, send_bytes, send_item, send_page
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.api.v1.reviews import ReviewOut, show_review
from app.api.v1.reviews_facts import FrozenRevision
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.review.canonical import read_canonical
from app.domain.review.comparison import ReviewComparison, compare_reviews
from app.domain.review.exports import MEDIA_TYPES, ExportFormat, name_export, write_export
from app.domain.review.revised import Revision
from app.models.base import Reference
from app.models.reviews import ReviewClosing, ReviewReopening
from app.queries.review_revisions import list_revisions_since
from app.queries.review_snapshots import list_snapshots, read_frozen_review, read_review_body
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


class RevisionsOut(Out):
    """What a closed review shows otherwise than it is known now; the snapshot stays as it was."""

    revision: int
    sha256: str
    items: list[Revision]


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
    """Opens a closed review again, as its next revision. What was frozen stays.

    Only the newest closed one: 409 `not_the_newest` for a month after which others are closed.
    """
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


@router.get("/{review}/revisions", summary="Read what was revised since", response_model=RevisionsOut)
async def list_revisions_route(
    request: Request, session: SessionDep, actor: ActorDep, review: str, revision: FrozenRevision = None
) -> Response:
    """Values and outcomes that were corrected after the review closed, by the place where it shows them."""
    row = await find_review(session, review, actor=actor)
    frozen = await read_frozen_review(session, row, revision)
    items = await list_revisions_since(session, frozen)
    told = {"revision": frozen.snapshot.revision, "sha256": frozen.snapshot.sha256, "items": items}
    return send_bytes(request, orjson.dumps(told))


@router.get("/{review}/compare", summary="Compare two reviews", response_model=ReviewComparison)
async def compare_reviews_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    review: str,
    other: Annotated[Reference, Query(alias="with", description="Month or id of the earlier one.")],
    revision: FrozenRevision = None,
    with_revision: FrozenRevision = None,
) -> Response:
    """Everything that this one says otherwise than the other; both as they were frozen, or as of now."""
    after = await find_review(session, review, actor=actor)
    before = await find_review(session, other, actor=actor)
    told = [
        read_canonical((await read_review_body(session, row, revision=number)).body)
        for row, number in ((before, with_revision), (after, revision))
    ]
    return send_bytes(request, orjson.dumps(compare_reviews(*told)))


@router.get("/{review}/export", summary="Export a review", response_class=Response)
async def export_review_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    review: str,
    kind: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.JSON,
    revision: FrozenRevision = None,
) -> Response:
    """A file made from the frozen bytes alone, and so the same for ever; of an open review as of now."""
    row = await find_review(session, review, actor=actor)
    told = await read_review_body(session, row, revision=revision)
    body = write_export(told.body, kind, is_frozen=told.is_frozen)
    name = name_export(row.code, told.revision, kind, is_frozen=told.is_frozen)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return send_bytes(request, body, headers=headers, media_type=MEDIA_TYPES[kind])
