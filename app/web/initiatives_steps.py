"""The steps of an initiative: another due date, finished, cancelled, reopened; what it needs of others."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from app.actions.initiatives import (
    cancel_initiative,
    finish_initiative,
    redate_initiative,
    reopen_initiative,
)
from app.actions.links import create_link
from app.deps import SessionDep
from app.domain.initiatives import Step
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor, Permission, may
from app.domain.words import LinkType
from app.models.base import Day, Prose, Reference
from app.models.decisions import DecisionFilter
from app.models.initiatives import (
    Initiative,
    InitiativeCancellation,
    InitiativeFinish,
    InitiativeRedating,
)
from app.models.links import LinkInput
from app.queries.decisions import list_decisions
from app.queries.initiatives import find_initiative
from app.queries.nodes import list_end_choices
from app.queries.organization import today_of
from app.web.deps import PersonDep
from app.web.forms import Contract, Form, read_form
from app.web.initiatives import home_of, refuse_step
from app.web.links import Pressed
from app.web.nodes_edit import answer_node_form
from app.web.render import go_to
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False)
WRITE = Permission.GOALS_WRITE
MOST_DECISIONS = 200
T = TypeVar("T", bound=BaseModel)
Change = Callable[..., Awaitable[object]]


class NeedForm(Contract):
    """What is needed, by when, and what for."""

    target: Reference
    need_by: Day | None = None
    rationale: Prose | None = None


@dataclass(frozen=True, slots=True)
class _Step(Generic[T]):
    """A step with a form of its own: its template, its contract, its action."""

    name: str
    step: Step
    contract: type[T]
    change: Change


class _Asked(NamedTuple):
    """Which step is asked of which initiative, with what was typed."""

    row: Initiative
    step: _Step[Any]
    form: Form[Any]


_REDATE = _Step("redate", Step.REDATE, InitiativeRedating, redate_initiative)
_FINISH = _Step("finish", Step.FINISH, InitiativeFinish, finish_initiative)
_CANCEL = _Step("cancel", Step.CANCEL, InitiativeCancellation, cancel_initiative)


@router.get("/initiatives/{initiative}/redate")
async def ask_redating(request: Request, session: SessionDep, person: PersonDep, initiative: str) -> Response:
    """Which day instead, and why."""
    return await _ask(request, session, person, initiative, _REDATE)


@router.post("/initiatives/{initiative}/redate")
async def redate_initiative_button(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """Moves the due date; the baseline stays."""
    return await _take(request, session, person, initiative, _REDATE)


@router.get("/initiatives/{initiative}/finish")
async def ask_finish(request: Request, session: SessionDep, person: PersonDep, initiative: str) -> Response:
    """Since when it is done."""
    return await _ask(request, session, person, initiative, _FINISH)


@router.post("/initiatives/{initiative}/finish")
async def finish_initiative_button(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """Closes what is done."""
    return await _take(request, session, person, initiative, _FINISH)


@router.get("/initiatives/{initiative}/cancel")
async def ask_cancellation(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """Why it is given up, and who decided so."""
    return await _ask(request, session, person, initiative, _CANCEL)


@router.post("/initiatives/{initiative}/cancel")
async def cancel_initiative_button(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """Gives it up."""
    return await _take(request, session, person, initiative, _CANCEL)


@router.post("/initiatives/{initiative}/reopen")
async def reopen_initiative_button(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """Takes it up again."""
    await read_form(request, Pressed)
    row = await find_initiative(session, initiative, actor=person, to=WRITE, lock=True)
    await reopen_initiative(session, row, actor=person)
    return go_to(request, home_of(row.code))


@router.get("/initiatives/{initiative}/need")
async def ask_need(request: Request, session: SessionDep, person: PersonDep, initiative: str) -> Response:
    """What it needs of others."""
    row = await find_initiative(session, initiative, actor=person, to=WRITE)
    form: Form[NeedForm] = Form()
    return await _show_need(request, session, person, row, form)


@router.post("/initiatives/{initiative}/need")
async def add_need_button(
    request: Request, session: SessionDep, person: PersonDep, initiative: str
) -> Response:
    """Asks for it: whoever writes the other end answers."""
    form = await read_form(request, NeedForm)
    row = await find_initiative(session, initiative, actor=person, to=WRITE)

    async def save(data: NeedForm) -> None:
        link = LinkInput(
            source=str(row.id),
            target=data.target,
            type=LinkType.DEPENDS_ON,
            need_by=data.need_by,
            rationale=data.rationale,
        )
        await create_link(session, link, actor=person)

    status = await save_form(session, form, save)
    if status != OK:
        return await _show_need(request, session, person, row, form, status=status)
    return go_to(request, f"{home_of(row.code)}#links")


async def _ask(
    request: Request, session: SessionDep, person: Actor, initiative: str, step: _Step[Any]
) -> Response:
    row = await find_initiative(session, initiative, actor=person, to=WRITE)
    refuse_step(step.step, row)
    values = {"finished_on": str(await today_of(session))} if step is _FINISH else {}
    return await _show(request, session, person, _Asked(row, step, Form(values=values)))


async def _take(
    request: Request, session: SessionDep, person: Actor, initiative: str, step: _Step[Any]
) -> Response:
    form: Form[Any] = await read_form(request, step.contract)
    row = await find_initiative(session, initiative, actor=person, to=WRITE, lock=True)

    async def save(data: Any) -> None:
        await step.change(session, row, data, actor=person)

    status = await save_form(session, form, save)
    if status == OK:
        return go_to(request, f"{home_of(row.code)}#dates")
    await session.refresh(row)
    return await _show(request, session, person, _Asked(row, step, form), status=status)


async def _show(
    request: Request, session: SessionDep, person: Actor, asked: _Asked, *, status: int = OK
) -> Response:
    row, step, form = asked
    context: dict[str, Any] = {
        "form": form,
        "initiative": row,
        "home": home_of(row.code),
        "due": word_day(row.due_on) if row.due_on else None,
        "baseline": word_day(row.due_baseline) if row.due_baseline else None,
        "decisions": await _list_decisions(session, person) if step is _CANCEL else [],
    }
    whole, part = f"initiatives/{step.name}.html", f"initiatives/_{step.name}_form.html"
    return answer_node_form(request, whole, part, context, status=status)


async def _list_decisions(session: SessionDep, person: Actor) -> list[tuple[str, str]]:
    """What was decided, the last one first, for a picker."""
    if not may(person, Permission.DECISIONS_READ):
        return []
    filters = DecisionFilter.model_validate({"status": ["decided"], "limit": MOST_DECISIONS})
    rows, _ = await list_decisions(session, filters, actor=person)
    return [(row.code, row.title) for row in reversed(rows)]


async def _show_need(
    request: Request,
    session: SessionDep,
    person: Actor,
    row: Initiative,
    form: Form[NeedForm],
    *,
    status: int = OK,
) -> Response:
    context: dict[str, Any] = {
        "form": form,
        "initiative": row,
        "home": home_of(row.code),
        "ends": await list_end_choices(session, row.id, actor=person),
    }
    return answer_node_form(
        request, "initiatives/need.html", "initiatives/_need_form.html", context, status=status
    )
