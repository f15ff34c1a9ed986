"""`/kpis/CODE`: how a KPI went and whether anything changed, where it stands, what it is, and who changed it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup
from pydantic import BeforeValidator, ConfigDict

from app.deps import SessionDep
from app.domain.changes import Kind
from app.domain.linkage.wording import word_day, word_period
from app.domain.periods import parse_period
from app.domain.permissions import Actor, Permission, Place, may
from app.domain.scoring import Aggregation, Status, Variation
from app.domain.states import TargetRange
from app.errors import Invalid
from app.models.base import Day, Reference
from app.models.kpis import Kpi
from app.models.targets import Target
from app.queries.boards import read_thresholds
from app.queries.events import EventRow, list_history, name_event_ids
from app.queries.kpis import KpiLinks, find_kpi, load_kpi_links, load_kpi_references
from app.queries.kpis_story import PlaceRow, list_every_target, list_places, list_series
from app.queries.kpis_table import KpiTableFilter, list_kpi_table
from app.queries.organization import zone_of
from app.web.charts import Bar, bars
from app.web.deps import PersonDep
from app.web.event_words import tell_event
from app.web.figures import write_figure, write_unit
from app.web.forms import Contract, blank_is_none
from app.web.kpi_figures import SIGNAL_WORDS, Move, draw_spark, find_before, say_move
from app.web.kpi_process import show_process
from app.web.kpi_words import TargetLine, describe_kpi, tell_target
from app.web.kpis import make_row, write_told
from app.web.render import page
from app.web.times import Clock, read_clock

router = APIRouter(include_in_schema=False)
WHOLE = "Whole organization"
# In an address: the whole organization, where a KPI is at home in a department.
ALL = "all"
MOST_BARS = 24
MOST_EVENTS = 40
Names = Mapping[UUID, tuple[str, str]]


class KpiQuery(Contract):
    """Whose values are shown, and as known at the end of which day."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    as_of: Annotated[Day | None, BeforeValidator(blank_is_none)] = None


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a page of its own."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A department, or the whole, as a row of the table."""

    href: str
    name: str
    is_shown: bool
    spark: Markup
    value: str
    unit: str
    period: str
    status: Status
    reason: str
    move: Move | None
    signal: Variation | None
    signal_words: str
    origin: str


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
    places = await list_places(session, row, as_of=as_of, actor=person)
    links = (await load_kpi_links(session, [row.id]))[row.id]
    targets = await list_every_target(session, row, actor=person)
    names = await load_kpi_references(session, [row], {row.id: _name_more(links, targets, places)})
    here = _choose_place(row, places, asked.department)
    series = await list_series(session, row, here, as_of=as_of, actor=person)
    process = show_process(row, series, _list_ranges(targets), clock=clock, place=_name_place(here, places))
    guards = KpiTableFilter(ids=links.guards, sort="name")
    today = clock.now.astimezone(clock.zone).date()
    objects = [row.id, *(target.id for target in targets), *(each.id for each in series)]
    history = await list_history(
        session, actor=person, objects=objects, left_out=("assessed", "aggregated"), limit=MOST_EVENTS
    )
    return page(
        request,
        "kpis/show.html",
        kpi=row,
        asked=asked,
        process=process,
        last=_find_last(places, here),
        place=_name_place(here, places),
        places=[_make_line(row, each, here, asked) for each in places],
        choices=_list_choices(row, places, here),
        comparison=_draw_bars(row, places),
        facts=describe_kpi(row),
        relations=_name_relations(row, links, names),
        targets=[tell_target(each, row, names, today=today) for each in targets],
        guards=[make_row(each) for each in (await list_kpi_table(session, guards, actor=person)).rows],
        lines=await _tell_history(session, history, clock, actor=person),
        as_of_words=word_day(asked.as_of) if asked.as_of else None,
        today=today,
        **_list_rights(person, row),
    )


def _list_rights(person: Actor, kpi: Kpi) -> dict[str, bool]:
    at = Place(kpi.department_id)
    people = frozenset(each for each in (kpi.owner_id, kpi.updater_id) if each)
    return {
        "may_edit": kpi.archived_at is None and may(person, Permission.GOALS_WRITE, on=at),
        "may_report": may(person, Permission.MEASUREMENTS_WRITE, on=Place(kpi.department_id, people)),
    }


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


def _find_last(places: Iterable[PlaceRow], here: UUID | None) -> PlaceRow | None:
    return next((place for place in places if place.department_id == here), None)


def _name_more(links: KpiLinks, targets: Sequence[Target], places: Sequence[PlaceRow]) -> KpiLinks:
    """What is named on the page besides what the KPI names itself."""
    of_targets = [target.department_id for target in targets if target.department_id]
    return KpiLinks([*links.departments, *of_targets], links.measures, links.guards)


def _list_ranges(targets: Iterable[Target]) -> list[TargetRange]:
    return [
        TargetRange(each.department_id, each.first_day, each.last_day, read_thresholds(each))
        for each in targets
        if each.archived_at is None
    ]


def _link_to(kpi: Kpi, place: PlaceRow, asked: KpiQuery) -> str:
    past = f"&as_of={asked.as_of}" if asked.as_of else ""
    return f"/kpis/{quote(kpi.code)}?department={quote(place.code or ALL)}{past}"


def _make_line(kpi: Kpi, place: PlaceRow, here: UUID | None, asked: KpiQuery) -> PlaceLine:
    signal = None if place.signal is None else Variation(place.signal)
    before = find_before(place.periods, place.values)
    return PlaceLine(
        href=_link_to(kpi, place, asked),
        name=place.name or WHOLE,
        is_shown=place.department_id == here,
        spark=draw_spark(place.name or WHOLE, place.periods, place.values, target=place.target),
        value=write_told(place.value, not_applicable=place.not_applicable, suppressed=place.suppressed),
        unit="" if place.value is None else write_unit(kpi.unit),
        period=word_period(parse_period(place.period)),
        status=Status(place.status),
        reason=place.status_reason,
        move=say_move(place.trend, kpi.direction, before=before, now=place.value),
        signal=signal,
        signal_words=SIGNAL_WORDS[signal],
        origin="computed from those below" if place.source == "aggregated" else "",
    )


def _list_choices(
    kpi: Kpi, places: Sequence[PlaceRow], here: UUID | None
) -> list[tuple[str, str, bool]]:
    """Value, text and whether it is chosen, of every place with values."""
    return [
        (place.code or ALL, place.name or WHOLE, place.department_id == here)
        for place in places
    ]


def _draw_bars(kpi: Kpi, places: Sequence[PlaceRow]) -> Markup | None:
    """The departments beside each other, where there are several."""
    shown = [place for place in places if place.department_id is not None]
    if len(shown) < 2 or kpi.aggregation == Aggregation.SUM:
        return None
    latest = max(place.period for place in shown)
    rows = [
        Bar(
            place.name or "",
            place.value,
            write_told(place.value, not_applicable=place.not_applicable, suppressed=place.suppressed)
            + (f" ({word_period(parse_period(place.period))})" if place.period != latest else ""),
            place.status,
        )
        for place in shown[:MOST_BARS]
    ]
    aims = {place.target for place in shown}
    return bars(
        rows,
        label=f"{kpi.name} by department, {word_period(parse_period(latest))}",
        target=aims.pop() if len(aims) == 1 else None,
    )


def _name_relations(kpi: Kpi, links: KpiLinks, names: Names) -> KpiRelations:
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
        measures=list_named(links.measures, "/search?q="),
    )
