"""Saving a row of *My updates*, and undoing it: what was typed becomes a value, or stays with its faults."""

from collections.abc import Mapping
from typing import Annotated, Any

from annotated_types import Ge, Le
from fastapi import APIRouter, Request, Response

from app.actions.commitments import create_commitment, tie_commitment
from app.actions.updates import CHANGED, type_value, undo_value
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, require
from app.domain.states import Key, Result
from app.errors import Conflict, CoxswainError, Fault, Invalid
from app.models.base import Day, Line, PeriodText, Prose, Reference
from app.models.commitments import CommitmentInput
from app.models.measurements import MeasurementInput
from app.queries.commitments import find_commitment
from app.queries.measurements import find_measured_kpi
from app.queries.updates import DueValue, is_automatic
from app.web.deps import PersonDep
from app.web.forms import Contract, Form, read_form
from app.web.updates_desk import Desk, asks_reason, name_row, open_desk
from app.web.updates_page import answer_refused_row, answer_saved_row
from app.web.updates_rows import RowState, read_typed_value

router = APIRouter(include_in_schema=False)
WRITE = Permission.MEASUREMENTS_WRITE
MISSING = "Type a value, or tick n/a and say why."


class PlaceForm(Contract):
    """Which value a row is about, and which revision of it was seen."""

    picked: PeriodText | None = None
    period: PeriodText
    department: Reference | None = None
    seen: int


class ValueForm(PlaceForm):
    """What a row asks for: a value or why there is none, and the action of a red one."""

    value: str | None = None
    not_applicable: bool = False
    note: Prose | None = None
    confidence: Annotated[int, Ge(1), Le(5)] | None = None
    reason: Prose | None = None
    action_pick: Reference | None = None
    action_what: Line | None = None
    action_owner: Reference | None = None
    action_due: Day | None = None


@router.post("/updates/kpis/{kpi}")
async def save_update(request: Request, session: SessionDep, person: PersonDep, kpi: str) -> Response:
    """Saves a row. What is refused stays typed, with the reason beside it."""
    require(person, WRITE)
    form = await read_form(request, ValueForm)
    if form.data is None and not _is_told(form):
        raise Invalid("The row was not sent whole. Load the page again.")
    picked = form.values.get("picked")
    desk = await open_desk(session, person, picked)
    due = desk.find(kpi, form.values.get("department"), form.values.get("period"))
    values = None if _is_action_only(form, due) else _read_value(form, desk, due)
    if not form.errors:
        try:
            async with session.begin_nested():
                result = await _keep_row(session, form, due, values, actor=person)
        except CoxswainError as error:
            desk = await open_desk(session, person, picked)
            return await _refuse(request, session, desk, due, form, error)
        desk = await open_desk(session, person, picked)
        undo = result is not Result.UNCHANGED
        return answer_saved_row(request, desk, due, RowState(said="Saved", may_undo=undo))
    return await _refuse(request, session, desk, due, form, None)


@router.post("/updates/kpis/{kpi}/undo")
async def undo_update(request: Request, session: SessionDep, person: PersonDep, kpi: str) -> Response:
    """Brings back what stood before the last saving of a row."""
    require(person, WRITE)
    form = await read_form(request, PlaceForm)
    if form.data is None:
        raise Invalid("The row was not sent whole. Load the page again.")
    desk = await open_desk(session, person, form.data.picked)
    due = desk.find(kpi, form.data.department, form.data.period)
    state = RowState(said="Undone", focus="value")
    try:
        async with session.begin_nested():
            row = await find_measured_kpi(session, str(due.kpi_id), actor=person, to=WRITE, lock=True)
            key = Key(due.department_id, due.period)
            await undo_value(session, row, key, revision=form.data.seen, actor=person)
    except Conflict as error:
        # The row as it is now, because nothing was typed that could be lost.
        desk = await open_desk(session, person, form.data.picked)
        states = {name_row(due): RowState(errors={"": error.detail})}
        return await answer_refused_row(request, session, desk, due, states, status=error.status)
    desk = await open_desk(session, person, form.data.picked)
    return answer_saved_row(request, desk, due, state)


def _is_told(form: Form[ValueForm]) -> bool:
    """Are the fields that the page itself wrote in order?"""
    return not form.errors.keys() & {"period", "department", "seen", "picked"}


def _is_action_only(form: Form[ValueForm], due: DueValue) -> bool:
    """Is it about the action of a value that comes by itself?"""
    typed = {name for name in ("value", "not_applicable", "reason") if form.values.get(name)}
    acts = form.values.get("action_what") or form.values.get("action_pick")
    return is_automatic(due) and not typed and bool(acts)


def _read_value(form: Form[ValueForm], desk: Desk, due: DueValue) -> MeasurementInput | None:
    """What was typed as an input; faults land in the form."""
    number = None
    try:
        number = read_typed_value(str(form.values.get("value") or ""), due)
    except ValueError as problem:
        form.errors.setdefault("value", str(problem))
    absent = bool(form.values.get("not_applicable"))
    if absent and number is not None and number == due.value:
        # The field still holds what is stored: ticking n/a is meant to replace it.
        number = None
    if number is None and not absent:
        form.errors.setdefault("value", MISSING)
    if asks_reason(desk, due) and not form.values.get("reason"):
        locked = desk.lock.covers(due.period)
        why = "Say why it is corrected now." if locked else "Say why this is not what comes by itself."
        form.errors.setdefault("reason", why)
    if form.data is None or form.errors:
        return None
    return MeasurementInput(
        value=number,
        not_applicable=absent,
        note=form.data.note,
        confidence=form.data.confidence,
        reason=form.data.reason,
    )


async def _keep_row(
    session: SessionDep,
    form: Form[ValueForm],
    due: DueValue,
    values: MeasurementInput | None,
    *,
    actor: Actor,
) -> Result:
    """The value, unless it comes by itself, and the action that a red one asks for: both or neither."""
    assert form.data is not None  # noqa: S101  (there are no errors)
    result = Result.UNCHANGED
    if values is not None:
        row = await find_measured_kpi(session, str(due.kpi_id), actor=actor, to=WRITE, lock=True)
        key = Key(due.department_id, due.period)
        outcome = await type_value(session, row, key, values, seen=form.data.seen, actor=actor)
        result = outcome.result
    try:
        await _keep_action(session, form.data, due, actor=actor)
    except CoxswainError as error:
        raise _rename_faults(error) from error
    return result


async def _keep_action(session: SessionDep, data: ValueForm, due: DueValue, *, actor: Actor) -> None:
    if data.action_pick:
        found = await find_commitment(
            session, data.action_pick, actor=actor, to=Permission.COMMITMENTS_WRITE, lock=True
        )
        await tie_commitment(session, found, str(due.kpi_id), actor=actor)
    elif data.action_what:
        if data.action_due is None:
            raise Invalid.at("/due_on", "required", "By when?")
        made = CommitmentInput(
            what=data.action_what,
            due_on=data.action_due,
            owner=data.action_owner or str(actor.id),
            kpi=str(due.kpi_id),
        )
        await create_commitment(session, made, actor=actor)


def _rename_faults(error: CoxswainError) -> CoxswainError:
    """The faults of a commitment, at the fields of the row that asked for it."""
    names = {"/what": "/action_what", "/due_on": "/action_due", "/owner": "/action_owner"}
    faults = tuple(
        Fault(names.get(each.pointer, "/action_what"), each.code, each.detail) for each in error.faults
    ) or (Fault("/action_what", error.code, error.detail),)
    return type(error)(error.detail, code=error.code, faults=faults)


async def _refuse(
    request: Request,
    session: SessionDep,
    desk: Desk,
    due: DueValue,
    form: Form[ValueForm],
    error: CoxswainError | None,
) -> Response:
    """The row with what was typed and what is wrong with it: 409 when somebody else was faster, else 422."""
    clash = isinstance(error, Conflict) and error.code == CHANGED
    if error is not None and not clash:
        form.refuse(error)
    state = RowState(
        typed=_keep_typed(form.values), errors=form.errors, clash=clash, focus=_choose_focus(form, clash)
    )
    status = error.status if error is not None and error.status in (403, 409) else 422
    return await answer_refused_row(request, session, desk, due, {name_row(due): state}, status=status)


def _keep_typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if value is not None else ""
        for name, value in values.items()
        if name in ValueForm.model_fields.keys() - PlaceForm.model_fields.keys()
    }


def _choose_focus(form: Form[ValueForm], clash: bool) -> str:
    if clash:
        return "mine"
    return next((name for name in form.errors if name), "value")
