"""Reading themes."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, Place, require
from app.models.themes import Theme, ThemeFilter
from app.queries._find import find_one, list_page


def visible_themes(actor: Actor, *, to: Permission = Permission.GOALS_READ) -> Select[Theme]:
    """Every theme: strategy is read by everybody with a role."""
    require(actor, to)
    return select(Theme)


async def find_theme(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.GOALS_READ,
    lock: bool = False,
) -> Theme:
    """One theme by id or code."""
    theme = await find_one(session, visible_themes(actor, to=to), Theme, reference, lock=lock)
    require(actor, to, on=Place())
    return theme


async def list_themes(
    session: AsyncSession, filters: ThemeFilter, *, actor: Actor
) -> tuple[Sequence[Theme], str | None]:
    """A page of themes."""
    return await list_page(session, visible_themes(actor), Theme, filters, actor=actor)
