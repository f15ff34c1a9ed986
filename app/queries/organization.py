"""Reading the organization: its one row, its vision and the versions of it, and what *today* is there."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, cast, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.models.base import PageFilter
from app.models.goals import Goal
from app.models.organization import Organization, VisionVersion
from app.models.owners import Owner
from app.queries._find import list_page


class HouseRules(NamedTuple):
    """What counts everywhere: the time zone, and below how many people nothing is told."""

    zone: ZoneInfo
    minimum_group: int

    @property
    def today(self) -> date:
        """Today's date there."""
        return datetime.now(self.zone).date()


async def read_house_rules(session: AsyncSession) -> HouseRules:
    """The rules of the organization, in one statement."""
    columns = col(Organization.time_zone), col(Organization.minimum_group)
    zone, minimum = (await session.execute(select(*columns))).one()
    return HouseRules(ZoneInfo(zone), minimum)


async def zone_of(session: AsyncSession) -> ZoneInfo:
    """The time zone of the organization."""
    return ZoneInfo((await session.execute(select(col(Organization.time_zone)))).scalar_one())


async def today_of(session: AsyncSession, *, at: datetime | None = None) -> date:
    """Today's date where the organization is, or that of a past moment; the future reads as now."""
    zone = await zone_of(session)
    now = datetime.now(UTC)
    return min(now, at or now).astimezone(zone).date()


def today_there() -> ColumnElement[date]:
    """The same as part of a statement."""
    zone = select(col(Organization.time_zone)).scalar_subquery()
    return cast(func.timezone(zone, func.now()), Date)


async def find_organization(
    session: AsyncSession,
    *,
    actor: Actor,
    to: Permission = Permission.ORGANIZATION_READ,
    lock: bool = False,
) -> Organization:
    """The one organization of this installation."""
    require(actor, to, on=Place())
    statement = select(Organization)
    return (await session.scalars(statement.with_for_update() if lock else statement)).one()


async def read_value_names(session: AsyncSession) -> list[str]:
    """The names of the organization’s values, in their order."""
    values = (await session.execute(select(col(Organization.values)))).scalar_one()
    return [str(value["name"]) for value in values]


async def find_vision(session: AsyncSession, organization: Organization) -> VisionVersion | None:
    """The vision in force."""
    if organization.vision_id is None:
        return None
    return await session.get_one(VisionVersion, organization.vision_id)


async def count_visions(session: AsyncSession) -> int:
    """How many versions the vision has had."""
    return (await session.execute(select(func.count()).select_from(VisionVersion))).scalar_one()


async def list_visions(
    session: AsyncSession, filters: PageFilter, *, actor: Actor
) -> tuple[Sequence[VisionVersion], str | None]:
    """A page of the versions of the vision, the first one first."""
    require(actor, Permission.ORGANIZATION_READ, on=Place())
    return await list_page(session, select(VisionVersion), VisionVersion, filters, actor=actor)


async def knows_time_zone(session: AsyncSession, name: str) -> bool:
    """Does the database know this time zone, too? It has a list of its own."""
    statement = text("select exists(select 1 from pg_timezone_names where name = :name)")
    return bool((await session.execute(statement, params={"name": name})).scalar_one())


async def is_empty(session: AsyncSession) -> bool:
    """Has nobody begun yet? No people and no goals; what the first migration makes does not count."""
    begun = select(exists(select(col(Owner.id))) | exists(select(col(Goal.id))))
    return not (await session.execute(begun)).scalar_one()
