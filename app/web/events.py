"""`/events`: the audit log in words, for those who may read it: filters, days, what was before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict, StringConstraints

from app.deps import SessionDep
from app.domain.changes import Kind
from app.domain.permissions import Permission, require
from app.models.base import Day, Reference
from app.models.events import EventFilter
from app.queries.events import list_event_rows, name_event_ids
from app.queries.organization import find_organization
from app.web.deps import PersonDep
from app.web.event_words import EventLine, say_kind, tell_event
from app.web.forms import Contract, blank_is_none
from app.web.render import page

router = APIRouter(include_in_schema=False)
EVENTS_SHOWN = 50


class EventQuery(Contract):
    """What the filters of the page ask for; blank fields of the form ask for nothing."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    kind: Annotated[Kind | None, BeforeValidator(blank_is_none)] = None
    object: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    who: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    since: Annotated[Day | None, BeforeValidator(blank_is_none)] = None
    until: Annotated[Day | None, BeforeValidator(blank_is_none)] = None
    before: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")] | None = None


@dataclass(frozen=True, slots=True)
class EventDay:
    """The events of one day."""

    day: date
    heading: str
    lines: list[EventLine]


@router.get("/events")
async def show_events(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[EventQuery, Query()]
) -> Response:
    """Who changed what, newest first; the same address shows the same."""
    require(person, Permission.AUDIT_READ)
    organization = await find_organization(session, actor=person)
    zone = ZoneInfo(organization.time_zone)
    rows, following = await list_event_rows(session, _read_filters(asked, zone), actor=person)
    names = await name_event_ids(session, rows, actor=person)
    lines = [tell_event(row, names, zone) for row in rows]
    return page(
        request,
        "events/list.html",
        asked=asked,
        kinds=[(kind.value, say_kind(kind)) for kind in Kind],
        days=group_by_day(lines),
        zone=organization.time_zone,
        next_url=following and _next_page(asked, following),
    )


def group_by_day(lines: Sequence[EventLine]) -> list[EventDay]:
    """Lines under the days on which they happened, in their order."""
    return [
        EventDay(day, f"{day:%A, %-d %B %Y}", list(group))
        for day, group in groupby(lines, key=lambda line: line.at.date())
    ]


def _read_filters(asked: EventQuery, zone: ZoneInfo) -> EventFilter:
    """Days are those of the organization; `until` is the last day that counts."""
    return EventFilter(
        kind=[asked.kind] if asked.kind else [],
        object=asked.object,
        actor=asked.who,
        since=_start_of(asked.since, zone),
        until=_start_of(asked.until and asked.until + timedelta(days=1), zone),
        cursor=asked.before,
        limit=EVENTS_SHOWN,
    )


def _start_of(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=zone) if day else None


def _next_page(asked: EventQuery, following: str) -> str:
    kept = {name: str(value) for name, value in asked.model_dump().items() if value is not None}
    return "/events?" + urlencode(kept | {"before": following})
