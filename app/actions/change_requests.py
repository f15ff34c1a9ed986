"""Asking for another value of a closed period, and answering that: accepting writes it like a typed one."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._assess import lock_kpi
from app.actions._write import add_record, change_record, take_lock
from app.actions.measurements import find_value_faults, place_of_value, record_value
from app.domain.change_requests import RequestState, say_why_corrected, why_not_answered
from app.domain.period_locks import may_correct
from app.domain.periods import parse_period
from app.domain.permissions import Actor, ActorKind, Permission, require
from app.domain.states import Key, NewValue
from app.errors import Conflict, Forbidden, Invalid
from app.models.change_requests import ChangeRequest, ChangeRequestInput, ChangeRequestRefusal
from app.models.kpis import Kpi
from app.models.measurements import MeasurementInput
from app.models.owners import Owner
from app.queries._find import resolve_reference
from app.queries.boards import read_board
from app.queries.change_requests import count_change_requests, find_locking_review, find_open_request
from app.queries.organization import today_of

WRITE = Permission.MEASUREMENTS_WRITE


async def ask_for_change(
    session: AsyncSession, data: ChangeRequestInput, *, actor: Actor
) -> tuple[ChangeRequest, bool]:
    """Asks whoever may correct a locked value to do so; tells, too, whether that is a new request.

    There is one of a KPI, department and period at a time: asking again replaces what it asks for. The
    value itself stays as it is.
    """
    require(actor, WRITE)
    if actor.kind is not ActorKind.PERSON:
        raise Forbidden("A person asks for a change, so that somebody hears what becomes of it.")
    kpi, key = await _find_value(session, data, actor)
    today = await today_of(session)
    value = NewValue(department=key.department, period=key.period, value=data.value, reason=data.reason)
    if faults := find_value_faults(kpi, value, today=today):
        raise Invalid(faults[0].detail, code=faults[0].code, faults=tuple(faults))
    review_id = await find_locking_review(session, key.period)
    if review_id is None:
        raise Conflict(f"{key.period} is not locked: type the value itself.", code="not_locked")
    told = {"value": data.value, "reason": data.reason, "asked_by_id": actor.id, "asked_on": today}
    if (row := await find_open_request(session, kpi.id, key)) is not None:
        await change_record(session, row, told, actor=actor, action="asked_again")
        return row, False
    await take_lock(session, "change_requests")
    place = {"kpi_id": kpi.id, "department_id": key.department, "period": key.period.text}
    code = f"CR-{await count_change_requests(session) + 1}"
    values = {"code": code, "review_id": review_id} | place | told
    return await add_record(session, ChangeRequest, values, actor=actor), True


async def accept_change(session: AsyncSession, request: ChangeRequest, *, actor: Actor) -> None:
    """Writes what is asked for and why, as whoever may correct the value would have typed it."""
    _require_open(request, actor)
    kpi = await session.get_one(Kpi, request.kpi_id)
    period = parse_period(request.period)
    data = await _read_correction(session, kpi, request)
    await record_value(session, kpi, period, data, department=request.department_id, actor=actor)
    await _answer(session, request, {"state": RequestState.ACCEPTED}, actor=actor)


async def decline_change(
    session: AsyncSession, request: ChangeRequest, data: ChangeRequestRefusal, *, actor: Actor
) -> None:
    """Leaves the value as it is, and says why."""
    _require_open(request, actor)
    await _answer(session, request, {"state": RequestState.DECLINED, "answer": data.reason}, actor=actor)


async def withdraw_change(session: AsyncSession, request: ChangeRequest, *, actor: Actor) -> None:
    """Takes a request back: who asked does, or who may ask there."""
    if actor.id != request.asked_by_id:
        kpi = await session.get_one(Kpi, request.kpi_id)
        require(actor, WRITE, on=place_of_value(kpi, request.department_id))
    _refuse_answered(request)
    await change_record(session, request, {"state": RequestState.WITHDRAWN}, actor=actor, action="withdrawn")


async def _find_value(session: AsyncSession, data: ChangeRequestInput, actor: Actor) -> tuple[Kpi, Key]:
    """The KPI, held so that nobody else asks or answers meanwhile, and which of its values it is."""
    kpi_id = await resolve_reference(session, "kpis", data.kpi, "/kpi", actor=actor)
    place = data.department and await resolve_reference(
        session, "departments", data.department, "/department", actor=actor
    )
    department = place or None
    kpi = await session.get_one(Kpi, kpi_id)
    require(actor, WRITE, on=place_of_value(kpi, department))
    await lock_kpi(session, kpi)
    if kpi.archived_at is not None:
        raise Conflict(f"{kpi.code} is archived and takes no values.", code="archived")
    return kpi, Key(department, parse_period(data.period))


async def _read_correction(session: AsyncSession, kpi: Kpi, request: ChangeRequest) -> MeasurementInput:
    """What is written: note and confidence stay; where there is no note, the reason is one."""
    key = Key(request.department_id, parse_period(request.period))
    current = (await read_board(session, kpi, [key.period])).states.get(key)
    said = current.content if current is not None and current.content.value is not None else None
    asker = await session.get_one(Owner, request.asked_by_id)
    return MeasurementInput(
        value=request.value,
        note=(said.note if said else None) or request.reason,
        confidence=said.confidence if said else None,
        reason=say_why_corrected(request.reason, asker.name),
    )


def _require_open(request: ChangeRequest, actor: Actor) -> None:
    """Only whoever may correct a locked value answers, and only once."""
    if not may_correct(actor):
        raise Forbidden("What a closed review locks is corrected by executives and administrators.")
    _refuse_answered(request)


def _refuse_answered(request: ChangeRequest) -> None:
    if (why := why_not_answered(request.state)) is not None:
        raise Conflict(why, code="wrong_state")


async def _answer(
    session: AsyncSession, request: ChangeRequest, values: dict[str, Any], *, actor: Actor
) -> None:
    said = {"answered_on": await today_of(session), "answered_by": actor.name}
    await change_record(session, request, values | said, actor=actor, action=str(values["state"]))
