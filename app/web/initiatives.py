"""`/initiatives`: every initiative on one scale of time, and the page of one. Forms: `initiatives_edit`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from annotated_types import Ge, Le
from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup
from pydantic import BeforeValidator, ConfigDict

from app.deps import SessionDep
from app.domain import initiatives as rules
from app.domain.linkage.wording import word_count, word_day
from app.domain.permissions import Actor, Permission, may
from app.domain.words import InitiativeStatus
from app.errors import Conflict
from app.models.base import Email, Reference, write_number
from app.models.initiatives import Initiative, InitiativeDate, InitiativeDateFilter
from app.queries.departments import list_department_places
from app.queries.goals_rows import read_plan_graph
from app.queries.initiatives import (
    find_initiative,
    list_due_dates,
    load_initiative_links,
    load_initiative_references,
    place_of_initiative,
)
from app.queries.initiatives_table import InitiativeSearch, InitiativeTableRow, list_initiative_table
from app.queries.organization import today_of
from app.queries.owners import list_owner_choices
from app.web.charts import fit_time, time_axis, time_bar
from app.web.deps import PersonDep
from app.web.forms import Contract, Form, blank_is_none
from app.web.goals_tree import address_of
from app.web.initiative_lines import (
    OVER,
    RECENTLY,
    TONES,
    judge_row,
    make_time_bar,
    say_due,
    say_pace,
    tell_initiatives,
)
from app.web.kpis import find_departments_below
from app.web.nodes import Step, list_ways, read_node_parts
from app.web.nodes_edit import may_add_objectives
from app.web.render import page

router = APIRouter(include_in_schema=False)
SHOWN = 100
MOST_DATES = 200
# Of a picture: the first where there is room, else the second.
WIDTHS = (720, 320)


class InitiativesQuery(Contract):
    """What the filters ask for; blank fields ask for nothing."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    owner: Annotated[Email | None, BeforeValidator(blank_is_none)] = None
    status: Annotated[InitiativeStatus | None, BeforeValidator(blank_is_none)] = None
    page: Annotated[int, Ge(1), Le(10_000)] = 1


@dataclass(frozen=True, slots=True)
class DateLine:
    """A due date as it was given."""

    day: str
    note: str
    reason: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Aim:
    """What an initiative is for, and how that reaches the goals."""

    href: str
    code: str
    title: str
    ways: list[list[Step]]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture of its dates, as wide as a screen or as narrow as a phone."""

    axes: list[Markup]
    bars: list[Markup]


@router.get("/initiatives")
async def show_initiatives_page(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[InitiativesQuery, Query()]
) -> Response:
    """All of them, what is late first; the same address shows the same."""
    places = await list_department_places(session, actor=person)
    _, departments = find_departments_below(asked.department, places)
    today = await today_of(session)
    wanted = InitiativeSearch(
        departments=departments,
        owner=asked.owner,
        statuses=None if asked.status is None else [asked.status],
        over_since=today - RECENTLY if asked.status is None else None,
        limit=SHOWN + 1,
        offset=(asked.page - 1) * SHOWN,
    )
    rows = await list_initiative_table(session, wanted, actor=person)
    return page(
        request,
        "initiatives/list.html",
        asked=asked,
        table=tell_initiatives(rows[:SHOWN], today, over="Over" if asked.status else OVER),
        departments=[(place.code, place.name) for place in places],
        owners=await list_owner_choices(session, actor=person),
        states=[(each.value, each.value) for each in InitiativeStatus],
        is_filtered=bool(asked.department or asked.owner or asked.status),
        earlier=[
            (each.value, _turn(asked, 1, status=each.value)) for each in sorted(rules.CLOSED, reverse=True)
        ]
        if asked.status is None
        else [],
        next_url=_turn(asked, asked.page + 1) if len(rows) > SHOWN else None,
        first_url=_turn(asked, 1) if asked.page > 1 else None,
        may_add=may_add_objectives(person),
    )


def _turn(asked: InitiativesQuery, number: int, **changed: str) -> str:
    kept = {**asked.model_dump(mode="json", exclude_none=True), **changed, "page": number}
    return f"/initiatives?{urlencode(kept)}"


@router.get("/initiatives/{initiative}")
async def show_initiative_page(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    initiative: str,
    history: Literal["all"] | None = None,
) -> Response:
    """One initiative: its dates with the baseline, what it is for, what it needs and who needs it."""
    row = await find_initiative(session, initiative, actor=person)
    context = await describe_initiative(session, row, person, every_event=history == "all")
    return page(request, "initiatives/show.html", **context)


async def describe_initiative(
    session: SessionDep, row: Initiative, person: Actor, *, every_event: bool = False
) -> dict[str, Any]:
    """Everything on the page of an initiative, in a fixed number of statements."""
    links = (await load_initiative_links(session, [row.id]))[row.id]
    names = await load_initiative_references(session, [row], {row.id: links})
    dates, _ = await list_due_dates(session, row.id, InitiativeDateFilter(limit=MOST_DATES))
    graph = await read_plan_graph(session, actor=person)
    told = _read_row(row, [each.due_on for each in dates])
    may_edit = row.archived_at is None and may(person, Permission.GOALS_WRITE, on=place_of_initiative(row))
    pace, _ = judge_row(told, graph.today)
    return {
        "initiative": row,
        "progress": write_number(row.progress),
        "pace": say_pace(told, graph.today),
        "tone": TONES[pace],
        "due": say_due(told),
        "baseline": word_day(row.due_baseline) if row.due_baseline else None,
        "starts": word_day(row.starts_on) if row.starts_on else None,
        "department": names[row.department_id],
        "partners": sorted(names[each] for each in links.departments),
        "owner": names.get(row.owner_id) if row.owner_id else None,
        "decision": names.get(row.cancelled_by_id) if row.cancelled_by_id else None,
        "aims": [
            Aim(address_of(node.kind, node.code), node.code, node.title, list_ways(graph, node.id))
            for node in graph.nodes
            if node.id in links.supports
        ],
        "dates": tell_dates(dates),
        "picture": _draw(told, graph.today),
        "node": await read_node_parts(
            session, row.id, person=person, today=graph.today, every_event=every_event
        ),
        "may_edit": may_edit,
        "is_running": row.status in rules.RUNNING,
        "is_closed": row.status in rules.CLOSED,
        "progress_form": Form(values={"progress": str(write_number(row.progress))}),
    }


def tell_dates(dates: Sequence[InitiativeDate]) -> list[DateLine]:
    """The due dates in words, the baseline first."""
    lines = []
    for each in dates:
        note = "the baseline, with which it began"
        if each.due_before is not None:
            days = (each.due_on - each.due_before).days
            note = f"{word_count(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"
        by = f"{each.by_name}, {word_day(each.at.date())}"
        lines.append(DateLine(word_day(each.due_on), note, each.reason, by))
    return lines


def _read_row(row: Initiative, dates: list[date]) -> InitiativeTableRow:
    """What lines and bars are made of, from the record itself; names stand elsewhere on its page."""
    unnamed: dict[str, Any] = dict.fromkeys(InitiativeTableRow._fields)
    own = {name: getattr(row, name) for name in InitiativeTableRow._fields if hasattr(row, name)}
    return InitiativeTableRow(**unnamed | own | {"decided": row.cancelled_by_id is not None, "dates": dates})


def _draw(row: InitiativeTableRow, today: date) -> Timeline:
    bar = make_time_bar(row, today)
    scales = [fit_time([bar], today, width=width) for width in WIDTHS]
    return Timeline([time_axis(scale) for scale in scales], [time_bar(bar, scale) for scale in scales])


def home_of(code: str) -> str:
    """The page of an initiative."""
    return f"/initiatives/{quote(code)}"


def refuse_step(step: rules.Step, row: Initiative) -> None:
    """Refuses to ask for what cannot be done: that would end in a refusal after the typing."""
    if why := rules.why_no_step(step, row.status, code=row.code):
        raise Conflict(why, code="wrong_state")
