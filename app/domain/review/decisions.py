"""Decisions in a review: those past their limit, and those that were taken. Pure."""

from datetime import date

from app.domain.decisions import DecisionStatus, is_past_limit
from app.domain.review.belonging import Said
from app.domain.review.facts import DecisionFact, Decisions, Named
from app.domain.review.names import Names
from app.domain.review.rows import DecisionRow, Frame, ReviewRows

# A decision need not have a type.
_NO_TYPE = Named("", "", "")


def tell_decisions(rows: ReviewRows, names: Names) -> Decisions:
    """Overdue: past their limit, the longest first. Taken: decided since the last review, or raised here.

    Withdrawn ones are no decisions. Which review a decision belongs to is said in `belonging`; what was
    decided before that one closed is told there, what was decided later by the next to close.
    """
    frame = rows.frame
    overdue = [row for row in rows.decisions if is_overdue(row, frame.today)]
    taken = [row for row in rows.decisions if _is_taken(row, frame)]
    return Decisions(
        overdue=tuple(_tell_decision(row, frame, names) for row in sorted(overdue, key=_order_overdue)),
        taken=tuple(_tell_decision(row, frame, names) for row in sorted(taken, key=_order_taken)),
        open=sum(row.status == DecisionStatus.OPEN for row in rows.decisions),
    )


def is_overdue(row: DecisionRow, today: date) -> bool:
    """Is it open past the limit of its type?"""
    is_open = row.status == DecisionStatus.OPEN
    return is_open and is_past_limit(row.opened_on, row.limit_days, today=today)


def is_captured(row: DecisionRow, frame: Frame) -> bool:
    """Does it belong to this review: was it raised in it?"""
    return _find_home(row, frame) == frame.period


def _find_home(row: DecisionRow, frame: Frame) -> str | None:
    return frame.timeline.find_home(row.review, Said(row.raised_on, row.raised_at))


def _is_taken(row: DecisionRow, frame: Frame) -> bool:
    if row.status == DecisionStatus.WITHDRAWN:
        return False
    home = _find_home(row, frame)
    if home == frame.period or row.ended_on is None:
        return home == frame.period
    ended = Said(row.ended_on, row.ended_at)
    return frame.tells_end(ended) and not frame.timeline.was_open_at_home(home, ended)


def _tell_decision(row: DecisionRow, frame: Frame, names: Names) -> DecisionFact:
    return DecisionFact(
        decision=row.decision,
        type=row.type or _NO_TYPE,
        decider=names.person(row.decider),
        raised_on=row.raised_on,
        open_days=((row.ended_on or frame.today) - row.opened_on).days,
        limit_days=row.limit_days,
        state=row.status,
        chosen=row.chosen,
        decided_on=row.ended_on,
        review_on=row.review_on,
        concerns=row.concerns,
        captured=is_captured(row, frame),
        written_by=None if row.writer == row.decider else names.person(row.writer),
    )


def _order_overdue(row: DecisionRow) -> tuple[date, str, str]:
    return row.opened_on, row.decision.code, row.decision.id


def _order_taken(row: DecisionRow) -> tuple[date, int, str, str]:
    code = row.decision.code
    return row.ended_on or date.max, len(code), code, row.decision.id
