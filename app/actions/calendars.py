"""Making and revoking the private address under which a person subscribes to their calendar."""

from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._audit import record_event
from app.actions.sign_ins import make_token
from app.domain.permissions import Actor, ActorKind
from app.errors import Forbidden, NotFound
from app.models.owners import Owner
from app.models.rituals import CalendarAddress
from app.queries.sign_ins import hash_token


async def make_calendar_address(session: AsyncSession, *, actor: Actor) -> str:
    """The secret of a new address of one's own calendar, told once; an earlier one stops working."""
    if actor.kind is not ActorKind.PERSON:
        raise Forbidden("A calendar is a person's.")
    token = make_token()
    values = {"token_hash": hash_token(token), "made_at": datetime.now(UTC)}
    await session.execute(
        insert(CalendarAddress)
        .values(owner_id=actor.id, **values)
        .on_conflict_do_update(index_elements=["owner_id"], set_=values)
    )
    owner = await session.get_one(Owner, actor.id)
    await record_event(session, actor, "calendar_address_made", owner, after={})
    return token


async def revoke_calendar_address(session: AsyncSession, *, actor: Actor) -> None:
    """Ends one's address, at once."""
    ended = await session.execute(
        delete(CalendarAddress)
        .where(col(CalendarAddress.owner_id) == actor.id)
        .returning(col(CalendarAddress.owner_id))
    )
    if ended.first() is None:
        raise NotFound("Your calendar has no private address.")
    owner = await session.get_one(Owner, actor.id)
    await record_event(session, actor, "calendar_address_revoked", owner, after={})
