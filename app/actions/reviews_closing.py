"""Closing a review: what it shows is frozen, once a revision; and opening it again, with a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._review_mails import post_review_summary
from app.actions.reviews import step_review
from app.domain.permissions import Actor, Permission
from app.domain.review.canonical import hash_canonical, write_canonical
from app.domain.review.facts import Check, ReviewFacts
from app.domain.reviews import ReviewStatus
from app.errors import Conflict, Fault
from app.models.reviews import Review, ReviewClosing, ReviewReopening, ReviewSnapshot
from app.queries.period_locks import hold_values
from app.queries.review_facts import read_review_facts
from app.queries.reviews import count_closed_after, read_instant, require_whole

CHECKLIST_OPEN = "checklist_open"
NOT_THE_NEWEST = "not_the_newest"
# Of each point of the checklist, one and several that are open.
_OPEN_WORDS = {
    "updates": ("update missing", "updates missing"),
    "answers": ("promise without an answer", "promises without an answer"),
    "actions": ("red KPI without an action", "red KPIs without an action"),
    "decisions": ("decision without a next step", "decisions without a next step"),
    "owners": ("promise whose owner has left", "promises whose owners have left"),
}

# When a day of the past ends for those who play it again.
_EVENING = time(18, tzinfo=UTC)


async def close_review(
    session: AsyncSession, review: Review, data: ReviewClosing, *, actor: Actor, on: date | None = None
) -> ReviewSnapshot:
    """Freezes what a review shows, and locks the periods that end in its month.

    Points of the checklist that are open are told, and closed over only for a stated reason. `on`: a day of
    the past that is played again.
    """
    require_whole(actor, Permission.REVIEWS_WRITE)
    await _hold_review(session, review)
    # Nobody types a value between what is frozen and the lock.
    await hold_values(session)
    # After the locks and before the facts: what was said before it is told, what is said after it is not.
    at = await read_instant(session) if on is None else datetime.combine(on, _EVENING)
    facts = await read_review_facts(session, review, today=on)
    open_points = [check for check in facts.checklist if not check.done]
    if open_points and not data.despite:
        raise _refuse_open(open_points)
    despite = data.despite if open_points else None
    told = replace(facts, reopened=review.reason, despite=despite)
    snapshot = freeze_facts(review, told, at=at, actor=actor)
    await step_review(session, review, "close", {"closed_at": at, "despite": despite}, actor=actor)
    session.add(snapshot)
    await session.flush()
    if on is None:
        await post_review_summary(session, review, told)
    return snapshot


async def reopen_review(
    session: AsyncSession, review: Review, data: ReviewReopening, *, actor: Actor
) -> Review:
    """Opens the newest closed review again, as its next revision; those before stay as they were.

    What closes again tells the world of today: of an earlier month that would rewrite history.
    """
    require_whole(actor, Permission.REVIEWS_WRITE)
    await _hold_review(session, review)
    if review.status is ReviewStatus.CLOSED and (later := await count_closed_after(session, review.code)):
        raise _refuse_history(review, later)
    again = {"revision": review.revision + 1, "reason": data.reason, "closed_at": None, "despite": None}
    return await step_review(session, review, "reopen", again, actor=actor)


def freeze_facts(review: Review, facts: ReviewFacts, *, at: datetime, actor: Actor) -> ReviewSnapshot:
    """The facts as they are kept: canonical bytes under their hash."""
    body = write_canonical(facts)
    return ReviewSnapshot(
        review_id=review.id,
        revision=review.revision,
        schema_version=facts.schema,
        body=body,
        sha256=hash_canonical(body),
        closed_at=at,
        closed_by=actor.name,
        closed_by_id=actor.id,
        reason=review.reason,
    )


async def _hold_review(session: AsyncSession, review: Review) -> None:
    """Of two who close at once, the second sees what the first did."""
    await session.refresh(review, with_for_update=True)


def _refuse_open(points: list[Check]) -> Conflict:
    faults = tuple(
        Fault("/despite", check.key, f"{_say_open(check)}: {_name_open(check)}") for check in points
    )
    many = "1 point is" if len(points) == 1 else f"{len(points)} points are"
    told = "; ".join(_say_open(check) for check in points)
    detail = f"{many} open: {told}. Settle them, or say why the review closes despite that."
    return Conflict(detail, code=CHECKLIST_OPEN, faults=faults)


def _refuse_history(review: Review, later: int) -> Conflict:
    many = "1 later month is" if later == 1 else f"{later} later months are"
    return Conflict(
        f"The review of {review.code} is history: {many} closed. An executive corrects the value with a "
        "reason, and the review tells it as revised since.",
        code=NOT_THE_NEWEST,
    )


def _say_open(check: Check) -> str:
    """How much of a point is open. Its title says how it is when it is done."""
    count = len(check.open)
    one, many = _OPEN_WORDS[check.key]
    return f"{count:,} {one if count == 1 else many}"


def _name_open(check: Check) -> str:
    shown = ", ".join(each.name for each in check.open[:3])
    more = len(check.open) - 3
    return f"{shown} and {more} more." if more > 0 else f"{shown}."
