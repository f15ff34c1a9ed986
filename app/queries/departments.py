"""Reading departments."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.errors import NotFound
from app.models.departments import Department, DepartmentFilter
from app.models.owners import Owner
from app.queries._find import find_one, list_page
from app.queries._reach import shows_departments


def visible_departments(actor: Actor) -> Select[Department]:
    """Every department; for a bound client its own and those below."""
    require(actor, Permission.DIRECTORY_READ)
    return select(Department).where(shows_departments(actor))


async def find_department(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.DIRECTORY_READ,
    lock: bool = False,
) -> Department:
    """One department by id or code."""
    department = await find_one(session, visible_departments(actor), Department, reference, lock=lock)
    require(actor, to, on=Place(department.id))
    return department


async def list_departments(
    session: AsyncSession, filters: DepartmentFilter, *, actor: Actor
) -> tuple[Sequence[Department], str | None]:
    """A page of departments."""
    return await list_page(session, visible_departments(actor), Department, filters, actor=actor)


class DepartmentRow(NamedTuple):
    """A department as a line of the tree."""

    id: UUID
    code: str
    name: str
    parent_id: UUID | None
    headcount: int | None
    active: bool
    head: str | None


async def list_department_rows(
    session: AsyncSession, *, actor: Actor, archived: bool = False
) -> list[DepartmentRow]:
    """Every department that an actor sees, open or archived, by name; the tree is in `parent_id`."""
    put_away = col(Department.archived_at)
    statement = (
        visible_departments(actor)
        .with_only_columns(
            col(Department.id),
            col(Department.code),
            col(Department.name),
            col(Department.parent_id),
            col(Department.headcount),
            col(Department.active),
            col(Owner.name),
        )
        .outerjoin(Owner, col(Owner.id) == col(Department.head_id))
        .where(put_away.is_not(None) if archived else put_away.is_(None))
        .order_by(func.lower(col(Department.name)), col(Department.id))
    )
    return [DepartmentRow(*row) for row in await session.execute(statement)]


async def list_choices(session: AsyncSession, *, actor: Actor) -> list[tuple[str, str]]:
    """Code and name of every open department that an actor sees, for pickers."""
    statement = visible_departments(actor).where(col(Department.archived_at).is_(None))
    rows = await session.scalars(statement.order_by(col(Department.name)))
    return [(row.code, row.name) for row in rows]


class DepartmentPlace(NamedTuple):
    """A department and the one above it."""

    id: UUID
    code: str
    name: str
    parent_id: UUID | None


async def list_department_places(session: AsyncSession, *, actor: Actor) -> list[DepartmentPlace]:
    """The tree of the departments that an actor sees and that are not archived, by name."""
    statement = visible_departments(actor).where(col(Department.archived_at).is_(None))
    rows = await session.scalars(statement.order_by(col(Department.name)))
    return [DepartmentPlace(row.id, row.code, row.name, row.parent_id) for row in rows]


async def find_department_in_tree(
    session: AsyncSession, reference: str, *, actor: Actor
) -> tuple[Department, list[DepartmentPlace]]:
    """One department by id or code, and the tree around it without what is archived, in one statement."""
    rows = (await session.scalars(visible_departments(actor).order_by(col(Department.name)))).all()
    named = reference.casefold()
    found = next((row for row in rows if named in (row.code.casefold(), str(row.id))), None)
    if found is None:
        raise NotFound("There is no department of that name.")
    places = [
        DepartmentPlace(row.id, row.code, row.name, row.parent_id) for row in rows if row.archived_at is None
    ]
    return found, places
