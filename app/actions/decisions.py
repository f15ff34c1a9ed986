"""Changing what is written about decisions. Their steps (decide, re-open, …) are in `decisions_steps`."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._audit import record_event
from app.actions._decisions import (
    Subject,
    change_decision,
    record_step,
    take_decision_snapshot,
    write_named,
)
from app.actions._review_times import hold_home, hold_move, read_making
from app.actions._write import flush_changes, plain_input, take_lock
from app.domain.decisions import find_day_problems
from app.domain.permissions import Actor, Permission, require, require_anywhere
from app.errors import Conflict, Fault, Invalid
from app.models.decisions import Decision, DecisionInput
from app.queries._find import resolve_list, resolve_references
from app.queries.decisions import (
    DecisionParts,
    count_decisions,
    load_decision_parts,
    places_of_decision,
    read_draft_goals,
)
from app.queries.organization import read_value_names, today_of

WRITE = Permission.DECISIONS_WRITE


async def create_decision(session: AsyncSession, data: DecisionInput, *, actor: Actor) -> Decision:
    """Raises a decision: one that touches a department one writes, or that one takes oneself."""
    require(actor, WRITE)
    values, named = await _read_input(session, data, actor, None, DecisionParts())
    await hold_home(session, values["review_id"])
    # Two that are raised at once must not count the same.
    await take_lock(session, "decisions")
    counted = {"code": f"D-{await count_decisions(session) + 1}", "opened_on": values["raised_on"]}
    decision = Decision.model_validate(values | counted | await read_making(session))
    session.add(decision)
    await flush_changes(session)
    await write_named(session, decision, DecisionParts(), named)
    await record_event(session, actor, "created", decision, after=take_decision_snapshot(decision, named))
    return decision


async def update_decision(
    session: AsyncSession, decision: Decision, data: DecisionInput, *, actor: Actor
) -> Decision:
    """Replaces what is written about a decision. What was decided changes by re-opening it only."""
    old = (await load_decision_parts(session, [decision.id]))[decision.id]
    require_anywhere(actor, WRITE, places=places_of_decision(decision.decider_id, old.departments))
    if decision.archived_at is not None:
        raise Conflict("This decision is archived.", code="archived")
    values, named = await _read_input(session, data, actor, decision, old)
    await hold_move(session, decision.review_id, values["review_id"])
    if decision.reopened == 0:
        values["opened_on"] = values["raised_on"]
    await change_decision(session, decision, values, old, named, actor=actor)
    return decision


async def archive_decision(session: AsyncSession, decision: Decision, *, actor: Actor) -> None:
    """Takes a decision out of the lists and figures, as if it had been logged by mistake."""
    parts = (await load_decision_parts(session, [decision.id]))[decision.id]
    require_anywhere(actor, WRITE, places=places_of_decision(decision.decider_id, parts.departments))
    if decision.archived_at is None:
        values = {"archived_at": datetime.now(UTC)}
        await record_step(session, Subject(decision, parts), "archived", values, actor=actor)


async def _read_input(
    session: AsyncSession,
    data: DecisionInput,
    actor: Actor,
    current: Decision | None,
    old: DecisionParts,
) -> tuple[dict[str, Any], DecisionParts]:
    references = await resolve_references(session, Decision, data, actor=actor, current=current)
    values = plain_input(data, Decision) | references
    await _check_days(session, data, values, current, old)
    values["values"] = await _read_values(session, data, current)
    named = DecisionParts(
        departments=await _read_list(session, data, "departments", actor, old.departments),
        goals=await _read_list(session, data, "goals", actor, old.goals),
    )
    await _refuse_drafts(session, named.goals, old.goals)
    places = places_of_decision(references["decider_id"], named.departments)
    require_anywhere(actor, WRITE, places=places)
    return values, named


async def _check_days(
    session: AsyncSession,
    data: DecisionInput,
    values: dict[str, Any],
    current: Decision | None,
    old: DecisionParts,
) -> None:
    """Raised today, or when it was, unless the input says when."""
    today = await today_of(session)
    values["raised_on"] = data.raised_on or (current.raised_on if current else today)
    ended_on = current.ended_on if current else None
    problems = find_day_problems(
        values["raised_on"],
        data.needed_by,
        today=today,
        first_end=old.rounds[0].ended_on if old.rounds else ended_on,
        decided_on=ended_on,
        review_on=data.review_on,
    )
    faults = tuple(Fault(f"/{each.field}", each.code, each.sentence) for each in problems)
    if faults:
        raise Invalid(faults[0].detail, code=faults[0].code, faults=faults)


async def _read_values(session: AsyncSession, data: DecisionInput, current: Decision | None) -> list[str]:
    """The values as the organization writes them. One that it gave up since may stay."""
    known = [*await read_value_names(session), *(current.values if current else ())]
    spelled = {name.casefold(): name for name in reversed(known)}
    faults = [
        Fault(f"/values/{index}", "unknown_value", f"{name} is no value of the organization.")
        for index, name in enumerate(data.values)
        if name.casefold() not in spelled
    ]
    if faults:
        raise Invalid(faults[0].detail, code="unknown_value", faults=tuple(faults))
    return list(dict.fromkeys(spelled[name.casefold()] for name in data.values))


async def _read_list(
    session: AsyncSession, data: DecisionInput, name: str, actor: Actor, kept: list[UUID]
) -> list[UUID]:
    texts = getattr(data, name)
    found = await resolve_list(session, name, texts, actor=actor, kept=kept)
    faults = [
        Fault(f"/{name}/{index}", "unknown_reference", f"There is no {name[:-1]} {text}.")
        for index, (text, identity) in enumerate(zip(texts, found, strict=True))
        if identity is None
    ]
    if faults:
        raise Invalid(faults[0].detail, code="unknown_reference", faults=tuple(faults))
    return list(dict.fromkeys(identity for identity in found if identity))


async def _refuse_drafts(session: AsyncSession, goals: list[UUID], kept: list[UUID]) -> None:
    """Everybody reads decisions, and drafts are not for everybody."""
    drafts = await read_draft_goals(session, [goal for goal in goals if goal not in kept])
    if drafts:
        detail = f"{', '.join(drafts)} is still a draft: make it active before decisions cite it."
        raise Invalid.at("/goals", "draft", detail)
