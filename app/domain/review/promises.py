"""Commitments of a review: what was promised before it, and what was promised in it. Pure.

Only what became of each: never how many somebody has kept.
"""

from collections.abc import Iterable
from datetime import date

from app.domain.commitments import OPEN
from app.domain.review.belonging import Said
from app.domain.review.facts import Promise, Promises
from app.domain.review.names import Names, sort_named
from app.domain.review.rows import Frame, PromiseRow


def tell_promises(rows: Iterable[PromiseRow], frame: Frame, names: Names) -> Promises:
    """What was promised before this review and was open when the last one closed, and what in this one.

    Which review a promise belongs to, and which one tells what became of it, is said in `belonging`.
    """
    before = [row for row in rows if is_from_before(row, frame)]
    made = [row for row in rows if is_made_here(row, frame)]
    return Promises(last=write_promises(before, frame, names), made=write_promises(made, frame, names))


def is_from_before(row: PromiseRow, frame: Frame) -> bool:
    """Was it promised in an earlier review, or before this one, and has no other told what became of it?"""
    home = find_home(row, frame)
    if home is None:
        is_earlier = frame.timeline.is_before(frame.period, Said(row.made_on, row.made_at))
    else:
        is_earlier = home < frame.period
    return is_earlier and (row.settled_on is None or frame.tells_end(Said(row.settled_on, row.settled_at)))


def is_made_here(row: PromiseRow, frame: Frame) -> bool:
    """Does it belong to this review?"""
    return find_home(row, frame) == frame.period


def find_home(row: PromiseRow, frame: Frame) -> str | None:
    """The month of the review that a promise belongs to."""
    return frame.timeline.find_home(row.review, Said(row.made_on, row.made_at))


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
        made_in=find_home(row, frame),
        overdue=max(late, 0),
    )


def _order_promise(promise: Promise) -> tuple[date, int, str, str]:
    code = promise.commitment.code
    return promise.due_on, len(code), code, promise.commitment.id
