"""Reading waivers: whoever sees a finding sees who let it be, why, and until when."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, may, require
from app.models.linkage import Waiver, WaiverFilter
from app.queries._find import find_one, list_page
from app.queries.organization import today_of


def visible_waivers(actor: Actor, *, to: Permission = Permission.GOALS_READ) -> Select[Waiver]:
    """Waivers of findings that the actor sees; to change them, those of its own departments."""
    require(actor, to)
    return select(Waiver).where(_shows_waivers(actor))


def _shows_waivers(actor: Actor) -> ColumnElement[bool]:
    named: Any = col(Waiver.named_ids)
    places = true() if actor.sees is None else named.contained_by(list(actor.sees))
    drafts = true() if may(actor, Permission.GOALS_WRITE, on=Place()) else col(Waiver.draft).is_(False)
    return and_(places, drafts)


async def find_waiver(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.GOALS_READ,
    lock: bool = False,
) -> Waiver:
    """One waiver by id, or by the fingerprint of its finding."""
    statement = visible_waivers(actor, to=to)
    statement = statement.order_by(col(Waiver.archived_at).is_not(None), col(Waiver.id).desc()).limit(1)
    return await find_one(session, statement, Waiver, reference, lock=lock)


async def list_waived(session: AsyncSession, *, actor: Actor) -> dict[str, Waiver]:
    """Every waiver in force, by the fingerprint of its finding."""
    today = await today_of(session)
    statement = visible_waivers(actor).where(
        col(Waiver.archived_at).is_(None), col(Waiver.expires_on) >= today
    )
    return {waiver.fingerprint: waiver for waiver in await session.scalars(statement)}


async def list_waivers(
    session: AsyncSession, filters: WaiverFilter, *, actor: Actor
) -> tuple[Sequence[Waiver], str | None]:
    """A page of waivers, expired ones included; those taken back with `archived=true`."""
    return await list_page(session, visible_waivers(actor), Waiver, filters, actor=actor)
