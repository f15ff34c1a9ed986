"""Rules about one measurement: what may be said, whose value is awaited, who owes it, when it needs a note.

Its status is decided in `scoring`; storing and revising it is an action.
"""

from collections.abc import Collection, Hashable
from datetime import date
from typing import TypeVar

from app.domain.periods import Cadence, Period
from app.domain.problems import Problem
from app.domain.scoring import Source, Status
from app.domain.states import NewValue

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

    `ever_had_values` leaves out what was aggregated or computed from records: where no record is, no value
    is missing.

    >>> due_departments(None, reporting=[], ever_had_values=[])
    frozenset({None})
    """
    if reporting:
        return frozenset(reporting)
    if home is not None:
        return frozenset({home})
    return frozenset(ever_had_values) or frozenset({None})


def check_period(period: Period, cadence: Cadence, *, today: date) -> list[Problem]:
    """Whether a KPI takes values of this period: of its own cadence (`wrong_cadence`), begun (`not_begun`).

    The current period is taken: a value may be complete before its period is.
    """
    if period.cadence is not cadence:
        return [Problem("period", "wrong_cadence", f"{period} is {period.cadence}; the KPI is {cadence}")]
    if period.first_day > today:
        return [Problem("period", "not_begun", f"{period} has not begun yet")]
    return []


def check_content(value: NewValue) -> list[Problem]:
    """The broken rules of what is said; an empty list when they hold.

    A value, or not applicable with a note (`required`, `note_required`, `value_and_not_applicable`). A
    numerator comes with its denominator, which is not 0 (`required`, `denominator_zero`). Whether the value
    is their quotient is not asked: units differ in scale, and people round.
    """
    problems = []
    if value.not_applicable and value.value is not None:
        sentence = "a value that is there is applicable"
        problems.append(Problem("not_applicable", "value_and_not_applicable", sentence))
    if value.not_applicable and not value.note:
        problems.append(Problem("note", "note_required", "not applicable needs a note that says why"))
    if not value.not_applicable and value.value is None:
        problems.append(Problem("value", "required", "a value is needed, or not_applicable with a note"))
    return problems + _check_ratio(value)


def _check_ratio(value: NewValue) -> list[Problem]:
    if (value.numerator is None) != (value.denominator is None):
        missing = "numerator" if value.numerator is None else "denominator"
        return [Problem(missing, "required", "numerator and denominator come together")]
    if value.denominator == 0:
        return [Problem("denominator", "denominator_zero", "nothing can be divided by 0")]
    return []


def needs_note(status: Status, note: str | None, *, source: Source) -> bool:
    """Whether a value must not be stored yet: typed, red, and without a word of explanation.

    Fed, computed and imported ones are stored all the same; the checker names them.
    """
    return status is Status.RED and source is Source.MANUAL and not (note and note.strip())


def who_owes(updater: P | None, head: P | None, *, owner: P | None) -> P | None:
    """The person who owes a value: the KPI's updater, else the department's head, else the KPI's owner.

    Of a KPI that is computed from records only an updater who is named owes anything.
    """
    if updater is not None:
        return updater
    return owner if head is None else head
