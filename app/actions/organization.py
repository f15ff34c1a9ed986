"""Changing the organization. A changed vision is a new version; the old ones stay."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import add_record, change_record, plain_input
from app.domain.permissions import Actor, Permission, Place, require
from app.errors import Invalid
from app.models.organization import Organization, OrganizationInput, Vision, VisionVersion
from app.queries.organization import count_visions, find_vision, knows_time_zone


async def update_organization(
    session: AsyncSession, organization: Organization, data: OrganizationInput, *, actor: Actor
) -> None:
    """Replaces what is written about the organization. The caller holds its row locked."""
    require(actor, Permission.GOALS_WRITE, on=Place())
    if data.time_zone != organization.time_zone and not await knows_time_zone(session, data.time_zone):
        detail = f"The database does not know the time zone {data.time_zone}."
        raise Invalid.at("/time_zone", "unknown_time_zone", detail)
    vision_id = await _keep_vision(session, organization, data.vision, actor)
    values = plain_input(data, Organization) | {"vision_id": vision_id}
    await change_record(session, organization, values, actor=actor)


async def _keep_vision(
    session: AsyncSession, organization: Organization, vision: Vision | None, actor: Actor
) -> UUID | None:
    """The version that says this: the one in force, or a new one."""
    if vision is None:
        return None
    values = vision.model_dump()
    current = await find_vision(session, organization)
    if current is not None and all(getattr(current, name) == value for name, value in values.items()):
        return current.id
    number = 1 + await count_visions(session)
    return (await add_record(session, VisionVersion, values | {"number": number}, actor=actor)).id
