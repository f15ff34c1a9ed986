"""Reading owners."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.models.departments import Department
from app.models.owners import Owner, OwnerFilter
from app.queries._find import find_one, list_page
from app.queries._reach import shows_owners


def visible_owners(actor: Actor) -> Select[Owner]:
    """Every owner; for a bound client those of its departments and those of none."""
    require(actor, Permission.DIRECTORY_READ)
    return select(Owner).where(shows_owners(actor))


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
    return await list_page(session, visible_owners(actor), Owner, filters, actor=actor)


async def find_home(session: AsyncSession, actor: Actor) -> Department | None:
    """The department of the person who acts; None for machines and for people without one."""
    statement = select(Department).join(Owner, col(Owner.department_id) == col(Department.id))
    return await session.scalar(statement.where(col(Owner.id) == actor.id))
