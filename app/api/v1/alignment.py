"""Alignment in JSON: the facts of the page `/alignment`, as they were measured last."""

from fastapi import Request, Response
from pydantic import AwareDatetime, Field

from app.api.answers import Out, send_item
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.alignment.facts import Consensus, Course
from app.models.base import Day
from app.queries.alignment import read_alignment

router = ApiRouter("/alignment", tag="alignment")


class AlignmentOut(Out):
    """Where does the strategy get lost? Facts with intervals and a sentence each; nothing about a person."""

    measured_at: AwareDatetime | None = Field(description="Null before the first time.")
    today: Day | None
    stale: bool = Field(description="Something has changed since; it is about to be measured again.")
    consensus: Consensus | None = Field(
        description="What the last closed survey says that asked for an order of priorities."
    )
    course: Course | None = Field(description="Effort against priorities, conflicts and signals.")


@router.get("", summary="Read alignment", response_model=AlignmentOut)
async def show_alignment_route(request: Request, session: SessionDep, actor: ActorDep) -> Response:
    """Levels, departments, pairs of them, effort against priorities, conflicts and signals."""
    found = await read_alignment(session, actor=actor)
    measure, facts = found.measure, found.facts
    shown = AlignmentOut.model_construct(
        measured_at=measure.measured_at if measure else None,
        today=measure.today if measure else None,
        stale=found.is_stale,
        consensus=facts.consensus if facts else None,
        course=facts.course if facts else None,
    )
    return send_item(request, shown)
