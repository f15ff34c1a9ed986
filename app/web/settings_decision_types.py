"""`/settings/decision-types`: how long decisions of a kind may take, and who does what."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.decision_types import archive_decision_type, create_decision_type, update_decision_type
from app.deps import SessionDep
from app.domain.permissions import Permission, Place, require
from app.models.decision_types import DecisionType, DecisionTypeInput
from app.queries.decision_types import find_decision_type, list_types_in_force
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.render import done, go_to
from app.web.saving import OK, save_form
from app.web.settings import KeeperDep, answer_form, settings_page, with_heading

router = APIRouter(include_in_schema=False, prefix="/settings/decision-types")
AREA = "/settings/decision-types"
WRITE = Permission.DECISIONS_WRITE


@router.get("")
async def list_decision_types_page(request: Request, session: SessionDep, person: KeeperDep) -> Response:
    """The matrix: every type, and who does what."""
    types = await list_types_in_force(session, actor=person)
    return settings_page(request, "settings/decision_types.html", AREA, types=types)


@router.get("/new")
async def new_decision_type(request: Request, person: KeeperDep) -> Response:
    """The form of a new type."""
    require(person, WRITE, on=Place())
    return _show(request, Form(values={}), None)


@router.post("")
async def add_decision_type(request: Request, session: SessionDep, person: KeeperDep) -> Response:
    """Adds a type."""
    form = await read_form(request, DecisionTypeInput)

    async def save(data: DecisionTypeInput) -> None:
        await create_decision_type(session, data, actor=person)

    status = await save_form(session, form, save)
    return go_to(request, AREA) if status == OK else _show(request, form, None, status=status)


@router.get("/{type}")
async def edit_decision_type(request: Request, session: SessionDep, person: KeeperDep, type: str) -> Response:
    """The form of a type."""
    row = await find_decision_type(session, type, actor=person)
    return _show(request, fill_form(DecisionTypeInput, row), row)


@router.post("/{type}")
async def save_decision_type(request: Request, session: SessionDep, person: KeeperDep, type: str) -> Response:
    """Replaces what is written about a type."""
    form = await read_form(request, DecisionTypeInput)
    row = await find_decision_type(session, type, actor=person, to=WRITE, lock=True)
    now = fill_form(DecisionTypeInput, row)

    async def save(data: DecisionTypeInput) -> None:
        await update_decision_type(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        # What was refused is undone: the row is read again.
        row = await find_decision_type(session, type, actor=person)
        await session.refresh(row)
        return _show(request, form, row, status=status)
    parts = with_heading("settings/_decision_type.html", _gather(fill_form(DecisionTypeInput, row), row))
    return done(request, parts, to=f"{AREA}/{row.id}", said=f"{row.name} is saved.")


@router.post("/{type}/archive")
async def archive_one_decision_type(
    request: Request, session: SessionDep, person: KeeperDep, type: str
) -> Response:
    """Takes a type out of the lists; decisions of it keep it."""
    row = await find_decision_type(session, type, actor=person, to=WRITE, lock=True)
    await archive_decision_type(session, row, actor=person)
    return go_to(request, AREA)


def _show(
    request: Request, form: Form[DecisionTypeInput], row: DecisionType | None, *, status: int = OK
) -> Response:
    fragment, template = "settings/_decision_type.html", "settings/decision_type.html"
    return answer_form(request, fragment, template, AREA, status=status, context=_gather(form, row))


def _gather(form: Form[DecisionTypeInput], row: DecisionType | None) -> dict[str, Any]:
    return {
        "form": form,
        "type": row,
        "heading": "New decision type" if row is None else row.name,
        "page_url": None,
        "mark": ("archived", "amber") if row and row.archived_at else None,
        "action": AREA if row is None else f"{AREA}/{row.id}",
    }
