"""A row of *My updates* as the template prints it: what was before, what is aimed at, what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.domain.numerals import MAX_NUMBER, format_number, read_typed_number
from app.domain.permissions import Permission, may
from app.domain.reviews import reviewing_month
from app.domain.scoring import Assessment, Direction, Source, Status
from app.domain.states import NewValue, assess_value
from app.queries.updates import DueValue, is_automatic
from app.queries.updates_around import OpenAction
from app.web.charts import sparkline
from app.web.event_words import say_period
from app.web.figures import write_aim, write_figure, write_hidden_below, write_unit
from app.web.forms import Form
from app.web.updates_asked import AskedView, AskingForm, make_asked
from app.web.updates_desk import Desk, asks_reason, is_override, name_row

CONFIDENCES = [(str(number), f"{number}/5") for number in range(1, 6)]
ACTION_DAYS = 28
_ORIGINS = {
    Source.FED: "fed",
    Source.COMPUTED: "computed",
    Source.AGGREGATED: "from the departments below",
    Source.IMPORTED: "imported",
}


@dataclass(frozen=True, slots=True)
class Clash:
    """Two values for one place: what somebody else said meanwhile, and what was typed here."""

    theirs: str
    who: str
    mine: str


@dataclass(frozen=True, slots=True)
class RowState:
    """What happened to a row in this request: what was typed and refused, or what was said of it."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    may_undo: bool = False
    clash: bool = False
    focus: str = ""
    asking: Form[AskingForm] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRow:
    """One KPI of one department, ready to print."""

    id: str
    code: str
    name: str
    field_name: str
    place: str
    period: str
    department: str
    picked: str
    query: str
    seen: int
    last: str
    last_period: str
    spark: Markup | None
    aim: str
    unit: str
    is_automatic: bool
    is_override: bool
    asks_reason: bool
    may_write: bool
    is_done: bool
    shown: str
    origin: str
    values: Mapping[str, Any]
    errors: Mapping[str, str]
    replaces: str
    delta: str
    worse: bool
    status: Status
    why: str
    note_required: bool
    said: str
    may_undo: bool
    locked_by: str
    asked: AskedView | None
    clash: Clash | None
    focus: str
    asks_action: bool
    actions: list[str]
    free_actions: list[tuple[str, str]]
    people: list[tuple[str, str]]


def make_row(desk: Desk, due: DueValue, state: RowState | None = None) -> UpdateRow:
    """A row as it stands, with what this request did to it."""
    state = state or RowState()
    automatic, mine = is_automatic(due), [each for each in desk.actions if each.kpi_id == due.kpi_id]
    note_required, (status, reason) = "note" in state.errors, _assess_field(due, state)
    locked = desk.lock.covers(due.period)
    writes = may(desk.person, Permission.MEASUREMENTS_WRITE, on=due.place)
    writes = writes and (desk.lock.corrects or not locked)
    delta, worse = _tell_delta(due, _find_number(due, state))
    return UpdateRow(
        id=name_row(due),
        code=due.code,
        name=due.name,
        field_name=_name_field(desk, due),
        place=_tell_place(desk, due),
        period=due.period.text,
        department=due.department_code or "",
        picked=desk.picked.text if desk.picked else "",
        query=urlencode({"period": due.period.text, "department": due.department_code or ""}),
        seen=due.revision,
        last=write_figure(due.last[1], due.unit) if due.last else "—",
        last_period=say_period(due.last[0]) if due.last else "",
        spark=_draw_past(due),
        aim=_tell_aim(due),
        unit=write_unit(due.unit).strip(),
        is_automatic=automatic,
        is_override=is_override(due),
        asks_reason=asks_reason(desk, due),
        may_write=writes,
        is_done=due.is_there,
        shown=tell_value(due),
        origin=_tell_origin(due, desk.zone) if automatic or due.source is Source.IMPORTED else "",
        values={**_fill(due), **state.typed},
        errors=state.errors,
        replaces="" if automatic else _tell_replaced(due, desk, state),
        delta=delta,
        worse=worse,
        status=status,
        why=reason if due.is_there or state.typed else "",
        note_required=note_required or status is Status.RED,
        said=state.said,
        may_undo=state.may_undo and not locked,
        locked_by=reviewing_month(due.period.last_day) if locked else "",
        asked=make_asked(desk, due, state.asking),
        clash=_make_clash(due, desk, state) if state.clash else None,
        focus=state.focus,
        asks_action=status is Status.RED and not mine and writes,
        actions=[_tell_action(each) for each in mine],
        free_actions=[(each.code, _tell_action(each)) for each in desk.actions if each.kpi_id is None],
        people=desk.people,
    )


def _assess_field(due: DueValue, state: RowState) -> Assessment:
    """How what stands in the field is read: what was typed and refused, else what is stored."""
    if not state.typed:
        status = due.status if due.is_there and due.status else Status.UNKNOWN
        return Assessment(status, due.status_reason or "")
    said = NewValue(department=due.department_id, period=due.period, value=_find_number(due, state))
    return assess_value(said, due.direction, due.thresholds)


def _find_number(due: DueValue, state: RowState) -> Decimal | None:
    """The number that stands in the field; None where it holds none."""
    if not state.typed:
        return due.value if due.is_there else None
    if state.typed.get("not_applicable"):
        return None
    try:
        return read_typed_value(str(state.typed.get("value") or ""), due)
    except ValueError:
        return None


def read_typed_value(text: str, due: DueValue) -> Decimal | None:
    """A typed value, with or without its unit behind it; None for nothing, `ValueError` with a sentence."""
    plain = text.strip().removesuffix(write_unit(due.unit).strip()).strip()
    if not plain:
        return None
    value = read_typed_number(plain)
    if abs(value) > MAX_NUMBER:
        raise ValueError("Numbers go up to 10 to the power of 15.")
    return value


def _name_field(desk: Desk, due: DueValue) -> str:
    """The KPI's name; where it is owed for several departments, with that of the department."""
    several = sum(each.kpi_id == due.kpi_id for each in desk.dues) > 1
    return f"{due.name}, {due.department_name or 'whole organization'}" if several else due.name


def _tell_place(desk: Desk, due: DueValue) -> str:
    """What the header of the page does not say: another department, another period."""
    places = {each.department_id for each in desk.dues}
    parts = [due.department_name or "Whole organization"] if len(places) > 1 else []
    if due.period != desk.main:
        parts.append(say_period(due.period.text))
    return " · ".join(parts)


def _fill(due: DueValue) -> dict[str, Any]:
    """What the fields hold before anybody types."""
    there = due.is_there and not is_automatic(due)
    return {
        "value": format_number(due.value) if there and due.value is not None else "",
        "not_applicable": there and due.not_applicable,
        "note": (due.note or "") if there else "",
        "confidence": str(due.confidence) if there and due.confidence else "",
        "reason": "",
        "action_pick": "",
        "action_what": "",
        "action_owner": "",
        "action_due": "",
    }


def _draw_past(due: DueValue) -> Markup | None:
    values: list[Decimal | None] = [value for _, value in due.past]
    if due.is_there and due.value is not None:
        values.append(due.value)
    if len(values) < 2:
        return None
    target = due.thresholds.target if due.thresholds else None
    return sparkline(values, label=f"{due.name}, last {len(values)} values", target=target, width=72)


def _tell_aim(due: DueValue) -> str:
    limits = due.thresholds
    if limits is None:
        return "—"
    return write_aim(due.direction, due.unit, target=limits.target, low=limits.low, high=limits.high)


def tell_value(due: DueValue) -> str:
    """The value that is there now, with its unit."""
    if not due.is_there:
        return "—"
    if due.hidden_below is not None:
        return write_hidden_below(due.hidden_below)
    if due.not_applicable:
        return "n/a"
    return write_figure(due.value, due.unit)


def _tell_origin(due: DueValue, zone: ZoneInfo) -> str:
    """Where an automatic value comes from, and when it came."""
    if not due.is_there or due.source is None or due.recorded_at is None:
        return "fed; nothing has come yet"
    parts = [_ORIGINS.get(due.source, due.source.value)]
    if due.n is not None:
        parts.append(f"n = {due.n}")
    return ", ".join([*parts, _tell_day(due.recorded_at, zone)])


def _tell_day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%-d %b}"


def _tell_replaced(due: DueValue, desk: Desk, state: RowState) -> str:
    """Who said what is there now; nothing right after one's own saving."""
    if not due.is_there or due.recorded_at is None or state.may_undo:
        return ""
    who = "you" if due.recorded_by == desk.person.id else due.recorded_by_name or "somebody"
    return f"replaces {tell_value(due)} entered by {who} on {_tell_day(due.recorded_at, desk.zone)}"


def _tell_delta(due: DueValue, value: Decimal | None) -> tuple[str, bool]:
    """How far the value moved since the one before, and whether that is the wrong way."""
    if value is None or due.last is None:
        return "", False
    moved = value - due.last[1]
    if not moved:
        return "→ 0", False
    worse = {Direction.HIGHER: moved < 0, Direction.LOWER: moved > 0}.get(due.direction, False)
    sign = "↑ +" if moved > 0 else "↓ −"
    return f"{sign}{write_figure(abs(moved), 'count')}", worse


def _make_clash(due: DueValue, desk: Desk, state: RowState) -> Clash:
    when = ""
    if due.recorded_at is not None:
        when = f", {due.recorded_at.astimezone(desk.zone):%-d %b %H:%M}"
    who = "you, elsewhere" if due.recorded_by == desk.person.id else due.recorded_by_name or "a feed"
    theirs = tell_value(due) if due.is_there else "no value"
    mine = "n/a" if state.typed.get("not_applicable") else str(state.typed.get("value") or "no value")
    return Clash(theirs=theirs, who=f"{who}{when}", mine=mine)


def _tell_action(action: OpenAction) -> str:
    return f"{action.what} · {action.owner}, by {action.due_on:%-d %b}"


def first_action_day(desk: Desk) -> str:
    """The day an action is due by when nobody says another one."""
    return str(desk.today + timedelta(days=ACTION_DAYS))
