"""A calendar as others read it (RFC 5545): returning meetings with their exceptions, and single days.

Whose calendar it is and what is in it was decided elsewhere; here it is only written down.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from app.domain.recurrence import Rule

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Coxswain//Calendar//EN"
REFRESH = timedelta(hours=1)
# Shifts of the clocks are written out for so many years ahead.
_YEARS_AHEAD = 10


class MovedOccurrence(NamedTuple):
    """An occurrence of the rule that takes place at another time."""

    day: date
    to: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class ReturningEvent:
    """A meeting that returns, in wall time. `uid` stays for ever; `sequence` grows with every change."""

    uid: str
    name: str
    starts_at: datetime
    minutes: int
    rule: Rule
    sequence: int
    stamp: datetime
    description: str = ""
    location: str | None = None
    url: str = ""
    skipped: Sequence[date] = ()
    moved: Sequence[MovedOccurrence] = ()


@dataclass(frozen=True, slots=True)
class DayEvent:
    """Something of one whole day that keeps nobody busy."""

    uid: str
    name: str
    day: date
    sequence: int
    stamp: datetime
    url: str = ""


def write_calendar(
    name: str, zone: ZoneInfo, *, returning: Iterable[ReturningEvent], days: Iterable[DayEvent], today: date
) -> bytes:
    """The calendar as bytes; the same things on days of the same year give the same bytes.

    Times carry the zone, whose shifts are part of the calendar, so that a meeting stays at nine when the
    clocks change; where the zone is UTC, they are in UTC. Skipped occurrences are EXDATEs, moved ones events
    with a RECURRENCE-ID. Source: RFC 5545; RFC 7986 for name and refreshing.
    """
    from icalendar import Calendar, Timezone

    meetings = list(returning)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if meetings and not _is_utc(zone):
        first = min(each.starts_at for each in meetings).year
        span = date(first, 1, 1), date(today.year + _YEARS_AHEAD, 12, 31)
        calendar.add_component(Timezone.from_tzid(zone.key, first_date=span[0], last_date=span[1]))
    for each in meetings:
        for event in _write_meeting(each, zone):
            calendar.add_component(event)
    for day in days:
        calendar.add_component(_write_day(day))
    written: bytes = calendar.to_ical()
    return written


def _is_utc(zone: ZoneInfo) -> bool:
    return zone.key in ("UTC", "Etc/UTC")


def _at(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=UTC if _is_utc(zone) else zone)


def _write_meeting(each: ReturningEvent, zone: ZoneInfo) -> "Iterator[Event]":
    """The meeting with its rule, then each occurrence that was moved."""
    whole = _begin(each, _at(each.starts_at, zone), each.sequence)
    whole.add("rrule", _write_rule(each.rule, zone))
    if each.skipped:
        hour = each.starts_at.time()
        whole.add("exdate", [_at(datetime.combine(day, hour), zone) for day in sorted(each.skipped)])
    yield whole
    for moved in sorted(each.moved):
        one = _begin(each, _at(moved.to, zone), each.sequence + moved.sequence)
        one.add("recurrence-id", _at(datetime.combine(moved.day, each.starts_at.time()), zone))
        yield one


def _begin(each: ReturningEvent, starts_at: datetime, sequence: int) -> "Event":
    event = _start_event(each.uid, each.name, each.stamp, sequence, each.url)
    event.add("dtstart", starts_at)
    event.add("duration", timedelta(minutes=each.minutes))
    if each.description:
        event.add("description", each.description)
    if each.location:
        event.add("location", each.location)
    return event


def _start_event(uid: str, name: str, stamp: datetime, sequence: int, url: str) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("summary", name)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("sequence", sequence)
    if url:
        event.add("url", url)
    return event


def _write_rule(rule: Rule, zone: ZoneInfo) -> dict[str, Any]:
    """The parts of a rule as the library takes them. The last day ends where the organization is."""
    parts: dict[str, Any] = {name: value.split(",") for name, value in rule.parts}
    if rule.times is not None:
        parts["COUNT"] = rule.times
    if rule.until is not None:
        parts["UNTIL"] = _at(datetime.combine(rule.until, time(23, 59, 59)), zone).astimezone(UTC)
    return parts


def _write_day(each: DayEvent) -> "Event":
    event = _start_event(each.uid, each.name, each.stamp, each.sequence, each.url)
    event.add("dtstart", each.day)
    event.add("transp", "TRANSPARENT")
    return event
