"""The life of a finding: its states, how it changed since an earlier moment, and how far a waiver reaches."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.domain.linkage.findings import Severity
from app.domain.permissions import Actor, Permission, may

LONGEST_WAIVER_DAYS = 365


class FindingStatus(StrEnum):
    """Open, let be by a waiver in force, or no longer found."""

    OPEN = "open"
    WAIVED = "waived"
    FIXED = "fixed"


class Change(StrEnum):
    """What became of a finding since an earlier moment."""

    NEW = "new"
    FIXED = "fixed"
    STILL_OPEN = "still_open"
    WAIVER_EXPIRED = "waiver_expired"
    WAIVED = "waived"


def waiver_problem(expires_on: date, *, today: date) -> str | None:
    """Why a waiver cannot end on this day: it is over already, or more than 365 days ahead. None when it can.

    >>> waiver_problem(date(2026, 11, 21), today=date(2026, 11, 22))
    'a waiver must end today or later'
    """
    if expires_on < today:
        return "a waiver must end today or later"
    if expires_on > today + timedelta(days=LONGEST_WAIVER_DAYS):
        return f"a waiver lasts {LONGEST_WAIVER_DAYS} days at most"
    return None


def refuse_to_waive(actor: Actor, severity: Severity, *, departments: Iterable[str | None]) -> str | None:
    """Why this actor may not waive a finding, as a sentence; None when they may.

    Heads waive what is no error and belongs to their own departments alone; `departments`: the keys of
    those of its objects, None for what belongs to the whole organization. Executives waive everything.
    """
    if not may(actor, Permission.WAIVERS_WRITE):
        return "Waivers are for heads and executives."
    if actor.writes is None:
        return None
    if severity is Severity.ERROR:
        return "Errors are waived by executives only."
    own = (key is not None and UUID(key) in actor.writes for key in departments)
    return None if all(own) else "This is not of your own departments alone; an executive can waive it."


def still_covers(waived: Severity, *, found: Severity) -> bool:
    """Whether a waiver of a finding that was this severe then holds for the finding as it is now.

    What has become worse was never accepted, and it may not have been the maker's to accept.

    >>> still_covers(Severity.WARNING, found=Severity.ERROR)
    False
    """
    by_weight = list(Severity)
    return by_weight.index(found) >= by_weight.index(waived)
