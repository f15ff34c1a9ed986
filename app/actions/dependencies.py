"""Answering dependencies: whoever writes the target accepts, declines or delivers. Asking is in `links`."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import change_record
from app.domain.dependencies import Answer, why_no_answer
from app.domain.permissions import Actor, Permission, require
from app.domain.words import DependencyState
from app.errors import Conflict, Invalid
from app.models.links import DependencyDelivery, DependencyRefusal, Link
from app.queries.links import find_place_of_end
from app.queries.organization import today_of


async def accept_dependency(session: AsyncSession, link: Link, *, actor: Actor) -> None:
    """Promises what was asked for; takes back an earlier refusal, or a delivery that was none."""
    values = {"state": DependencyState.ACCEPTED, "decline_reason": None, "delivered_on": None}
    await _answer(session, link, Answer.ACCEPT, values, actor=actor)


async def decline_dependency(
    session: AsyncSession, link: Link, data: DependencyRefusal, *, actor: Actor
) -> None:
    """Says that it will not come, and why."""
    if not data.reason:
        raise Invalid.at("/reason", "required", "Say why in a sentence.")
    values = {"state": DependencyState.DECLINED, "decline_reason": data.reason}
    await _answer(session, link, Answer.DECLINE, values, actor=actor)


async def deliver_dependency(
    session: AsyncSession, link: Link, data: DependencyDelivery, *, actor: Actor
) -> None:
    """Says on which day it was there."""
    if data.delivered_on > await today_of(session):
        raise Invalid.at("/delivered_on", "in_the_future", f"{data.delivered_on} has not come yet.")
    values = {"state": DependencyState.DELIVERED, "delivered_on": data.delivered_on}
    await _answer(session, link, Answer.DELIVER, values, actor=actor)


async def _answer(
    session: AsyncSession, link: Link, answer: Answer, values: dict[str, Any], *, actor: Actor
) -> None:
    require(actor, Permission.GOALS_WRITE, on=await find_place_of_end(session, link.target_id))
    if link.archived_at is not None:
        raise Conflict("This link is archived; nobody needs it any more.", code="archived")
    if (why := why_no_answer(answer, link.state)) is not None:
        raise Conflict(why, code="wrong_state")
    today: date = await today_of(session)
    said = {"answered_on": today, "answered_by": actor.name}
    await change_record(session, link, values | said, actor=actor, action=_DONE[answer])


_DONE = {Answer.ACCEPT: "accepted", Answer.DECLINE: "declined", Answer.DELIVER: "delivered"}
