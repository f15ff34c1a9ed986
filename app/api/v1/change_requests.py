"""Change requests in JSON: asking for another value of a closed period, and answering. For people only."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.change_requests import accept_change, ask_for_change, decline_change, withdraw_change
from app.api.answers import (
    PageOut,
    RecordOut,
    Ref,
    send_created,
    send_item,
    send_page,
    shape_many,
    shape_one,
)
from app.api.deps import ActorDep
from app.api.editing import OptionalIfMatch, require_match
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.change_requests import RequestState
from app.models.base import Day, Number
from app.models.change_requests import (
    ChangeRequest,
    ChangeRequestFilter,
    ChangeRequestInput,
    ChangeRequestRefusal,
)
from app.queries.change_requests import find_change_request, hold_change_request, list_change_requests

router = ApiRouter("/change-requests", tag="change requests")


class ChangeRequestOut(RecordOut):
    """A value of a closed period that should be another one. `review`: the one that locks the period.

    `answer`: why it was declined.
    """

    code: str
    kpi: Ref
    department: Ref | None
    period: str
    review: Ref
    value: Number
    reason: str
    asked_by: Ref
    asked_on: Day
    state: RequestState
    answered_on: Day | None
    answered_by: str | None
    answer: str | None


async def show_change_request(session: SessionDep, row: ChangeRequest) -> ChangeRequestOut:
    """A change request as an answer."""
    return await shape_one(session, ChangeRequestOut, row)


@router.get("", summary="List change requests", response_model=PageOut[ChangeRequestOut])
async def list_change_requests_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[ChangeRequestFilter, Query()]
) -> Response:
    """Every change request, in the order of making."""
    rows, next_cursor = await list_change_requests(session, filters, actor=actor)
    return send_page(request, await shape_many(session, ChangeRequestOut, rows), next_cursor)


@router.post("", summary="Ask for a change", status_code=201, response_model=ChangeRequestOut)
async def ask_for_change_route(
    request: Request, session: SessionDep, actor: ActorDep, data: ChangeRequestInput
) -> Response:
    """Asks for another value of a period that a closed review locks. The value itself stays as it is.

    There is one open request of a KPI, department and period: asking again replaces what it asks for (200).
    Where nothing locks the period this is 409 `not_locked`.
    """
    row, is_new = await ask_for_change(session, data, actor=actor)
    shown = await show_change_request(session, row)
    return send_created(request, shown) if is_new else send_item(request, shown)


@router.get("/{change}", summary="Show a change request", response_model=ChangeRequestOut)
async def show_change_request_route(
    request: Request, session: SessionDep, actor: ActorDep, change: str
) -> Response:
    """One change request by id or code."""
    row = await find_change_request(session, change, actor=actor)
    return send_item(request, await show_change_request(session, row))


@router.post("/{change}/accept", summary="Accept a change", response_model=ChangeRequestOut)
async def accept_change_route(
    request: Request, session: SessionDep, actor: ActorDep, change: str, if_match: OptionalIfMatch = None
) -> Response:
    """Writes the value with the reason of the request, as whoever may correct a closed period would.

    With If-Match what was asked for anew meanwhile is not accepted unseen (412).
    """
    row = await hold_change_request(session, change, actor=actor)
    if if_match is not None:
        require_match(if_match, await show_change_request(session, row))
    await accept_change(session, row, actor=actor)
    return send_item(request, await show_change_request(session, row))


@router.post("/{change}/decline", summary="Decline a change", response_model=ChangeRequestOut)
async def decline_change_route(
    request: Request, session: SessionDep, actor: ActorDep, change: str, data: ChangeRequestRefusal
) -> Response:
    """Leaves the value as it is, and says why. Whoever may accept a request may decline it."""
    row = await hold_change_request(session, change, actor=actor)
    await decline_change(session, row, data, actor=actor)
    return send_item(request, await show_change_request(session, row))


@router.post("/{change}/withdraw", summary="Take a change request back", response_model=ChangeRequestOut)
async def withdraw_change_route(
    request: Request, session: SessionDep, actor: ActorDep, change: str
) -> Response:
    """Takes a request back that nobody has answered: who asked does, or who may ask there."""
    row = await hold_change_request(session, change, actor=actor)
    await withdraw_change(session, row, actor=actor)
    return send_item(request, await show_change_request(session, row))
