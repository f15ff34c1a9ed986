"""Which values a closed review keeps out, and who may correct them all the same."""

import pytest

from app.domain.period_locks import PeriodLock, find_lock_fault
from app.domain.periods import parse_period
from app.domain.scoring import Source
from app.domain.states import NewValue

CLOSED = {"2026-09"}
FED = [source for source in Source if source not in (Source.MANUAL, Source.IMPORTED)]


def make_value(period: str, reason: str | None = None) -> NewValue:
    """A value of the whole organization."""
    return NewValue(department=None, period=parse_period(period), reason=reason)


@pytest.mark.parametrize("source", [Source.MANUAL, Source.IMPORTED])
@pytest.mark.parametrize("period", ["2026-09", "2026-Q3", "2026-W39"])
def test_what_is_typed_or_imported_is_kept_out(source: Source, period: str) -> None:
    fault = find_lock_fault(PeriodLock(CLOSED), make_value(period, "Miscounted."), source)
    assert fault is not None
    assert (fault.pointer, fault.code) == ("/period", "period_locked")
    assert fault.detail.startswith(f"{period} is locked: the review of 2026-09 is closed.")


@pytest.mark.parametrize("source", FED)
def test_what_a_machine_brings_makes_a_revision(source: Source) -> None:
    assert find_lock_fault(PeriodLock(CLOSED), make_value("2026-09"), source) is None


@pytest.mark.parametrize("period", ["2026-10", "2026-W40", "2026-Q4", "2026", "2026-08"])
def test_what_ends_in_another_month_is_open(period: str) -> None:
    assert find_lock_fault(PeriodLock(CLOSED), make_value(period), Source.MANUAL) is None


def test_whoever_may_correct_says_why() -> None:
    lock = PeriodLock(CLOSED, corrects=True)
    silent = find_lock_fault(lock, make_value("2026-09"), Source.MANUAL)
    assert silent is not None
    assert silent.pointer == "/reason"
    assert find_lock_fault(lock, make_value("2026-09", "Miscounted."), Source.MANUAL) is None
    assert find_lock_fault(lock, make_value("2026-09", "Miscounted."), Source.IMPORTED) is not None
