"""The steps of a decision in JSON. Writing it is in `decisions`."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response

from app.actions.decisions_steps import (
    add_dissent,
    escalate_decision,
    reopen_decision,
    review_decision,
    take_decision,
    withdraw_decision,
)
from app.api.answers import send_item
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.api.v1.decisions import DecisionOut, show_decision
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.models.decisions import (
    Decision,
    DecisionChoice,
    DecisionReopening,
    DecisionWithdrawal,
    DissentInput,
    EscalationInput,
    OutcomeInput,
)
from app.queries.decisions import find_decision

router = ApiRouter("/decisions", tag="decisions")

Step = Callable[..., Awaitable[Decision]]


async def _step(
    request: Request, session: SessionDep, actor: Actor, reference: str, step: Step, data: Any
) -> Response:
    row = await find_decision(session, reference, actor=actor, to=Permission.DECISIONS_WRITE, lock=True)
    await step(session, row, data, actor=actor)
    return send_item(request, await show_decision(session, row))


@router.post("/{decision}/decide", summary="Decide", response_model=DecisionOut)
async def take_decision_route(
    request: Request, session: SessionDep, actor: ActorDep, decision: str, data: DecisionChoice
) -> Response:
    """Says what was decided, and why. Without `decided_on` it was today."""
    return await _step(request, session, actor, decision, take_decision, data)


@router.post("/{decision}/withdraw", summary="Withdraw a decision", response_model=DecisionOut)
async def withdraw_decision_route(
    request: Request, session: SessionDep, actor: ActorDep, decision: str, data: DecisionWithdrawal
) -> Response:
    """Says that nobody needs this decision any more."""
    return await _step(request, session, actor, decision, withdraw_decision, data)


@router.post("/{decision}/reopen", summary="Re-open a decision", response_model=DecisionOut)
async def reopen_decision_route(
    request: Request, session: SessionDep, actor: ActorDep, decision: str, data: DecisionReopening
) -> Response:
    """Opens it again, with a reason. What was decided stays under `rounds`."""
    return await _step(request, session, actor, decision, reopen_decision, data)


@router.post("/{decision}/escalate", summary="Escalate a decision", response_model=DecisionOut)
async def escalate_decision_route(
    request: Request, session: SessionDep, actor: ActorDep, decision: str, data: EscalationInput
) -> Response:
    """Hands it to somebody else, who is to decide from now on."""
    return await _step(request, session, actor, decision, escalate_decision, data)


@router.post("/{decision}/review", summary="Review the outcome", response_model=DecisionOut)
async def review_decision_route(
    request: Request, session: SessionDep, actor: ActorDep, decision: str, data: OutcomeInput
) -> Response:
    """Says how it turned out: 1 (badly) to 5 (very well), and whether as expected."""
    return await _step(request, session, actor, decision, review_decision, data)


@router.post("/{decision}/dissent", summary="Note a concern", response_model=DecisionOut)
async def add_dissent_route(
    request: Request, session: SessionDep, actor: ActorDep, decision: str, data: DissentInput
) -> Response:
    """“I commit with this concern”: one’s own, or, where one writes the decision, that of somebody else."""
    row = await find_decision(session, decision, actor=actor, lock=True)
    await add_dissent(session, row, data, actor=actor)
    return send_item(request, await show_decision(session, row))
