"""What a bound client may point at: only what it sees. To it, everything else does not exist."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import Invalid
from app.models.base import Record

R = TypeVar("R", bound=Record)


async def refuse_hidden(
    session: AsyncSession, visible: Select[R], model: type[R], *, identity: UUID | None, field: str
) -> None:
    """Answers a reference to a hidden record as one to nothing, so that the two cannot be told apart."""
    if identity is None:
        return
    if await session.scalar(visible.where(col(model.id) == identity)) is None:
        raise Invalid.at(f"/{field}", "unknown_reference", f"There is no such {model.noun}.")
