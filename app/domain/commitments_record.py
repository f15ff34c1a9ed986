"""What became of the commitments of one person, as counts by quarter. Whose they are is not known here.

Nothing here compares people: a record is between its person and the chair.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.domain.commitments import is_silent
from app.domain.periods import Cadence, period_of
from app.domain.words import CommitmentStatus

FEWEST_COMPARED = 3


class Answered(NamedTuple):
    """A commitment as a record counts it: when it was due, what became of it, and on which day."""

    due_on: date
    status: CommitmentStatus
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class QuarterRecord:
    """What was due in a quarter. `late`: of those kept, after the day. `silent`: a week over without a word.

    `dropped` ones were released in time and are not due.
    """

    quarter: str
    kept: int = 0
    late: int = 0
    partly: int = 0
    missed: int = 0
    silent: int = 0
    dropped: int = 0

    @property
    def due(self) -> int:
        """How many had to be answered for."""
        return self.kept + self.partly + self.missed + self.silent

    @property
    def not_done(self) -> float | None:
        """Share agreed but not done: missed and silent ones whole, those partly kept by half, of all due.

        Between 0 and 1; None where nothing was due.
        """
        return (self.missed + self.silent + self.partly / 2) / self.due if self.due else None

    @property
    def answered(self) -> float | None:
        """Share of those due of which it is told what became: a missed one with a word counts here.

        Between 0 and 1; None where nothing was due.
        """
        return 1 - self.silent / self.due if self.due else None


def count_record(rows: Iterable[Answered], *, today: date) -> list[QuarterRecord]:
    """The quarters in which something was due, the latest first. What is open and not silent counts nowhere.

    >>> day = date(2026, 6, 10)
    >>> kept = Answered(day, CommitmentStatus.KEPT, day)
    >>> silent = Answered(day, CommitmentStatus.OPEN, None)
    >>> (record,) = count_record([kept, silent], today=date(2026, 7, 1))
    >>> record.quarter, record.kept, record.silent, record.not_done
    ('2026-Q2', 1, 1, 0.5)
    """
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if (word := _name_end(row, today)) is None:
            continue
        quarter = counts.setdefault(period_of(row.due_on, Cadence.QUARTERLY).text, {})
        quarter[word] = quarter.get(word, 0) + 1
        if word == "kept" and row.settled_on is not None and row.settled_on > row.due_on:
            quarter["late"] = quarter.get("late", 0) + 1
    return [QuarterRecord(quarter, **counts[quarter]) for quarter in sorted(counts, reverse=True)]


def _name_end(row: Answered, today: date) -> str | None:
    if row.status is not CommitmentStatus.OPEN:
        return row.status.value
    return "silent" if is_silent(row.due_on, today) else None


def compare_quarters(records: list[QuarterRecord]) -> float | None:
    """By how much the share not done fell (below 0) or rose from the quarter before to the latest one.

    Of each at least three must have been due: one more or less of one or two says nothing. None otherwise,
    and while there are fewer than two quarters.

    >>> now, before = QuarterRecord("2026-Q3", kept=4), QuarterRecord("2026-Q2", kept=3, missed=1)
    >>> compare_quarters([now, before])
    -0.25
    """
    shares = [each.not_done for each in records[:2] if each.due >= FEWEST_COMPARED]
    latest, before = shares if len(shares) == 2 else (None, None)
    return None if latest is None or before is None else latest - before
