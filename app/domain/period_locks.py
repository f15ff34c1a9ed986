"""Which values a closed review keeps out: those that are typed or imported into a period it locks.

Feeds, computations and aggregates still make revisions; what they change shows as "revised since".
"""

from collections.abc import Collection
from typing import NamedTuple

from app.domain.periods import Period
from app.domain.permissions import Actor, ActorKind, Permission, may
from app.domain.reviews import reviewing_month
from app.domain.scoring import Source
from app.domain.states import TYPED, NewValue
from app.errors import Fault

PERIOD_LOCKED = "period_locked"


class PeriodLock(NamedTuple):
    """The months whose reviews are closed, and whether the writer may correct what they lock."""

    months: Collection[str] = ()
    corrects: bool = False

    def covers(self, period: Period) -> bool:
        """Does a closed review lock this period: does it end in one of the months?

        >>> from app.domain.periods import parse_period
        >>> lock = PeriodLock({"2026-09"})
        >>> [lock.covers(parse_period(each)) for each in ("2026-09", "2026-Q3", "2026-W40", "2026-W39")]
        [True, True, False, True]
        """
        return reviewing_month(period.last_day) in self.months


def may_correct(actor: Actor) -> bool:
    """May this actor correct what a closed review locks? A person who may; machines wait for its reopening.

    >>> from app.domain.permissions import SYSTEM
    >>> may_correct(SYSTEM)
    False
    """
    return actor.kind is ActorKind.PERSON and may(actor, Permission.PERIODS_CORRECT)


def find_lock_fault(lock: PeriodLock, value: NewValue, source: Source) -> Fault | None:
    """Why a closed review keeps this value out; None: it does not.

    Only what is typed or imported is kept out. Whoever may correct it types it, and says why.
    """
    if source not in TYPED or not lock.covers(value.period):
        return None
    month = reviewing_month(value.period.last_day)
    closed = f"{value.period.text} is locked: the review of {month} is closed."
    if source is Source.MANUAL and lock.corrects:
        if value.reason:
            return None
        return Fault("/reason", PERIOD_LOCKED, f"{closed} Say why the value is corrected all the same.")
    return Fault("/period", PERIOD_LOCKED, f"{closed} An executive corrects it, with a reason.")
