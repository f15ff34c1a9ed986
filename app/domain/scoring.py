"""From a value and its thresholds to a status in words, and the words a KPI is described with.

Values of several departments meet in `aggregation`; nothing here knows a department.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from app.domain.numerals import format_number, format_range
from app.domain.periods import Period
from app.domain.problems import Problem
from app.domain.texts import text_problem

MAX_UNIT_LENGTH = 20


class Direction(StrEnum):
    """Which values are good: high ones, low ones, or those within a band."""

    HIGHER = "higher"
    LOWER = "lower"
    BAND = "band"


class Status(StrEnum):
    """How a value stands to its target; unknown is never healthy."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"


class Trend(StrEnum):
    """How a value moved since the period before, whether or not that is good."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"


class Variation(StrEnum):
    """Whether a value says that something changed, or lies within what the process does anyway."""

    SIGNAL = "signal"
    ROUTINE = "routine"


class KpiKind(StrEnum):
    """Whether a KPI is a number, a rank, or words."""

    NUMERIC = "numeric"
    ORDINAL = "ordinal"
    NARRATIVE = "narrative"


class KpiSource(StrEnum):
    """Where the values of a KPI come from as a rule."""

    MANUAL = "manual"
    COMPUTED = "computed"
    FED = "fed"


class Source(StrEnum):
    """Where one measurement came from; manual is typed by a person."""

    MANUAL = "manual"
    FED = "fed"
    COMPUTED = "computed"
    IMPORTED = "imported"
    AGGREGATED = "aggregated"


class Unit(StrEnum):
    """The units with a meaning of their own; a KPI may also name a free symbol."""

    PERCENT = "percent"
    DAYS = "days"
    SCORE = "score"
    COUNT = "count"
    CURRENCY = "currency"
    RATIO = "ratio"


class Aggregation(StrEnum):
    """How one number is made of those of several departments."""

    MEAN = "mean"
    HEADCOUNT_WEIGHTED_MEAN = "headcount_weighted_mean"
    SUM = "sum"
    MEDIAN = "median"
    RATIO_OF_SUMS = "ratio_of_sums"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What is expected of a value in one period range; finite numbers in the KPI's own unit.

    `higher` and `lower` use target, amber and red. `band` uses low, high, red_low and red_high; its
    target, the aim within the band, is for the reader and decides nothing.
    """

    target: Decimal | None = None
    amber: Decimal | None = None
    red: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    red_low: Decimal | None = None
    red_high: Decimal | None = None


class Assessment(NamedTuple):
    """A status and the sentence that explains it."""

    status: Status
    reason: str


class _Bound(NamedTuple):
    name: str
    value: Decimal

    def __str__(self) -> str:
        return f"{self.name} {format_number(self.value)}"


_NO_TARGET = Assessment(Status.UNKNOWN, "No target covers this period.")

_BELOW = "at or below"
_ABOVE = "at or above"
_FIELDS = {
    Direction.HIGHER: ("target", "amber", "red"),
    Direction.LOWER: ("target", "amber", "red"),
    Direction.BAND: ("target", "low", "high", "red_low", "red_high"),
}
_REQUIRED = {
    Direction.HIGHER: ("target",),
    Direction.LOWER: ("target",),
    Direction.BAND: ("low", "high"),
}
# A field, its side, and the neighbours it keeps to: the first that is given counts.
_ORDER = {
    Direction.HIGHER: (("amber", _BELOW, ("target",)), ("red", _BELOW, ("amber", "target"))),
    Direction.LOWER: (("amber", _ABOVE, ("target",)), ("red", _ABOVE, ("amber", "target"))),
    Direction.BAND: (
        ("high", _ABOVE, ("low",)),
        ("target", _ABOVE, ("low",)),
        ("target", _BELOW, ("high",)),
        ("red_low", _BELOW, ("low",)),
        ("red_high", _ABOVE, ("high",)),
    ),
}


def is_unit(text: str) -> bool:
    """Whether a text can be a unit: one of `Unit`, or a free symbol of 1 to 20 characters.

    >>> is_unit("percent"), is_unit("€/h"), is_unit(" ")
    (True, True, False)
    """
    return 0 < len(text) <= MAX_UNIT_LENGTH and text == " ".join(text.split()) and text_problem(text) is None


def check_thresholds(thresholds: Thresholds, direction: Direction) -> list[Problem]:
    """The broken rules of thresholds, in the order of their fields; an empty list when they hold.

    Codes: `not_for_this_direction` (a field of another direction is set), `required` (target; for a
    band low and high) and `thresholds_out_of_order`: higher needs red ≤ amber ≤ target, lower
    target ≤ amber ≤ red, band red_low ≤ low ≤ target ≤ high ≤ red_high. Equal neighbours are in
    order; one that is missing is passed over: without amber, red is compared with the target.

    >>> check_thresholds(Thresholds(target=Decimal(90), amber=Decimal(95)), Direction.HIGHER)[0].sentence
    'amber 95 must be at or below target 90'
    """
    given = {
        field.name: value
        for field in fields(thresholds)
        if (value := getattr(thresholds, field.name)) is not None
    }
    problems = [
        Problem(name, "not_for_this_direction", f"{name} has no meaning for direction {direction}")
        for name in given
        if name not in _FIELDS[direction]
    ]
    problems += [
        Problem(name, "required", f"direction {direction} needs {name}")
        for name in _REQUIRED[direction]
        if name not in given
    ]
    return problems + _check_order(given, direction)


def assess(
    value: Decimal | None,
    direction: Direction,
    *,
    thresholds: Thresholds | None,
    not_applicable: str | None = None,
) -> Assessment:
    """The status of a value and why, by thresholds that `check_thresholds` found in order.

    `higher`: green at or above amber, amber at or above red, else red; `lower` mirrored; a missing
    amber is the target, a missing red is amber. `band`: green from low to high, red below red_low or
    above red_high (missing: low and high), amber between. Unknown, in this order: when a reason says
    that the value is not applicable, when there is no value, and when there is no target (for a band:
    no low or no high).

    >>> assess(Decimal("80"), Direction.HIGHER, thresholds=Thresholds(target=Decimal(90), red=Decimal(75)))
    Assessment(status=<Status.AMBER: 'amber'>, reason='80 is below target 90, but not below red 75.')
    """
    if not_applicable is not None:
        return Assessment(Status.UNKNOWN, f"Not applicable: {not_applicable}")
    if value is None:
        return Assessment(Status.UNKNOWN, "No value is recorded.")
    if thresholds is None:
        return _NO_TARGET
    if direction is Direction.BAND:
        return _assess_band(value, thresholds)
    return _assess_side(value, direction, thresholds)


def trend(previous: Decimal | None, current: Decimal | None) -> Trend | None:
    """How the current value stands to the previous one; None when either is missing."""
    if previous is None or current is None:
        return None
    if current == previous:
        return Trend.FLAT
    return Trend.UP if current > previous else Trend.DOWN


def is_improvement(way: Trend, direction: str) -> bool | None:
    """Whether a move is for the better: falling is, where lower values are good.

    None where it says neither: nothing moved, or the KPI has a band, in which both ways may be right.

    >>> is_improvement(Trend.DOWN, Direction.LOWER), is_improvement(Trend.UP, Direction.BAND)
    (True, None)
    """
    if way is Trend.FLAT or direction == Direction.BAND:
        return None
    return (way is Trend.UP) == (direction == Direction.HIGHER)


def stale_after(period: Period, grace_days: int) -> date:
    """The last day on which a value of this period is still fresh; grace_days from 0 to 366.

    The period that follows it must have closed without a value: its last day + grace days has passed.

    >>> from app.domain.periods import parse_period
    >>> stale_after(parse_period("2026-10"), 5)
    datetime.date(2026, 12, 5)
    """
    return period.next_last_day + timedelta(days=grace_days)


def _assess_side(value: Decimal, direction: Direction, thresholds: Thresholds) -> Assessment:
    if thresholds.target is None:
        return _NO_TARGET
    green = (
        _Bound("target", thresholds.target) if thresholds.amber is None else _Bound("amber", thresholds.amber)
    )
    red = green if thresholds.red is None else _Bound("red", thresholds.red)
    worse, better = ("below", "above") if direction is Direction.HIGHER else ("above", "below")
    shown = format_number(value)
    if not _is_worse(value, green.value, direction):
        return Assessment(Status.GREEN, f"{shown} is at or {better} {green}.")
    if _is_worse(value, red.value, direction):
        return Assessment(Status.RED, f"{shown} is {worse} {red}.")
    return Assessment(Status.AMBER, f"{shown} is {worse} {green}, but not {worse} {red}.")


def _assess_band(value: Decimal, thresholds: Thresholds) -> Assessment:
    low, high = thresholds.low, thresholds.high
    if low is None or high is None:
        return _NO_TARGET
    red_low = low if thresholds.red_low is None else thresholds.red_low
    red_high = high if thresholds.red_high is None else thresholds.red_high
    shown, green, not_red = format_number(value), format_range(low, high), format_range(red_low, red_high)
    if low <= value <= high:
        return Assessment(Status.GREEN, f"{shown} is within {green}.")
    if red_low <= value <= red_high:
        return Assessment(Status.AMBER, f"{shown} is outside {green}, but within {not_red}.")
    return Assessment(Status.RED, f"{shown} is outside {not_red}.")


def _is_worse(value: Decimal, bound: Decimal, direction: Direction) -> bool:
    return value < bound if direction is Direction.HIGHER else value > bound


def _check_order(given: Mapping[str, Decimal], direction: Direction) -> list[Problem]:
    problems = []
    for name, side, neighbours in _ORDER[direction]:
        neighbour = next((other for other in neighbours if other in given), None)
        if name not in given or neighbour is None or _is_on_side(given[name], side, given[neighbour]):
            continue
        shown, bound = format_number(given[name]), format_number(given[neighbour])
        sentence = f"{name} {shown} must be {side} {neighbour} {bound}"
        problems.append(Problem(name, "thresholds_out_of_order", sentence))
    return problems


def _is_on_side(value: Decimal, side: str, bound: Decimal) -> bool:
    return value <= bound if side == _BELOW else value >= bound
