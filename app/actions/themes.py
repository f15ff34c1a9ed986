"""Changing themes."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import add_record, archive_record, change_record, plain_input
from app.domain.permissions import Actor, Permission, Place, require
from app.models.themes import Theme, ThemeInput


async def create_theme(session: AsyncSession, data: ThemeInput, *, actor: Actor) -> Theme:
    """Adds a theme."""
    require(actor, Permission.GOALS_WRITE, on=Place())
    return await add_record(session, Theme, plain_input(data, Theme), actor=actor)


async def update_theme(session: AsyncSession, theme: Theme, data: ThemeInput, *, actor: Actor) -> Theme:
    """Replaces what is written about a theme."""
    require(actor, Permission.GOALS_WRITE, on=Place())
    await change_record(session, theme, plain_input(data, Theme), actor=actor)
    return theme


async def archive_theme(session: AsyncSession, theme: Theme, *, actor: Actor) -> None:
    """Takes a theme out of the lists; its goals keep it."""
    require(actor, Permission.GOALS_WRITE, on=Place())
    await archive_record(session, theme, actor=actor)
