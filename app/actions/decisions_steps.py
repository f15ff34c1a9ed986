"""The steps of a decision: deciding, withdrawing, re-opening, dissent, escalation, review of the outcome."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._decisions import Subject, record_step
from app.actions._review_times import read_ending
from app.domain.decisions import DecisionStatus, DecisionStep, allows_step, find_step_problem
from app.domain.permissions import Actor, ActorKind, Permission, Place, may, require_anywhere
from app.errors import Conflict, Invalid
from app.models.decisions import (
    Decision,
    DecisionChoice,
    DecisionDissent,
    DecisionEscalation,
    DecisionReopening,
    DecisionRound,
    DecisionWithdrawal,
    DissentInput,
    EscalationInput,
    OutcomeInput,
)
from app.queries._find import resolve_reference
from app.queries.decisions import load_decision_parts, places_of_decision
from app.queries.organization import today_of
from app.queries.reviews import hold_open_reviews

WRITE = Permission.DECISIONS_WRITE
# What a round says of its end, and what a re-opened decision no longer says.
_OF_A_ROUND = (
    *("chosen", "rationale", "forecast", "end_reason"),
    *("reviewed_on", "rating", "as_expected", "outcome_note"),
)
_STANDS = {
    DecisionStatus.OPEN: "is open",
    DecisionStatus.DECIDED: "is decided",
    DecisionStatus.WITHDRAWN: "is withdrawn",
}


async def take_decision(
    session: AsyncSession, decision: Decision, data: DecisionChoice, *, actor: Actor
) -> Decision:
    """Says what was decided, when and why."""
    subject = await _begin(session, decision, DecisionStep.DECIDE, actor)
    # A review that closes tells it, or closes before it was said: never neither.
    await hold_open_reviews(session)
    day = await _read_day(session, "decided_on", data.decided_on, since=decision.opened_on)
    review_on = data.review_on or decision.review_on
    if data.review_on is not None and data.review_on < day:
        raise Invalid.at("/review_on", "before_decided", f"{data.review_on} is before it was decided, {day}.")
    values = {
        "status": DecisionStatus.DECIDED,
        "ended_on": day,
        "ended_at": await read_ending(session, day, actor=actor),
        "chosen": data.chosen,
        "rationale": data.rationale or decision.rationale,
        "forecast": data.forecast,
        "review_on": review_on,
    }
    await record_step(session, subject, "decided", values, actor=actor)
    return decision


async def withdraw_decision(
    session: AsyncSession, decision: Decision, data: DecisionWithdrawal, *, actor: Actor
) -> Decision:
    """Says that nobody needs this decision any more."""
    subject = await _begin(session, decision, DecisionStep.WITHDRAW, actor)
    await hold_open_reviews(session)
    day = await _read_day(session, "withdrawn_on", data.withdrawn_on, since=decision.opened_on)
    ended_at = await read_ending(session, day, actor=actor)
    ended = {"ended_on": day, "ended_at": ended_at, "end_reason": data.reason}
    values = {"status": DecisionStatus.WITHDRAWN, **ended}
    await record_step(session, subject, "withdrawn", values, actor=actor)
    return decision


async def reopen_decision(
    session: AsyncSession, decision: Decision, data: DecisionReopening, *, actor: Actor
) -> Decision:
    """Opens a decision again. What was decided stays as an earlier round."""
    subject = await _begin(session, decision, DecisionStep.REOPEN, actor)
    assert decision.ended_on is not None  # noqa: S101  (it is not open)
    day = await _read_day(
        session, "reopened_on", data.reopened_on, since=decision.ended_on, what=decision.status.value
    )
    ended = {name: getattr(decision, name) for name in _OF_A_ROUND}
    copied = ("opened_on", "reopen_reason", "ended_on", "status", "decider_id")
    kept = {name: getattr(decision, name) for name in copied}
    session.add(DecisionRound.model_validate(kept | ended | {"decision_id": decision.id}))
    values = dict.fromkeys((*_OF_A_ROUND, "ended_on", "ended_at", "review_on")) | {
        "status": DecisionStatus.OPEN,
        "opened_on": day,
        "reopen_reason": data.reason,
        "reopened": decision.reopened + 1,
    }
    await record_step(session, subject, "reopened", values, actor=actor)
    return decision


async def add_dissent(
    session: AsyncSession, decision: Decision, data: DissentInput, *, actor: Actor
) -> Decision:
    """Notes with which concern somebody commits: one's own, or, where one writes decisions, another's."""
    parts = (await load_decision_parts(session, [decision.id]))[decision.id]
    if data.owner is None and actor.kind is not ActorKind.PERSON:
        raise Invalid.at("/owner", "required", "Say whose concern this is.")
    owner_id = actor.id
    if data.owner is not None:
        owner_id = await resolve_reference(session, "owners", data.owner, "/owner", actor=actor)
    if not may(actor, WRITE, on=Place(people=frozenset({owner_id}))):
        require_anywhere(actor, WRITE, places=places_of_decision(decision.decider_id, parts.departments))
    _refuse_wrong_step(decision, DecisionStep.DISSENT)
    day = await _read_day(session, "said_on", data.said_on, since=decision.raised_on)
    said = {"owner_id": owner_id, "concern": data.concern, "said_on": day}
    session.add(DecisionDissent.model_validate(said | {"decision_id": decision.id}))
    told = {"dissent": {"owner_id": str(owner_id), "concern": data.concern}}
    await record_step(session, Subject(decision, parts), "dissented", {}, actor=actor, said=told)
    return decision


async def escalate_decision(
    session: AsyncSession, decision: Decision, data: EscalationInput, *, actor: Actor
) -> Decision:
    """Hands a decision to somebody else, who is to decide from now on."""
    subject = await _begin(session, decision, DecisionStep.ESCALATE, actor)
    to_id = await resolve_reference(session, "owners", data.to, "/to", actor=actor)
    if to_id == decision.decider_id:
        raise Invalid.at("/to", "decides_already", "This person is to decide already.")
    day = await _read_day(session, "escalated_on", data.escalated_on, since=decision.opened_on)
    said: dict[str, Any] = {"reason": data.reason, "escalated_on": day, "escalated_by": actor.name}
    ends = {"decision_id": decision.id, "from_id": decision.decider_id, "to_id": to_id}
    session.add(DecisionEscalation.model_validate(said | ends))
    told = {"escalation": {"reason": data.reason}}
    await record_step(session, subject, "escalated", {"decider_id": to_id}, actor=actor, said=told)
    return decision


async def review_decision(
    session: AsyncSession, decision: Decision, data: OutcomeInput, *, actor: Actor
) -> Decision:
    """Says how it turned out. Said again, it replaces what was said; the event keeps both."""
    subject = await _begin(session, decision, DecisionStep.REVIEW, actor)
    assert decision.ended_on is not None  # noqa: S101  (it is decided)
    day = await _read_day(session, "reviewed_on", data.reviewed_on, since=decision.ended_on, what="decided")
    values = {
        "reviewed_on": day,
        "rating": data.rating,
        "as_expected": data.as_expected,
        "outcome_note": data.note,
    }
    await record_step(session, subject, "reviewed", values, actor=actor)
    return decision


async def _begin(session: AsyncSession, decision: Decision, step: DecisionStep, actor: Actor) -> Subject:
    parts = (await load_decision_parts(session, [decision.id]))[decision.id]
    require_anywhere(actor, WRITE, places=places_of_decision(decision.decider_id, parts.departments))
    _refuse_wrong_step(decision, step)
    return Subject(decision, parts)


def _refuse_wrong_step(decision: Decision, step: DecisionStep) -> None:
    if decision.archived_at is not None:
        raise Conflict(f"{decision.code} is archived.", code="archived")
    if not allows_step(decision.status, step):
        detail = f"{decision.code} {_STANDS[decision.status]}: it cannot {_SAID[step]} now."
        raise Conflict(detail, code="wrong_state")


_SAID = {
    DecisionStep.DECIDE: "be decided",
    DecisionStep.WITHDRAW: "be withdrawn",
    DecisionStep.REOPEN: "be re-opened",
    DecisionStep.DISSENT: "take a concern",
    DecisionStep.ESCALATE: "be escalated",
    DecisionStep.REVIEW: "be reviewed",
}


async def _read_day(
    session: AsyncSession, field: str, given: date | None, *, since: date, what: str = "raised"
) -> date:
    """The day of a step: the given one if it is possible, else today."""
    today = await today_of(session)
    day = given or today
    if problem := find_step_problem(field, day, since=since, what=what, today=today):
        raise Invalid.at(f"/{problem.field}", problem.code, problem.sentence)
    return day
