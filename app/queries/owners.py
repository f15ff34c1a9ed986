"""Reading owners."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, Role, require
from app.models.departments import Department
from app.models.owners import Owner, OwnerFilter
from app.queries._find import find_one, list_page
from app.queries._reach import shows_owners

MOST_CHOICES = 500


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


class OwnerSearch(NamedTuple):
    """Whom a page of owners shows: part of a name or address, a department, a role, who is gone."""

    text: str | None = None
    department: UUID | None = None
    role: Role | None = None
    archived: bool = False
    after: UUID | None = None
    limit: int = 50


class OwnerRow(NamedTuple):
    """An owner as a line of the list."""

    owner: Owner
    department: str | None
    manager: str | None


async def search_owners(
    session: AsyncSession, wanted: OwnerSearch, *, actor: Actor
) -> tuple[list[OwnerRow], UUID | None]:
    """A page of owners by name, and after whom the next page begins."""
    manager = aliased(Owner)
    name, identity = func.lower(col(Owner.name)), col(Owner.id)
    statement = (
        visible_owners(actor)
        .add_columns(col(Department.name), col(manager.name))
        .outerjoin(Department, col(Department.id) == col(Owner.department_id))
        .outerjoin(manager, col(manager.id) == col(Owner.manager_id))
        .where(*_narrow_owners(wanted))
        .order_by(name, identity)
        .limit(wanted.limit + 1)
    )
    if wanted.after is not None:
        last = select(name).where(identity == wanted.after).correlate(None).scalar_subquery()
        statement = statement.where(or_(name > last, and_(name == last, identity > wanted.after)))
    rows = [OwnerRow(*row) for row in await session.execute(statement)]
    following = rows[wanted.limit - 1].owner.id if len(rows) > wanted.limit else None
    return rows[: wanted.limit], following


def _narrow_owners(wanted: OwnerSearch) -> Iterator[ColumnElement[bool]]:
    archived = col(Owner.archived_at)
    yield archived.is_not(None) if wanted.archived else archived.is_(None)
    if wanted.text:
        yield or_(*(col(each).icontains(wanted.text, autoescape=True) for each in (Owner.name, Owner.email)))
    if wanted.department:
        yield col(Owner.department_id) == wanted.department
    if wanted.role:
        yield col(Owner.role) == wanted.role


async def list_owner_choices(
    session: AsyncSession, *, actor: Actor, limit: int = MOST_CHOICES
) -> list[tuple[str, str]]:
    """E-mail and name of owners who are there, for pickers; of very many the first by name."""
    statement = (
        visible_owners(actor)
        .with_only_columns(col(Owner.email), col(Owner.name))
        .where(col(Owner.archived_at).is_(None), col(Owner.active))
        .order_by(func.lower(col(Owner.name)), col(Owner.id))
        .limit(limit)
    )
    return [(email, name) for email, name in await session.execute(statement)]


async def list_owner_homes(session: AsyncSession, *, actor: Actor) -> dict[str, str]:
    """The code of the department of each owner who is there, by e-mail address."""
    statement = (
        visible_owners(actor)
        .join(Department, col(Department.id) == col(Owner.department_id))
        .with_only_columns(col(Owner.email), col(Department.code))
        .where(col(Owner.archived_at).is_(None), col(Owner.active))
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def list_people_of(session: AsyncSession, department: Department, *, actor: Actor) -> Sequence[Owner]:
    """The active people of a department itself by name, and its head, who may sit elsewhere."""
    present = and_(col(Owner.active), col(Owner.archived_at).is_(None))
    own = and_(col(Owner.department_id) == department.id, present)
    people = visible_owners(actor).where(or_(own, col(Owner.id) == department.head_id))
    return (await session.scalars(people.order_by(col(Owner.name), col(Owner.id)))).all()


async def list_reports(session: AsyncSession, manager: UUID, *, actor: Actor) -> Sequence[Owner]:
    """The active people who report to somebody, by name."""
    below = visible_owners(actor).where(
        col(Owner.manager_id) == manager, col(Owner.active), col(Owner.archived_at).is_(None)
    )
    return (await session.scalars(below.order_by(col(Owner.name), col(Owner.id)))).all()


async def find_home(session: AsyncSession, actor: Actor) -> Department | None:
    """The department of the person who acts; None for machines and for people without one."""
    statement = select(Department).join(Owner, col(Owner.department_id) == col(Department.id))
    return await session.scalar(statement.where(col(Owner.id) == actor.id))
