"""Reviews in JSON: opening, arranging, starting, who is there. What a review shows is in `reviews_facts`."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.reviews import (
    arrange_review,
    note_attendance,
    open_review,
    park_item,
    pause_review,
    start_review,
)
from app.api.answers import PageOut, RecordOut, Ref, send_created, send_item, send_page, shape_many, shape_one
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.api.v1.parked_items import ParkedItemOut, show_parked_item
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.reviews import ReviewStatus
from app.models.base import Instant
from app.models.reviews import (
    AttendanceInput,
    ParkedItemInput,
    Review,
    ReviewChange,
    ReviewFilter,
    ReviewInput,
)
from app.queries.reviews import find_review, list_reviews

router = ApiRouter("/reviews", tag="reviews")


class ReviewOut(RecordOut):
    """The review of a month. `attendance`: owner id → expected, present, excused or absent.

    `reason`: why it was opened again. `despite`: why it was closed although points were open.
    """

    code: str
    status: ReviewStatus
    revision: int
    reason: str | None
    despite: str | None
    chair: Ref | None
    meets_on: date | None
    attendance: dict[str, str]
    started_at: Instant | None
    closed_at: Instant | None


async def show_review(session: SessionDep, row: Review) -> ReviewOut:
    """A review as an answer."""
    return await shape_one(session, ReviewOut, row)


@router.get("", summary="List reviews", response_model=PageOut[ReviewOut])
async def list_reviews_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[ReviewFilter, Query()]
) -> Response:
    """Every review, in the order of opening."""
    rows, next_cursor = await list_reviews(session, filters, actor=actor)
    return send_page(request, await shape_many(session, ReviewOut, rows), next_cursor)


@router.post("", summary="Open a review", status_code=201, response_model=ReviewOut)
async def open_review_route(
    request: Request, session: SessionDep, actor: ActorDep, data: ReviewInput
) -> Response:
    """Opens the review of a month, from its first day on. When it has ended, that happens by itself."""
    review = await open_review(session, data, actor=actor)
    return send_created(request, await show_review(session, review), path=f"/api/v1/reviews/{review.code}")


@router.post("/{review}/arrange", summary="Arrange a review", response_model=ReviewOut)
async def arrange_review_route(
    request: Request, session: SessionDep, actor: ActorDep, review: str, data: ReviewChange
) -> Response:
    """Says who chairs it, and when it meets; what is left out stays."""
    row = await find_review(session, review, actor=actor, to=Permission.REVIEWS_WRITE, lock=True)
    await arrange_review(session, row, data, actor=actor)
    return send_item(request, await show_review(session, row))


@router.post("/{review}/attendance", summary="Say who is there", response_model=ReviewOut)
async def note_attendance_route(
    request: Request, session: SessionDep, actor: ActorDep, review: str, data: AttendanceInput
) -> Response:
    """Present, excused, absent or expected, for one leader."""
    row = await find_review(session, review, actor=actor, to=Permission.REVIEWS_WRITE, lock=True)
    await note_attendance(session, row, data, actor=actor)
    return send_item(request, await show_review(session, row))


@router.post("/{review}/start", summary="Start a review", response_model=ReviewOut)
async def start_review_route(request: Request, session: SessionDep, actor: ActorDep, review: str) -> Response:
    """The leadership meets: from preparing to in session."""
    return await _step(request, session, actor, review, start_review)


@router.post("/{review}/pause", summary="Adjourn a review", response_model=ReviewOut)
async def pause_review_route(request: Request, session: SessionDep, actor: ActorDep, review: str) -> Response:
    """Back from in session to preparing."""
    return await _step(request, session, actor, review, pause_review)


@router.post(
    "/{review}/parked-items", summary="Park something", status_code=201, response_model=ParkedItemOut
)
async def park_item_route(
    request: Request, session: SessionDep, actor: ActorDep, review: str, data: ParkedItemInput
) -> Response:
    """Puts something aside for later. Its code is counted."""
    row = await find_review(session, review, actor=actor, to=Permission.REVIEWS_CAPTURE)
    item = await park_item(session, row, data, actor=actor)
    path = f"/api/v1/parked-items/{item.code}"
    return send_created(request, await show_parked_item(session, item), path=path)


async def _step(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    review: str,
    step: Callable[..., Awaitable[Review]],
) -> Response:
    row = await find_review(session, review, actor=actor, to=Permission.REVIEWS_WRITE, lock=True)
    await step(session, row, actor=actor)
    return send_item(request, await show_review(session, row))
