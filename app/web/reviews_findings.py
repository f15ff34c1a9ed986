"""What a review does about a finding: waive it until a day, promise something, or put it aside."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.commitments import create_commitment
from app.actions.linkage import create_waiver
from app.actions.reviews import park_item
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, may
from app.errors import Invalid
from app.models.base import Day, Line, Reference
from app.models.commitments import CommitmentInput
from app.models.linkage import WaiverInput
from app.models.reviews import ParkedItemInput, Review
from app.queries.linkage import find_finding, find_finding_row
from app.queries.organization import today_of
from app.queries.owners import list_owner_choices
from app.queries.reviews import find_review
from app.web.deps import PersonDep
from app.web.finding_cards import WaiveForm, make_card
from app.web.forms import Contract, Form, read_form
from app.web.render import fragments, is_partial, page
from app.web.review_answers import Seat, answer_parts
from app.web.reviews import say_month
from app.web.reviews_talk import Whereabouts, refuse_beyond
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/reviews/{period}/findings/{finding}")
MOST_PARKED = 200


class PromiseForm(Contract):
    """Who does what about it, by when."""

    what: Line
    owner: Reference
    due_on: Day


@router.get("")
async def show_finding_in_review(
    request: Request, session: SessionDep, person: PersonDep, period: str, finding: str
) -> Response:
    """A finding with everything that can be done about it."""
    review = await find_review(session, period, actor=person)
    context = await _gather_finding(session, person, review, finding)
    return page(request, "reviews/finding.html", **context)


@router.post("/waive")
async def waive_in_review(
    request: Request, session: SessionDep, person: PersonDep, period: str, finding: str
) -> Response:
    """Lets a finding be until a day."""
    form = await read_form(request, WaiveForm)
    review = await find_review(session, period, actor=person, to=Permission.REVIEWS_CAPTURE)
    row = await find_finding(session, finding, actor=person)

    async def save(data: WaiveForm) -> None:
        given = WaiverInput(finding=str(row.id), reason=data.reason, expires_on=data.expires_on)
        await create_waiver(session, given, actor=person)

    status = await save_form(session, form, save)
    if status != OK:
        refuse_beyond(form, status)
        return await _refuse(request, session, person, review, finding, waiving=form)
    seat = Seat(request, session, person, review.code)
    return await answer_parts(seat, ["findings"], said="Waived.")


@router.post("/promise")
async def promise_about_finding(
    request: Request, session: SessionDep, person: PersonDep, period: str, finding: str
) -> Response:
    """Makes a commitment about a finding."""
    form = await read_form(request, PromiseForm)
    review = await find_review(session, period, actor=person, to=Permission.REVIEWS_CAPTURE)
    row = await find_finding(session, finding, actor=person)

    async def save(data: PromiseForm) -> None:
        given = CommitmentInput(
            what=data.what,
            owner=data.owner,
            due_on=data.due_on,
            finding=row.fingerprint,
            review=review.code,
        )
        await create_commitment(session, given, actor=person)

    status = await save_form(session, form, save)
    if status != OK:
        refuse_beyond(form, status)
        return await _refuse(request, session, person, review, finding, promising=form)
    seat = Seat(request, session, person, review.code)
    return await answer_parts(seat, ["findings", "commitments"], said="Promised.")


@router.post("/park")
async def park_finding(
    request: Request, session: SessionDep, person: PersonDep, period: str, finding: str
) -> Response:
    """Puts a finding aside for later."""
    review = await find_review(session, period, actor=person, to=Permission.REVIEWS_CAPTURE)
    row = await find_finding(session, finding, actor=person)
    words = f"{row.rule}: {row.message}"
    what = words if len(words) <= MOST_PARKED else f"{words[: MOST_PARKED - 1]}…"
    await park_item(session, review, ParkedItemInput(what=what), actor=person)
    seat = Seat(request, session, person, review.code)
    return await answer_parts(seat, ["findings", "parked"], said="Parked.")


async def _refuse(
    request: Request, session: SessionDep, person: Actor, review: Review, finding: str, **forms: Form[Any]
) -> Response:
    """The finding again, with the form that was refused."""
    context = await _gather_finding(session, person, review, finding, **forms)
    if is_partial(request):
        return fragments(request, [("reviews/_finding.html", context)], status=Invalid.status)
    return page(request, "reviews/finding.html", status=Invalid.status, **context)


async def _gather_finding(
    session: SessionDep,
    person: Actor,
    review: Review,
    finding: str,
    *,
    waiving: Form[WaiveForm] | None = None,
    promising: Form[PromiseForm] | None = None,
) -> dict[str, Any]:
    found = await find_finding(session, finding, actor=person)
    row = await find_finding_row(session, found.id, actor=person)
    promises = may(person, Permission.COMMITMENTS_WRITE)
    return {
        "key": found.fingerprint,
        "card": make_card(row, person, await today_of(session), refused=waiving),
        "it": Whereabouts(f"/reviews/{review.code}", say_month(review.code)),
        "promising": promising or Form(values={"what": "", "owner": "", "due_on": ""}),
        "promises": promises,
        "people": await list_owner_choices(session, actor=person) if promises else [],
    }
