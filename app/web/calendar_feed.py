"""A person's calendar as a file: which things are in it, and what of them is told. Nothing private is.

A calendar lies in programs and clouds of others: no list of who comes, no minutes, no reasons.
"""

import hashlib

from app.deps import SessionDep
from app.domain.calendar_feed import DayEvent, MovedOccurrence, ReturningEvent, write_calendar
from app.domain.permissions import Actor
from app.domain.rituals import OccurrenceState
from app.models.commitments import Commitment
from app.queries.calendars import (
    OwnRitual,
    OwnTalk,
    last_change,
    list_own_due,
    list_own_rituals,
    list_own_talks,
)
from app.queries.organization import today_of, zone_of
from app.queries.rituals import read_schedule

MEDIA_TYPE = "text/calendar; charset=utf-8"
NAME = "Coxswain"


def hash_calendar(body: bytes) -> str:
    """The ETag of a calendar."""
    return f'"{hashlib.blake2b(body, digest_size=9).hexdigest()}"'


async def write_feed(session: SessionDep, person: Actor, site: str) -> bytes:
    """The rituals of a person, planned talks with partners, and open commitments on the day they are due."""
    today = await today_of(session)
    talks = await list_own_talks(session, actor=person, since=today)
    due = await list_own_due(session, actor=person, since=today)
    rituals = await list_own_rituals(session, actor=person)
    return write_calendar(
        NAME,
        await zone_of(session),
        returning=[_tell_ritual(each, site) for each in rituals],
        days=[*(_tell_talk(each, site) for each in talks), *(_tell_due(each, site) for each in due)],
        today=today,
    )


def _tell_ritual(own: OwnRitual, site: str) -> ReturningEvent:
    """A ritual; whatever is stored of its occurrences counts as a change of it, too."""
    row = own.ritual
    changes = sum(each.version for each in own.stored)
    told = [row.purpose or "", *(f"– {each}" for each in row.objectives)]
    return ReturningEvent(
        uid=f"ritual-{row.id}@coxswain",
        name=row.name,
        starts_at=row.starts_at,
        minutes=row.duration_minutes,
        rule=read_schedule(row).rule,
        sequence=row.version - 1 + changes,
        stamp=last_change(own),
        description="\n".join(filter(None, told)),
        location=row.location,
        url=f"{site}/rituals/{row.code}",
        skipped=[each.day for each in own.stored if each.state is OccurrenceState.SKIPPED],
        moved=[
            MovedOccurrence(each.day, each.moved_to, each.version)
            for each in own.stored
            if each.moved_to and each.state is not OccurrenceState.SKIPPED
        ],
    )


def _tell_talk(own: OwnTalk, site: str) -> DayEvent:
    talk = own.talk
    return DayEvent(
        uid=f"talk-{talk.id}@coxswain",
        name=f"Talk with {own.partner}",
        day=talk.planned_on,
        sequence=talk.version - 1,
        stamp=talk.updated_at,
        url=f"{site}/partnerships/{own.partnership}",
    )


def _tell_due(row: Commitment, site: str) -> DayEvent:
    return DayEvent(
        uid=f"commitment-{row.id}@coxswain",
        name=f"Due: {row.what}",
        day=row.due_on,
        sequence=row.version - 1,
        stamp=row.updated_at,
        url=f"{site}/commitments/{row.code}",
    )
