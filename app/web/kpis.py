"""`/kpis`: every KPI with its last value, sparkline, status, move and signal; filters, order and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, get_args
from urllib.parse import quote, urlencode
from uuid import UUID

from annotated_types import Ge, Le
from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup
from pydantic import BeforeValidator, ConfigDict, StringConstraints

from app.deps import SessionDep
from app.domain.branches import list_held
from app.domain.permissions import Actor, Permission
from app.domain.scoring import Status, Unit, Variation
from app.models.base import Email, Reference
from app.queries.departments import DepartmentPlace, list_department_places
from app.queries.kpis_table import KpiSort, KpiTableFilter, KpiTableRow, list_kpi_owners, list_kpi_table
from app.web.deps import PersonDep
from app.web.event_words import say_period
from app.web.figures import write_aim, write_unit
from app.web.forms import Contract, blank_is_none
from app.web.kpi_figures import (
    SIGNAL_WORDS,
    Move,
    draw_spark,
    find_before,
    find_signal_start,
    name_briefly,
    say_move,
    write_told,
)
from app.web.render import page

router = APIRouter(include_in_schema=False)
KPIS_SHOWN = 100
Sort = Literal[KpiSort, "-status", "-name", "-signal", "-owner", "-department"]


class KpisQuery(Contract):
    """What the filters of the page ask for; blank fields ask for nothing. `sort=-name`: the other way."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    status: Annotated[Status | None, BeforeValidator(blank_is_none)] = None
    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    owner: Annotated[Email | None, BeforeValidator(blank_is_none)] = None
    archived: bool = False
    sort: Sort = "status"
    page: Annotated[int, Ge(1), Le(10_000)] = 1


@dataclass(frozen=True, slots=True)
class KpiRowView:
    """A KPI as a row of the table."""

    href: str
    code: str
    name: str
    active: bool
    spark: Markup
    value: str
    unit: str
    period: str
    aim: str
    status: Status
    reason: str
    stale: bool
    move: Move | None
    signal: str | None
    signal_words: str
    signal_since: str
    owner: str | None
    owner_href: str
    department: str


@dataclass(frozen=True, slots=True)
class Column:
    """A heading that sorts."""

    text: str
    href: str
    order: str | None


@router.get("/kpis")
async def show_kpi_table(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[KpisQuery, Query()]
) -> Response:
    """The table; the same address shows the same."""
    places = await list_department_places(session, actor=person)
    table = await list_kpi_table(session, _read_filters(asked, places), actor=person)
    return page(
        request,
        "kpis/list.html",
        asked=asked,
        rows=[make_kpi_row(row) for row in table.rows[:KPIS_SHOWN]],
        counts=[(status, number, _turn(asked, status=status)) for status, number in table.counts.items()],
        total=sum(table.counts.values()),
        everything=_turn(asked, status=None),
        columns={name: _make_column(asked, name) for name in get_args(KpiSort)},
        departments=[(place.code, place.name) for place in places],
        owners=await list_kpi_owners(session, actor=person),
        statuses=[(each.value, each.value) for each in Status],
        next_url=_turn(asked, page=asked.page + 1) if len(table.rows) > KPIS_SHOWN else None,
        first_url=_turn(asked, page=1) if asked.page > 1 else None,
        may_add=is_kpi_author(person),
        is_filtered=bool(asked.q or asked.status or asked.department or asked.owner or asked.archived),
    )


def _read_filters(asked: KpisQuery, places: Sequence[DepartmentPlace]) -> KpiTableFilter:
    top, departments = find_departments_below(asked.department, places)
    return KpiTableFilter(
        departments=departments,
        place=top,
        owner=asked.owner,
        status=asked.status,
        text=asked.q or None,
        archived=asked.archived,
        sort=_read_sort(asked.sort),
        descending=asked.sort.startswith("-"),
        offset=(asked.page - 1) * KPIS_SHOWN,
        limit=KPIS_SHOWN,
    )


def _read_sort(sort: str) -> KpiSort:
    name: KpiSort = sort.removeprefix("-")  # type: ignore[assignment]  # one of the list, as the query says
    return name


def find_departments_below(
    reference: str | None, places: Sequence[DepartmentPlace]
) -> tuple[UUID | None, list[UUID] | None]:
    """The department that is meant, and all that belong to it; one that nobody knows has none."""
    if reference is None:
        return None, None
    below: dict[UUID, list[UUID]] = {}
    for place in places:
        if place.parent_id:
            below.setdefault(place.parent_id, []).append(place.id)
    key = reference.casefold()
    tops = [place.id for place in places if key in (place.code.casefold(), str(place.id))]
    return (tops[0], list(list_held(tops, below))) if tops else (None, [])


def make_kpi_row(row: KpiTableRow) -> KpiRowView:
    """What a row of the table prints."""
    signal = None if row.signal is None or row.stale else Variation(row.signal)
    aim = write_aim(row.direction, Unit.COUNT, target=row.target, low=row.low, high=row.high)
    return KpiRowView(
        href=f"/kpis/{quote(row.code)}",
        code=row.code,
        name=row.name,
        active=row.active,
        spark=draw_spark(row.name, row.periods, row.values, target=row.target),
        value=write_told(row.value, not_applicable=row.not_applicable, hidden_below=row.hidden_below),
        unit="" if row.value is None else write_unit(row.unit),
        period=say_period(row.period) if row.period else "",
        aim=aim,
        status=row.status,
        reason="A newer period has ended without a value."
        if row.stale
        else row.status_reason or "No value yet.",
        stale=row.stale,
        move=say_move(row.trend, row.direction, before=find_before(row.periods, row.values), now=row.value),
        signal=signal,
        signal_words=SIGNAL_WORDS[signal],
        signal_since=_say_since(row) if signal is Variation.SIGNAL else "",
        owner=row.owner_name,
        owner_href=f"/owners/{quote(row.owner_email or '')}",
        department=row.department_name or "Organization",
    )


def is_kpi_author(person: Actor) -> bool:
    """May this person define KPIs anywhere?"""
    writes_somewhere = person.writes is None or bool(person.writes)
    return Permission.GOALS_WRITE in person.permissions and writes_somewhere


def _say_since(row: KpiTableRow) -> str:
    start = find_signal_start(row.periods, row.signals)
    return f"since {name_briefly(start)}" if start else f"{len(row.signals)}+ periods"


def _make_column(asked: KpisQuery, name: str) -> Column:
    here = asked.sort.removeprefix("-") == name
    back = here and not asked.sort.startswith("-")
    order = None if not here else "ascending" if back else "descending"
    text = {"name": "KPI", "signal": "Signal"}.get(name, name.capitalize())
    return Column(text, _turn(asked, sort=f"-{name}" if back else name, page=1), order)


def _turn(asked: KpisQuery, **changed: object) -> str:
    """The address of this page with something asked differently; a new choice begins at the first page."""
    kept = asked.model_dump(exclude_defaults=True) | {"page": 1} | changed
    told = {name: value for name, value in kept.items() if value not in (None, "", False)}
    if told.get("page") == 1:
        del told["page"]
    return "/kpis" + (f"?{urlencode({name: str(value) for name, value in told.items()})}" if told else "")
