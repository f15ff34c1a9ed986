"""What a KPI is and what is good, in words: its definition, thresholds and targets. No route is here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.domain.linkage.wording import word_cadence, word_count, word_period
from app.domain.periods import Cadence, parse_period
from app.domain.scoring import Aggregation, Direction, KpiKind, KpiSource, Thresholds
from app.models.kpis import Kpi
from app.models.targets import Target
from app.queries.boards import read_thresholds
from app.web.figures import write_figure

DIRECTIONS = {
    Direction.HIGHER: "Higher is better",
    Direction.LOWER: "Lower is better",
    Direction.BAND: "Within a band is good",
}
CADENCES = {cadence: word_cadence(cadence).capitalize() for cadence in Cadence}
AGGREGATIONS = {
    Aggregation.MEAN: "Mean of the departments",
    Aggregation.HEADCOUNT_WEIGHTED_MEAN: "Mean of the departments, weighted by headcount",
    Aggregation.SUM: "Sum of the departments",
    Aggregation.MEDIAN: "Median of the departments",
    Aggregation.RATIO_OF_SUMS: "Sum of numerators ÷ sum of denominators",
    Aggregation.NONE: "Not put together",
}
KINDS = {KpiKind.NUMERIC: "A number", KpiKind.ORDINAL: "A rank", KpiKind.NARRATIVE: "Words"}
SOURCES = {
    KpiSource.MANUAL: "Typed by people",
    KpiSource.COMPUTED: "Computed from records",
    KpiSource.FED: "Fed by engagement scores",
}


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target as a row: when, where, what; `state`: in force, coming, over or taken away."""

    id: UUID
    span: str
    place: str
    words: str
    state: str

    @property
    def is_open(self) -> bool:
        """Can it still be changed?"""
        return self.state != "taken away"


def describe_kpi(kpi: Kpi) -> list[tuple[str, str]]:
    """The definition as labels and words; what it names stands beside, as links."""
    due = word_count(kpi.grace_days, "day")
    facts = [
        ("Good is", DIRECTIONS[Direction(kpi.direction)].lower()),
        ("How often", f"{CADENCES[Cadence(kpi.cadence)]}, due within {due} of its end"),
        (
            "Unit",
            kpi.unit if kpi.kind == KpiKind.NUMERIC else f"{kpi.unit} ({KINDS[KpiKind(kpi.kind)].lower()})",
        ),
        ("Source", _say_source(kpi)),
        ("As a whole", AGGREGATIONS[Aggregation(kpi.aggregation)]),
    ]
    if kpi.baseline is not None:
        facts.append(("Baseline", write_figure(kpi.baseline, kpi.unit)))
    if kpi.metric:
        facts.append(("Metric", kpi.metric))
    return facts


def _say_source(kpi: Kpi) -> str:
    told = SOURCES[KpiSource(kpi.source)]
    feed: Mapping[str, object] = kpi.feed or {}
    which = [f"{name} {feed[name]}" for name in ("metric", "source", "survey") if feed.get(name)]
    return f"{told} ({', '.join(which)})" if which else told


def say_thresholds(thresholds: Thresholds, direction: str, unit: str) -> str:
    """What is green, amber and red: `Green from 80 %, red below 70 %; target 85 %.`"""
    if direction == Direction.BAND:
        return _say_band(thresholds, unit)
    if thresholds.target is None:
        return "No target."
    green = thresholds.target if thresholds.amber is None else thresholds.amber
    red = green if thresholds.red is None else thresholds.red
    start, worse = ("from", "below") if direction == Direction.HIGHER else ("up to", "above")
    told = f"Green {start} {_write(green, unit)}, red {worse} {_write(red, unit)}"
    between = ", amber between" if red != green else ""
    aim = f"; target {_write(thresholds.target, unit)}" if green != thresholds.target else ""
    return f"{told}{between}{aim}."


def _say_band(thresholds: Thresholds, unit: str) -> str:
    low, high = thresholds.low, thresholds.high
    if low is None or high is None:
        return "No target."
    red_low = low if thresholds.red_low is None else thresholds.red_low
    red_high = high if thresholds.red_high is None else thresholds.red_high
    told = f"Green from {_write(low, '')} to {_write(high, unit)}"
    return f"{told}, red below {_write(red_low, '')} or above {_write(red_high, unit)}."


def _write(value: Decimal, unit: str) -> str:
    return write_figure(value, unit) if unit else write_figure(value)


def tell_target(
    target: Target, kpi: Kpi, names: Mapping[UUID, tuple[str, str]], *, today: date
) -> TargetLine:
    """A target as a row."""
    first = word_period(parse_period(target.first_period)).capitalize()
    last = (
        f"to {word_period(parse_period(target.last_period))}"
        if target.last_period
        else "until further notice"
    )
    place = names.get(target.department_id) if target.department_id else None
    return TargetLine(
        id=target.id,
        span=f"{first} {last}",
        place=place[1] if place else "Everywhere",
        words=say_thresholds(read_thresholds(target), kpi.direction, kpi.unit),
        state=_find_state(target, today),
    )


def _find_state(target: Target, today: date) -> str:
    if target.archived_at is not None:
        return "taken away"
    if target.first_day > today:
        return "coming"
    return "over" if target.last_day is not None and target.last_day < today else "in force"
