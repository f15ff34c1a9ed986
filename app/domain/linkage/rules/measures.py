"""Rules about KPIs: objectives without one, targets that are missing or impossible, names defined twice."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from app.domain.linkage.assembly import Plan
from app.domain.linkage.findings import Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.plan_file import PlanKpi, PlanTarget
from app.domain.linkage.rule import rule
from app.domain.linkage.sameness import normal_form
from app.domain.linkage.wording import word_period
from app.domain.numerals import format_number, read_number
from app.domain.periods import Cadence, Period, covers, parse_period, period_of
from app.domain.scoring import Direction, Thresholds, check_thresholds


@rule(
    "L301 unmeasured",
    Group.MEASURES,
    Severity.ERROR,
    message="No active KPI measures {it}, so nobody can tell whether it is being reached.",
    why="What is not measured is judged by opinion, and each leader has another one.",
    fix="Say which KPI measures {it}, or define one.",
    example="“Become the employer of choice” is active, but no KPI measures it.",
)
def find_unmeasured_objectives(plan: Plan) -> Iterator[Found]:
    """Live objectives that no active KPI measures. Source: linkage.md, L301."""
    measured = {node for index in plan.active_kpis for node in plan.measured[index]}
    for index in plan.graph.live_objectives.tolist():
        if index not in measured:
            yield Found((plan.graph.node(index),))


@rule(
    "L302 no-target",
    Group.MEASURES,
    Severity.ERROR,
    message="{it} has no target for {period}.",
    why="Without a target for now, a value is neither good nor bad.",
    fix="Set a target of {it} that covers {period}.",
    example="The targets of “Delivery time” ended with last year.",
)
def find_missing_targets(plan: Plan) -> Iterator[Found]:
    """Active KPIs on a live node without a target that covers the current period.

    The current period is the one of the KPI's cadence that holds today. A target of any department serves,
    if it has a target, low or high. Themes are no nodes. Source: linkage.md, L302.
    """
    current = {cadence: period_of(plan.today, cadence) for cadence in Cadence}
    for index in plan.active_kpis:
        kpi = plan.kpis[index]
        period = current[kpi.cadence]
        if any(plan.graph.live[node] for node in plan.measured[index]) and not _has_target(kpi, period):
            yield Found((_kpi(index),), {"period": word_period(period)})


@rule(
    "L303 impossible-range",
    Group.MEASURES,
    Severity.ERROR,
    message="The figures of {it} contradict each other: {fault}.",
    why="Thresholds out of order colour a good value red or a bad one green.",
    fix="Correct the baseline or the targets of {it}.",
    example="On-time delivery is to reach 90 percent, but turns amber below 95.",
)
def find_impossible_ranges(plan: Plan) -> Iterator[Found]:
    """Active KPIs with a target, amber and red out of order, or a baseline equal to a target.

    The order is that of `check_thresholds`: equal neighbours are in order. All targets are read, of past
    and future periods, too; of a band only the baseline. One finding per KPI, which names the first fault.
    Source: linkage.md, L303.
    """
    for index in plan.active_kpis:
        fault = next(_list_range_faults(plan.kpis[index]), None)
        if fault is not None:
            yield Found((_kpi(index),), {"fault": fault})


@rule(
    "L305 two-definitions",
    Group.MEASURES,
    Severity.WARNING,
    message="{all} carry the same name, but differ in {differences}.",
    why="Two leaders with two figures of one name argue about the figure instead of the matter.",
    fix="Agree on one definition of {it}, or give what is different a name of its own.",
    example="Sales counts “New customers” as a sum, Marketing as a mean.",
)
def find_two_definitions(plan: Plan) -> Iterator[Found]:
    """Sets of active KPIs of the same name (`normal_form`) that differ in unit, direction or aggregation.

    The set is all that carry the name. Source: linkage.md, L305.
    """
    named: defaultdict[str, list[int]] = defaultdict(list)
    for index in plan.active_kpis:
        named[normal_form(plan.kpis[index].name)].append(index)
    for members in named.values():
        differences = _list_differences([plan.kpis[index] for index in members])
        if differences:
            yield Found(tuple(map(_kpi, members)), {"differences": " and ".join(differences)})


def _has_target(kpi: PlanKpi, period: Period) -> bool:
    return any(_sets_target(target) and _covers(target, period) for target in kpi.targets)


def _sets_target(target: PlanTarget) -> bool:
    return any(number is not None for number in (target.target, target.low, target.high))


def _covers(target: PlanTarget, period: Period) -> bool:
    last = parse_period(target.to) if target.to is not None else None
    return covers(parse_period(target.from_), last, period=period)


def _list_range_faults(kpi: PlanKpi) -> Iterator[str]:
    for row in kpi.targets:
        since = f"in the target from {word_period(parse_period(row.from_))}"
        if kpi.direction is not Direction.BAND:
            given = Thresholds(
                target=read_number(row.target), amber=read_number(row.amber), red=read_number(row.red)
            )
            for problem in check_thresholds(given, kpi.direction):
                if problem.code == "thresholds_out_of_order":
                    yield f"{since}, {problem.sentence}"
        baseline = read_number(kpi.baseline)
        if baseline is not None and row.target == kpi.baseline:
            yield f"{since}, {format_number(baseline)} is both the baseline and the target"


def _list_differences(kpis: list[PlanKpi]) -> list[str]:
    seen: Mapping[str, set[str]] = {
        "unit": {kpi.unit for kpi in kpis},
        "direction": {kpi.direction for kpi in kpis},
        "aggregation": {kpi.aggregation for kpi in kpis},
    }
    return [name for name, values in seen.items() if len(values) > 1]


def _kpi(index: int) -> Thing:
    return Thing(ObjectKind.KPI, index)
