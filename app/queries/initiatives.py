"""Reading initiatives, who takes part, what they are for, and their due dates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.models.initiatives import (
    Initiative,
    InitiativeDate,
    InitiativeDateFilter,
    InitiativeDepartment,
    InitiativeFilter,
    InitiativeSupport,
)
from app.queries._find import (
    find_one,
    list_page,
    load_named,
    read_cursor,
    resolve_reference,
    write_cursor,
)
from app.queries._reach import shows_initiatives


@dataclass(slots=True)
class InitiativeLinks:
    """What an initiative names besides its own columns."""

    departments: list[UUID] = field(default_factory=list)
    supports: list[UUID] = field(default_factory=list)


def place_of_initiative(initiative: Initiative) -> Place:
    """Where an initiative belongs: the department that leads it; and whose it is."""
    owner = initiative.owner_id
    return Place(initiative.department_id, frozenset() if owner is None else frozenset({owner}))


def visible_initiatives(actor: Actor, *, to: Permission = Permission.GOALS_READ) -> Select[Initiative]:
    """Initiatives led by the departments an actor sees; drafts only of those who may write them."""
    require(actor, to)
    return select(Initiative).where(shows_initiatives(actor))


async def find_initiative(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.GOALS_READ,
    lock: bool = False,
) -> Initiative:
    """One initiative by id or code."""
    initiative = await find_one(session, visible_initiatives(actor, to=to), Initiative, reference, lock=lock)
    require(actor, to, on=place_of_initiative(initiative))
    return initiative


async def list_initiatives(
    session: AsyncSession, filters: InitiativeFilter, *, actor: Actor
) -> tuple[Sequence[Initiative], str | None]:
    """A page of initiatives."""
    statement = visible_initiatives(actor)
    if filters.department is not None:
        place = await resolve_reference(
            session, "departments", filters.department, "?department", actor=actor
        )
        statement = statement.where(or_(col(Initiative.department_id) == place, takes_part(place)))
    if filters.supports is not None:
        aim = await resolve_reference(session, "aims", filters.supports, "?supports", actor=actor)
        statement = statement.where(is_for(aim))
    if filters.due_from is not None:
        statement = statement.where(col(Initiative.due_on) >= filters.due_from)
    if filters.due_to is not None:
        statement = statement.where(col(Initiative.due_on) <= filters.due_to)
    done = dict.fromkeys(("department", "supports", "due_from", "due_to"))
    return await list_page(session, statement, Initiative, filters.model_copy(update=done), actor=actor)


def takes_part(department: UUID) -> Any:
    """Is a department named among those that take part? A condition on a row of the table."""
    return exists().where(
        col(InitiativeDepartment.initiative_id) == col(Initiative.id),
        col(InitiativeDepartment.department_id) == department,
    )


def is_for(aim: UUID) -> Any:
    """Is a goal or objective what the initiative is for? A condition on a row of the table."""
    return exists().where(
        col(InitiativeSupport.initiative_id) == col(Initiative.id), col(InitiativeSupport.node_id) == aim
    )


async def load_initiative_links(
    session: AsyncSession, initiatives: Collection[UUID]
) -> Mapping[UUID, InitiativeLinks]:
    """What each initiative names, in one statement."""
    parts = (
        ("departments", InitiativeDepartment.initiative_id, InitiativeDepartment.department_id),
        ("supports", InitiativeSupport.initiative_id, InitiativeSupport.node_id),
    )
    links = {initiative: InitiativeLinks() for initiative in initiatives}
    statement = union_all(
        *(
            select(literal(name), col(initiative), col(named)).where(col(initiative).in_(links))
            for name, initiative, named in parts
        )
    )
    for name, initiative, named in await session.execute(statement):
        getattr(links[initiative], name).append(named)
    return links


async def load_initiative_references(
    session: AsyncSession, rows: Sequence[Initiative], links: Mapping[UUID, InitiativeLinks]
) -> Mapping[UUID, tuple[str, str]]:
    """Code and name of everything that initiatives name, in one statement."""
    wanted: dict[str, set[UUID]] = {
        "owners": {row.owner_id for row in rows if row.owner_id is not None},
        "decisions": {row.cancelled_by_id for row in rows if row.cancelled_by_id is not None},
        "departments": set(),
        "aims": set(),
    }
    for row in rows:
        wanted["departments"].update([row.department_id, *links[row.id].departments])
        wanted["aims"].update(links[row.id].supports)
    return await load_named(session, wanted)


async def list_due_dates(
    session: AsyncSession, initiative: UUID, filters: InitiativeDateFilter
) -> tuple[Sequence[InitiativeDate], str | None]:
    """The due dates an initiative has had, the baseline first."""
    statement = select(InitiativeDate).where(col(InitiativeDate.initiative_id) == initiative)
    if filters.cursor is not None:
        statement = statement.where(col(InitiativeDate.id) > read_cursor(filters.cursor))
    if filters.updated_since is not None:
        statement = statement.where(col(InitiativeDate.at) >= filters.updated_since)
    statement = statement.order_by(col(InitiativeDate.id)).limit(filters.limit + 1)
    rows = (await session.scalars(statement)).all()
    page = rows[: filters.limit]
    return page, write_cursor(page[-1].id) if len(rows) > filters.limit else None
