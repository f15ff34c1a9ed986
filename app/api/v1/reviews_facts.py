"""What a review shows, in JSON: the same bytes for everybody. Running a review is in `reviews`."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field

from app.api.answers import send_bytes
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.review.facts import ReviewFacts
from app.queries.review_snapshots import read_review_body
from app.queries.reviews import find_review

router = ApiRouter("/reviews", tag="reviews")
FrozenRevision = Annotated[
    Annotated[int, Field(ge=1, le=1_000_000)] | None,
    Query(description="As this revision was frozen; left out: the last one, or now while it is not closed."),
]


@router.get("/{review}", summary="Read a review", response_model=ReviewFacts)
async def show_review_facts_route(
    request: Request, session: SessionDep, actor: ActorDep, review: str, revision: FrozenRevision = None
) -> Response:
    """Everything that the review of a month shows: of now, or, once it is closed, as it was frozen.

    Canonical JSON (RFC 8785). The ETag is its SHA-256, the same that the closed review names.
    """
    found = await find_review(session, review, actor=actor)
    told = await read_review_body(session, found, revision=revision)
    return send_bytes(request, told.body, etag=f'"{told.sha256}"')
