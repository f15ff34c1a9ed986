"""Facts about alignment, as they are stored and shown: numbers with intervals, and a sentence for each.

Figures are rounded so that they may be shown; what is kept back has none. Nothing is computed here. What is
stored stays as it is, so that a new field needs a default.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Verdict(StrEnum):
    """What may be said about a difference between two groups.

    `breaks`: the interval lies above .05 and chance explains it in fewer than 5 %. `slight`: above 0 only.
    `none_shown`: it covers 0. `alike`: nearly all of a group gave the same order, so that figures would tell
    everybody's. `few`: too few to say.
    """

    BREAKS = "breaks"
    SLIGHT = "slight"
    NONE_SHOWN = "none_shown"
    ALIKE = "alike"
    FEW = "few"


class Corner(StrEnum):
    """Where a department stands: agreed or not among itself, near the executives or away from them."""

    TOGETHER = "together"
    ELSEWHERE = "elsewhere"
    SCATTERED = "scattered"
    SPLIT = "split"
    UNKNOWN = "unknown"


class ConflictKind(StrEnum):
    """How a conflict is known: two owners said so, a guard broke, or two series moved apart."""

    DECLARED = "declared"
    GUARD = "guard"
    MOVED_APART = "moved_apart"


@dataclass(frozen=True, slots=True)
class Distance:
    """The gap between two groups in points of correlation (0: they rank alike), 95 % interval and p."""

    verdict: Verdict
    gap: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder: two neighbouring levels, how many answered, and what is between them."""

    upper: str
    lower: str
    upper_n: int
    lower_n: int
    distance: Distance
    sentence: str


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one department stands: agreement inside (r̄, with interval), distance to the executives."""

    department: UUID
    name: str
    n: int
    agreement: float | None
    agreement_low: float | None
    agreement_high: float | None
    distance: Distance
    corner: Corner
    sentence: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two groups of the map, by their places in it; what most differs where they stand out."""

    first: int
    second: int
    distance: Distance
    stands_out: bool
    first_wants: str | None = None
    second_wants: str | None = None


@dataclass(frozen=True, slots=True)
class MapGroup:
    """A row of the map: a department, or the executives (None)."""

    department: UUID | None
    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Priority:
    """An option, and its mean rank over everybody who answered: 1 is first, to 1 decimal."""

    code: str
    text: str
    mean: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where it breaks between levels; `hidden` are levels of which too few answered."""

    sentence: str
    steps: tuple[Step, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quadrant:
    """Departments between the two questions; `hidden`: how many people stand in none that may be shown."""

    sentence: str
    stands: tuple[Stand, ...]
    executives: int
    hidden: int


@dataclass(frozen=True, slots=True)
class PairMap:
    """Which two groups see different priorities; `left_out`: groups beyond the largest."""

    sentence: str
    groups: tuple[MapGroup, ...]
    pairs: tuple[Pair, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Consensus:
    """What one closed survey says. Measured once: departments that move later change nothing of it."""

    survey: UUID
    code: str
    title: str
    closed_on: date
    minimum: int
    answered: int
    invited: int
    agreement: float | None
    agreement_low: float | None
    agreement_high: float | None
    sentence: str
    priorities: tuple[Priority, ...]
    ladder: Ladder
    quadrant: Quadrant
    pairs: PairMap


@dataclass(frozen=True, slots=True)
class SayDoGoal:
    """A goal: its place among the priorities of people, and in the effort that flows to it (1 is first).

    `share` of all effort in percent; `carried_by`: as many departments as would carry it evenly.
    """

    code: str
    title: str
    said: int
    mean: float
    done: int
    share: float
    carried_by: float | None


@dataclass(frozen=True, slots=True)
class SayDo:
    """Priorities against effort. `nowhere`: percent of effort that reaches no goal."""

    sentence: str
    goals: tuple[SayDoGoal, ...]
    likeness: float | None
    nowhere: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A series of a picture, scaled to 0–1, higher being better; None where a value is missing."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two things that pull against each other, and who should talk about it."""

    kind: ConflictKind
    first: str
    second: str
    owners: tuple[str, ...]
    departments: tuple[UUID, ...]
    sentence: str
    periods: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class KpiSignal:
    """A KPI whose latest values say that something really changed; `elsewhere`: at how many more places."""

    kpi: str
    name: str
    department: UUID | None
    place: str
    period: str
    sentence: str
    values: tuple[float | None, ...]
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """What plan and KPIs say, measured whenever they change."""

    say_do: SayDo
    conflicts: tuple[Conflict, ...]
    conflicts_sentence: str
    signals: tuple[KpiSignal, ...]
    signals_sentence: str


@dataclass(frozen=True, slots=True)
class AlignmentFacts:
    """Everything that may be shown. `consensus` is None before the first survey that asks for an order."""

    consensus: Consensus | None
    course: Course
