"""Letting people in: a person is an owner with a role, and may have a key for the API."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import change_record
from app.actions.keys import issue_person_key
from app.actions.owners import create_owner, refuse_endless_visit
from app.domain.permissions import Actor, Permission, require
from app.errors import Conflict, Invalid, NotFound
from app.models.owners import Owner, OwnerInput, PersonInput
from app.queries._find import resolve_reference
from app.queries.owners import find_owner


async def add_person(session: AsyncSession, data: PersonInput, *, actor: Actor) -> Owner:
    """Makes an owner with a role; or extends the one who is there, and lets them in again."""
    require(actor, Permission.ROLES_WRITE)
    try:
        owner = await find_owner(session, data.email, actor=actor, to=Permission.DIRECTORY_WRITE, lock=True)
    except NotFound:
        return await _add_new_person(session, data, actor=actor)
    if owner.archived_at is not None:
        raise Conflict(f"{owner.email} is archived and does not come back.", code="archived")
    values: dict[str, Any] = {"name": data.name, "role": data.role, "role_until": data.role_until}
    if data.department is not None:
        found = await resolve_reference(session, "departments", data.department, "/department", actor=actor)
        values["department_id"] = found
    given = {field: value for field, value in values.items() if value is not None}
    refuse_endless_visit(given.get("role"), given.get("role_until", owner.role_until))
    await change_record(session, owner, given | {"active": True}, actor=actor)
    return owner


async def _add_new_person(session: AsyncSession, data: PersonInput, *, actor: Actor) -> Owner:
    for field in ("name", "role"):
        if getattr(data, field) is None:
            raise Invalid.at(f"/{field}", "required", f"{data.email} is new and needs a {field}.")
    return await create_owner(session, OwnerInput.model_validate(data.model_dump()), actor=actor)


async def issue_token(
    session: AsyncSession, owner: Owner, *, actor: Actor, expires_at: datetime | None = None
) -> str:
    """A key with which a person uses the API, shown once."""
    require(actor, Permission.ROLES_WRITE)
    if owner.archived_at is not None or not owner.active:
        raise Conflict(f"{owner.email} is not active; a token would open nothing.", code="inactive")
    if owner.role is None:
        raise Conflict(f"{owner.email} has no role; a token would open nothing.", code="no_role")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise Invalid.at("/expires_at", "in_past", "That time is over; a token would open nothing.")
    return await issue_person_key(session, owner, actor=actor, expires_at=expires_at)
