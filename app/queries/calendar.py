"""What day it is: *today* everywhere is the date in the organization's time zone."""

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_TODAY = text("""
select (least(now(), cast(:at as timestamptz)) at time zone time_zone)::date from organization
""")


async def find_today(session: AsyncSession, *, at: datetime | None = None) -> date:
    """The organization's date now, or at a past moment; the future reads as now."""
    today: date = (await session.execute(_TODAY, {"at": at})).scalar_one()
    return today
