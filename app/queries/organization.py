"""Reading the organization: its one row, its vision and the versions of it, and what *today* is there."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.models.organization import Organization


async def today_of(session: AsyncSession, *, at: datetime | None = None) -> date:
    """Today's date where the organization is, or that of a past moment; the future reads as now."""
    zone = (await session.execute(select(col(Organization.time_zone)))).scalar_one()
    now = datetime.now(UTC)
    return min(now, at or now).astimezone(ZoneInfo(zone)).date()
