"""The figures of the alignment KPIs: one number, what it is made of, and how it explains itself."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum


class AlignmentKpi(StrEnum):
    """The codes of the KPIs that are computed; they exist since the first migration."""

    ON_TIME = "ON-TIME"
    DECISION_SPEED = "DECISION-SPEED"
    DECISION_QUALITY = "DECISION-QUALITY"
    COMMUNICATION = "COMMUNICATION"
    COMMUNICATION_CONSISTENCY = "COMMUNICATION-CONSISTENCY"
    CULTURE = "CULTURE"
    CULTURE_UNIFORMITY = "CULTURE-UNIFORMITY"
    COLLABORATION = "COLLABORATION"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a figure is about: a department with all below it, a leadership level, or the organization."""

    department: Hashable | None = None
    level: str | None = None


ORGANIZATION = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFigure:
    """A second number on the same tile; `name` is its key, `label` what people read."""

    name: str
    label: str
    value: float
    unit: str
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One KPI at one place in one period, in the unit of the KPI; `low` and `high`: its 95 % interval.

    A value of None: nothing can be said, and the explanation says why.
    """

    kpi: AlignmentKpi
    scope: Scope
    value: float | None
    explanation: str
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    seconds: tuple[SecondFigure, ...] = ()
