"""Changing owners."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._trees import refuse_cycle
from app.actions._write import add_record, archive_record, change_record, plain_input
from app.actions.keys import revoke_keys
from app.domain.permissions import Actor, Permission, Place, Role, may, require
from app.errors import Conflict, Fault, Forbidden, Invalid
from app.models.owners import Owner, OwnerInput
from app.queries._find import resolve_references

WRITE = Permission.DIRECTORY_WRITE


def require_role_writer(actor: Actor, role: Role | None, *, current: Role | None) -> None:
    """Who keeps the directory must not be able to make an administrator: roles are a right of their own."""
    if role != current and not may(actor, Permission.ROLES_WRITE):
        detail = f"A role is given and taken by an administrator; {actor.name} may not change it."
        raise Forbidden(detail, code="role_refused", faults=(Fault("/role", "role_refused", detail),))


def refuse_endless_visit(role: Role | None, until: date | None) -> None:
    """Whoever comes from outside to run surveys comes for a time."""
    if role is Role.FACILITATOR and until is None:
        raise Invalid.at("/role_until", "required", "Say until when: a facilitator's access has an end.")


def refuse_own_lockout(actor: Actor, owner: Owner, *, role: Role | None, active: bool) -> None:
    """Nobody takes away their own access: there would soon be no administrator left to give it back."""
    if owner.id == actor.id and (role != owner.role or not active):
        raise Conflict("Let another administrator do this: it would end your own access.", code="own_access")


def require_admin_keeper(actor: Actor, owner: Owner) -> None:
    """Only an administrator ends the access of one: else who keeps the directory could lock them all out."""
    if owner.role is Role.ADMIN and owner.active and not may(actor, Permission.ROLES_WRITE):
        detail = f"{owner.name} is an administrator: only another one may end their access."
        raise Forbidden(detail, code="role_refused", faults=(Fault("/active", "role_refused", detail),))


def _require_date_keeper(actor: Actor, data: OwnerInput, current: Owner | None) -> None:
    until = None if current is None else current.role_until
    if data.role_until != until and not may(actor, Permission.ROLES_WRITE):
        detail = f"How long a role lasts is decided by an administrator; {actor.name} may not change it."
        fault = Fault("/role_until", "role_refused", detail)
        raise Forbidden(detail, code="role_refused", faults=(fault,))


async def _read_input(
    session: AsyncSession, data: OwnerInput, current: Owner | None, actor: Actor
) -> dict[str, Any]:
    require_role_writer(actor, data.role, current=None if current is None else current.role)
    if current is None or (data.role, data.role_until) != (current.role, current.role_until):
        _require_date_keeper(actor, data, current)
        refuse_endless_visit(data.role, data.role_until)
    references = await resolve_references(session, Owner, data, actor=actor, current=current)
    if current is None or references["department_id"] != current.department_id:
        require(actor, WRITE, on=Place(references["department_id"]))
    return plain_input(data, Owner) | references


async def create_owner(session: AsyncSession, data: OwnerInput, *, actor: Actor) -> Owner:
    """Adds an owner. A bound client adds only to its own departments."""
    require(actor, WRITE)
    return await add_record(session, Owner, await _read_input(session, data, None, actor), actor=actor)


async def update_owner(session: AsyncSession, owner: Owner, data: OwnerInput, *, actor: Actor) -> Owner:
    """Replaces what is written about an owner. Who is not active cannot use a key from then on."""
    require(actor, WRITE, on=Place(owner.department_id))
    refuse_own_lockout(actor, owner, role=data.role, active=data.active)
    values = await _read_input(session, data, owner, actor)
    if not data.active:
        require_admin_keeper(actor, owner)
    await refuse_cycle(session, owner, "manager", values["manager_id"])
    await change_record(session, owner, values, actor=actor)
    return owner


async def archive_owner(session: AsyncSession, owner: Owner, *, actor: Actor) -> None:
    """Takes an owner out of the lists and ends their keys. What they own still names them."""
    require(actor, WRITE, on=Place(owner.department_id))
    refuse_own_lockout(actor, owner, role=owner.role, active=False)
    if owner.archived_at is None:
        require_admin_keeper(actor, owner)
        await archive_record(session, owner, actor=actor)
        await revoke_keys(session, owner, actor=actor)
