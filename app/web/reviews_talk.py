"""What is said in a review of what it shows: commitments answered for, findings acted on, decisions taken."""

from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from app.actions.commitments import settle_commitment
from app.actions.decisions_steps import add_dissent, take_decision
from app.actions.peer_notes import archive_peer_note, create_peer_note, update_peer_note
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.words import CommitmentStatus
from app.errors import Conflict, Forbidden, NotFound
from app.models.base import Prose
from app.models.commitments import Commitment, CommitmentSettling
from app.models.decisions import Decision, DecisionChoice, DissentInput
from app.models.peer_notes import PeerNoteInput
from app.models.reviews import Review
from app.queries.commitments import find_commitment
from app.queries.decisions import find_decision
from app.queries.organization import today_of
from app.queries.owners import find_home
from app.queries.reviews import find_review
from app.queries.updates_around import find_note_of
from app.web.decisions_page import REVIEW_AFTER
from app.web.deps import PersonDep
from app.web.forms import Contract, Form, read_form
from app.web.render import fragments, is_partial, page
from app.web.review_answers import Seat, answer_parts
from app.web.review_viewer import Refused
from app.web.reviews import say_month
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/reviews/{period}")


class PeersForm(Contract):
    """What peers should know of a department."""

    challenge: Prose | None = None
    ask: Prose | None = None


class Whereabouts(NamedTuple):
    """The review of whose page a row is, for a row that is a page of its own."""

    href: str
    month: str


class TakeForm(DecisionChoice):
    """What was decided; `concern`: with which whoever takes it commits all the same."""

    concern: Prose | None = None


@router.post("/commitments/{commitment}/settle")
async def settle_in_review(
    request: Request, session: SessionDep, person: PersonDep, period: str, commitment: str
) -> Response:
    """Says what became of a commitment."""
    form = await read_form(request, CommitmentSettling)
    review = await find_review(session, period, actor=person)
    row = await find_commitment(session, commitment, actor=person, to=Permission.COMMITMENTS_WRITE, lock=True)
    code = row.code

    async def save(data: CommitmentSettling) -> None:
        refuse_second_answer(row, data)
        await settle_commitment(session, row, data, actor=person)

    status = await save_form(session, form, save)
    refuse_beyond(form, status)
    refused = None if status == OK else Refused(f"settle {code}", form)
    return await answer_parts(
        Seat(request, session, person, review.code), ["commitments"], refused=refused, status=status
    )


def refuse_second_answer(row: Commitment, data: CommitmentSettling) -> None:
    """In a review one answers for what is open; who answers from an older page changes nothing unseen."""
    if row.status is not CommitmentStatus.OPEN and row.status.value != data.outcome.value:
        said = f"It was answered meanwhile: {row.status.value}. Its own page corrects that."
        raise Conflict(said, code="answered_already")


@router.post("/note")
async def tell_peers_in_review(
    request: Request, session: SessionDep, person: PersonDep, period: str
) -> Response:
    """Writes the challenge and the ask of one's department; both blank takes them back."""
    form = await read_form(request, PeersForm)
    review = await find_review(session, period, actor=person)
    home = await find_home(session, person)
    if home is None:
        raise Forbidden("You have no department to speak for.")
    note = await find_note_of(session, home.id, review.code, actor=person, lock=True)

    async def save(data: PeersForm) -> None:
        content = PeerNoteInput(
            period=review.code, department=home.code, challenge=data.challenge, ask=data.ask
        )
        if note is None:
            await create_peer_note(session, content, actor=person)
        elif data.challenge or data.ask:
            await update_peer_note(session, note, content, actor=person)
        else:
            await archive_peer_note(session, note, actor=person)

    status = await save_form(session, form, save)
    refuse_beyond(form, status)
    refused = None if status == OK else Refused("note", form)
    return await answer_parts(
        Seat(request, session, person, review.code),
        ["slots"],
        said="Your peers see it.",
        refused=refused,
        status=status,
    )


@router.get("/decisions/{decision}")
async def show_decision_in_review(
    request: Request, session: SessionDep, person: PersonDep, period: str, decision: str
) -> Response:
    """A decision of the review with the form that takes it."""
    row = await find_decision(session, decision, actor=person, to=Permission.DECISIONS_WRITE)
    review = await find_review(session, period, actor=person)
    context = await _gather_decision(session, review, row, None)
    return page(request, "reviews/decision.html", **context)


@router.post("/decisions/{decision}/decide")
async def decide_in_review(
    request: Request, session: SessionDep, person: PersonDep, period: str, decision: str
) -> Response:
    """Takes a decision now."""
    form = await read_form(request, TakeForm)
    review = await find_review(session, period, actor=person)
    row = await find_decision(session, decision, actor=person, to=Permission.DECISIONS_WRITE, lock=True)
    code = row.code

    async def save(data: TakeForm) -> None:
        choice = DecisionChoice.model_validate(data.model_dump(exclude={"concern"}))
        await take_decision(session, row, choice, actor=person)
        if data.concern:
            await add_dissent(session, row, DissentInput(concern=data.concern), actor=person)

    status = await save_form(session, form, save)
    refuse_beyond(form, status)
    if status == OK:
        return await answer_parts(Seat(request, session, person, review.code), ["decisions"], said="Decided.")
    row = await find_decision(session, code, actor=person)
    context = await _gather_decision(session, review, row, form)
    if is_partial(request):
        return fragments(request, [("reviews/_decide.html", context)], status=status)
    return page(request, "reviews/decision.html", status=status, **context)


async def _gather_decision(
    session: SessionDep, review: Review, row: Decision, form: Form[TakeForm] | None
) -> dict[str, Any]:
    today = await today_of(session)
    known = {"decided_on": str(today), "review_on": str(row.review_on or today + REVIEW_AFTER)}
    return {
        "decision": row,
        "options": [(str(each["name"]), str(each.get("note") or "")) for each in row.options],
        "form": form or Form(values={**known, "rationale": row.rationale}),
        "it": Whereabouts(f"/reviews/{review.code}", say_month(review.code)),
    }


def refuse_beyond(form: Form[Any], status: int) -> None:
    """What the form cannot mend is said as a refusal of its own."""
    words = form.errors.get("", "This cannot be done.")
    if status == Forbidden.status:
        raise Forbidden(words)
    if status == Conflict.status:
        raise Conflict(words)
    if status == NotFound.status:
        raise NotFound(words)
