"""Was a thing never more than a draft? Only then may it vanish instead of being archived."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.words import NodeStatus
from app.models.base import Record
from app.models.events import Event
from app.models.links import Link
from app.models.objectives import Objective
from app.queries._tables import load_table


async def was_always_draft(session: AsyncSession, row: Record) -> bool:
    """A thing whose events know no other status; a link that starts at such a one, never affirmed.

    Nouns without a status (themes, departments, people) are never drafts.
    """
    if isinstance(row, Link):
        source: Record | None = await session.get(Objective, row.source_id)
        if source is None:
            initiatives: type[Record] = load_table("initiatives")
            source = await session.get_one(initiatives, row.source_id)
        return row.affirmed_at is None and await was_always_draft(session, source)
    if getattr(row, "status", None) != NodeStatus.DRAFT:
        return False
    return not await _was_ever_more(session, row.noun, row.id)


async def _was_ever_more(session: AsyncSession, noun: str, identity: UUID) -> bool:
    status = col(Event.after)["status"].astext
    statement: Any = (
        select(col(Event.id))
        .where(col(Event.kind) == noun, col(Event.object_id) == identity, status != NodeStatus.DRAFT.value)
        .limit(1)
    )
    return (await session.execute(statement)).first() is not None
