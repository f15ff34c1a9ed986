"""What one person kept and missed, in JSON: for that person and the chair; for anybody else there is none."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AfterValidator

from app.api.answers import Out, Ref, send_item
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.commitments_record import compare_quarters, count_record
from app.models.commitments import RecordFilter
from app.queries.commitments_record import list_answered
from app.queries.organization import today_of

router = ApiRouter("/commitments/record", tag="commitments")
Share = Annotated[float, AfterValidator(lambda share: round(share, 4))]


class QuarterRecordOut(Out):
    """What was due in a quarter. `not_done`: missed, silent and half of those partly kept, of all due.

    `late`: of those kept, after the day. `answered`: the share of which its owner has told what became.
    """

    quarter: str
    due: int
    kept: int
    late: int
    partly: int
    missed: int
    silent: int
    dropped: int
    not_done: Share | None
    answered: Share | None


class CommitmentRecordOut(Out):
    """What became of what somebody promised, the latest quarter first. `change`: of the share not done."""

    owner: Ref
    quarters: list[QuarterRecordOut]
    change: Share | None


@router.get("", summary="Show a record", response_model=CommitmentRecordOut)
async def show_record_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[RecordFilter, Query()]
) -> Response:
    """What one kept and missed, by quarter: one's own, and for the chair of the newest review anybody's."""
    owner, rows = await list_answered(session, filters.owner, actor=actor)
    quarters = count_record(rows, today=await today_of(session))
    shown = CommitmentRecordOut(
        owner=Ref(id=owner.id, code=owner.email, name=owner.name),
        quarters=[QuarterRecordOut.model_validate(each, from_attributes=True) for each in quarters],
        change=compare_quarters(quarters),
    )
    return send_item(request, shown)
