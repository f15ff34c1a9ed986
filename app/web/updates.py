"""`/updates`: what I owe, one row a value, and how a value would stand while it is being typed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict, StringConstraints

from app.deps import SessionDep
from app.models.base import PeriodText, Reference
from app.web.deps import PersonDep
from app.web.forms import Contract, blank_is_none
from app.web.render import fragments
from app.web.updates_desk import name_row, open_desk
from app.web.updates_page import find_next_due, show_desk
from app.web.updates_rows import RowState, make_row

router = APIRouter(include_in_schema=False)


class UpdatesQuery(Contract):
    """Which period is shown, which row was saved by a plain form, and after which link to go on."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    period: Annotated[PeriodText | None, BeforeValidator(blank_is_none)] = None
    saved: Annotated[str | None, BeforeValidator(blank_is_none)] = None
    links_after: UUID | None = None


class StandingQuery(Contract):
    """Which value is being typed, and what of it so far. Without a period it is that of the page."""

    period: PeriodText | None = None
    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    value: Annotated[str, StringConstraints(max_length=40)] = ""


@router.get("/updates")
async def show_updates(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[UpdatesQuery, Query()]
) -> Response:
    """The whole desk; the first open row has the focus."""
    desk = await open_desk(session, person, asked.period)
    states = {}
    if saved := next((due for due in desk.dues if name_row(due) == asked.saved and due.is_there), None):
        states[name_row(saved)] = RowState(said="Saved", may_undo=saved.recorded_by == person.id)
    if following := find_next_due(desk, asked.saved):
        states.setdefault(name_row(following), RowState(focus="value"))
    return await show_desk(request, session, desk, states, links_after=asked.links_after)


@router.get("/updates/kpis/{kpi}/standing")
async def show_standing(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    kpi: str,
    asked: Annotated[StandingQuery, Query()],
) -> Response:
    """How a value would stand while it is being typed: one cell, nothing is kept."""
    desk = await open_desk(session, person, asked.period)
    due = desk.find(kpi, asked.department, asked.period or desk.main.text)
    row = make_row(desk, due, RowState(typed={"value": asked.value}))
    return fragments(request, [("updates/_standing.html", {"row": row})])
