"""Departments in JSON."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.departments import archive_department, create_department, update_department
from app.api.answers import (
    ArchivableOut,
    PageOut,
    Ref,
    send_created,
    send_item,
    send_page,
    shape_many,
    shape_one,
)
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.models.departments import Department, DepartmentFilter, DepartmentInput
from app.queries.departments import find_department, list_departments

router = ApiRouter("/departments", tag="departments")


class DepartmentOut(ArchivableOut):
    """A department, with the one above it."""

    code: str
    name: str
    parent: Ref | None
    head: Ref | None
    headcount: int | None
    location: str | None
    external_id: str | None
    active: bool


async def show_department(session: SessionDep, row: Department) -> DepartmentOut:
    """A department as an answer."""
    return await shape_one(session, DepartmentOut, row)


DEPARTMENT = Editable(
    find=find_department,
    show=show_department,
    contract=DepartmentInput,
    update=update_department,
    archive=archive_department,
    permission=Permission.DIRECTORY_WRITE,
)


@router.get("", summary="List departments", response_model=PageOut[DepartmentOut])
async def list_departments_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[DepartmentFilter, Query()]
) -> Response:
    """Every department; a bound client sees its own and those below. HR systems find by `external_id`."""
    rows, next_cursor = await list_departments(session, filters, actor=actor)
    return send_page(request, await shape_many(session, DepartmentOut, rows), next_cursor)


@router.post("", summary="Add a department", status_code=201, response_model=DepartmentOut)
async def create_department_route(
    request: Request, session: SessionDep, actor: ActorDep, data: DepartmentInput
) -> Response:
    """Adds a department, below another or as one of the roots."""
    row = await create_department(session, data, actor=actor)
    return send_created(request, await show_department(session, row))


@router.get("/{department}", summary="Show a department", response_model=DepartmentOut)
async def show_department_route(
    request: Request, session: SessionDep, actor: ActorDep, department: str
) -> Response:
    """One department by id or code."""
    row = await find_department(session, department, actor=actor)
    return send_item(request, await show_department(session, row))


@router.put("/{department}", summary="Replace a department", response_model=DepartmentOut)
async def update_department_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    department: str,
    data: DepartmentInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about a department; another parent moves it with all below it."""
    return await put_one(request, session, DEPARTMENT, department, data, actor=actor, if_match=if_match)


@router.patch("/{department}", summary="Change a department", response_model=DepartmentOut)
async def patch_department_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    department: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a department (JSON Merge Patch)."""
    return await patch_one(request, session, DEPARTMENT, department, patch, actor=actor, if_match=if_match)


@router.delete("/{department}", summary="Archive a department", response_model=DepartmentOut)
async def archive_department_route(
    request: Request, session: SessionDep, actor: ActorDep, department: str, if_match: IfMatch = None
) -> Response:
    """Takes a department out of the lists. What points at it still does, and its code stays taken."""
    return await archive_one(request, session, DEPARTMENT, department, actor=actor, if_match=if_match)
