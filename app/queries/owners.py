"""Reading owners."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.models.owners import Owner, OwnerFilter
from app.queries._find import find_one, list_page


def visible_owners(actor: Actor) -> Select[Owner]:
    """Every owner; for a bound client those of its departments and those of none."""
    require(actor, Permission.DIRECTORY_READ)
    statement = select(Owner)
    if actor.sees is None:
        return statement
    department = col(Owner.department_id)
    return statement.where(department.is_(None) | department.in_(actor.sees))


async def find_owner(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.DIRECTORY_READ,
    lock: bool = False,
) -> Owner:
    """One owner by id or email."""
    owner = await find_one(session, visible_owners(actor), Owner, reference, lock=lock)
    require(actor, to, on=Place(owner.department_id))
    return owner


async def list_owners(
    session: AsyncSession, filters: OwnerFilter, *, actor: Actor
) -> tuple[Sequence[Owner], str | None]:
    """A page of owners."""
    return await list_page(session, visible_owners(actor), Owner, filters)
