"""Values of KPIs as a review tells them: what is suppressed says nothing else. Which ones, others choose."""

from app.domain.review.facts import Reading
from app.domain.review.rows import TileRow, ValueRow
from app.domain.scoring import Direction, Status

JUDGED = (Status.RED, Status.AMBER)
# What is said of a suppressed value where values are compared.
SUPPRESSED = "suppressed"


def judge_value(row: ValueRow) -> Status:
    """How a value stands; of a suppressed one nobody may know."""
    return Status.UNKNOWN if row.suppressed else row.status


def read_value(row: ValueRow) -> Reading:
    """A value that was due, as it is judged; of a suppressed one only that it is there."""
    if row.suppressed:
        return Reading(value=None, target=row.target, status=Status.UNKNOWN, suppressed=True)
    return Reading(
        value=row.value,
        target=row.target,
        status=row.status,
        change=find_change(row.value, row.before),
        n=row.n,
        note=row.note,
        confidence=row.confidence,
    )


def read_tile(row: TileRow, *, is_stale: bool, coverage: float | None = None) -> Reading:
    """The last value of a tile; a stale one is told with its period, and judged no more."""
    if row.suppressed:
        return Reading(
            value=None, target=row.target, status=Status.UNKNOWN, suppressed=True, withheld=row.withheld
        )
    before, value = (None, None, *row.values)[-2:]
    return Reading(
        value=value,
        target=row.target,
        status=Status.UNKNOWN if is_stale else row.status,
        change=find_change(value, before),
        n=row.n,
        coverage=coverage,
        note=row.note,
        confidence=row.confidence,
        green_from=row.green_from,
    )


def is_green_short_of_target(reading: Reading, direction: Direction) -> bool:
    """Is it green although it does not reach its target, by a threshold that is known?

    >>> near = Reading(value=8.5, target=8.0, status=Status.GREEN, green_from=9.0)
    >>> is_green_short_of_target(near, Direction.LOWER), is_green_short_of_target(near, Direction.HIGHER)
    (True, False)
    """
    if reading.status is not Status.GREEN or reading.green_from is None:
        return False
    if reading.value is None or reading.target is None or direction is Direction.BAND:
        return False
    return reading.value > reading.target if direction is Direction.LOWER else reading.value < reading.target


def find_change(value: float | None, before: float | None) -> float | None:
    """How much more it is than before, in its unit; None where either is missing.

    To nine digits behind the point, so that 7.3 after 7.1 is 0.2.

    >>> find_change(7.3, 7.1)
    0.2
    """
    return None if value is None or before is None else round(value - before, 9)


def is_short(status: Status) -> bool:
    """Is it red or amber?"""
    return status in JUDGED
