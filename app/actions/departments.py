"""Changing departments."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._assess import refresh_tree
from app.actions._trees import refuse_cycle
from app.actions._write import add_record, archive_record, change_record, plain_input
from app.domain.permissions import Actor, Permission, Place, require
from app.models.departments import Department, DepartmentInput
from app.queries._find import resolve_references

WRITE = Permission.DIRECTORY_WRITE


async def _read_input(
    session: AsyncSession, data: DepartmentInput, current: Department | None, actor: Actor
) -> dict[str, Any]:
    """The input as columns. What stays is not asked about: a bound client keeps its hidden parent."""
    references = await resolve_references(session, Department, data, actor=actor, current=current)
    if current is None or references["parent_id"] != current.parent_id:
        require(actor, WRITE, on=Place(references["parent_id"]))
    return plain_input(data, Department) | references


async def create_department(session: AsyncSession, data: DepartmentInput, *, actor: Actor) -> Department:
    """Adds a department. A bound client adds only below what it is bound to."""
    require(actor, WRITE)
    return await add_record(session, Department, await _read_input(session, data, None, actor), actor=actor)


async def update_department(
    session: AsyncSession, department: Department, data: DepartmentInput, *, actor: Actor
) -> Department:
    """Replaces what is written about a department; another parent moves it with all below it."""
    require(actor, WRITE, on=Place(department.id))
    values = await _read_input(session, data, department, actor)
    await refuse_cycle(session, department, "parent", values["parent_id"])
    is_same_tree = all(getattr(department, name) == values[name] for name in ("parent_id", "active"))
    await change_record(session, department, values, actor=actor)
    if not is_same_tree:
        await refresh_tree(session, actor=actor)
    return department


async def archive_department(session: AsyncSession, department: Department, *, actor: Actor) -> None:
    """Takes a department out of the lists. What points at it still does."""
    require(actor, WRITE, on=Place(department.id))
    await archive_record(session, department, actor=actor)
    await refresh_tree(session, actor=actor)
