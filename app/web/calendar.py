"""`/calendar`: what comes for me, and the private address under which other programs read it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.calendars import make_calendar_address, revoke_calendar_address
from app.deps import SessionDep
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor
from app.domain.rituals import OccurrenceState, list_occurrences
from app.errors import NotFound
from app.queries.calendars import (
    OwnRitual,
    find_calendar_address,
    find_calendar_person,
    list_own_due,
    list_own_rituals,
    list_own_talks,
)
from app.queries.organization import today_of, zone_of
from app.queries.rituals import read_kept, read_schedule
from app.web.calendar_feed import MEDIA_TYPE, hash_calendar, write_feed
from app.web.deps import PersonDep
from app.web.render import fragments, go_to, is_partial, page
from app.web.ritual_lines import say_duration
from app.web.times import read_clock

router = APIRouter(include_in_schema=False)
SHOWN_DAYS = 56
# An occurrence may be moved for so long and still be found.
MOVED_DAYS = 92
# The address is a secret: nothing on the way keeps the page that tells it, or the calendar.
TOLD_ONCE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
FEED_HEADERS = {"cache-control": "private, max-age=300", "x-robots-tag": "noindex"}


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One thing of a day: at what time (empty: all day), what it is, more of it, and its page."""

    at: str
    name: str
    more: str
    href: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the calendar with what is on it."""

    name: str
    lines: list[CalendarLine]


@router.get("/calendar")
async def show_calendar(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """What comes for me in eight weeks."""
    return await _show(request, session, person)


@router.post("/calendar/address")
async def make_address(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Makes a private address, which is told once; an earlier one stops working."""
    token = await make_calendar_address(session, actor=person)
    address = f"{request.base_url}calendar/{token}.ics"
    if is_partial(request):
        context = await _gather_address(session, person, address)
        answer = fragments(request, [("calendar/_address.html", context)])
        answer.headers.update(TOLD_ONCE)
        return answer
    return await _show(request, session, person, address=address)


@router.post("/calendar/address/revoke")
async def revoke_address(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Ends my private address."""
    await revoke_calendar_address(session, actor=person)
    if is_partial(request):
        context = await _gather_address(session, person, None)
        return fragments(request, [("calendar/_address.html", context)], said="The address works no more.")
    return go_to(request, "/calendar")


@router.get("/calendar/{token}.ics")
async def read_calendar(request: Request, session: SessionDep, token: str) -> Response:
    """The calendar of whoever's address this is, for other programs."""
    person = await find_calendar_person(session, token)
    if person is None:
        raise NotFound("This address opens no calendar: it was revoked, or a part of it is missing.")
    request.state.allowance = await request.app.state.allowances.take(person.id)
    body = await write_feed(session, person, str(request.base_url).rstrip("/"))
    headers = FEED_HEADERS | {"etag": hash_calendar(body)}
    known = request.headers.get("if-none-match", "")
    if headers["etag"] in [part.strip().removeprefix("W/") for part in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=MEDIA_TYPE)


async def _show(
    request: Request, session: SessionDep, person: Actor, *, address: str | None = None
) -> Response:
    today = await today_of(session)
    rituals = await list_own_rituals(session, actor=person)
    lines = [each for own in rituals for each in _list_meetings(own, today)]
    for talk in await list_own_talks(session, actor=person, since=today):
        href = f"/partnerships/{talk.partnership}"
        lines.append((talk.talk.planned_on, time(), CalendarLine("", f"Talk with {talk.partner}", "", href)))
    for promise in await list_own_due(session, actor=person, since=today):
        href = f"/commitments/{promise.code}"
        lines.append((promise.due_on, time(), CalendarLine("", promise.what, "", href, "due")))
    last = today + timedelta(days=SHOWN_DAYS)
    shown = sorted(
        (each for each in lines if each[0] <= last), key=lambda each: (each[0], each[1], each[2].name)
    )
    return page(
        request,
        "calendar/show.html",
        headers=TOLD_ONCE if address else None,
        days=[
            CalendarDay(_say_day(day, today), [line for _, _, line in several])
            for day, several in groupby(shown, key=lambda each: each[0])
        ],
        **await _gather_address(session, person, address),
    )


async def _gather_address(session: SessionDep, person: Actor, address: str | None) -> dict[str, Any]:
    found = await find_calendar_address(session, actor=person)
    clock = read_clock(await zone_of(session))
    return {"address": address, "since": clock.say(found.made_at) if found else None}


def _say_day(day: date, today: date) -> str:
    names = {today: "Today, ", today + timedelta(days=1): "Tomorrow, "}
    return f"{names.get(day, '')}{day:%A} {word_day(day)}"


def _list_meetings(own: OwnRitual, today: date) -> list[tuple[date, time, CalendarLine]]:
    kept = [read_kept(each) for each in own.stored]
    first = today - timedelta(days=MOVED_DAYS)
    last = today + timedelta(days=SHOWN_DAYS)
    found = list_occurrences(read_schedule(own.ritual), kept, first=first, last=last)
    return [
        (at.date(), at.time(), _tell_meeting(own, each.day, at, each.state))
        for each in found
        if (at := each.starts_at).date() >= today and each.state is not OccurrenceState.KEPT
    ]


def _tell_meeting(own: OwnRitual, day: date, at: datetime, state: OccurrenceState) -> CalendarLine:
    row = own.ritual
    tag = "skipped" if state is OccurrenceState.SKIPPED else "moved" if at.date() != day else ""
    more = [say_duration(row.duration_minutes), row.location or ""]
    return CalendarLine(
        f"{at:%H:%M}", row.name, ", ".join(filter(None, more)), f"/rituals/{row.code}/{day}", tag
    )
