"""Calendars as others read them: written, then read again by the library and expanded by dateutil."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

from app.domain.calendar_feed import DayEvent, MovedOccurrence, ReturningEvent, write_calendar
from app.domain.recurrence import expand_days, read_rule

STAMP = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BERLIN, UNIVERSAL = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
NINE = datetime.fromisoformat("2026-01-13T09:00")


def make_meeting(rule: str = "FREQ=MONTHLY;BYDAY=2TU", **fields: Any) -> ReturningEvent:
    """A monthly review on the second Tuesday at nine."""
    values: dict[str, Any] = {
        "uid": "ritual-1@coxswain",
        "name": "Review",
        "starts_at": NINE,
        "minutes": 90,
        "rule": read_rule(rule),
        "sequence": 3,
        "stamp": STAMP,
    }
    return ReturningEvent(**(values | fields))


def write(*meetings: ReturningEvent, zone: ZoneInfo = BERLIN, days: Any = ()) -> Any:
    """The calendar, read again."""
    body = write_calendar("Coxswain", zone, returning=meetings, days=days, today=date(2026, 6, 1))
    return Calendar.from_ical(body)


def expand(calendar: Any, until: datetime) -> list[datetime]:
    """The moments of the first event until a day, as a reader of the calendar makes them."""
    master, *others = calendar.walk("VEVENT")
    start = master["dtstart"].dt
    rule = rrulestr(master["rrule"].to_ical().decode(), dtstart=start)
    exdates = master.get("exdate")
    left_out = {each.dt for each in exdates.dts} if exdates else set()
    left_out |= {each["recurrence-id"].dt for each in others if "recurrence-id" in each}
    moments = [each for each in rule.between(start, until, inc=True) if each not in left_out]
    return sorted(moments + [each["dtstart"].dt for each in others if "recurrence-id" in each])


def test_a_meeting_stays_at_nine_across_the_changes_of_the_clocks() -> None:
    calendar = write(make_meeting())
    moments = expand(calendar, datetime(2026, 12, 31, tzinfo=BERLIN))
    assert len(moments) == 12
    assert {each.hour for each in moments} == {9}
    assert {each.astimezone(UTC).hour for each in moments} == {7, 8}
    days = expand_days(make_meeting().rule, NINE.date(), first=NINE.date(), last=date(2026, 12, 31))
    assert [each.date() for each in moments] == days
    (event,) = calendar.walk("VEVENT")
    assert event["duration"].dt == timedelta(minutes=90)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["tzid"] == "Europe/Berlin"
    # What the calendar says of the zone is what the zone does.
    told = zone.to_tz()
    for moment in moments:
        plain = moment.replace(tzinfo=None)
        assert told.utcoffset(plain) == BERLIN.utcoffset(plain)


def test_skipped_ones_are_left_out_and_moved_ones_are_where_they_are_now() -> None:
    later = datetime.fromisoformat("2026-04-16T14:00")
    moved = [MovedOccurrence(date(2026, 4, 14), later, 2)]
    calendar = write(make_meeting(skipped=[date(2026, 3, 10)], moved=moved))
    moments = expand(calendar, datetime(2026, 5, 31, tzinfo=BERLIN))
    assert [f"{each:%m-%d %H}" for each in moments] == ["01-13 09", "02-10 09", "04-16 14", "05-12 09"]
    master, one = calendar.walk("VEVENT")
    assert master["uid"] == one["uid"] == "ritual-1@coxswain"
    assert (master["sequence"], one["sequence"]) == (3, 5)
    assert "rrule" not in one


def test_without_shifts_of_the_clock_times_are_in_utc() -> None:
    calendar = write(make_meeting(skipped=[date(2026, 2, 10)]), zone=UNIVERSAL)
    assert calendar.walk("VTIMEZONE") == []
    (event,) = calendar.walk("VEVENT")
    assert event["dtstart"].to_ical() == b"20260113T090000Z"
    assert len(expand(calendar, datetime(2026, 3, 31, tzinfo=UTC))) == 2


def test_the_last_day_is_included_where_the_organization_is() -> None:
    west = ZoneInfo("America/Los_Angeles")
    late = datetime.fromisoformat("2026-01-05T23:30")
    calendar = write(make_meeting("FREQ=WEEKLY;UNTIL=20260119", starts_at=late), zone=west)
    (event,) = calendar.walk("VEVENT")
    assert event["rrule"].to_ical() == b"FREQ=WEEKLY;UNTIL=20260120T075959Z"
    assert len(expand(calendar, datetime(2026, 12, 31, tzinfo=west))) == 3
    counted = write(make_meeting("FREQ=WEEKLY;COUNT=4;BYDAY=TU"))
    assert len(expand(counted, datetime(2026, 12, 31, tzinfo=BERLIN))) == 4


def test_single_days_are_whole_days_that_keep_nobody_busy() -> None:
    day = DayEvent(
        "talk-1@coxswain", "Talk; with Ben, soon\nor not", date(2026, 5, 5), 1, STAMP, "http://x/p"
    )
    calendar = write(days=[day])
    assert calendar.walk("VTIMEZONE") == []
    (event,) = calendar.walk("VEVENT")
    assert (event["dtstart"].dt, event["transp"], event["url"]) == (day.day, "TRANSPARENT", "http://x/p")
    assert str(event["summary"]) == day.name
    bare = write(days=[DayEvent("a@b", "Due", date(2026, 5, 5), 0, STAMP)])
    assert "url" not in bare.walk("VEVENT")[0]


def test_the_same_things_give_the_same_bytes_and_text_is_kept() -> None:
    meeting = make_meeting(
        description="What; we, promise\nand “keep”", location="Board room", url="http://x/r"
    )
    once, again = (
        write_calendar("Coxswain", BERLIN, returning=[meeting], days=[], today=date(2026, 6, day))
        for day in (1, 2)
    )
    assert once == again
    (event,) = Calendar.from_ical(once).walk("VEVENT")
    assert str(event["description"]) == meeting.description
    assert str(event["location"]) == "Board room"
    assert max(len(line) for line in once.split(b"\r\n")) <= 75
