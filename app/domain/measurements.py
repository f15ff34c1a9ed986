"""Rules about one measurement: whose value is awaited, who owes it, when it needs a note.

Its status is decided in `scoring`; storing and revising it is an action.
"""

from collections.abc import Collection, Hashable
from typing import TypeVar

from app.domain.scoring import Source, Status

# Why an awaited value that is not there has no status.
NOT_ENDED_REASON = "The period has not ended yet."
NO_VALUE_REASON = "No value yet."
OVERDUE_REASON = "No value, and its time is over."

D = TypeVar("D", bound=Hashable)
P = TypeVar("P")


def due_departments(
    home: D | None, *, reporting: Collection[D], ever_had_values: Collection[D | None]
) -> frozenset[D | None]:
    """The departments a KPI awaits values from, None standing for the whole organization.

    Those it lists as reporting; else its own department; else those that ever had a value; else the
    whole organization. Other values are accepted, but never awaited. Never empty.

    >>> due_departments(None, reporting=[], ever_had_values=[])
    frozenset({None})
    """
    if reporting:
        return frozenset(reporting)
    if home is not None:
        return frozenset({home})
    return frozenset(ever_had_values) or frozenset({None})


def needs_note(status: Status, note: str | None, *, source: Source) -> bool:
    """Whether a value must not be stored yet: typed, red, and without a word of explanation.

    Fed, computed and imported ones are stored all the same; the checker names them.
    """
    return status is Status.RED and source is Source.MANUAL and not (note and note.strip())


def who_owes(updater: P | None, head: P | None, *, owner: P | None) -> P | None:
    """The person who owes a value: the KPI's updater, else the department's head, else the KPI's owner."""
    if updater is not None:
        return updater
    return owner if head is None else head
