"""The forms of a goal: adding, editing, archiving. Its page is in `goals`."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.goals import archive_goal, create_goal, delete_goal, update_goal
from app.deps import SessionDep
from app.domain.codes import suggest_code
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.words import NodeStatus
from app.models.goals import Goal, GoalInput
from app.models.themes import ThemeFilter
from app.queries._find import load_references
from app.queries.goals import find_goal
from app.queries.nodes import count_pointers, list_node_codes
from app.queries.owners import list_owner_choices
from app.queries.themes import list_themes
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.nodes_edit import STATES, RetireForm, answer_node_form
from app.web.render import go_to, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False)
WRITE = Permission.GOALS_WRITE
MOST_THEMES = 1000


@router.get("/goals/new")
async def new_goal(
    request: Request, session: SessionDep, person: PersonDep, theme: str | None = None
) -> Response:
    """The form of a new goal."""
    require(person, WRITE, on=Place())
    code = suggest_code("G", await list_node_codes(session, "G"))
    values = {"code": code, "theme": theme, "status": NodeStatus.DRAFT.value, "assumptions": 0}
    return await _show(request, session, person, Form(values=values))


@router.post("/goals/new")
async def create_goal_button(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Adds a goal."""
    require(person, WRITE, on=Place())
    form = await read_form(request, GoalInput)

    async def save(data: GoalInput) -> None:
        await create_goal(session, data, actor=person)

    status = await save_form(session, form, save)
    if status != OK:
        return await _show(request, session, person, form, status=status)
    return go_to(request, f"/goals/{form.values['code']}")


@router.get("/goals/{goal}/edit")
async def edit_goal(request: Request, session: SessionDep, person: PersonDep, goal: str) -> Response:
    """The form of a goal as it is."""
    row = await find_goal(session, goal, actor=person, to=WRITE)
    return await _show(request, session, person, await _fill(session, row), row.code)


@router.post("/goals/{goal}/edit")
async def update_goal_button(request: Request, session: SessionDep, person: PersonDep, goal: str) -> Response:
    """Replaces what is written about a goal."""
    form = await read_form(request, GoalInput)
    row = await find_goal(session, goal, actor=person, to=WRITE, lock=True)
    now, code = await _fill(session, row), row.code

    async def save(data: GoalInput) -> None:
        await update_goal(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        return await _show(request, session, person, form, code, status=status)
    return go_to(request, f"/goals/{form.values['code']}")


@router.get("/goals/{goal}/archive")
async def confirm_goal_archive(
    request: Request, session: SessionDep, person: PersonDep, goal: str
) -> Response:
    """What archiving a goal means, and what points at it."""
    row = await find_goal(session, goal, actor=person, to=WRITE)
    pointers = await count_pointers(session, row.id)
    return page(
        request, "nodes/archive.html", node=row, noun="goal", home=f"/goals/{row.code}", pointers=pointers
    )


@router.post("/goals/{goal}/archive")
async def archive_goal_button(
    request: Request, session: SessionDep, person: PersonDep, goal: str
) -> Response:
    """Archives a goal; removes one that was never more than a draft, if that is asked."""
    form = await read_form(request, RetireForm)
    row = await find_goal(session, goal, actor=person, to=WRITE, lock=True)
    code = row.code
    if form.values.get("how") == "delete" and await delete_goal(session, row, actor=person):
        return go_to(request, "/goals")
    await archive_goal(session, row, actor=person)
    return go_to(request, f"/goals/{code}")


async def _fill(session: SessionDep, row: Goal) -> Form[GoalInput]:
    return fill_form(GoalInput, row, await load_references(session, [row]))


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[GoalInput],
    code: str | None = None,
    *,
    status: int = OK,
) -> Response:
    themes, _ = await list_themes(session, ThemeFilter(limit=MOST_THEMES), actor=person)
    context: dict[str, Any] = {
        "form": form,
        "code": code,
        "action": f"/goals/{code}/edit" if code else "/goals/new",
        "themes": [(each.code, each.name) for each in themes],
        "people": await list_owner_choices(session, actor=person),
        "states": STATES,
        "assumptions": range(int(form.values.get("assumptions") or 0) + 2),
    }
    return answer_node_form(request, "goals/edit.html", "goals/_form.html", context, status=status)
