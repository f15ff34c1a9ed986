"""The rows from which a review is put together, as they are read: ids point at the rows of other lists.

Their order never matters. Reading them does not live here, nor what a review says about them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from app.domain.linkage.findings import Severity
from app.domain.review.belonging import Said, Timeline
from app.domain.review.facts import Named
from app.domain.scoring import Direction, Status, Variation
from app.domain.words import DependencyState


class ParkedRow(NamedTuple):
    """Something that was put aside."""

    id: str
    code: str
    what: str
    by: UUID | None
    state: str


class GuardRow(NamedTuple):
    """The id of a KPI, and of the one that guards it."""

    kpi: str
    guard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A review and what stands around it. `today`: the day as of which it is read.

    `since`: when the last review closed, else the first moment of the month; `since_day`: the last day that
    belongs to what was before. `timeline`: all reviews, which say what belongs to which. `minimum_group`:
    that of the organization.
    """

    period: str
    revision: int
    organization: str
    today: date
    since: datetime
    since_day: date
    previous: str | None
    score_before: float | None
    chair: UUID | None
    meets_on: date | None
    attendance: dict[UUID, str]
    timeline: Timeline
    guards: tuple[GuardRow, ...] = ()
    parked: tuple[ParkedRow, ...] = ()
    minimum_group: int | None = None

    def tells_end(self, ended: Said) -> bool:
        """Is it this review that tells what ended then: after the last one, and before another was frozen?"""
        is_since = not ended.is_by(Said(self.since_day, self.since))
        return is_since and self.timeline.find_teller(ended) in (None, self.period)


class PersonRow(NamedTuple):
    """Somebody who is named. `is_here`: works here still."""

    id: UUID
    email: str
    name: str
    is_here: bool


class PlaceRow(NamedTuple):
    """A department, its peer note for the month, and how many of its initiatives stand how."""

    id: UUID
    code: str
    name: str
    head: UUID | None
    is_open: bool
    challenge: str | None
    ask: str | None
    initiatives_open: int
    initiatives_late: int
    initiatives_finished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """A value that is due: of a KPI, at a place (None: the whole organization), for a period, by somebody.

    `is_there`: something is told; `is_fed`: it comes by itself. `before`: the value one period earlier;
    `status_before`: how the one stood that the last review was about.
    """

    kpi: Named
    unit: str
    direction: Direction
    owner: UUID | None
    place: UUID | None
    period: str
    owes: UUID | None
    is_there: bool
    is_fed: bool
    value: float | None
    target: float | None
    status: Status
    n: int | None
    suppressed: bool
    note: str | None
    confidence: int | None
    variation: Variation | None
    before: float | None
    status_before: Status | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TileRow:
    """One alignment KPI at one place, up to the month: `values` by `periods`, the oldest first, and the last.

    `period`: the last one, or the one of which a value is awaited where there is none yet. Of a department
    only the last two. `green_from`: the threshold below the target from which a value is green still.
    `withheld`: it is suppressed, though of enough people.
    """

    kpi: Named
    unit: str
    direction: Direction
    grace_days: int
    place: UUID | None
    period: str
    periods: tuple[str, ...]
    values: tuple[float | None, ...]
    target: float | None
    status: Status
    n: int | None
    suppressed: bool
    note: str | None
    confidence: int | None
    explanation: str | None
    variation: Variation | None
    green_from: float | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """A commitment as it stood on the day. `about`: what it names; `kpi` and `decision`: their ids.

    `review`: the month of the one in which it was captured, if any. `made_at`: when it was written down, None
    if that was later than on its day; `settled_at`: when its outcome was.
    """

    commitment: Named
    owner: UUID
    partner: UUID | None
    department: UUID | None
    due_on: date
    first_due_on: date
    status: str
    said: str | None
    made_on: date
    settled_on: date | None
    about: tuple[Named, ...]
    kpi: str | None = None
    decision: str | None = None
    review: str | None = None
    made_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding that is to be talked about, or one that is fixed."""

    key: str
    rule: str
    severity: Severity
    message: str
    why: str
    fix: str
    objects: tuple[Named, ...]
    departments: tuple[UUID, ...]
    owners: tuple[UUID, ...]
    is_open: bool
    is_new: bool
    waived_until: date | None = None


class FindingCounts(NamedTuple):
    """How many findings are open and not let be, new among them, and fixed since the last review."""

    open: int
    new: int
    fixed: int


class EndRow(NamedTuple):
    """An end of a link: a goal, an objective or an initiative."""

    thing: Named
    department: UUID | None
    owner: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """What one side needs of another, or that both pull apart (`state` None)."""

    id: UUID
    source: EndRow
    target: EndRow
    state: DependencyState | None
    need_by: date | None
    rationale: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A decision as it stood on the day. `is_moving`: it was escalated, or somebody has promised a step.

    `review`: the month of the one in which it was captured, if any. `raised_at`: when it was written down,
    None if that was later than on its day; `ended_at`: when its end was. `writer`: who wrote down what was
    decided.
    """

    decision: Named
    type: Named | None
    decider: UUID | None
    raised_on: date
    opened_on: date
    ended_on: date | None
    status: str
    limit_days: int | None
    chosen: str | None
    review_on: date | None
    concerns: int
    is_moving: bool
    review: str | None = None
    raised_at: datetime | None = None
    ended_at: datetime | None = None
    writer: UUID | None = None


class LevelRow(NamedTuple):
    """A KPI at a leadership level in its newest period; None: too few people to say."""

    kpi: Named
    unit: str
    period: str
    level: str
    value: float | None
    n: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """A due date (`noun` commitment or initiative) or an owner that changed since the last review."""

    about: Named
    noun: str
    due_before: date | None = None
    due_on: date | None = None
    owner_before: UUID | None = None
    owner: UUID | None = None
    is_owner: bool = False


_NO_FINDINGS = FindingCounts(0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRows:
    """Everything that a review is made of. `score`: alignment now; None before the first check."""

    frame: Frame
    people: tuple[PersonRow, ...] = ()
    places: tuple[PlaceRow, ...] = ()
    values: tuple[ValueRow, ...] = ()
    tiles: tuple[TileRow, ...] = ()
    levels: tuple[LevelRow, ...] = ()
    promises: tuple[PromiseRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    counts: FindingCounts = _NO_FINDINGS
    score: float | None = None
    links: tuple[LinkRow, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()
    moves: tuple[MoveRow, ...] = ()
