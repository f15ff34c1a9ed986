"""Reading which months are locked, and keeping values still while one is being closed."""

from collections.abc import Collection

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.period_locks import PeriodLock, may_correct
from app.domain.permissions import Actor
from app.models.kpis import Kpi

_CLOSED = text("select code from reviews where code = any(:months) and status = 'closed'")


async def read_period_lock(session: AsyncSession, months: Collection[str], *, actor: Actor) -> PeriodLock:
    """Which of these months have a closed review: one statement, however many values are written.

    A writer of values asks while it holds its KPI: closing waits for that, so the answer stays true.
    """
    found = frozenset((await session.scalars(_CLOSED, {"months": list(months)})).all())
    return PeriodLock(found, may_correct(actor))


async def hold_values(session: AsyncSession) -> None:
    """Waits for the values that are being written; until this transaction ends, none is."""
    await session.execute(select(col(Kpi.id)).order_by(col(Kpi.id)).with_for_update(read=True))
