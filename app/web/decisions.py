"""`/decisions`: what is to be decided and what was, and one line that logs a decision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from annotated_types import Ge, Le
from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict, StringConstraints

from app.deps import SessionDep
from app.domain.decisions import DecisionStatus
from app.domain.linkage.wording import word_count
from app.domain.permissions import Actor, Permission, may, require
from app.domain.survival import median_time
from app.errors import Invalid
from app.models.base import Email, Reference
from app.models.typed_lines import TypedLine
from app.queries._find import resolve_reference
from app.queries.decision_types import list_types_in_force
from app.queries.decisions_lists import (
    DecisionCounts,
    DecisionsWanted,
    count_decision_states,
    list_decision_lines,
    list_spans,
)
from app.queries.departments import list_department_places
from app.queries.organization import today_of
from app.web.decision_lines import tell_decision
from app.web.decisions_capture import EXAMPLE, CaptureForm, log_line, read_line
from app.web.deps import PersonDep
from app.web.forms import Contract, blank_is_none, read_form
from app.web.kpis import find_departments_below
from app.web.render import fragments, go_to, is_partial, page
from app.web.told_lines import ToldLine

router = APIRouter(include_in_schema=False)
SHOWN = 100
A_YEAR = timedelta(days=365)
# Below this many, a median says little (measures.md, 8 decisions of which 4 are closed).
FEWEST_RAISED = 8
FEWEST_DECIDED = 4
State = Literal["open", "late", "review", "decided", "withdrawn"]
STATES: tuple[tuple[State, str, str], ...] = (
    ("open", "open", ""),
    ("late", "past their limit", "red"),
    ("review", "to be reviewed", "amber"),
    ("decided", "decided", "green"),
    ("withdrawn", "withdrawn", ""),
)


class DecisionsQuery(Contract):
    """What the filters of the page ask for; blank fields ask for nothing. `line`: one to be captured."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    state: Annotated[State | None, BeforeValidator(blank_is_none)] = None
    type: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    goal: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    decider: Annotated[Email | None, BeforeValidator(blank_is_none)] = None
    archived: bool = False
    page: Annotated[int, Ge(1), Le(10_000)] = 1
    line: TypedLine = ""
    logged: Reference | None = None


@dataclass(frozen=True, slots=True)
class StateChip:
    """How many decisions stand like this, with the way to them."""

    text: str
    tone: str
    href: str
    is_chosen: bool


@router.get("/decisions")
async def show_decisions(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[DecisionsQuery, Query()]
) -> Response:
    """Open decisions, then what was decided; the same address shows the same."""
    require(person, Permission.DECISIONS_READ)
    return await _show(request, session, person, asked, await read_line(session, person, asked.line))


@router.post("/decisions")
async def capture_decision(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Logs what a line says, unless a part of it says nothing."""
    require(person, Permission.DECISIONS_WRITE)
    form = await read_form(request, CaptureForm)
    capture, code = await log_line(session, person, form)
    if code is not None:
        return go_to(request, f"/decisions?{urlencode({'logged': code})}")
    if is_partial(request):
        context = {"capture": capture, "example": EXAMPLE}
        return fragments(request, [("decisions/_capture.html", context)], status=Invalid.status)
    return await _show(request, session, person, DecisionsQuery(), capture, status=Invalid.status)


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    asked: DecisionsQuery,
    capture: ToldLine,
    *,
    status: int = 200,
) -> Response:
    """The whole page around the line that captures."""
    today = await today_of(session)
    places = await list_department_places(session, actor=person)
    _, departments = find_departments_below(asked.department, places)
    wanted = await _read_wanted(session, asked, person, today, departments)
    rows = await list_decision_lines(session, wanted, actor=person)
    counts = await count_decision_states(session, _without_state(wanted), actor=person)
    lines = [tell_decision(row, today) for row in rows[: wanted.limit - 1]]
    types = await list_types_in_force(session, actor=person)
    return page(
        request,
        "decisions/list.html",
        status=status,
        asked=asked,
        capture=capture,
        example=EXAMPLE,
        logged=next((line for line in lines if line.code == asked.logged), None),
        open_lines=[line for line in lines if line.status == DecisionStatus.OPEN],
        ended_lines=[line for line in lines if line.status != DecisionStatus.OPEN],
        chips=[_make_chip(asked, each, counts) for each in STATES],
        everything=_turn(asked, state=None),
        total=counts.open + counts.decided + counts.withdrawn,
        speed=say_speed(await list_spans(session, today - A_YEAR, today=today, actor=person)),
        types=types,
        type_choices=[(each.code, each.name) for each in types],
        departments=[(place.code, place.name) for place in places],
        next_url=_turn(asked, page=asked.page + 1) if len(rows) == wanted.limit else None,
        first_url=_turn(asked, page=1) if asked.page > 1 else None,
        may_log=may(person, Permission.DECISIONS_WRITE),
        is_filtered=asked.model_dump(exclude_defaults=True, exclude={"line", "logged"}) != {},
    )


async def _read_wanted(
    session: SessionDep,
    asked: DecisionsQuery,
    person: Actor,
    today: date,
    departments: list[UUID] | None,
) -> DecisionsWanted:
    found: dict[str, Any] = {
        name: await resolve_reference(session, table, text, f"?{name}", actor=person)
        for name, table in (("type", "decision_types"), ("goal", "goals"), ("decider", "owners"))
        if (text := getattr(asked, name)) is not None
    }
    return DecisionsWanted(
        today,
        open=True if asked.state == "open" else None,
        status=DecisionStatus(asked.state) if asked.state in ("decided", "withdrawn") else None,
        past_limit=asked.state == "late",
        review_due=asked.state == "review",
        text=asked.q or None,
        departments=departments,
        archived=asked.archived,
        limit=SHOWN + 1,
        offset=(asked.page - 1) * SHOWN,
        **found,
    )


def _without_state(wanted: DecisionsWanted) -> DecisionsWanted:
    return replace(wanted, open=None, status=None, past_limit=False, review_due=False)


def _make_chip(asked: DecisionsQuery, state: tuple[State, str, str], counts: DecisionCounts) -> StateChip:
    name, words, tone = state
    number = getattr(counts, _COUNTED[name])
    chosen = asked.state == name
    href = _turn(asked, state=None if chosen else name)
    return StateChip(f"{number} {words}", tone if number else "", href, chosen)


_COUNTED: dict[State, str] = {
    "open": "open",
    "late": "past_limit",
    "review": "review_due",
    "decided": "decided",
    "withdrawn": "withdrawn",
}


def say_speed(spans: Sequence[tuple[int, bool]]) -> str | None:
    """How long decisions take, those that are open counted as open; None while there are too few."""
    decided = sum(done for _, done in spans)
    if len(spans) < FEWEST_RAISED or decided < FEWEST_DECIDED:
        return None
    median = median_time([days for days, _ in spans], [done for _, done in spans])
    of = f"of {word_count(len(spans), 'decision')} opened in the last twelve months"
    if median.value is None:
        return f"More than half {of} are still open."
    return f"Half {of} were taken within {word_count(round(median.value), 'day')}; open ones count as open."


def _turn(asked: DecisionsQuery, **changed: object) -> str:
    """The address of this page with something asked differently; a new choice begins at the first page."""
    kept = asked.model_dump(exclude_defaults=True, exclude={"line", "logged"}) | {"page": 1} | changed
    told = {name: str(value) for name, value in kept.items() if value not in (None, "", False, 1)}
    if kept.get("archived"):
        told["archived"] = "true"
    return "/decisions" + (f"?{urlencode(told)}" if told else "")
