"""Walking up a tree of records: departments and their parents, owners and their managers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A record on the way up, and what is above it."""

    id: UUID
    code: str
    above: UUID | None


async def list_ancestors(
    session: AsyncSession, model: type[Any], column: str, *, start: UUID
) -> list[Ancestor]:
    """The record itself and everything above it. Ends on a circle, too."""
    code = getattr(model, model.code_field)
    fields = (model.id.label("id"), code.label("code"), getattr(model, column).label("above"))
    chain = select(*fields).where(model.id == start).cte("chain", recursive=True)
    chain = chain.union(select(*fields).join(chain, model.id == chain.c.above))
    rows = await session.execute(select(chain.c.id, chain.c.code, chain.c.above))
    return [Ancestor(*row) for row in rows]
