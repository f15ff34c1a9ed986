"""`/settings/departments`: the tree of departments; adding, changing, moving and archiving one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.actions.departments import archive_department, create_department, update_department
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.models.departments import Department, DepartmentInput
from app.queries._find import load_references
from app.queries.departments import DepartmentRow, find_department, list_department_rows
from app.queries.owners import list_owner_choices
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.render import done, go_to
from app.web.saving import OK, save_form
from app.web.settings import KeeperDep, answer_form, settings_page, with_heading

router = APIRouter(include_in_schema=False, prefix="/settings/departments")
AREA = "/settings/departments"
STEP = "\u2003"


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department in its place in the tree."""

    row: DepartmentRow
    depth: int
    shade: int


@router.get("")
async def list_departments_page(
    request: Request,
    session: SessionDep,
    person: KeeperDep,
    archived: Annotated[bool, Query()] = False,
) -> Response:
    """The tree; with `archived` those that were put away."""
    rows = await list_department_rows(session, actor=person, archived=archived)
    lines = list(place_departments(rows))
    return settings_page(request, "settings/departments.html", AREA, lines=lines, archived=archived)


@router.get("/new")
async def new_department(
    request: Request, session: SessionDep, person: KeeperDep, parent: Annotated[str, Query()] = ""
) -> Response:
    """The form of a new department, below the one whose button was pressed."""
    form: Form[DepartmentInput] = Form(values={"parent": parent, "active": True})
    return await _show(request, session, person, form, None)


@router.post("")
async def add_department(request: Request, session: SessionDep, person: KeeperDep) -> Response:
    """Adds a department."""
    form = await read_form(request, DepartmentInput)

    async def save(data: DepartmentInput) -> None:
        await create_department(session, data, actor=person)

    status = await save_form(session, form, save)
    if status != OK:
        return await _show(request, session, person, form, None, status=status)
    return go_to(request, AREA)


@router.get("/{department}")
async def edit_department(
    request: Request, session: SessionDep, person: KeeperDep, department: str
) -> Response:
    """The form of a department."""
    row = await find_department(session, department, actor=person)
    return await _show(request, session, person, await _fill(session, row), row)


@router.post("/{department}")
async def save_department(
    request: Request, session: SessionDep, person: KeeperDep, department: str
) -> Response:
    """Replaces what is written about a department; another parent moves it with all below it."""
    form = await read_form(request, DepartmentInput)
    row = await find_department(session, department, actor=person, to=Permission.DIRECTORY_WRITE, lock=True)
    now = await _fill(session, row)

    async def save(data: DepartmentInput) -> None:
        await update_department(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        # What was refused is undone: the row is read again.
        row = await find_department(session, department, actor=person)
        return await _show(request, session, person, form, row, status=status)
    context = await _gather(session, person, await _fill(session, row), row)
    said = f"{row.name} is saved."
    parts = with_heading("settings/_department.html", context)
    return done(request, parts, to=f"{AREA}/{row.id}", said=said)


@router.post("/{department}/archive")
async def archive_one_department(
    request: Request, session: SessionDep, person: KeeperDep, department: str
) -> Response:
    """Takes a department out of the lists; what points at it still does."""
    row = await find_department(session, department, actor=person, to=Permission.DIRECTORY_WRITE, lock=True)
    await archive_department(session, row, actor=person)
    return go_to(request, AREA)


def place_departments(rows: Sequence[DepartmentRow]) -> Iterator[DepartmentLine]:
    """Departments as a tree, each below its parent; one whose parent is not there is a root."""
    there = {row.id for row in rows}
    below: dict[UUID | None, list[DepartmentRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in there else None, []).append(row)
    pending = [(row, 0) for row in reversed(below.get(None, []))]
    while pending:
        row, depth = pending.pop()
        yield DepartmentLine(row, depth, min(depth, 6))
        pending += [(each, depth + 1) for each in reversed(below.get(row.id, []))]


async def list_department_choices(session: SessionDep, person: Actor) -> list[tuple[str, str]]:
    """Code and name of every department, indented as in the tree, for a list to choose from."""
    lines = place_departments(await list_department_rows(session, actor=person))
    return [(line.row.code, f"{STEP * line.depth}{line.row.name}") for line in lines]


async def _fill(session: SessionDep, row: Department) -> Form[DepartmentInput]:
    return fill_form(DepartmentInput, row, await load_references(session, [row]))


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[DepartmentInput],
    row: Department | None,
    *,
    status: int = 200,
) -> Response:
    context = await _gather(session, person, form, row)
    fragment, template = "settings/_department.html", "settings/department.html"
    return answer_form(request, fragment, template, AREA, status=status, context=context)


async def _gather(
    session: SessionDep, person: Actor, form: Form[DepartmentInput], row: Department | None
) -> dict[str, Any]:
    parents = await list_department_choices(session, person)
    return {
        "form": form,
        "department": row,
        "heading": "New department" if row is None else row.name,
        "page_url": row and f"/departments/{row.code}",
        "mark": ("archived", "amber") if row and row.archived_at else None,
        "action": AREA if row is None else f"{AREA}/{row.id}",
        "parents": [each for each in parents if row is None or each[0] != row.code],
        "people": await list_owner_choices(session, actor=person),
    }
