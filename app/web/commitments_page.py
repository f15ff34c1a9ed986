"""`/commitments/CODE`: one commitment, its story, and what may be said of it now."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from app.actions.commitments import (
    archive_commitment,
    drop_commitment,
    redate_commitment,
    settle_commitment,
)
from app.actions.commitments_concerns import answer_concern, raise_concern
from app.deps import SessionDep
from app.domain.commitments import CommitmentStep, Promise, why_not_step
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor, Permission
from app.domain.words import CommitmentStatus
from app.errors import Conflict, CoxswainError, Forbidden, NotFound
from app.models.commitments import (
    Commitment,
    CommitmentAnswer,
    CommitmentDate,
    CommitmentDateFilter,
    CommitmentDropping,
    CommitmentRedating,
    CommitmentSettling,
    ConcernInput,
)
from app.queries.commitments import (
    find_commitment,
    find_telling_review,
    list_redatings,
    may_drop_commitment,
    may_write_commitment,
)
from app.queries.commitments_concerns import look_for_concern
from app.queries.commitments_lists import find_commitment_line
from app.queries.organization import today_of
from app.web.commitment_lines import SAID, list_about, offer_outcomes, say_commitment
from app.web.decisions_story import StoryLine
from app.web.deps import PersonDep
from app.web.forms import Form, read_form
from app.web.render import fragments, go_to, is_partial, page
from app.web.reviews import link_review, say_month
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/commitments")
WRITE = Permission.COMMITMENTS_WRITE
MOST_DATES = 1000
STEPS: Mapping[CommitmentStep, tuple[type[BaseModel], Callable[..., Awaitable[Commitment]]]] = {
    CommitmentStep.SETTLE: (CommitmentSettling, settle_commitment),
    CommitmentStep.REDATE: (CommitmentRedating, redate_commitment),
    CommitmentStep.DROP: (CommitmentDropping, drop_commitment),
}
_CONCERNS: Mapping[type[BaseModel], Callable[..., Awaitable[object]]] = {
    ConcernInput: raise_concern,
    CommitmentAnswer: answer_concern,
}
# What the form cannot mend: who may not, and a commitment that stands otherwise by now.
_BEYOND_THE_FORM: Mapping[int, type[CoxswainError]] = {403: Forbidden, 404: NotFound, 409: Conflict}
_MADE, _MOVED, _ENDED = range(3)


@dataclass(frozen=True, slots=True)
class PromiseStep:
    """Something that may be said of a commitment now, with its form."""

    name: str
    heading: str
    action: str
    form: Form[Any]
    is_open: bool


@router.get("/{commitment}")
async def show_commitment_page(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """One commitment."""
    row = await find_commitment(session, commitment, actor=person)
    return page(request, "commitments/show.html", **await _gather(session, person, row, refused=None))


@router.post("/{commitment}/settle")
async def settle_commitment_button(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """Says what became of it."""
    return await _take(request, session, person, commitment, CommitmentStep.SETTLE)


@router.post("/{commitment}/redate")
async def redate_commitment_button(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """Moves what is not due yet."""
    return await _take(request, session, person, commitment, CommitmentStep.REDATE)


@router.post("/{commitment}/drop")
async def drop_commitment_button(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """Releases somebody from what is not due yet."""
    return await _take(request, session, person, commitment, CommitmentStep.DROP)


@router.post("/{commitment}/concern")
async def raise_concern_button(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """Notes the concern with which its owner commits."""
    return await _talk(request, session, person, commitment, ConcernInput)


@router.post("/{commitment}/concern/answer")
async def answer_concern_button(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """Says what is made of it."""
    return await _talk(request, session, person, commitment, CommitmentAnswer)


@router.post("/{commitment}/archive")
async def archive_commitment_button(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """Takes out of the lists what is closed, or what was made by mistake today."""
    row = await find_commitment(session, commitment, actor=person, to=WRITE, lock=True)
    await archive_commitment(session, row, actor=person)
    return go_to(request, f"/commitments/{row.code}")


async def _take(
    request: Request, session: SessionDep, person: Actor, commitment: str, step: CommitmentStep
) -> Response:
    """Takes a step; where it is refused, its form comes back with what was typed."""
    contract, act = STEPS[step]
    form: Form[Any] = await read_form(request, contract)
    # Who drops a commitment need not be one of those who write it: its partner is not.
    to = Permission.COMMITMENTS_READ if step is CommitmentStep.DROP else WRITE
    row = await find_commitment(session, commitment, actor=person, to=to, lock=True)
    code = row.code
    if step is CommitmentStep.DROP and not may_drop_commitment(person, row):
        raise Forbidden("A commitment is dropped by its partner, a head or an executive; never by its owner.")

    async def save(data: Any) -> None:
        await act(session, row, data, actor=person)

    status = await save_form(session, form, save)
    if status == OK:
        return go_to(request, f"/commitments/{code}")
    if status in _BEYOND_THE_FORM:
        raise _BEYOND_THE_FORM[status](form.errors.get("", "This cannot be done."))
    row = await find_commitment(session, code, actor=person)
    await session.refresh(row)
    context = await _gather(session, person, row, refused=(step, form))
    if not is_partial(request):
        return page(request, "commitments/show.html", status=status, **context)
    view = next(each for each in context["steps"] if each.name == step.value)
    return fragments(request, [("commitments/_step.html", context | {"step": view})], status=status)


async def _talk(
    request: Request, session: SessionDep, person: Actor, commitment: str, contract: type[BaseModel]
) -> Response:
    """Takes a concern or its answer; where it is refused, its form comes back with what was typed."""
    form: Form[Any] = await read_form(request, contract)
    row = await find_commitment(session, commitment, actor=person, lock=True)
    code, act = row.code, _CONCERNS[contract]

    async def save(data: Any) -> None:
        await act(session, row, data, actor=person)

    status = await save_form(session, form, save)
    if status == OK:
        return go_to(request, f"/commitments/{code}#concern")
    if status in _BEYOND_THE_FORM:
        raise _BEYOND_THE_FORM[status](form.errors.get("", "This cannot be done."))
    context = await _gather(session, person, row, refused=None) | {"concern_form": form}
    if is_partial(request):
        return fragments(request, [("commitments/_concern.html", context)], status=status)
    return page(request, "commitments/show.html", status=status, **context)


async def _gather(
    session: SessionDep,
    person: Actor,
    row: Commitment,
    *,
    refused: tuple[CommitmentStep, Form[Any]] | None,
) -> dict[str, Any]:
    today = await today_of(session)
    line = await find_commitment_line(session, row, actor=person)
    dates, _ = await list_redatings(session, row.id, CommitmentDateFilter(limit=MOST_DATES))
    concern = await look_for_concern(session, row, actor=person)
    is_own, is_open = row.owner_id == person.id, row.status is CommitmentStatus.OPEN
    standing, tone = say_commitment(row, today)
    writes = may_write_commitment(person, row)
    told = await find_telling_review(session, row) if row.settled_at else None
    return {
        "commitment": row,
        "is_own": is_own,
        "concern": concern,
        "concern_form": Form(values={"answer": concern.answer if concern else None}),
        "may_raise": is_own and is_open and concern is None and row.archived_at is None,
        "may_answer": concern is not None and not is_own,
        "owner": (line.owner_email, line.owner),
        "partner": (line.partner_email, line.partner) if line.partner else None,
        "about": list(list_about(line)),
        "state": standing,
        "tone": tone,
        "made_in": link_review(person, line.review),
        "told": told,
        "told_month": say_month(told) if told else "",
        "due": word_day(row.due_on),
        "first_due": word_day(row.due_baseline) if row.due_baseline != row.due_on else None,
        "story": list(_tell_story(row, dates)),
        "steps": [_make_step(row, step, today, refused) for step in _list_steps(person, row, today)],
        "offer": offer_outcomes(row.due_on, today=today),
        "may_edit": writes and _allows(row, CommitmentStep.EDIT, today),
        "may_archive": writes and _allows(row, CommitmentStep.ARCHIVE, today),
    }


def _list_steps(person: Actor, row: Commitment, today: date) -> Iterator[CommitmentStep]:
    allowed = {
        CommitmentStep.SETTLE: may_write_commitment(person, row),
        CommitmentStep.REDATE: may_write_commitment(person, row),
        CommitmentStep.DROP: may_drop_commitment(person, row),
    }
    yield from (step for step, may in allowed.items() if may and _allows(row, step, today))


def _allows(row: Commitment, step: CommitmentStep, today: date) -> bool:
    promise = Promise(row.status, row.due_on, row.made_on)
    return row.archived_at is None and why_not_step(step, promise, code=row.code, on=today) is None


def _make_step(
    row: Commitment, step: CommitmentStep, today: date, refused: tuple[CommitmentStep, Form[Any]] | None
) -> PromiseStep:
    closed = row.status is not CommitmentStatus.OPEN
    headings = {
        CommitmentStep.SETTLE: "Correct what was said" if closed else "Say what became of it",
        CommitmentStep.REDATE: "Move it to another day",
        CommitmentStep.DROP: "Drop it",
    }
    values: dict[str, Any] = {}
    if step is CommitmentStep.SETTLE:
        values = {"outcome": row.status.value, "said": row.said} if closed else {}
        values["on"] = str(row.settled_on or today)
    form = refused[1] if refused and refused[0] is step else Form(values=values)
    is_open = bool(form.errors) or (step is CommitmentStep.SETTLE and not closed)
    return PromiseStep(step.value, headings[step], f"/commitments/{row.code}/{step.value}", form, is_open)


def _tell_story(row: Commitment, dates: Sequence[CommitmentDate]) -> Iterator[StoryLine]:
    """What happened to it, the first thing first."""
    yield StoryLine(row.made_on, _MADE, f"Promised for {word_day(row.due_baseline)}", kind="raised")
    for each in dates:
        heading = f"Moved to {word_day(each.due_on)}"
        yield StoryLine(each.moved_on, _MOVED, heading, each.reason, f"by {each.by_name}", "escalated")
    if row.settled_on is not None:
        kinds = {CommitmentStatus.KEPT: "decided", CommitmentStatus.MISSED: "reopened"}
        heading = SAID[row.status].capitalize()
        yield StoryLine(row.settled_on, _ENDED, heading, row.said, kind=kinds.get(row.status, "escalated"))
