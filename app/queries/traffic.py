"""Reading kept answers of repeated requests."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.models.traffic import KeptAnswer


async def claim_key(session: AsyncSession, actor_id: UUID, route: str, key: str) -> bool:
    """Takes the key until the transaction ends; False while another request holds it."""
    name = f"{actor_id}|{route}|{key}"
    statement: Any = select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))
    return bool((await session.execute(statement)).scalar_one())


async def find_kept_answer(session: AsyncSession, actor_id: UUID, route: str, key: str) -> KeptAnswer | None:
    """The answer kept for a key within the last day."""
    statement: Any = select(KeptAnswer).where(
        col(KeptAnswer.actor_id) == actor_id,
        col(KeptAnswer.route) == route,
        col(KeptAnswer.key) == key,
        col(KeptAnswer.created_at) > text("now() - interval '24 hours'"),
    )
    found: KeptAnswer | None = (await session.execute(statement)).scalar_one_or_none()
    return found
