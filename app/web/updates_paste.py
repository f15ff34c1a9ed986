"""`/updates/paste`: a column of a spreadsheet becomes values: looked at first, then the good ones applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict, StringConstraints

from app.actions.updates import type_value
from app.deps import SessionDep
from app.domain.measurements import needs_note
from app.domain.pasting import Match, match_pasted, split_pasted
from app.domain.permissions import Permission, may, require
from app.domain.scoring import Source, Status
from app.domain.states import Key, NewValue, assess_value
from app.errors import CoxswainError
from app.models.base import PeriodText
from app.models.measurements import MeasurementInput
from app.queries.measurements import find_measured_kpi
from app.queries.updates import DueValue, is_automatic
from app.web.deps import PersonDep
from app.web.event_words import say_period
from app.web.figures import write_figure
from app.web.forms import Contract, blank_is_none, read_form
from app.web.render import go_to, page
from app.web.updates_desk import Desk, name_row, open_desk
from app.web.updates_rows import read_typed_value, tell_value

router = APIRouter(include_in_schema=False)
Pasted = Annotated[str, StringConstraints(max_length=20_000)]


class PasteQuery(Contract):
    """What is pasted, for which period; `saved` says how many of it were applied before."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    period: Annotated[PeriodText | None, BeforeValidator(blank_is_none)] = None
    text: Pasted = ""
    saved: int | None = None


class ApplyForm(Contract):
    """What was previewed, and which revisions were seen then, as `row=revision`."""

    picked: PeriodText | None = None
    text: Pasted
    seen: list[str] = []  # noqa: RUF012  (pydantic copies it)


@dataclass(frozen=True, slots=True)
class PastedRow:
    """A pasted line in the preview. `seen` is empty where the line cannot be applied."""

    number: int
    pasted: str
    name: str
    before: str
    after: str
    status: Status | None
    result: str
    seen: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A pasted line, understood as far as it can be."""

    match: Match
    due: DueValue | None
    value: Decimal | None = None
    status: Status | None = None
    problem: str | None = None

    @property
    def is_good(self) -> bool:
        """Can it be applied?"""
        return self.due is not None and self.value is not None and self.problem is None


@router.get("/updates/paste")
async def show_paste(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[PasteQuery, Query()]
) -> Response:
    """The field to paste into, and what would come of what is in it."""
    desk = await open_desk(session, person, asked.period)
    return _show(request, desk, asked.text, saved=asked.saved)


@router.post("/updates/paste")
async def apply_paste(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Stores the good lines, each for itself; the others come back with what is wrong with them."""
    require(person, Permission.MEASUREMENTS_WRITE)
    form = await read_form(request, ApplyForm)
    picked, text = form.values.get("picked"), str(form.values.get("text") or "")
    if form.data is None and not text:
        return go_to(request, "/updates/paste")
    desk = await open_desk(session, person, picked if form.data else None)
    if form.data is None:
        return _show(request, desk, text, problem=next(iter(form.errors.values())), status=422)
    seen = dict(part.rpartition("=")[::2] for part in form.data.seen)
    left, saved = [], 0
    # Those who write values of several KPIs take them in the order of their ids.
    readings = read_pasted(desk, text)
    for reading in sorted(readings, key=lambda each: str(each.due.kpi_id) if each.due else ""):
        if reading.is_good and await _apply(session, desk, reading, seen):
            saved += 1
        else:
            left.append(reading)
    query = {"period": picked} if picked else {}
    if not left:
        return go_to(request, f"/updates?{urlencode(query)}" if query else "/updates")
    left.sort(key=lambda each: each.match.line.number)
    query |= {"text": _write_lines(left), "saved": str(saved)}
    return go_to(request, f"/updates/paste?{urlencode(query)}")


def _show(
    request: Request,
    desk: Desk,
    text: str,
    *,
    saved: int | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    """The page; what cannot be read stays in its field, and nothing is made of it."""
    readings = [] if problem else read_pasted(desk, text)
    return page(
        request,
        "updates/paste.html",
        status=status,
        text=text,
        problem=problem,
        lines=_write_lines(readings),
        saved=saved,
        rows=[_show_reading(reading) for reading in readings],
        good=sum(reading.is_good for reading in readings),
        names=[_name_due(desk, due) for due in desk.dues if not is_automatic(due)],
        picked=desk.picked.text if desk.picked else "",
        address=desk.address,
        period=say_period(desk.main.text),
    )


async def _apply(session: SessionDep, desk: Desk, reading: Reading, seen: dict[str, str]) -> bool:
    """Stores one line, unless the value is another one than that which the preview showed."""
    due = reading.due
    assert due is not None  # noqa: S101  (only good lines come here)
    revision = seen.get(name_row(due), "")
    data = MeasurementInput(value=reading.value, note=reading.match.line.note or due.note)
    try:
        async with session.begin_nested():
            kpi = await find_measured_kpi(
                session, str(due.kpi_id), actor=desk.person, to=Permission.MEASUREMENTS_WRITE, lock=True
            )
            key = Key(due.department_id, due.period)
            shown = int(revision) if revision.isdecimal() else due.revision
            await type_value(session, kpi, key, data, seen=shown, actor=desk.person)
    except CoxswainError:
        return False
    return True


def read_pasted(desk: Desk, text: str) -> list[Reading]:
    """Every line with its row, its value, the status this would have, and what stands in its way."""
    rows = [due for due in desk.dues if not is_automatic(due)]
    matches = match_pasted(split_pasted(text), [_list_names(due) for due in rows])
    return [_read_match(desk, match, None if match.row is None else rows[match.row]) for match in matches]


def _list_names(due: DueValue) -> set[str]:
    names = {due.code, due.name}
    return names | {f"{name}/{due.department_code}" for name in names if due.department_code}


def _name_due(desk: Desk, due: DueValue) -> str:
    several = sum(each.kpi_id == due.kpi_id for each in desk.dues) > 1
    return f"{due.code}/{due.department_code}" if several and due.department_code else due.code


def _read_match(desk: Desk, match: Match, due: DueValue | None) -> Reading:
    if due is None:
        return Reading(match, None, problem=match.problem)
    try:
        value = read_typed_value(match.line.value, due)
    except ValueError as error:
        return Reading(match, due, problem=str(error))
    if value is None:
        return Reading(match, due, problem="There is no value in this line.")
    said = NewValue(department=due.department_id, period=due.period, value=value)
    status = assess_value(said, due.direction, due.thresholds).status
    note = match.line.note or due.note
    problem = None
    if desk.lock.covers(due.period):
        problem = "Closed with its review: an executive corrects it on the page, with a reason."
    elif not may(desk.person, Permission.MEASUREMENTS_WRITE, on=due.place):
        problem = "Only its updater or owner may type it."
    elif needs_note(status, note, source=Source.MANUAL):
        problem = "Red: it needs a note. Add one in a third column, or type it on the page."
    return Reading(match, due, value, status, problem)


def _show_reading(reading: Reading) -> PastedRow:
    due, line = reading.due, reading.match.line
    return PastedRow(
        number=line.number,
        pasted=" ⇥ ".join(filter(None, (line.key, line.value, line.note))),
        name=due.name if due else "",
        before=tell_value(due) if due else "",
        after=write_figure(reading.value, due.unit) if due else "",
        status=reading.status,
        result=reading.problem or _tell_result(reading),
        seen=f"{name_row(due)}={due.revision}" if due and reading.is_good else "",
    )


def _tell_result(reading: Reading) -> str:
    due = reading.due
    if due is None or not due.is_there:
        return "new"
    return "as it is" if due.value == reading.value else f"replaces {tell_value(due)}"


def _write_lines(readings: Sequence[Reading]) -> str:
    return "\n".join(_write_line(reading) for reading in readings)


def _write_line(reading: Reading) -> str:
    """A line again, with its row by name: what is left has another order."""
    line, due = reading.match.line, reading.due
    key = line.key
    if key is None and due is None:
        key = f"line {line.number}"
    elif key is None and due is not None:
        key = f"{due.code}/{due.department_code}" if due.department_code else due.code
    return f"{key}\t{line.value}\t{line.note or ''}".rstrip("\t")
