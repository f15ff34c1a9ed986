"""The life of a monthly review: its states, which step leads where, and which periods a closed one locks."""

from datetime import date, timedelta
from enum import StrEnum

from app.domain.periods import Cadence, Period, last_ended, parse_period
from app.domain.permissions import Actor, ActorKind, Role

# How many months before this one a review may still be opened of.
MONTHS_BACK = 24
# Who may chair a review, and say who does: the chair reads what people kept and missed, and their concerns.
CHAIR_ROLES = frozenset({Role.ADMIN, Role.EXECUTIVE})


class ReviewStatus(StrEnum):
    """Preparing: live, updates come in. In session: the leadership meets. Closed: frozen."""

    PREPARING = "preparing"
    IN_SESSION = "in_session"
    CLOSED = "closed"


class Attendance(StrEnum):
    """Who is expected at a review, and who came."""

    EXPECTED = "expected"
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


class ParkedState(StrEnum):
    """What became of something that was parked."""

    OPEN = "open"
    TAKEN_UP = "taken_up"
    DROPPED = "dropped"


_STEPS: dict[tuple[ReviewStatus, str], ReviewStatus] = {
    (ReviewStatus.PREPARING, "start"): ReviewStatus.IN_SESSION,
    (ReviewStatus.IN_SESSION, "pause"): ReviewStatus.PREPARING,
    (ReviewStatus.PREPARING, "close"): ReviewStatus.CLOSED,
    (ReviewStatus.IN_SESSION, "close"): ReviewStatus.CLOSED,
    (ReviewStatus.CLOSED, "reopen"): ReviewStatus.PREPARING,
}
_WHERE = {
    ReviewStatus.PREPARING: "is being prepared",
    ReviewStatus.IN_SESSION: "is in session",
    ReviewStatus.CLOSED: "is closed",
}


def next_review_status(status: ReviewStatus, step: str) -> ReviewStatus | None:
    """Where a step (start, pause, close, reopen) leads; None: there is no such step from here.

    >>> next_review_status(ReviewStatus.PREPARING, "start").value
    'in_session'
    >>> next_review_status(ReviewStatus.CLOSED, "start") is None
    True
    """
    return _STEPS.get((status, step))


def say_review_status(status: ReviewStatus) -> str:
    """How a review stands, as the end of a sentence."""
    return _WHERE[status]


def may_name_chair(actor: Actor) -> bool:
    """May this actor say who chairs a review? People of the roles that chair, and the command line.

    >>> from app.domain.permissions import SYSTEM
    >>> may_name_chair(SYSTEM)
    True
    """
    return actor.kind is ActorKind.SYSTEM or actor.role in CHAIR_ROLES


def find_review_problem(period: Period, *, today: date, is_played: bool = False) -> str | None:
    """Why no review of this period can be opened on this day; None: it can.

    Reviews are monthly; a month can be reviewed from its first day on, for two years. `is_played`: it is
    not opened now but told of the past, which has no such end.

    >>> from app.domain.periods import parse_period
    >>> find_review_problem(parse_period("2026-Q4"), today=date(2026, 11, 2))
    'A review is of a month, written like 2026-10.'
    """
    if period.cadence is not Cadence.MONTHLY:
        return "A review is of a month, written like 2026-10."
    if period.first_day > today:
        return f"{period.text} has not begun yet."
    oldest = parse_period(f"{today:%Y-%m}").previous(MONTHS_BACK)
    if period.first_day < oldest.first_day and not is_played:
        return f"{period.text} is too long ago: the oldest month that can be opened is {oldest.text}."
    return None


def due_review(today: date) -> Period:
    """The month whose review opens by itself: the last one that has ended.

    >>> due_review(date(2026, 11, 1)).text
    '2026-10'
    """
    return last_ended(today, Cadence.MONTHLY)


def reviewing_month(last_day: date) -> str:
    """The month whose review, once closed, locks a period that ends on this day.

    >>> from app.domain.periods import parse_period
    >>> reviewing_month(parse_period("2026-Q3").last_day)
    '2026-09'
    """
    return f"{last_day:%Y-%m}"


def months_before(period: Period, count: int) -> list[Period]:
    """The months before one, the oldest first; `count` of them.

    >>> from app.domain.periods import parse_period
    >>> [each.text for each in months_before(parse_period("2026-01"), 2)]
    ['2025-11', '2025-12']
    """
    return [period.previous(n) for n in range(count, 0, -1)]


def default_meeting_day(period: Period) -> date:
    """When nothing else is arranged: the second Tuesday after the month.

    >>> from app.domain.periods import parse_period
    >>> default_meeting_day(parse_period("2026-10"))
    datetime.date(2026, 11, 10)
    """
    first = period.last_day + timedelta(days=1)
    return first + timedelta(days=(1 - first.weekday()) % 7 + 7)
