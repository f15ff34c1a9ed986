"""Decisions in JSON. Their steps (decide, re-open, …) are in `decisions_steps`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import Field

from app.actions.decisions import archive_decision, create_decision, update_decision
from app.api.answers import (
    ArchivableOut,
    Out,
    PageOut,
    Ref,
    References,
    make_ref,
    make_shape,
    send_created,
    send_item,
    send_page,
)
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, current_input, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.decisions import DecisionStatus, find_limit_day
from app.domain.permissions import Permission
from app.models.decisions import Decision, DecisionFilter, DecisionInput, DecisionOption, DecisionRound
from app.queries.decisions import (
    DecisionParts,
    find_decision,
    list_decisions,
    load_decision_names,
    load_decision_parts,
)

router = ApiRouter("/decisions", tag="decisions")


class OutcomeOut(Out):
    """How a decision turned out."""

    reviewed_on: date
    rating: int
    as_expected: bool
    note: str | None


class RoundOut(Out):
    """An earlier round, which ended before the decision was opened again."""

    opened_on: date
    reopen_reason: str | None
    status: DecisionStatus
    ended_on: date
    end_reason: str | None
    decider: Ref | None
    chosen: str | None
    rationale: str | None
    forecast: int | None
    outcome: OutcomeOut | None


class DissentOut(Out):
    """A concern with which somebody commits all the same."""

    owner: Ref
    concern: str
    said_on: date


class EscalationOut(Out):
    """A decision was handed to somebody else to decide."""

    from_: Ref | None = Field(serialization_alias="from")
    to: Ref
    reason: str
    escalated_on: date
    escalated_by: str


class DecisionOut(ArchivableOut):
    """A decision. What it says is of the round in force; `rounds` are those before it was re-opened.

    `opened_on` is when it was raised or last re-opened; `limit_on` the last day that its type allows.
    """

    code: str
    title: str
    why: str | None
    type: Ref | None
    status: DecisionStatus
    review: Ref | None
    raised_on: date
    needed_by: date | None
    opened_on: date
    limit_on: date | None
    departments: list[Ref]
    goals: list[Ref]
    values: list[str]
    decider: Ref | None
    options: list[DecisionOption]
    chosen: str | None
    rationale: str | None
    forecast: int | None
    decided_on: date | None
    withdrawn_on: date | None
    end_reason: str | None
    review_on: date | None
    outcome: OutcomeOut | None
    reopened: int
    reopen_reason: str | None
    rounds: list[RoundOut]
    dissents: list[DissentOut]
    escalations: list[EscalationOut]


async def show_decisions(session: SessionDep, rows: Sequence[Decision]) -> list[DecisionOut]:
    """Decisions as answers, with six statements for all that hangs on them."""
    parts = await load_decision_parts(session, [row.id for row in rows])
    names = await load_decision_names(session, rows, parts)
    return [_shape_decision(row, parts[row.id], names) for row in rows]


async def show_decision(session: SessionDep, row: Decision) -> DecisionOut:
    """A decision as an answer."""
    return (await show_decisions(session, [row]))[0]


def _shape_decision(row: Decision, parts: DecisionParts, names: References) -> DecisionOut:
    ended: Mapping[DecisionStatus, date | None] = {row.status: row.ended_on}
    return make_shape(
        DecisionOut,
        row,
        names,
        limit_on=find_limit_day(row.opened_on, parts.limit_days),
        departments=[make_ref(each, names) for each in parts.departments],
        goals=[make_ref(each, names) for each in parts.goals],
        decided_on=ended.get(DecisionStatus.DECIDED),
        withdrawn_on=ended.get(DecisionStatus.WITHDRAWN),
        outcome=_shape_outcome(row),
        rounds=[_shape_round(each, names) for each in parts.rounds],
        dissents=[
            make_shape(DissentOut, each, names, owner=make_ref(each.owner_id, names))
            for each in parts.dissents
        ],
        escalations=[
            make_shape(EscalationOut, each, names, from_=make_ref(each.from_id, names))
            for each in parts.escalations
        ],
    )


def _shape_round(row: DecisionRound, names: References) -> RoundOut:
    return make_shape(RoundOut, row, names, outcome=_shape_outcome(row))


def _shape_outcome(row: Decision | DecisionRound) -> OutcomeOut | None:
    if row.reviewed_on is None:
        return None
    return make_shape(OutcomeOut, row, {}, note=row.outcome_note)


async def read_decision_input(session: SessionDep, row: Decision) -> dict[str, Any]:
    """What would be sent to make the decision what it is."""
    parts = (await load_decision_parts(session, [row.id]))[row.id]
    return current_input(row, DecisionInput, departments=parts.departments, goals=parts.goals)


DECISION = Editable(
    find=find_decision,
    show=show_decision,
    contract=DecisionInput,
    update=update_decision,
    archive=archive_decision,
    permission=Permission.DECISIONS_WRITE,
    read_input=read_decision_input,
)


@router.get("", summary="List decisions", response_model=PageOut[DecisionOut])
async def list_decisions_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[DecisionFilter, Query()]
) -> Response:
    """Every decision, in the order of logging. `past_limit`: open for longer than its type allows."""
    rows, next_cursor = await list_decisions(session, filters, actor=actor)
    return send_page(request, await show_decisions(session, rows), next_cursor)


@router.post("", summary="Log a decision", status_code=201, response_model=DecisionOut)
async def create_decision_route(
    request: Request, session: SessionDep, actor: ActorDep, data: DecisionInput
) -> Response:
    """Logs what is to be decided; its code is counted. What is decided already takes *decide* next."""
    row = await create_decision(session, data, actor=actor)
    return send_created(request, await show_decision(session, row))


@router.get("/{decision}", summary="Show a decision", response_model=DecisionOut)
async def show_decision_route(
    request: Request, session: SessionDep, actor: ActorDep, decision: str
) -> Response:
    """One decision by id or code."""
    row = await find_decision(session, decision, actor=actor)
    return send_item(request, await show_decision(session, row))


@router.put("/{decision}", summary="Replace a decision", response_model=DecisionOut)
async def update_decision_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    decision: str,
    data: DecisionInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces what is written about a decision; what was decided changes by re-opening it only."""
    return await put_one(request, session, DECISION, decision, data, actor=actor, if_match=if_match)


@router.patch("/{decision}", summary="Change a decision", response_model=DecisionOut)
async def patch_decision_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    decision: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a decision (JSON Merge Patch)."""
    return await patch_one(request, session, DECISION, decision, patch, actor=actor, if_match=if_match)


@router.delete("/{decision}", summary="Archive a decision", response_model=DecisionOut)
async def delete_decision_route(
    request: Request, session: SessionDep, actor: ActorDep, decision: str, if_match: IfMatch = None
) -> Response:
    """Takes a decision out of the lists and figures: one that was logged by mistake."""
    return await archive_one(request, session, DECISION, decision, actor=actor, if_match=if_match)


@router.post("/{decision}/archive", summary="Archive a decision", response_model=DecisionOut)
async def archive_decision_route(
    request: Request, session: SessionDep, actor: ActorDep, decision: str
) -> Response:
    """Takes a decision out of the lists and figures: one that was logged by mistake."""
    return await archive_one(request, session, DECISION, decision, actor=actor, if_match="*")
