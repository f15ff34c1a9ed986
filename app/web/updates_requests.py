"""Asking on *My updates* for another value of a closed period, and taking that back."""

from fastapi import APIRouter, Request, Response

from app.actions.change_requests import ask_for_change, withdraw_change
from app.deps import SessionDep
from app.domain.permissions import Permission, require
from app.errors import CoxswainError, Invalid, NotFound
from app.models.change_requests import ChangeRequestInput
from app.queries.change_requests import hold_change_request
from app.queries.updates import DueValue
from app.web.deps import PersonDep
from app.web.forms import Form, read_form
from app.web.saving import OK, save_form
from app.web.updates_asked import AskedPlace, AskingForm
from app.web.updates_desk import Desk, name_row, open_desk
from app.web.updates_page import answer_refused_row, answer_saved_row
from app.web.updates_rows import RowState, read_typed_value

router = APIRouter(include_in_schema=False, prefix="/updates/kpis/{kpi}/request")
WRITE = Permission.MEASUREMENTS_WRITE


@router.post("")
async def ask_on_desk(request: Request, session: SessionDep, person: PersonDep, kpi: str) -> Response:
    """Asks for another value. What is refused stays typed, with the reason beside it."""
    require(person, WRITE)
    form = await read_form(request, AskingForm)
    if form.data is None and form.errors.keys() & AskedPlace.model_fields.keys():
        raise Invalid("The form was not sent whole. Load the page again.")
    desk = await open_desk(session, person, form.values.get("picked"))
    due = desk.find(kpi, form.values.get("department"), form.values.get("period"))
    status = await _try_asking(session, form, desk, due)
    if status != OK:
        states = {name_row(due): RowState(asking=form)}
        return await answer_refused_row(request, session, desk, due, states, status=status)
    desk = await open_desk(session, person, form.values.get("picked"))
    return answer_saved_row(request, desk, due, RowState(said="Asked"))


@router.post("/withdraw")
async def withdraw_on_desk(request: Request, session: SessionDep, person: PersonDep, kpi: str) -> Response:
    """Takes back what was asked for."""
    require(person, WRITE)
    form = await read_form(request, AskedPlace)
    if form.data is None:
        raise Invalid("The form was not sent whole. Load the page again.")
    desk = await open_desk(session, person, form.data.picked)
    due = desk.find(kpi, form.data.department, form.data.period)
    last = desk.find_asked(due)
    if last is None:
        raise NotFound("Nothing was asked for here.")
    state, status = RowState(said="Taken back"), OK
    try:
        async with session.begin_nested():
            row = await hold_change_request(session, str(last.request.id), actor=person)
            await withdraw_change(session, row, actor=person)
    except CoxswainError as error:
        state, status = RowState(asking=Form(errors={"": error.detail})), error.status
    desk = await open_desk(session, person, form.data.picked)
    if status != OK:
        return await answer_refused_row(request, session, desk, due, {name_row(due): state}, status=status)
    return answer_saved_row(request, desk, due, state)


async def _try_asking(session: SessionDep, form: Form[AskingForm], desk: Desk, due: DueValue) -> int:
    value = None
    if "wanted" not in form.errors:
        try:
            value = read_typed_value(str(form.values.get("wanted") or ""), due)
        except ValueError as problem:
            form.errors["wanted"] = str(problem)
    if value is None or form.data is None or form.errors:
        form.data = None
        return Invalid.status
    wanted = value

    async def save(data: AskingForm) -> None:
        asked = ChangeRequestInput(
            kpi=str(due.kpi_id),
            department=due.department_code,
            period=due.period.text,
            value=wanted,
            reason=data.why,
        )
        await ask_for_change(session, asked, actor=desk.person)

    return await save_form(session, form, save)
