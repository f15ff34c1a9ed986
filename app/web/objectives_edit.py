"""The forms of an objective: adding (with its first link), editing, archiving. Its page: `objectives`."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.objectives import archive_objective, delete_objective, update_objective
from app.actions.objectives_linked import create_linked_objective
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, require
from app.domain.words import NodeStatus
from app.errors import Forbidden, NotFound
from app.models.goals import GoalFilter
from app.models.objectives import LinkedObjectiveInput, Objective, ObjectiveInput
from app.queries._find import load_references
from app.queries.departments import DepartmentPlace, list_department_places
from app.queries.goals import list_goals
from app.queries.nodes import count_pointers, name_node
from app.queries.objectives import find_objective
from app.queries.owners import list_owner_choices
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.nodes_edit import STATES, RetireForm, answer_node_form, may_add_in
from app.web.render import go_to, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False)
WRITE = Permission.GOALS_WRITE
MOST_GOALS = 200


@router.get("/objectives/new")
async def new_objective(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    goal: str | None = None,
    department: str | None = None,
) -> Response:
    """The form of a new objective, perhaps for a goal, perhaps of a department."""
    places = await _list_places(session, person)
    chosen = department or (places[0].code if len(places) == 1 else None)
    values = {"department": chosen, "status": NodeStatus.ACTIVE.value, "target": goal}
    form: Form[LinkedObjectiveInput] = Form(values=values)
    return await _show_new(request, session, person, form)


@router.post("/objectives/new")
async def create_objective_button(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Adds an objective, and says what it contributes to."""
    require(person, WRITE)
    form = await read_form(request, LinkedObjectiveInput)
    made: list[str] = []

    async def save(data: LinkedObjectiveInput) -> None:
        objective = await create_linked_objective(session, data, actor=person)
        made.append(objective.code)

    status = await save_form(session, form, save)
    if status != OK:
        return await _show_new(request, session, person, form, status=status)
    return go_to(request, f"/objectives/{made[0]}")


@router.get("/objectives/{objective}/edit")
async def edit_objective(
    request: Request, session: SessionDep, person: PersonDep, objective: str
) -> Response:
    """The form of an objective as it is."""
    row = await find_objective(session, objective, actor=person, to=WRITE)
    return await _show_edit(request, session, person, await _fill(session, row), row.code)


@router.post("/objectives/{objective}/edit")
async def update_objective_button(
    request: Request, session: SessionDep, person: PersonDep, objective: str
) -> Response:
    """Replaces what is written about an objective."""
    form = await read_form(request, ObjectiveInput)
    row = await find_objective(session, objective, actor=person, to=WRITE, lock=True)
    now, code = await _fill(session, row), row.code

    async def save(data: ObjectiveInput) -> None:
        await update_objective(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        return await _show_edit(request, session, person, form, code, status=status)
    return go_to(request, f"/objectives/{form.values['code']}")


@router.get("/objectives/{objective}/archive")
async def confirm_objective_archive(
    request: Request, session: SessionDep, person: PersonDep, objective: str
) -> Response:
    """What archiving an objective means, and what points at it."""
    row = await find_objective(session, objective, actor=person, to=WRITE)
    return page(
        request,
        "nodes/archive.html",
        node=row,
        noun="objective",
        home=f"/objectives/{row.code}",
        pointers=await count_pointers(session, row.id),
    )


@router.post("/objectives/{objective}/archive")
async def archive_objective_button(
    request: Request, session: SessionDep, person: PersonDep, objective: str
) -> Response:
    """Archives an objective; removes one that was never more than a draft, if that is asked."""
    form = await read_form(request, RetireForm)
    row = await find_objective(session, objective, actor=person, to=WRITE, lock=True)
    code = row.code
    if form.values.get("how") == "delete" and await delete_objective(session, row, actor=person):
        return go_to(request, "/goals")
    await archive_objective(session, row, actor=person)
    return go_to(request, f"/objectives/{code}")


async def _fill(session: SessionDep, row: Objective) -> Form[ObjectiveInput]:
    return fill_form(ObjectiveInput, row, await load_references(session, [row]))


async def _list_places(session: SessionDep, person: Actor) -> list[DepartmentPlace]:
    """The departments in which somebody may add objectives."""
    places = await list_department_places(session, actor=person)
    return [place for place in places if may_add_in(person, place.id)]


async def _show_new(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[LinkedObjectiveInput],
    *,
    status: int = OK,
) -> Response:
    places = await _list_places(session, person)
    if not places:
        raise Forbidden("Objectives are added by heads in their departments, and by executives.")
    target = form.values.get("target")
    named = await name_node(session, target, actor=person) if target else None
    if target and named is None and status == OK:
        raise NotFound(f"There is no goal or objective {target}.")
    context = await _gather(session, person, form, [(place.code, place.name) for place in places])
    goals, _ = await list_goals(
        session, GoalFilter(status=[NodeStatus.ACTIVE], limit=MOST_GOALS), actor=person
    )
    offered = [(goal.code, f"{goal.code} {goal.title}") for goal in goals]
    context |= {"code": None, "action": "/objectives/new", "target": named, "goals": offered}
    return answer_node_form(request, "objectives/edit.html", "objectives/_form.html", context, status=status)


async def _show_edit(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[ObjectiveInput],
    code: str,
    *,
    status: int = OK,
) -> Response:
    places = await list_department_places(session, actor=person)
    current = form.values.get("department")
    choices = [
        (place.code, place.name) for place in places if place.code == current or may_add_in(person, place.id)
    ]
    context = await _gather(session, person, form, choices)
    context |= {"code": code, "action": f"/objectives/{code}/edit", "target": None, "goals": []}
    return answer_node_form(request, "objectives/edit.html", "objectives/_form.html", context, status=status)


async def _gather(
    session: SessionDep, person: Actor, form: Form[Any], departments: list[tuple[str, str]]
) -> dict[str, Any]:
    return {
        "form": form,
        "departments": departments,
        "people": await list_owner_choices(session, actor=person),
        "states": STATES,
    }
