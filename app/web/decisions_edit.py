"""The forms of a decision: logging one with all its fields, and editing one. Its page is `decisions_page`."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.decisions import create_decision, update_decision
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, require
from app.models.decisions import Decision, DecisionInput
from app.models.goals import GoalFilter
from app.queries.decision_types import list_types_in_force
from app.queries.decisions import find_decision, load_decision_names, load_decision_parts
from app.queries.departments import list_choices
from app.queries.goals import list_goals
from app.queries.organization import read_value_names, today_of
from app.queries.owners import find_home, list_owner_choices
from app.web.decisions_capture import CITED, MOST_GOALS
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.nodes_edit import answer_node_form
from app.web.render import go_to
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/decisions")
WRITE = Permission.DECISIONS_WRITE
# More than these are typed by their codes instead of ticked.
MOST_TICKED = 24
EMPTY_OPTIONS = 2


@router.get("/new")
async def new_decision(
    request: Request, session: SessionDep, person: PersonDep, goal: str | None = None
) -> Response:
    """The form of a new decision."""
    require(person, WRITE)
    home = await find_home(session, person)
    today = await today_of(session)
    values = {
        "raised_on": str(today),
        "departments": [home.code] if home else [],
        "goals": [goal] if goal else [],
    }
    return await _show(request, session, person, Form(values=values))


@router.post("/new")
async def create_decision_button(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Logs a decision."""
    require(person, WRITE)
    form = await read_form(request, DecisionInput)
    made: list[Decision] = []

    async def save(data: DecisionInput) -> None:
        made.append(await create_decision(session, data, actor=person))

    status = await save_form(session, form, save)
    if status != OK:
        return await _show(request, session, person, form, status=status)
    return go_to(request, f"/decisions/{made[0].code}")


@router.get("/{decision}/edit")
async def edit_decision(request: Request, session: SessionDep, person: PersonDep, decision: str) -> Response:
    """The form of a decision as it is."""
    row = await find_decision(session, decision, actor=person, to=WRITE)
    return await _show(request, session, person, await _fill(session, row), row.code)


@router.post("/{decision}/edit")
async def update_decision_button(
    request: Request, session: SessionDep, person: PersonDep, decision: str
) -> Response:
    """Replaces what is written about a decision."""
    form = await read_form(request, DecisionInput)
    row = await find_decision(session, decision, actor=person, to=WRITE, lock=True)
    now, code = await _fill(session, row), row.code

    async def save(data: DecisionInput) -> None:
        await update_decision(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        return await _show(request, session, person, form, code, status=status)
    return go_to(request, f"/decisions/{code}")


async def _fill(session: SessionDep, row: Decision) -> Form[DecisionInput]:
    parts = await load_decision_parts(session, [row.id])
    names = await load_decision_names(session, [row], parts)
    named = parts[row.id]
    return fill_form(
        DecisionInput,
        row,
        names,
        departments=[names[each][0] for each in named.departments],
        goals=[names[each][0] for each in named.goals],
    )


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[DecisionInput],
    code: str | None = None,
    *,
    status: int = OK,
) -> Response:
    goals, _ = await list_goals(session, GoalFilter(status=CITED, limit=MOST_GOALS), actor=person)
    values = await read_value_names(session)
    kept = [name for name in form.values.get("values") or [] if name not in values]
    context: dict[str, Any] = {
        "form": form,
        "code": code,
        "action": f"/decisions/{code}/edit" if code else "/decisions/new",
        "types": [(each.code, each.name) for each in await list_types_in_force(session, actor=person)],
        "people": await list_owner_choices(session, actor=person),
        "departments": _offer(await list_choices(session, actor=person)),
        "goals": _offer([(each.code, each.title) for each in goals]),
        "value_names": [(name, name, "") for name in [*values, *kept]],
        "option_rows": range(int(form.values.get("options") or 0) + EMPTY_OPTIONS),
    }
    return answer_node_form(request, "decisions/edit.html", "decisions/_form.html", context, status=status)


def _offer(choices: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Boxes to tick, as long as they can be looked over."""
    return [(code, code, name) for code, name in choices] if len(choices) <= MOST_TICKED else []
