"""The concern with which somebody commits, in JSON: for its person, who asks after it, and the chair."""

from datetime import date

from fastapi import Request, Response

from app.actions.commitments_concerns import answer_concern, raise_concern
from app.api.answers import Out, make_shape, send_created, send_item
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.models.commitments import CommitmentAnswer, CommitmentConcern, ConcernInput
from app.queries.commitments import find_commitment
from app.queries.commitments_concerns import find_concern

router = ApiRouter("/commitments/{commitment}/concern", tag="commitments")


class ConcernOut(Out):
    """A concern, and what was made of it."""

    concern: str
    said_on: date
    answer: str | None
    answered_on: date | None
    answered_by: str | None


@router.get("", summary="Show a concern", response_model=ConcernOut)
async def show_concern_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str
) -> Response:
    """The concern of a commitment: 404 for whoever is not its owner, its partner or the chair."""
    row = await find_commitment(session, commitment, actor=actor)
    return send_item(request, _shape(await find_concern(session, row, actor=actor)))


@router.post("", summary="Commit with a concern", status_code=201, response_model=ConcernOut)
async def raise_concern_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str, data: ConcernInput
) -> Response:
    """Notes the concern with which its owner commits; the partner and the chair read and answer it."""
    row = await find_commitment(session, commitment, actor=actor, lock=True)
    made = await raise_concern(session, row, data, actor=actor)
    return send_created(request, _shape(made), path=f"/api/v1/commitments/{row.id}/concern")


@router.post("/answer", summary="Answer a concern", response_model=ConcernOut)
async def answer_concern_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str, data: CommitmentAnswer
) -> Response:
    """Says what is made of it: by the partner, or the chair."""
    row = await find_commitment(session, commitment, actor=actor, lock=True)
    return send_item(request, _shape(await answer_concern(session, row, data, actor=actor)))


def _shape(row: CommitmentConcern) -> ConcernOut:
    return make_shape(ConcernOut, row, {})
