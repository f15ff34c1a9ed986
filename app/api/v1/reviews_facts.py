"""What a review shows, in JSON: the same bytes for everybody. Running a review is in `reviews`."""

from fastapi import Request, Response

from app.api.answers import send_bytes
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.review.canonical import hash_canonical, write_canonical
from app.domain.review.facts import ReviewFacts
from app.domain.reviews import ReviewStatus
from app.queries.review_facts import read_review_facts
from app.queries.review_snapshots import find_snapshot
from app.queries.reviews import find_review

router = ApiRouter("/reviews", tag="reviews")


@router.get("/{review}", summary="Read a review", response_model=ReviewFacts)
async def show_review_facts_route(
    request: Request, session: SessionDep, actor: ActorDep, review: str
) -> Response:
    """Everything that the review of a month shows: of now, or, once it is closed, as it was frozen.

    Canonical JSON (RFC 8785). The ETag is its SHA-256, the same that the closed review names.
    """
    found = await find_review(session, review, actor=actor)
    if found.status is ReviewStatus.CLOSED:
        frozen = await find_snapshot(session, found)
        return send_bytes(request, frozen.body, etag=f'"{frozen.sha256}"')
    body = write_canonical(await read_review_facts(session, found))
    return send_bytes(request, body, etag=f'"{hash_canonical(body)}"')
