"""Commitments of a review: what was promised before it, and what was promised in it. Pure.

Only what became of each: never how many somebody has kept.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from app.domain.commitments import OPEN
from app.domain.review.facts import Promise, Promises
from app.domain.review.names import Names, sort_named
from app.domain.review.rows import Frame, PromiseRow, ReviewDays


def tell_promises(rows: Iterable[PromiseRow], frame: Frame, names: Names) -> Promises:
    """What was promised before this review and was open when the last one closed, and what in this one.

    What was captured in a review is of that one, whenever the next one opened. The others go by their day.
    """
    before = [row for row in rows if is_from_before(row, frame)]
    made = [row for row in rows if is_made_here(row, frame)]
    return Promises(last=write_promises(before, frame, names), made=write_promises(made, frame, names))


def is_from_before(row: PromiseRow, frame: Frame) -> bool:
    """Was it promised in an earlier review, or before this one, and open when the last one had closed?"""
    if row.review is None:
        is_earlier = frame.comes_after(row.made_on, row.made_at)
    else:
        is_earlier = row.review < frame.period
    return is_earlier and (row.settled_on is None or row.settled_on > frame.since_day)


def is_made_here(row: PromiseRow, frame: Frame) -> bool:
    """Was it captured in this review; or, if in none, promised while this one was on?"""
    if row.review is not None:
        return row.review == frame.period
    return frame.holds(row.made_on, row.made_at)


def write_promises(rows: Iterable[PromiseRow], frame: Frame, names: Names) -> tuple[Promise, ...]:
    """As facts: those to answer for first, by due date, then by code."""
    told = [write_promise(row, frame, names) for row in rows]
    return tuple(sorted(told, key=_order_promise))


def write_promise(row: PromiseRow, frame: Frame, names: Names) -> Promise:
    """One commitment."""
    late = (frame.today - row.due_on).days if row.status == OPEN else 0
    return Promise(
        commitment=row.commitment,
        owner=names.somebody(row.owner),
        partner=names.person(row.partner),
        due_on=row.due_on,
        first_due_on=row.first_due_on,
        outcome=row.status,
        said=row.said,
        about=sort_named(row.about),
        made_in=row.review or find_review_of(row.made_on, frame.reviews),
        overdue=max(late, 0),
    )


def find_review_of(day: date, reviews: Sequence[ReviewDays]) -> str | None:
    """The month of the review that was open on a day: the newest, where several were."""
    held = [each.code for each in reviews if _was_open(each, day)]
    return max(held, default=None)


def _was_open(review: ReviewDays, day: date) -> bool:
    return review.opened_on <= day and (review.closed_on is None or day <= review.closed_on)


def _order_promise(promise: Promise) -> tuple[date, int, str, str]:
    code = promise.commitment.code
    return promise.due_on, len(code), code, promise.commitment.id
