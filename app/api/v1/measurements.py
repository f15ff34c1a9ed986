"""Measurements of a KPI in JSON, below `/kpis/{kpi}/measurements`: one by one, in bulk, and their history."""

from collections import Counter
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field, ValidationError

from app.actions.measurements import Entry, record_batch, record_value, withdraw_value
from app.api.answers import Out, PageOut, Ref, hash_body, link_next, send_bytes
from app.api.deps import ActorDep
from app.api.editing import OptionalIfMatch
from app.api.problems import FaultOut, read_fault
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.periods import Period, parse_period
from app.domain.permissions import Permission
from app.domain.scoring import Source, Status, Trend, Variation
from app.domain.states import Result
from app.errors import NotFound, Stale
from app.models.base import Instant, Number, PeriodText, Prose, Reference
from app.models.kpis import Kpi
from app.models.measurements import MeasurementBatch, MeasurementFilter, MeasurementInput, MeasurementItem
from app.queries.measurements import (
    find_measured_department,
    find_measured_kpi,
    find_measurement,
    list_measurements,
)

router = ApiRouter("/kpis/{kpi}/measurements", tag="measurements")
WRITE = Permission.MEASUREMENTS_WRITE

Department = Annotated[
    Reference | None, Query(description="Id or code of a department; left out: the whole organization.")
]


class SecondFigureOut(Out):
    """A number that stands beside a computed value, with the same evidence as the value itself."""

    name: str
    label: str
    value: Number
    unit: str
    numerator: Number | None
    denominator: Number | None
    n: int | None
    interval: tuple[Number, Number] | None


class MeasurementOut(Out):
    """One value of a KPI in one department (null: the whole organization) and period."""

    id: UUID
    kpi: Ref
    department: Ref | None
    period: str
    value: Number | None
    not_applicable: bool
    withdrawn: bool
    suppressed: bool
    numerator: Number | None
    denominator: Number | None
    n: int | None
    interval: tuple[Number, Number] | None
    note: str | None
    confidence: int | None
    reason: str | None
    explanation: str | None = Field(description="Of a computed value: what it is made of, in words.")
    seconds: list[SecondFigureOut] = Field(description="Of a computed value: the numbers beside it.")
    source: Source
    headcount: int | None
    target: Number | None
    status: Status
    status_reason: str
    trend: Trend | None
    signal: Variation | None
    revision: int
    recorded_by: str | None
    recorded_at: AwareDatetime
    known_from: AwareDatetime
    known_to: AwareDatetime | None


class BatchSummaryOut(Out):
    """How many items came to each end."""

    created: int
    revised: int
    unchanged: int
    rejected: int


class BatchItemOut(Out):
    """What became of one item."""

    index: int
    status: Result
    id: UUID | None
    errors: list[FaultOut]


class BatchOut(Out):
    """The answer to many values at once."""

    summary: BatchSummaryOut
    items: list[BatchItemOut]


@router.get("", summary="List measurements", response_model=PageOut[MeasurementOut])
async def list_measurements_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    filters: Annotated[MeasurementFilter, Query()],
) -> Response:
    """The values of a KPI by period; as of a time, or with every revision they ever had."""
    row = await find_measured_kpi(session, kpi, actor=actor)
    page = await list_measurements(session, row, filters, actor=actor)
    body = f'{{"items":[{page.items}],"next_cursor":'.encode() + orjson.dumps(page.next_cursor) + b"}"
    return send_bytes(request, body, headers=link_next(request, page.next_cursor))


@router.get("/{period}", summary="Show a measurement", response_model=MeasurementOut)
async def show_measurement_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    period: PeriodText,
    department: Department = None,
    as_of: Annotated[Instant | None, Query(description="As it was known then.")] = None,
) -> Response:
    """The value of one department, or of the whole organization, in one period."""
    row = await find_measured_kpi(session, kpi, actor=actor)
    place = await find_measured_department(session, department, actor=actor)
    found = await find_measurement(
        session, row, parse_period(period), department=place, actor=actor, as_of=as_of
    )
    return send_bytes(request, found.encode())


@router.put(
    "/{period}",
    summary="Record or correct a measurement",
    response_model=MeasurementOut,
    responses={201: {"model": MeasurementOut, "description": "The first value of this place and period."}},
)
async def put_measurement_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    period: PeriodText,
    data: MeasurementInput,
    department: Department = None,
    if_match: OptionalIfMatch = None,
) -> Response:
    """Creates (201) or revises (200) a value; the same once more changes nothing. If-Match is optional here.

    The value of a person counts as typed, so that a red one needs a note; that of a machine as imported.
    """
    row = await find_measured_kpi(session, kpi, actor=actor, to=WRITE, lock=True)
    place = await find_measured_department(session, department, actor=actor)
    when = parse_period(period)
    if if_match is not None:
        await _require_unchanged(session, if_match, row, when, department=place, actor=actor)
    outcome = await record_value(session, row, when, data, department=place, actor=actor)
    shown = (await find_measurement(session, row, when, department=place, actor=actor)).encode()
    if outcome.result is not Result.CREATED:
        return send_bytes(request, shown)
    return send_bytes(request, shown, status=201, headers={"location": _locate(request)})


@router.delete("/{period}", summary="Withdraw a measurement", response_model=MeasurementOut)
async def withdraw_measurement_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    period: PeriodText,
    department: Department = None,
    reason: Annotated[Prose | None, Query(description="Why it is withdrawn.")] = None,
) -> Response:
    """Withdraws a value, which is one more revision. A fed value that was typed over returns."""
    row = await find_measured_kpi(session, kpi, actor=actor, to=WRITE, lock=True)
    place = await find_measured_department(session, department, actor=actor)
    when = parse_period(period)
    await withdraw_value(session, row, when, department=place, reason=reason, actor=actor)
    shown = await find_measurement(session, row, when, department=place, actor=actor)
    return send_bytes(request, shown.encode())


@router.post("", summary="Record many measurements", response_model=BatchOut)
async def record_batch_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    data: MeasurementBatch,
    atomic: Annotated[
        bool, Query(description="One bad item refuses all; false: the good are stored.")
    ] = True,
) -> Response:
    """Stores up to 10,000 values of one KPI; the same again changes nothing. Every item is answered."""
    row = await find_measured_kpi(session, kpi, actor=actor, to=WRITE, lock=True)
    entries = [_read_entry(index, item) for index, item in enumerate(data.items)]
    await record_batch(session, row, entries, actor=actor, atomic=atomic)
    items = [_show_entry(entry) for entry in entries]
    counted = Counter(item["status"] for item in items)
    summary = {name: counted[name] for name in BatchSummaryOut.model_fields}
    return send_bytes(request, orjson.dumps({"summary": summary, "items": items}))


async def _require_unchanged(
    session: SessionDep, if_match: str, kpi: Kpi, period: Period, *, department: UUID | None, actor: ActorDep
) -> None:
    """Refuses a correction of another value than the one that was seen; `*` means whatever is there."""
    seen = [part.strip() for part in if_match.split(",")]
    try:
        found = await find_measurement(session, kpi, period, department=department, actor=actor)
        etag = f'"{hash_body(found.encode())}"'
    except NotFound:
        etag = '"none"'
    if "*" not in seen and etag not in seen:
        raise Stale("Somebody changed this value since you read it. Read it again, then repeat.", etag=etag)


def _locate(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}".rstrip("?")


def _read_entry(index: int, item: Any) -> Entry:
    """One item, or what is wrong with its shape."""
    try:
        return Entry(index, MeasurementItem.model_validate(item))
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        return Entry(
            index,
            faults=[read_fault({**each, "loc": ("body", "items", index, *each["loc"])}) for each in faults],
        )


def _show_entry(entry: Entry) -> dict[str, Any]:
    outcome = entry.outcome
    is_stored = outcome is not None and outcome.fault is None
    return {
        "index": entry.index,
        "status": outcome.result if outcome and is_stored else Result.REJECTED,
        "id": str(outcome.measurement.id) if outcome and is_stored and outcome.measurement else None,
        "errors": [
            {"pointer": each.pointer, "code": each.code, "detail": each.detail} for each in entry.faults
        ],
    }
