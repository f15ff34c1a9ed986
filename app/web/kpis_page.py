"""`/kpis/CODE`: how a KPI went, whether anything changed, where it stands, what it is, who changed it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict

from app.deps import SessionDep
from app.domain.due_periods import due_periods
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor, Permission, Place, may
from app.domain.states import TargetRange
from app.errors import Invalid
from app.models.base import Day, Reference
from app.models.kpis import Kpi
from app.models.targets import Target
from app.queries.alignment_kpis import find_named_records
from app.queries.boards import read_thresholds
from app.queries.events import EventRow, list_history, name_event_ids
from app.queries.kpis import KpiLinks, find_kpi, load_kpi_links, load_kpi_references
from app.queries.kpis_story import (
    MeasuredNode,
    PlaceRow,
    list_every_target,
    list_kpi_places,
    list_kpi_series,
    list_measured_nodes,
)
from app.queries.kpis_table import KpiTableFilter, list_kpi_table
from app.queries.organization import zone_of
from app.queries.updates import DueValue, list_due_values
from app.web.commitment_lines import read_commitments_about
from app.web.deps import PersonDep
from app.web.event_words import tell_event
from app.web.events import EventDay, group_by_day
from app.web.forms import Contract, blank_is_none
from app.web.kpi_places import ALL, WHOLE, draw_bars, make_place_line
from app.web.kpi_process import ProcessFrame, list_explained, show_process
from app.web.kpi_words import describe_kpi, tell_target
from app.web.kpis import make_kpi_row
from app.web.render import page
from app.web.times import Clock, read_clock
from app.web.updates_desk import name_row

router = APIRouter(include_in_schema=False)
FEW_EVENTS = 8
MOST_EVENTS = 200
_NODE_PAGES = {"theme": "/goals#theme-", "goal": "/goals/", "objective": "/objectives/"}
Names = Mapping[UUID, tuple[str, str]]


class KpiQuery(Contract):
    """Whose values are shown, and as known at the end of which day."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    as_of: Annotated[Day | None, BeforeValidator(blank_is_none)] = None
    history: Literal["all"] | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a page of its own."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Rights:
    """What the person may do here."""

    edit: bool
    # The row of My updates where the person types a value of it; None where they owe none.
    report: str | None


@dataclass(frozen=True, slots=True)
class KpiRelations:
    """Who answers for a KPI, what it measures, who reports it."""

    owner: Named | None
    updater: Named | None
    department: Named | None
    reporting: list[Named]
    measures: list[Named]


@router.get("/kpis/{kpi}")
async def show_kpi_page(
    request: Request, session: SessionDep, person: PersonDep, kpi: str, asked: Annotated[KpiQuery, Query()]
) -> Response:
    """Everything about one KPI; the same address shows the same."""
    row = await find_kpi(session, kpi, actor=person)
    clock = read_clock(await zone_of(session))
    as_of = _read_moment(asked.as_of, clock)
    places = await list_kpi_places(session, row, as_of=as_of, actor=person)
    links = (await load_kpi_links(session, [row.id]))[row.id]
    targets = await list_every_target(session, row, actor=person)
    names = await load_kpi_references(session, [row], {row.id: _name_more(links, targets)})
    here = _choose_place(row, places, asked.department)
    series = await list_kpi_series(session, row, here, as_of=as_of, actor=person)
    records = await find_named_records(session, list_explained(series), actor=person)
    frame = ProcessFrame(clock, _name_place(here, places), records)
    process = show_process(row, series, _list_ranges(targets, here), frame)
    guards = KpiTableFilter(ids=links.guards, sort="name")
    today = clock.now.astimezone(clock.zone).date()
    dues = await list_due_values(session, due_periods(None, today=today), actor=person)
    objects = [row.id, *(target.id for target in targets), *(each.id for each in series)]
    most = MOST_EVENTS if asked.history else FEW_EVENTS
    events = await list_history(
        session, actor=person, objects=objects, left_out=("assessed", "aggregated"), limit=most + 1
    )
    return page(
        request,
        "kpis/show.html",
        kpi=row,
        asked=asked,
        process=process,
        place=_name_place(here, places),
        standings=[make_place_line(row, each, here, asked.as_of) for each in places],
        choices=[(each.code or ALL, each.name or WHOLE, each.department_id == here) for each in places],
        comparison=draw_bars(row, places),
        facts=describe_kpi(row),
        relations=_name_relations(row, links, names, await list_measured_nodes(session, row)),
        targets=[tell_target(each, row, names, today=today) for each in targets],
        guards=[make_kpi_row(each) for each in (await list_kpi_table(session, guards, actor=person)).rows],
        history=await _tell_history(session, events[:most], clock, actor=person),
        more_history=len(events) > most and not asked.history,
        as_of_words=word_day(asked.as_of) if asked.as_of else None,
        today=today,
        rights=_list_rights(person, row, dues),
        **await read_commitments_about(
            session, person, row.id, today=today, new={"kpi": row.code} if row.active else None
        ),
    )


def _list_rights(person: Actor, kpi: Kpi, dues: Iterable[DueValue]) -> Rights:
    at = Place(kpi.department_id)
    own = (
        due
        for due in dues
        if due.kpi_id == kpi.id and may(person, Permission.MEASUREMENTS_WRITE, on=due.place)
    )
    return Rights(
        edit=kpi.archived_at is None and may(person, Permission.GOALS_WRITE, on=at),
        report=next((f"/updates#{name_row(due)}" for due in own), None),
    )


def _read_moment(day: date | None, clock: Clock) -> datetime | None:
    """The last moment of a day where the organization is; a day to come is now."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=clock.zone) - timedelta(microseconds=1)


def _choose_place(kpi: Kpi, places: Sequence[PlaceRow], asked: str | None) -> UUID | None:
    """The place that is asked for, else where the KPI is at home, else the first that has values."""
    if asked is not None and asked.casefold() != ALL:
        for place in places:
            if asked.casefold() in ((place.code or "").casefold(), str(place.department_id)):
                return place.department_id
        raise Invalid.at("?department", "unknown_reference", f"There are no values of {kpi.code} in {asked}.")
    known = [place.department_id for place in places]
    wanted = None if asked is not None else kpi.department_id
    return wanted if wanted in known or not known else known[0]


def _name_place(here: UUID | None, places: Iterable[PlaceRow]) -> str:
    return next((each.name or WHOLE for each in places if each.department_id == here), WHOLE)


def _name_more(links: KpiLinks, targets: Sequence[Target]) -> KpiLinks:
    """What is named on the page besides what the KPI names itself."""
    of_targets = [target.department_id for target in targets if target.department_id]
    return KpiLinks([*links.departments, *of_targets], links.measures, links.guards)


def _list_ranges(targets: Iterable[Target], here: UUID | None) -> list[TargetRange]:
    """The targets that hold at a place, its own ones before the general ones."""
    ranges = [
        TargetRange(each.department_id, each.first_day, each.last_day, read_thresholds(each))
        for each in targets
        if each.archived_at is None and each.department_id in (None, here)
    ]
    return sorted(ranges, key=lambda each: each.department is None)


def _name_relations(kpi: Kpi, links: KpiLinks, names: Names, nodes: Iterable[MeasuredNode]) -> KpiRelations:
    def name(identity: UUID | None, path: str) -> Named | None:
        if identity is None or identity not in names:
            return None
        code, text = names[identity]
        return Named(f"{path}{quote(code)}", text)

    def list_named(ids: Iterable[UUID], path: str) -> list[Named]:
        return sorted((each for one in ids if (each := name(one, path))), key=lambda each: each.text)

    return KpiRelations(
        owner=name(kpi.owner_id, "/owners/"),
        updater=name(kpi.updater_id, "/owners/"),
        department=name(kpi.department_id, "/departments/"),
        reporting=list_named(links.departments, "/departments/"),
        measures=[Named(f"{_NODE_PAGES[node.kind]}{quote(node.code)}", node.title) for node in nodes],
    )


async def _tell_history(
    session: SessionDep, events: Sequence[EventRow], clock: Clock, *, actor: Actor
) -> list[EventDay]:
    names = await name_event_ids(session, events, actor=actor)
    return group_by_day([tell_event(event, names, clock.zone) for event in events])
