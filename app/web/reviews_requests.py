"""Answering on the page of a review what is asked to be changed of its closed month."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.change_requests import accept_change, decline_change
from app.deps import SessionDep
from app.domain.change_requests import why_not_answered
from app.domain.permissions import Permission, require
from app.errors import NotFound
from app.models.change_requests import ChangeRequestRefusal
from app.queries.change_requests import hold_change_request
from app.queries.reviews import find_review
from app.web.deps import PersonDep
from app.web.forms import Contract, Form, read_form
from app.web.render import go_to
from app.web.review_answers import Seat, show_review
from app.web.review_viewer import Refused
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/reviews/{period}/requests/{change}")


class AcceptingForm(Contract):
    """Accepting says nothing more."""


@router.post("/accept")
async def accept_change_button(
    request: Request, session: SessionDep, person: PersonDep, period: str, change: str
) -> Response:
    """Writes what is asked for; then the review tells it as revised since."""
    form = await read_form(request, AcceptingForm)

    async def accept(row: Any, _: AcceptingForm) -> None:
        await accept_change(session, row, actor=person)

    return await _answer(Seat(request, session, person, period), change, "accept", form, accept)


@router.post("/decline")
async def decline_change_button(
    request: Request, session: SessionDep, person: PersonDep, period: str, change: str
) -> Response:
    """Leaves the value as it is, and says why."""
    form = await read_form(request, ChangeRequestRefusal)

    async def decline(row: Any, data: ChangeRequestRefusal) -> None:
        await decline_change(session, row, data, actor=person)

    return await _answer(Seat(request, session, person, period), change, "decline", form, decline)


async def _answer(
    seat: Seat, change: str, word: str, form: Form[Any], act: Callable[[Any, Any], Awaitable[None]]
) -> Response:
    require(seat.person, Permission.PERIODS_CORRECT)
    review = await find_review(seat.session, seat.period, actor=seat.person)
    row = await hold_change_request(seat.session, change, actor=seat.person)
    code, href = row.code, f"/reviews/{review.code}"
    if row.review_id != review.id:
        raise NotFound(f"{code} is about another month.")

    async def save(data: Any) -> None:
        await act(row, data)

    # Whoever asked may have asked for something else since this was read; what is answered says so itself.
    waits = why_not_answered(row.state) is None
    now: Form[Any] | None = Form(values=form.values, version=row.version) if waits else None
    status = await save_form(seat.session, form, save, now=now)
    if status == OK:
        return go_to(seat.request, f"{href}#review-close")
    await seat.session.refresh(review)
    return await show_review(seat, refused=Refused(f"{word} {code}", form), status=status)
