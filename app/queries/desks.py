"""Reading what waits for everybody at once, for the mails of a day: each with what only they may read."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.alignment.wording import join_words
from app.domain.change_requests import RequestState
from app.domain.commitments import SILENT_AFTER_DAYS, SOON_DAYS
from app.domain.digests import Desk, Owed, OwedKind, Told, ToldKind, Waiting
from app.domain.linkage.wording import word_period
from app.domain.period_locks import may_correct
from app.domain.periods import parse_period
from app.domain.reminders import LONGEST_LOOK_BACK_DAYS, ReminderRule, lead_hears_on
from app.domain.reviews import Attendance, ReviewStatus
from app.models.reviews import Review, read_attendance
from app.queries.change_requests import ToldRequest, list_requests_to_tell
from app.queries.commitments import Reminder, list_commitments_to_remind
from app.queries.mails import DigestReader
from app.queries.owed import list_owed
from app.queries.updates_around import list_asked_links

MOST_NAMES = 5
_AWAITED = (Attendance.EXPECTED, Attendance.PRESENT)


async def read_desks(
    session: AsyncSession, readers: Sequence[DigestReader], rule: ReminderRule, *, today: date, zone: ZoneInfo
) -> dict[UUID, Desk]:
    """What waits for each of these people: so many statements a person, and a few for all."""
    owed, links = {}, {}
    asked_since = datetime.combine(today.replace(day=1), time.min, tzinfo=zone)
    for each in readers:
        owed[each.actor.id] = await list_owed(session, today=today, actor=each.actor)
        _, links[each.actor.id] = await list_asked_links(session, asked_since, actor=each.actor)
    waiting = _pass_on(readers, owed, rule)
    people = {each.actor.id: each.actor.name for each in readers}
    for person, review in await _list_meetings(session, owed, people, today):
        owed.get(person, []).append(review)
    for reminder in await list_commitments_to_remind(session, today):
        if reminder.is_owner:
            owed.get(reminder.to, []).append(_tell_promise(reminder))
        else:
            waiting.setdefault(reminder.to, []).append(_tell_silence(reminder))
    told = await _list_told(session, readers, today)
    return {
        person: Desk(owed[person], waiting.get(person, ()), links[person], told.get(person, ()))
        for person in owed
    }


def _pass_on(
    readers: Sequence[DigestReader], owed: Mapping[UUID, Sequence[Owed]], rule: ReminderRule
) -> dict[UUID, list[Waiting]]:
    """Values that people have not entered, by whoever leads them."""
    told: dict[UUID, list[Waiting]] = {}
    for each in readers:
        for it in owed[each.actor.id]:
            if each.lead is not None and it.kind is OwedKind.VALUE:
                page = f"/owners/{quote(each.email, safe='@')}"
                heard = Waiting(each.actor.name, page, it, lead_hears_on(it.due_on, rule))
                told.setdefault(each.lead, []).append(heard)
    return told


def _tell_promise(reminder: Reminder) -> Owed:
    return Owed(
        OwedKind.COMMITMENT,
        f"{reminder.code} {reminder.what}",
        reminder.due_on,
        f"/commitments/{reminder.code}",
        # Commitments are not told earlier than this, whatever the rule says.
        asked_from=reminder.due_on - timedelta(days=SOON_DAYS),
    )


def _tell_silence(reminder: Reminder) -> Waiting:
    owed = _tell_promise(reminder)
    told_from = reminder.due_on + timedelta(days=SILENT_AFTER_DAYS + 1)
    return Waiting(reminder.owner, owed.address, owed, told_from)


async def _list_meetings(
    session: AsyncSession, owed: Mapping[UUID, Sequence[Owed]], people: Mapping[UUID, str], today: date
) -> list[tuple[UUID, Owed]]:
    """Reviews that are not closed: told to those they expect until they meet, to the chair until closed."""
    unclosed = select(Review).where(
        col(Review.status) != ReviewStatus.CLOSED, col(Review.meets_on).is_not(None)
    )
    found = []
    for review in await session.scalars(unclosed.order_by(col(Review.code))):
        meets_on: Any = review.meets_on
        title = f"Review of {word_period(parse_period(review.code))}"
        address = f"/reviews/{review.code}"
        awaited = {owner for owner, state in read_attendance(review).items() if state in _AWAITED}
        if today <= meets_on:
            told = Owed(OwedKind.REVIEW, title, meets_on, address)
            found += [(person, told) for person in sorted(awaited - {review.chair_id})]
        if review.chair_id is not None:
            missing = _name_missing(owed, people, review.code)
            chaired = Owed(OwedKind.REVIEW, f"{title}, which you chair", meets_on, address, note=missing)
            found.append((review.chair_id, chaired))
    return found


def _name_missing(owed: Mapping[UUID, Sequence[Owed]], people: Mapping[UUID, str], period: str) -> str | None:
    """Whose values of the month are missing."""
    desk = f"/updates?period={period}"
    names = sorted(people[who] for who, things in owed.items() if any(it.address == desk for it in things))
    more = [f"{len(names) - MOST_NAMES:,} more"] if len(names) > MOST_NAMES + 1 else []
    told = [*names[:MOST_NAMES], *more] if more else names
    return f"values are missing from {join_words(told)}" if told else None


async def _list_told(
    session: AsyncSession, readers: Sequence[DigestReader], today: date
) -> dict[UUID, list[Told]]:
    """Who is asked to correct a closed value, and to whom it was answered."""
    correctors = [each.actor.id for each in readers if may_correct(each.actor)]
    told: dict[UUID, list[Told]] = {}
    since = today - timedelta(days=LONGEST_LOOK_BACK_DAYS)
    for request in await list_requests_to_tell(session, since):
        if request.state is not RequestState.OPEN:
            told.setdefault(request.asked_by_id, []).append(_tell_answer(request))
            continue
        for person in correctors:
            if person != request.asked_by_id:
                told.setdefault(person, []).append(_tell_request(request))
    return told


def _name_value(request: ToldRequest) -> str:
    return f"{request.kpi} for {word_period(parse_period(request.period))}"


def _tell_request(request: ToldRequest) -> Told:
    what = f"{_name_value(request)}, asked by {request.asked_by}"
    return Told(ToldKind.ASKED, what, request.asked_on, f"/reviews/{request.review}#review-asked")


def _tell_answer(request: ToldRequest) -> Told:
    on: Any = request.answered_on
    what = f"{_name_value(request)}: {request.answered_by} {request.state.value} it"
    said = f"{what}: {request.answer}" if request.answer else what
    return Told(ToldKind.ANSWERED, said, on, f"/updates?period={request.period}")
