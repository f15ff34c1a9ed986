"""Running a review: opening, arranging and starting it, who is there, what is parked. No closing."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._live import Part, tell_review
from app.actions._review_mails import post_review_opened
from app.actions._write import add_record, archive_record, change_record, take_lock
from app.domain.periods import Period, parse_period
from app.domain.permissions import SYSTEM, Actor, ActorKind, Permission, may
from app.domain.reviews import (
    CHAIR_ROLES,
    Attendance,
    ReviewStatus,
    default_meeting_day,
    due_review,
    find_review_problem,
    may_name_chair,
    next_review_status,
    say_review_status,
)
from app.errors import Conflict, Fault, Forbidden, Invalid
from app.models.owners import Owner
from app.models.reviews import (
    AttendanceInput,
    ParkedItem,
    ParkedItemInput,
    Review,
    ReviewChange,
    ReviewInput,
    ReviewStage,
)
from app.queries._find import resolve_reference
from app.queries.organization import today_of
from app.queries.reviews import (
    count_parked_items,
    find_chair,
    find_first_leader,
    has_review,
    hold_review,
    list_expected,
    require_whole,
)
from app.queries.rituals import find_review_day

WRITE = Permission.REVIEWS_WRITE
# When a day of the past begins for those who play it again.
_MORNING = time(9, tzinfo=UTC)


async def open_review(
    session: AsyncSession, data: ReviewInput, *, actor: Actor, on: date | None = None
) -> Review:
    """Opens the review of a month: executives and heads are expected; the chair is whoever had it last.

    `on`: a day of the past that is played again.
    """
    require_whole(actor, WRITE)
    period = parse_period(data.period)
    is_played = on is not None or actor.kind is ActorKind.SYSTEM
    if problem := find_review_problem(period, today=await today_of(session), is_played=is_played):
        raise Invalid.at("/period", "not_reviewable", problem)
    _refuse_early_meeting(period, data.meets_on)
    await take_lock(session, "reviews")
    if await has_review(session, period.text):
        detail = f"There is a review of {period.text} already."
        raise Conflict(detail, code="duplicate", faults=(Fault("/period", "duplicate", detail),))
    chair = await _read_chair(session, data.chair, actor) or await find_chair(session)
    if chair is None:
        chair = actor.id if actor.role in CHAIR_ROLES else await find_first_leader(session)
    expected = await list_expected(session)
    values = {
        "code": period.text,
        "chair_id": chair,
        "meets_on": data.meets_on or await find_review_day(session, period) or default_meeting_day(period),
        "attendance": {str(owner): Attendance.EXPECTED.value for owner in expected},
    }
    if on is not None:
        values["created_at"] = datetime.combine(on, _MORNING)
    review = await add_record(session, Review, values, actor=actor)
    if on is None:
        await post_review_opened(session, review)
    return review


async def open_due_review(session: AsyncSession, *, actor: Actor) -> Review | None:
    """Opens the review of the month that has ended, unless somebody did. None: there is nothing to open."""
    period = due_review(await today_of(session)).text
    if await has_review(session, period) or not await list_expected(session):
        return None
    try:
        return await open_review(session, ReviewInput(period=period), actor=actor)
    except Conflict:
        # Another process was quicker.
        return None


async def arrange_review(
    session: AsyncSession, review: Review, data: ReviewChange, *, actor: Actor
) -> Review:
    """Says who chairs a review, and when it meets. What is left out stays."""
    require_whole(actor, WRITE)
    refuse_closed(review)
    values: dict[str, Any] = {}
    if data.chair is not None:
        values["chair_id"] = await _read_chair(session, data.chair, actor)
    if data.meets_on is not None:
        _refuse_early_meeting(parse_period(review.code), data.meets_on)
        values["meets_on"] = data.meets_on
    if await change_record(session, review, values, actor=actor):
        await tell_review(session, review.code, Part.HEADER)
    return review


async def start_review(
    session: AsyncSession, review: Review, *, actor: Actor, on: date | None = None
) -> Review:
    """The leadership meets, now or on a day of the past that is played again."""
    at = datetime.now(UTC) if on is None else datetime.combine(on, _MORNING)
    started = {"started_at": review.started_at or at}
    return await step_review(session, review, "start", started, actor=actor)


async def pause_review(session: AsyncSession, review: Review, *, actor: Actor) -> Review:
    """Back to preparing: the meeting is adjourned."""
    return await step_review(session, review, "pause", {}, actor=actor)


async def note_attendance(
    session: AsyncSession, review: Review, data: AttendanceInput, *, actor: Actor
) -> Review:
    """Writes down who is there. The caller holds the review locked."""
    require_whole(actor, WRITE)
    refuse_closed(review)
    # Whoever runs a review reads the names of the leaders in it, and nothing else of the directory.
    owner = await resolve_reference(session, "owners", data.owner, "/owner", actor=SYSTEM)
    values = {"attendance": {**review.attendance, str(owner): data.state.value}}
    if await change_record(session, review, values, actor=actor, action="attended"):
        await tell_review(session, review.code, Part.HEADER)
    return review


async def park_item(
    session: AsyncSession, review: Review, data: ParkedItemInput, *, actor: Actor
) -> ParkedItem:
    """Puts something aside for later."""
    require_whole(actor, Permission.REVIEWS_CAPTURE)
    # Who closes waits for this, and reads it; or this waits, and is refused.
    refuse_closed(await hold_review(session, review))
    await take_lock(session, "parked_items")
    values = {
        "code": f"PL-{await count_parked_items(session) + 1}",
        "what": data.what,
        "state": data.state,
        "review_id": review.id,
        "by_id": actor.id if actor.kind is ActorKind.PERSON else None,
    }
    item = await add_record(session, ParkedItem, values, actor=actor)
    await tell_review(session, review.code, Part.PARKED)
    return item


async def update_parked_item(
    session: AsyncSession, item: ParkedItem, data: ParkedItemInput, *, actor: Actor
) -> ParkedItem:
    """Says what became of something that was parked, also after its review has closed.

    Its words are those of whoever parked it, and of those who run reviews.
    """
    require_whole(actor, Permission.REVIEWS_CAPTURE)
    if item.archived_at is not None:
        raise Conflict(f"{item.code} was taken back.", code="archived")
    if data.what != item.what and actor.id != item.by_id and not may(actor, WRITE):
        raise Forbidden("The words are changed by who parked it, or by whoever runs reviews.")
    values = {"what": data.what, "state": data.state}
    if await change_record(session, item, values, actor=actor):
        review = await session.get_one(Review, item.review_id)
        await tell_review(session, review.code, Part.PARKED)
    return item


async def archive_parked_item(session: AsyncSession, item: ParkedItem, *, actor: Actor) -> None:
    """Takes back what was parked by mistake; its event stays, and its code is not given again."""
    require_whole(actor, Permission.REVIEWS_CAPTURE)
    await archive_record(session, item, actor=actor)
    review = await session.get_one(Review, item.review_id)
    await tell_review(session, review.code, Part.PARKED)


async def step_review(
    session: AsyncSession, review: Review, step: str, values: dict[str, Any], *, actor: Actor
) -> Review:
    """Takes a review to where a step leads, with its event."""
    require_whole(actor, WRITE)
    status = next_review_status(review.status, step)
    if status is None:
        raise Conflict(f"The review of {review.code} {say_review_status(review.status)}.", code="wrong_state")
    action = {"start": "started", "pause": "paused", "close": "closed", "reopen": "reopened"}[step]
    await change_record(session, review, {**values, "status": status}, actor=actor, action=action)
    # What was on when a meeting ended is not on when the next one begins.
    await session.execute(delete(ReviewStage).where(col(ReviewStage.review_id) == review.id))
    await tell_review(session, review.code, Part.STATUS)
    return review


def refuse_closed(review: Review) -> None:
    """Raises Conflict where a review is frozen."""
    if review.status is ReviewStatus.CLOSED:
        raise Conflict(
            f"The review of {review.code} is closed. Reopen it, with a reason.", code="review_closed"
        )


def _refuse_early_meeting(period: Period, meets_on: date | None) -> None:
    if meets_on is not None and meets_on < period.first_day:
        sentence = f"{meets_on} is before {period.text} begins: there is nothing to review yet."
        raise Invalid.at("/meets_on", "before_period", sentence)


async def _read_chair(session: AsyncSession, chair: str | None, actor: Actor) -> UUID | None:
    """The chair who is named. Whoever chairs reads private records: that is not for everybody to hand out."""
    if chair is None:
        return None
    if not may_name_chair(actor):
        raise Forbidden("Who chairs a review is said by an executive or an administrator.")
    found = await resolve_reference(session, "owners", chair, "/chair", actor=SYSTEM)
    row = await session.get_one(Owner, found)
    if row.role not in CHAIR_ROLES or not row.active or row.archived_at is not None:
        sentence = f"{row.name} cannot chair a review: choose an active executive or administrator."
        raise Invalid.at("/chair", "not_a_chair", sentence)
    return row.id
