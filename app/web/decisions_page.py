"""`/decisions/CODE`: the story of a decision, and the steps that it can take now."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from app.actions.decisions import archive_decision
from app.actions.decisions_steps import (
    add_dissent,
    escalate_decision,
    reopen_decision,
    review_decision,
    take_decision,
    withdraw_decision,
)
from app.deps import SessionDep
from app.domain.decisions import DecisionStatus, DecisionStep, allows_step
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor, Permission, Place, may
from app.errors import Conflict, CoxswainError, Forbidden
from app.models.decisions import (
    Decision,
    DecisionChoice,
    DecisionReopening,
    DecisionWithdrawal,
    DissentInput,
    EscalationInput,
    OutcomeInput,
)
from app.queries.decisions import (
    DecisionParts,
    find_decision,
    list_decision_writers,
    load_decision_names,
    load_decision_parts,
    places_of_decision,
)
from app.queries.organization import today_of
from app.queries.owners import list_owner_choices
from app.web.commitment_lines import read_commitments_about
from app.web.decision_lines import say_standing
from app.web.decisions_story import Names, name_scribe, tell_ahead, tell_story
from app.web.deps import PersonDep
from app.web.forms import Form, read_form
from app.web.render import fragments, go_to, is_partial, page
from app.web.reviews import link_review
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/decisions")
WRITE = Permission.DECISIONS_WRITE
REVIEW_AFTER = timedelta(days=90)
STEPS: Mapping[DecisionStep, tuple[str, type[BaseModel], Callable[..., Awaitable[Decision]]]] = {
    DecisionStep.DECIDE: ("Decide", DecisionChoice, take_decision),
    DecisionStep.DISSENT: ("Commit with a concern", DissentInput, add_dissent),
    DecisionStep.ESCALATE: ("Hand it to somebody else", EscalationInput, escalate_decision),
    DecisionStep.REVIEW: ("Review the outcome", OutcomeInput, review_decision),
    DecisionStep.REOPEN: ("Open it again", DecisionReopening, reopen_decision),
    DecisionStep.WITHDRAW: ("Withdraw it", DecisionWithdrawal, withdraw_decision),
}

# What the form cannot mend: who may not, and a decision that stands otherwise by now.
_BEYOND_THE_FORM: Mapping[int, type[CoxswainError]] = {403: Forbidden, 409: Conflict}


@dataclass(frozen=True, slots=True)
class StepView:
    """A step that can be taken now, with its form."""

    name: str
    heading: str
    action: str
    form: Form[Any]
    is_open: bool


@router.get("/{decision}")
async def show_decision_page(
    request: Request, session: SessionDep, person: PersonDep, decision: str
) -> Response:
    """One decision."""
    row = await find_decision(session, decision, actor=person)
    return page(request, "decisions/show.html", **await _gather(session, person, row, refused=None))


@router.post("/{decision}/decide")
async def decide_button(request: Request, session: SessionDep, person: PersonDep, decision: str) -> Response:
    """Says what was decided."""
    return await _take(request, session, person, decision, DecisionStep.DECIDE)


@router.post("/{decision}/dissent")
async def dissent_button(request: Request, session: SessionDep, person: PersonDep, decision: str) -> Response:
    """Notes a concern."""
    return await _take(request, session, person, decision, DecisionStep.DISSENT)


@router.post("/{decision}/escalate")
async def escalate_button(
    request: Request, session: SessionDep, person: PersonDep, decision: str
) -> Response:
    """Hands it to somebody else."""
    return await _take(request, session, person, decision, DecisionStep.ESCALATE)


@router.post("/{decision}/review")
async def review_button(request: Request, session: SessionDep, person: PersonDep, decision: str) -> Response:
    """Says how it turned out."""
    return await _take(request, session, person, decision, DecisionStep.REVIEW)


@router.post("/{decision}/reopen")
async def reopen_button(request: Request, session: SessionDep, person: PersonDep, decision: str) -> Response:
    """Opens it again."""
    return await _take(request, session, person, decision, DecisionStep.REOPEN)


@router.post("/{decision}/withdraw")
async def withdraw_button(
    request: Request, session: SessionDep, person: PersonDep, decision: str
) -> Response:
    """Says that nobody needs it any more."""
    return await _take(request, session, person, decision, DecisionStep.WITHDRAW)


@router.post("/{decision}/archive")
async def archive_decision_button(
    request: Request, session: SessionDep, person: PersonDep, decision: str
) -> Response:
    """Takes a decision that was logged by mistake out of lists and figures."""
    row = await find_decision(session, decision, actor=person, to=WRITE, lock=True)
    await archive_decision(session, row, actor=person)
    return go_to(request, f"/decisions/{row.code}")


async def _take(
    request: Request, session: SessionDep, person: Actor, decision: str, step: DecisionStep
) -> Response:
    """Takes a step; where it is refused, its form comes back with what was typed."""
    _, contract, act = STEPS[step]
    form: Form[Any] = await read_form(request, contract)
    # Whoever works here may say a concern of their own.
    to = Permission.DECISIONS_READ if step is DecisionStep.DISSENT else WRITE
    row = await find_decision(session, decision, actor=person, to=to, lock=True)
    code = row.code

    async def save(data: Any) -> None:
        await act(session, row, data, actor=person)

    status = await save_form(session, form, save)
    if status == OK:
        return go_to(request, f"/decisions/{code}")
    if status in _BEYOND_THE_FORM:
        raise _BEYOND_THE_FORM[status](form.errors.get("", "This cannot be done."))
    row = await find_decision(session, code, actor=person)
    await session.refresh(row)
    context = await _gather(session, person, row, refused=(step, form))
    if not is_partial(request):
        return page(request, "decisions/show.html", status=status, **context)
    view = next(each for each in context["steps"] if each.name == step.value)
    return fragments(request, [("decisions/_step.html", context | {"step": view})], status=status)


async def _gather(
    session: SessionDep,
    person: Actor,
    row: Decision,
    *,
    refused: tuple[DecisionStep, Form[Any]] | None,
) -> dict[str, Any]:
    today = await today_of(session)
    parts = (await load_decision_parts(session, [row.id]))[row.id]
    names = await load_decision_names(session, [row], {row.id: parts})
    writes = may_write_decision(person, row, parts)
    steps = [
        _make_step(row, step, today, refused) for step in STEPS if _may_take(person, row, step, writes=writes)
    ]
    writers = await list_decision_writers(session, row)
    is_decided = row.status is DecisionStatus.DECIDED
    withdrawn = row.status is DecisionStatus.WITHDRAWN or row.archived_at is not None
    promised = await read_commitments_about(
        session, person, row.id, today=today, new=None if withdrawn else {"decision": row.code}
    )
    return promised | {
        "decision": row,
        "story": tell_story(row, parts, names, writers),
        "ahead": tell_ahead(row, parts.limit_days, today),
        "facts": _list_facts(person, row, parts, names)
        | {"scribe": name_scribe(row, writers[-1]) if is_decided and writers else None},
        "state": say_standing(row.status, row.opened_on, row.ended_on, today),
        "limit_days": parts.limit_days,
        "steps": steps,
        "writes": writes,
        "may_edit": writes and row.archived_at is None,
        "people": await list_owner_choices(session, actor=person) if steps else [],
        "options": [(str(each["name"]), str(each.get("note") or "")) for each in row.options],
    }


def may_write_decision(person: Actor, row: Decision, parts: DecisionParts) -> bool:
    """May this person write it, at any of its places?"""
    places = places_of_decision(row.decider_id, parts.departments)
    return any(may(person, WRITE, on=place) for place in places)


def _may_take(person: Actor, row: Decision, step: DecisionStep, *, writes: bool) -> bool:
    if row.archived_at is not None or not allows_step(row.status, step):
        return False
    own = may(person, WRITE, on=Place(people=frozenset({person.id})))
    return writes or (step is DecisionStep.DISSENT and own)


def _make_step(
    row: Decision, step: DecisionStep, today: date, refused: tuple[DecisionStep, Form[Any]] | None
) -> StepView:
    heading, _, _ = STEPS[step]
    form: Form[Any] = Form(values=_list_defaults(row, step, today))
    if refused and refused[0] is step:
        form = refused[1]
    due = step is DecisionStep.REVIEW and row.review_on is not None and row.review_on <= today
    is_open = bool(form.errors) or (due and row.reviewed_on is None)
    if step is DecisionStep.REVIEW and row.reviewed_on is not None:
        heading = "Correct the review"
    return StepView(step.value, heading, f"/decisions/{row.code}/{step.value}", form, is_open)


def _list_defaults(row: Decision, step: DecisionStep, today: date) -> dict[str, Any]:
    if step is DecisionStep.DECIDE:
        review_on = row.review_on or today + REVIEW_AFTER
        return {"decided_on": str(today), "review_on": str(review_on), "rationale": row.rationale}
    if step is DecisionStep.REVIEW and row.rating is not None:
        return {"rating": str(row.rating), "as_expected": row.as_expected, "note": row.outcome_note}
    return {}


def _list_facts(person: Actor, row: Decision, parts: DecisionParts, names: Names) -> dict[str, Any]:
    """Names and days, as the page prints them."""
    return {
        "type": names[row.type_id] if row.type_id else None,
        "decider": names[row.decider_id] if row.decider_id else None,
        "raised": word_day(row.raised_on),
        "raised_in": link_review(person, names[row.review_id][0] if row.review_id else None),
        "needed": row.needed_by and word_day(row.needed_by),
        "departments": [names[each] for each in parts.departments],
        "goals": [names[each] for each in parts.goals],
        "is_open": row.status is DecisionStatus.OPEN,
    }
