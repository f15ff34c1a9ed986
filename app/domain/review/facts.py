"""Everything that a monthly review shows: one shape, from which page, JSON and exports are made for ever.

Nothing in it depends on who looks. A snapshot keeps its `schema`; a field that is added later needs a
default, so that what was frozen before can still be read. Putting facts together does not live here.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.domain.linkage.findings import Severity
from app.domain.reviews import Attendance
from app.domain.scoring import Direction, Status, Variation

SCHEMA = 1


class Turn(StrEnum):
    """What changed since the last review."""

    FINDING_NEW = "finding_new"
    FINDING_FIXED = "finding_fixed"
    STATUS = "status"
    DUE_DATE = "due_date"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Named:
    """Something that is pointed at: by `id` for ever, by `code` and `name` as they were."""

    id: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSince:
    """One thing that changed: what (`about`), from what to what, in words. `better`: None says neither."""

    turn: Turn
    about: Named
    noun: str
    before: str | None
    after: str | None
    better: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendant:
    """A leader at the review."""

    person: Named
    state: Attendance


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Somebody whose updates are missing: `kpis` that have no value for the period."""

    person: Named
    department: Named | None
    kpis: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The head of the page. `score`: alignment, 0–100; `score_before`: when the last review closed."""

    chair: Named | None
    meets_on: date | None
    previous: str | None
    attendance: tuple[Attendant, ...]
    updates_received: int
    updates_expected: int
    missing: tuple[Missing, ...]
    score: float | None
    score_before: float | None
    changes: tuple[ChangeSince, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value of a series; None is a gap."""

    period: str
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Centre and natural process limits of an XmR chart (Wheeler)."""

    centre: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value of a KPI in a period, as it is judged. `suppressed`: there is one, of too few people to tell.

    `change`: against the value before, in the KPI's unit. `n`: answers, `coverage`: share of the awaited
    departments that have told theirs (0–1). `green_from`: the worst value that counts as green, where the
    target has a threshold of its own for that, and it was kept. `withheld`: enough people answered, but the
    value would tell by subtraction what fewer said.
    """

    value: float | None
    target: float | None
    status: Status
    change: float | None = None
    n: int | None = None
    coverage: float | None = None
    suppressed: bool = False
    note: str | None = None
    confidence: int | None = None
    green_from: float | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReading:
    """A reading of one department."""

    department: Named
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A second KPI without which a tile would mislead: quality beside speed, evenness beside the mean."""

    kpi: Named
    unit: str
    period: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One alignment KPI. `variation` None: too few points to tell signal from routine.

    `period`: of the last value, which may be an earlier one than the review's.
    """

    kpi: Named
    unit: str
    direction: Direction
    period: str
    reading: Reading
    explanation: str | None
    variation: Variation | None
    points: tuple[Point, ...]
    limits: Limits | None
    departments: tuple[UnitReading, ...]
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A commitment. `outcome`: open, kept, partly, missed, dropped. `said`: what its owner will change.

    `about`: the goal, objective, KPI, finding or decision that it is about. `overdue`: days beyond its date.
    """

    commitment: Named
    owner: Named
    partner: Named | None
    due_on: date
    first_due_on: date
    outcome: str
    said: str | None
    about: tuple[Named, ...]
    made_in: str | None
    overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """`last`: promised before this review opened, open when the last one had closed; `made`: since."""

    last: tuple[Promise, ...]
    made: tuple[Promise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFact:
    """A finding that is new since the last review, or an error. `key`: its fingerprint."""

    key: str
    rule: str
    severity: Severity
    title: str
    message: str
    why: str
    fix: str
    owners: tuple[Named, ...]
    departments: tuple[Named, ...]
    objects: tuple[Named, ...]
    is_new: bool
    waived_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Those to talk about, and how many there are besides."""

    shown: tuple[FindingFact, ...]
    open: int
    new: int
    fixed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotKpi:
    """A red or amber KPI of a department; `actions`: open commitments about it."""

    kpi: Named
    unit: str
    owner: Named | None
    period: str
    reading: Reading
    variation: Variation | None
    actions: tuple[Promise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a department has under way: numbers of KPIs by status, initiatives, and commitments."""

    green: int
    amber: int
    red: int
    unknown: int
    initiatives_open: int
    initiatives_late: int
    initiatives_finished: int
    commitments_open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The turn of one department head. `calm`: nothing red, amber, late or asked: one line is enough."""

    department: Named
    head: Named | None
    calm: bool
    updates_received: int
    updates_expected: int
    progress: Progress
    kpis: tuple[SlotKpi, ...]
    challenge: str | None
    ask: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A KPI that improved while the one that guards it turned red."""

    kpi: Named
    guard: Named
    departments: tuple[Named, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """Something that one department needs of another, late or declined or not answered."""

    needs: Named
    needed: Named
    from_department: Named | None
    to_department: Named | None
    need_by: date | None
    state: str
    late_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two that claim the same, or declared that they pull apart. `kind`: conflict, owner."""

    kind: str
    first: Named
    second: Named
    people: tuple[Named, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensions:
    """Conflicts and dependencies."""

    guards: tuple[Guard, ...]
    dependencies: tuple[Dependency, ...]
    overlaps: tuple[Overlap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFact:
    """A decision. `open_days`: since it was raised or opened again; `limit_days`: of its type.

    Without a type, `type` is empty. `written_by`: who wrote down what another decided, where it was kept."""

    decision: Named
    type: Named
    decider: Named | None
    raised_on: date
    open_days: int
    limit_days: int | None
    state: str
    chosen: str | None
    decided_on: date | None
    review_on: date | None
    concerns: int
    captured: bool
    written_by: Named | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """`overdue`: open past their limit; `taken`: since the last review, or captured in this one."""

    overdue: tuple[DecisionFact, ...]
    taken: tuple[DecisionFact, ...]
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelGap:
    """How far two leadership levels lie apart in a KPI; `high_n` and `low_n`: of how many records each is."""

    kpi: Named
    unit: str
    high_level: str
    high: float
    low_level: str
    low: float
    gap: float
    high_n: int | None = None
    low_n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Engagement per department, those of too few people suppressed, and the widest gaps of levels."""

    kpi: Named | None
    unit: str
    period: str | None
    whole: Reading | None
    units: tuple[UnitReading, ...]
    gaps: tuple[LevelGap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Something for later. `state`: open, taken up, dropped."""

    item: Named
    by: Named
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A point to be done before closing. `open`: what is not done, in words with the thing it is about."""

    key: str
    title: str
    done: bool
    open: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts:
    """A review of a month. `as_of`: the day on which the facts were read; frozen ones never change again.

    `reopened`: why there is a revision after the first. `despite`: why it closed although points were open.
    `minimum_group`: below how many people nothing is told; None in what was frozen before that was kept.
    """

    period: str
    revision: int
    organization: str
    as_of: date
    header: Header
    tiles: tuple[Tile, ...]
    promises: Promises
    findings: Findings
    slots: tuple[Slot, ...]
    tensions: Tensions
    decisions: Decisions
    pulse: Pulse
    parked: tuple[Parked, ...]
    checklist: tuple[Check, ...]
    reopened: str | None = None
    despite: str | None = None
    minimum_group: int | None = None
    schema: int = field(default=SCHEMA)
