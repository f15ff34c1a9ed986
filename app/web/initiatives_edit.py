"""Writing initiatives: adding, editing, progress, putting away. Their steps are in `initiatives_steps`."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import Ge, Le
from fastapi import APIRouter, Request, Response

from app.actions.initiatives import (
    archive_initiative,
    create_initiative,
    delete_initiative,
    update_initiative,
)
from app.deps import SessionDep
from app.domain.initiatives import Step
from app.domain.permissions import Actor, Permission
from app.domain.words import InitiativeStatus
from app.errors import Forbidden, NotFound
from app.models.base import Number
from app.models.initiatives import Initiative, InitiativeInput
from app.queries.departments import list_department_places
from app.queries.initiatives import (
    find_initiative,
    load_initiative_links,
    load_initiative_references,
)
from app.queries.nodes import list_aim_choices, name_node
from app.queries.owners import list_owner_choices
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Contract, Form, read_form
from app.web.initiatives import describe_initiative, home_of, refuse_step
from app.web.nodes_edit import RetireForm, answer_node_form, may_add_in, may_add_objectives
from app.web.render import go_to, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False)
WRITE = Permission.GOALS_WRITE
_STATES = {
    InitiativeStatus.DRAFT: "draft: for those who may edit",
    InitiativeStatus.ACTIVE: "active: under way",
    InitiativeStatus.PAUSED: "paused: its dates go on",
}
_CLOSED = {InitiativeStatus.FINISHED: "finished", InitiativeStatus.CANCELLED: "cancelled"}


class ProgressForm(Contract):
    """How far it is, in percent."""

    progress: Annotated[Number, Ge(0), Le(100)]


@router.get("/initiatives/new")
async def new_initiative(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    supports: str | None = None,
    department: str | None = None,
) -> Response:
    """The form of a new initiative, perhaps for a goal or objective, perhaps of a department."""
    if supports and await name_node(session, supports, actor=person) is None:
        raise NotFound(f"There is no goal or objective {supports}.")
    values = {
        "status": InitiativeStatus.ACTIVE.value,
        "supports": [supports] if supports else [],
        "department": department,
    }
    return await _show(request, session, person, Form(values=values), None)


@router.post("/initiatives/new")
async def create_initiative_button(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Adds an initiative."""
    form = await read_form(request, InitiativeInput)
    _require_author(person)

    async def save(data: InitiativeInput) -> None:
        await create_initiative(session, data, actor=person)

    status = await save_form(session, form, save)
    if status != OK or form.data is None:
        return await _show(request, session, person, form, None, status=status)
    return go_to(request, home_of(form.data.code))


@router.get("/initiatives/{initiative}/edit")
async def edit_initiative(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """The form of an initiative as it is."""
    row = await find_initiative(session, initiative, actor=person, to=WRITE)
    return await _show(request, session, person, await fill_initiative(session, row), row)


@router.post("/initiatives/{initiative}/edit")
async def update_initiative_button(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """Replaces what is written about an initiative; its due date only while it is a draft."""
    form = await read_form(request, InitiativeInput)
    row = await find_initiative(session, initiative, actor=person, to=WRITE, lock=True)
    now = await fill_initiative(session, row)

    async def save(data: InitiativeInput) -> None:
        await update_initiative(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK or form.data is None:
        await session.refresh(row)
        return await _show(request, session, person, form, row, status=status)
    return go_to(request, home_of(form.data.code))


@router.post("/initiatives/{initiative}/progress")
async def report_progress_button(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """Says how far it is; everything else stays as it is."""
    form = await read_form(request, ProgressForm)
    row = await find_initiative(session, initiative, actor=person, to=WRITE, lock=True)
    now = (await fill_initiative(session, row)).values

    async def save(data: ProgressForm) -> None:
        given = {name: value for name, value in now.items() if name in InitiativeInput.model_fields}
        whole = InitiativeInput.model_validate({**given, "progress": data.progress})
        await update_initiative(session, row, whole, actor=person)

    status = await save_form(session, form, save)
    if status == OK:
        return go_to(request, home_of(row.code))
    await session.refresh(row)
    context = await describe_initiative(session, row, person) | {"progress_form": form}
    return answer_node_form(
        request, "initiatives/show.html", "initiatives/_progress.html", context, status=status
    )


@router.get("/initiatives/{initiative}/archive")
async def confirm_initiative_archive(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """What archiving an initiative means."""
    row = await find_initiative(session, initiative, actor=person, to=WRITE)
    refuse_step(Step.ARCHIVE, row)
    return page(request, "initiatives/archive.html", initiative=row, home=home_of(row.code))


@router.post("/initiatives/{initiative}/archive")
async def archive_initiative_button(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """Archives an initiative; removes one that was never more than a draft, if that is asked."""
    form = await read_form(request, RetireForm)
    row = await find_initiative(session, initiative, actor=person, to=WRITE, lock=True)
    code = row.code
    if form.values.get("how") == "delete" and await delete_initiative(session, row, actor=person):
        return go_to(request, "/initiatives")
    await archive_initiative(session, row, actor=person)
    return go_to(request, home_of(code))


def _require_author(person: Actor) -> None:
    if not may_add_objectives(person):
        raise Forbidden("Initiatives are added by heads in their departments, and by executives.")


async def fill_initiative(session: SessionDep, row: Initiative) -> Form[InitiativeInput]:
    """The form of an initiative as it is now."""
    links = (await load_initiative_links(session, [row.id]))[row.id]
    names = await load_initiative_references(session, [row], {row.id: links})

    def list_codes(ids: list[UUID]) -> list[str]:
        return sorted(names[each][0] for each in ids if each in names)

    return fill_form(
        InitiativeInput,
        row,
        names,
        departments=list_codes(links.departments),
        supports=list_codes(links.supports),
    )


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[InitiativeInput],
    row: Initiative | None,
    *,
    status: int = OK,
) -> Response:
    if row is None:
        _require_author(person)
    places = await list_department_places(session, actor=person)
    current = form.values.get("department")
    leading = [place for place in places if place.code == current or may_add_in(person, place.id)]
    context: dict[str, Any] = {
        "form": form,
        "code": row and row.code,
        "action": f"{home_of(row.code)}/edit" if row else "/initiatives/new",
        "home": home_of(row.code) if row else "/initiatives",
        "departments": [(place.code, place.name) for place in leading],
        "partners": [(place.code, place.name, "") for place in places],
        "aims": await list_aim_choices(session, actor=person),
        "people": await list_owner_choices(session, actor=person),
        "states": _list_states(row),
        "has_begun": row is not None and row.due_baseline is not None,
    }
    return answer_node_form(
        request, "initiatives/edit.html", "initiatives/_form.html", context, status=status
    )


def _list_states(row: Initiative | None) -> list[tuple[str, str]]:
    """The states that a form may choose: what is closed stays so until it is reopened."""
    if row is not None and row.status in _CLOSED:
        return [(row.status.value, _CLOSED[row.status])]
    begun = row is not None and row.due_baseline is not None
    return [
        (state.value, words)
        for state, words in _STATES.items()
        if not begun or state is not InitiativeStatus.DRAFT
    ]
