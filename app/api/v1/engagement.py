"""Engagement scores: the door HR systems push through, in JSON and CSV. The inbox has a file of its own."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import orjson
from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.actions.engagement import Receipt, record_scores, refuse_person_level
from app.api.answers import Out, PageOut, Ref, link_next, send_bytes
from app.api.deps import ActorDep
from app.api.problems import FaultOut
from app.api.route import ApiRouter, read_json
from app.api.v1.engagement_bodies import BODIES
from app.deps import SessionDep
from app.domain.engagement import ScaleKind
from app.domain.intake.contract import MAX_ITEMS
from app.domain.intake.documents import PersonLevelData, Push, decode_typed, read_document
from app.domain.intake.table import BadTable, read_table
from app.errors import Fault, Malformed, UnsupportedMediaType
from app.models.base import Number
from app.models.engagement import ScoreFilter
from app.queries.engagement_scores import list_scores

router = ApiRouter("/engagement-scores", tag="engagement")

Status = Literal["created", "revised", "unchanged", "suppressed", "unmapped", "rejected"]
STATUS_WORDS = (
    "What this push did with the item. `unchanged`: the same content was here already, in whatever state. "
    "Of what is new or changed, `suppressed` lost its value because too few people answered, `unmapped` "
    "waits for its segment to be mapped (its value is kept), and the rest is `created` or `revised`. "
    "`rejected` breaks a rule and is not stored (only with `atomic=false`)."
)


class OutcomeOut(Out):
    """What became of one item."""

    index: int = Field(description="Its place in the push, from 0.")
    status: Status = Field(description=STATUS_WORDS)
    id: UUID | None
    feeds: list[str] = Field(description="Codes of the KPIs that this score feeds.")
    note: str | None = Field(description="Why it feeds nothing, or has no value.")
    errors: list[FaultOut]


class SummaryOut(Out):
    """How many items have each status; together as many as there are items."""

    created: int
    revised: int
    unchanged: int
    suppressed: int
    unmapped: int
    rejected: int


class ReceiptOut(Out):
    """The answer to a push: every item has an answer."""

    summary: SummaryOut
    items: list[OutcomeOut]


class ScaleOut(Out):
    """The scale a value was sent in."""

    kind: ScaleKind
    min: Number
    max: Number


class ScoreOut(Out):
    """A score as it was received: every field that was sent, and what became of it."""

    id: UUID
    source: str
    survey: str | None
    round: str | None
    segment: str | None
    department: Ref | None = Field(description="Null while the segment is unmapped.")
    name: str | None
    metric: str
    period: str
    scale: ScaleOut
    value: Number | None
    suppressed: bool = Field(
        description="Too few answered, or the value would tell of a smaller group beside the others."
    )
    respondents: int | None
    invited: int | None
    window_days: int | None
    observed_at: AwareDatetime | None
    status: Literal["created", "revised", "suppressed", "unmapped"]
    revision: int
    received_at: AwareDatetime
    feeds: list[str]


@router.get("", summary="List engagement scores", response_model=PageOut[ScoreOut])
async def list_scores_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[ScoreFilter, Query()]
) -> Response:
    """What was received, in the order of receipt; `revisions=true` lists the earlier revisions too."""
    page = await list_scores(session, filters, actor=actor)
    body = f'{{"items":[{page.items}],"next_cursor":'.encode() + orjson.dumps(page.next_cursor) + b"}"
    return send_bytes(request, body, headers=link_next(request, page.next_cursor))


@router.post("", summary="Push engagement scores", response_model=ReceiptOut, openapi_extra=BODIES)
async def push_scores_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    atomic: Annotated[
        bool,
        Query(description="One rejected item refuses the whole push; with false the good ones are stored."),
    ] = True,
) -> Response:
    """Receives up to 10,000 scores of departments or segments; the same push again changes nothing.

    A segment that is not known yet is kept with its scores until a person maps it to a department. Values of
    groups below the minimum size are dropped. Data about single persons refuses the whole push.
    """
    push = await _read_push(request)
    receipt = await record_scores(session, push, actor=actor, atomic=atomic)
    return send_bytes(request, _write_answer(receipt))


async def _read_push(request: Request) -> Push:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    try:
        if media_type == "application/json":
            return decode_typed(body) or read_document(_decode(body))
        if media_type == "text/csv":
            return read_table(body, limit=MAX_ITEMS)
    except PersonLevelData as error:
        raise refuse_person_level(error) from None
    except BadTable as error:
        raise _refuse_body(str(error), "malformed_csv") from None
    given = f"{media_type} is" if media_type else "A body without Content-Type is"
    raise UnsupportedMediaType(f"{given} not read here; send application/json or text/csv.")


def _decode(body: bytes) -> Any:
    try:
        return read_json(body)
    except json.JSONDecodeError as error:
        # The error itself carries the body, and that may be about persons: it goes no further.
        detail = f"This is not JSON at character {error.pos}: {error.msg}."
        raise _refuse_body(detail, "malformed_json") from None


def _refuse_body(detail: str, code: str) -> Malformed:
    return Malformed(detail, code=code, faults=(Fault("", code, detail),))


def _write_answer(receipt: Receipt) -> bytes:
    return msgspec.json.encode({"summary": receipt.summary(), "items": receipt.outcomes})
