"""What is known of the measurements of one KPI: their states, and the targets and tree they are read by.

A state never changes: a corrected value, a new target or a changed neighbour makes a new one. Reading and
storing states does not live here; the formulas are in `scoring` and `aggregation`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.periods import Period
from app.domain.scoring import (
    Aggregation,
    Assessment,
    Direction,
    Source,
    Status,
    Thresholds,
    Trend,
    Variation,
    assess,
)

TYPED = frozenset({Source.MANUAL, Source.IMPORTED})


class Key(NamedTuple):
    """Which measurement of a KPI: a department (None: the whole organization) and a period."""

    department: UUID | None
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """What somebody says about one department and period: a value, or why there is none."""

    department: UUID | None
    period: Period
    value: Decimal | None = None
    not_applicable: bool = False
    suppressed: bool = False
    withdrawn: bool = False
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    n: int | None = None
    interval_low: Decimal | None = None
    interval_high: Decimal | None = None
    note: str | None = None
    confidence: int | None = None
    reason: str | None = None
    # Of a computed value: what it is made of, in words, and the numbers that stand beside it.
    explanation: str | None = None
    seconds: Sequence[Mapping[str, Any]] | None = None

    @property
    def key(self) -> Key:
        """Which measurement this is about."""
        return Key(self.department, self.period)


class Result(StrEnum):
    """What became of a value. `overridden`: a typed value stands here; the feed or computation waits."""

    CREATED = "created"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    OVERRIDDEN = "overridden"
    REJECTED = "rejected"


class Verdict(NamedTuple):
    """How a value is read: against which target, with which status, why, and where it moves."""

    target: Decimal | None
    status: Status
    reason: str
    trend: Trend | None


class Recorded(NamedTuple):
    """Who said it, and when."""

    by: UUID | None
    by_name: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state of a measurement. `row` is None while it is not stored."""

    id: UUID
    revision: int
    content: NewValue
    source: Source
    headcount: int | None
    recorded: Recorded
    verdict: Verdict
    signal: Variation | None = None
    row: int | None = None
    known_from: datetime | None = None

    @property
    def key(self) -> Key:
        """Which measurement this is a state of."""
        return self.content.key

    @property
    def number(self) -> Decimal | None:
        """What it counts for in a series; None when there is no number that may be known."""
        return None if self.content.suppressed else self.content.value

    @property
    def is_recorded(self) -> bool:
        """Whether somebody or something said it about this very place, and still does."""
        return self.source is not Source.AGGREGATED and not self.content.withdrawn

    @property
    def is_awaited_again(self) -> bool:
        """Whether it makes its department one from which values are awaited: somebody or a feed told it."""
        return self.is_recorded and self.source is not Source.COMPUTED


class TargetRange(NamedTuple):
    """Thresholds of a range of days, for one department or for all."""

    department: UUID | None
    first_day: date
    last_day: date | None
    thresholds: Thresholds

    def covers(self, period: Period) -> bool:
        """Whether it holds for a period: its deciding day lies in the range."""
        day = period.deciding_day
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Place(NamedTuple):
    """A department of today's tree, and whether values of the KPI are awaited from it.

    `is_open`: neither inactive nor archived; from any other nothing is awaited.
    """

    code: str
    parent: UUID | None
    headcount: int | None
    is_awaited: bool
    is_open: bool = True


class Point(NamedTuple):
    """A stored number of a series, with what it says and its row."""

    value: Decimal
    signal: Variation | None
    row: int


@dataclass(slots=True, kw_only=True)
class Board:
    """Everything that decides about some periods of one KPI.

    `before` holds the states as they were read, `states` begins as their copy and becomes what shall be.
    `ended` remembers id and revision of measurements that have no current state. `awaits_all`: values are
    awaited from every department that ever had one. `is_numeric`: its values form series in which there
    can be signals; `series` are the stored numbers of some departments, by the positions of all periods.
    """

    direction: Direction
    aggregation: Aggregation
    unit: str
    is_numeric: bool = True
    targets: Sequence[TargetRange] = ()
    places: dict[UUID, Place] = field(default_factory=dict)
    awaits_all: bool = False
    # The targets that cover a period, by department: many values share a period.
    covering: dict[Period, dict[UUID | None, Thresholds]] = field(default_factory=dict)
    before: dict[Key, State] = field(default_factory=dict)
    states: dict[Key, State] = field(default_factory=dict)
    ended: dict[Key, tuple[UUID, int]] = field(default_factory=dict)
    series: dict[UUID | None, dict[int, Point]] = field(default_factory=dict)


def find_thresholds(board: Board, key: Key) -> Thresholds | None:
    """The thresholds of a department and period: its own ones if there are any, else the general ones."""
    covering = board.covering.get(key.period)
    if covering is None:
        covering = {each.department: each.thresholds for each in board.targets if each.covers(key.period)}
        board.covering[key.period] = covering
    own = covering.get(key.department)
    return covering.get(None) if own is None else own


def assess_value(value: NewValue, direction: Direction, thresholds: Thresholds | None) -> Assessment:
    """The status of what was said, and why; unknown for all that is no number."""
    if value.withdrawn:
        return Assessment(Status.UNKNOWN, "The value was withdrawn.")
    if value.suppressed:
        return Assessment(Status.UNKNOWN, "The value is suppressed, to protect the people who answered.")
    reason = (value.note or "no reason is given") if value.not_applicable else None
    return assess(value.value, direction, thresholds=thresholds, not_applicable=reason)


def says_the_same(value: NewValue, source: Source, state: State) -> bool:
    """Whether a value repeats a state: same content, from a source of the same kind, for no new reason.

    A typed value that equals a fed one is no repetition: it stands where the next feed would not.
    """
    if (source in TYPED) != (state.source in TYPED) or state.source is Source.AGGREGATED:
        return False
    return replace(value, reason=value.reason or state.content.reason) == state.content
