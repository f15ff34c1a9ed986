"""What the alignment facts are made of, as it is read from the database. Nothing is computed here."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department and the one above it (None: none)."""

    id: UUID
    name: str
    parent: UUID | None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """The codes of the options in the order one person gave them, the first priority first.

    Department and level are as coarse as they stand beside the answer; nothing else is known of the person.
    """

    department: UUID | None
    level: str | None
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One of the priorities to put in order."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """The ranking question of a closed survey with all its answers."""

    id: UUID
    code: str
    title: str
    closed_on: date
    minimum_group: int
    invited: int
    options: tuple[OptionRow, ...]
    orders: tuple[OrderRow, ...]


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A live goal."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """A live objective; `effort` in person-days a month."""

    code: str
    department: str
    effort: float


@dataclass(frozen=True, slots=True)
class EffortRow:
    """An objective contributes to a goal or objective; `percent` of its effort (None: not said)."""

    source: str
    target: str
    percent: float | None


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """The values of one KPI at one place, in the order of their periods (None: missing)."""

    kpi: str
    name: str
    unit: str
    direction: str
    cadence: str
    department: UUID | None
    place: str
    owner: str | None
    periods: tuple[str, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class DeclaredRow:
    """Two things that people said are in conflict: objectives (`link`) or a KPI and its guard (`guard`).

    `first` and `second` are codes; the departments are those of the objectives, None for a KPI.
    """

    kind: str
    first: str
    second: str
    first_name: str
    second_name: str
    first_owner: str | None = None
    second_owner: str | None = None
    departments: tuple[UUID, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True)
class CourseRows:
    """Everything but the answers: the plan, the KPIs and declared conflicts."""

    goals: tuple[GoalRow, ...] = ()
    objectives: tuple[ObjectiveRow, ...] = ()
    efforts: tuple[EffortRow, ...] = ()
    series: tuple[SeriesRow, ...] = ()
    declared: tuple[DeclaredRow, ...] = ()


@dataclass(frozen=True, slots=True)
class AlignmentRows:
    """One look at everything. `survey` is None when its consensus was measured before and stays as it is."""

    survey: SurveyRow | None
    departments: tuple[DepartmentRow, ...] = ()
    course: CourseRows = field(default_factory=CourseRows)
