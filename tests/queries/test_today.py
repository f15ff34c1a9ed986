"""What *today* is: the date in the organization's time zone."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.queries.organization import today_of


async def test_today_is_the_date_in_the_time_zone_of_the_organization(session: AsyncSession) -> None:
    """Kiritimati is at UTC+14 and Midway at UTC-11: between the two, the date always differs."""
    days = []
    for zone, hours in (("Pacific/Kiritimati", 14), ("Pacific/Midway", -11)):
        await session.execute(text("update organization set time_zone = :zone"), params={"zone": zone})
        days.append(await today_of(session))
        assert days[-1] == (datetime.now(UTC) + timedelta(hours=hours)).date()
    assert days[0] > days[1]
