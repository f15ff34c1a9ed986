"""The rule about values that are late. How many are missing is counted in `lateness`."""

from collections import defaultdict
from collections.abc import Iterator

from app.domain.linkage.assembly import NOWHERE, Plan
from app.domain.linkage.findings import Fact, Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.lateness import Gap, find_gap, latest_closed
from app.domain.linkage.plan_file import PlanKpi
from app.domain.linkage.rule import rule
from app.domain.linkage.wording import word_period, word_periods
from app.domain.periods import Period, parse_period


@rule(
    "L401 stale-value",
    Group.TIME,
    Severity.WARNING,
    message="{it} lacks the value of {whose} for {missing}; {last}.",
    why="An old value shows how things stood, not how they stand.",
    fix="Report the value of {it} for {missing}, or deactivate the KPI if nobody needs it.",
    example="In the middle of November the delivery time of October is not there yet.",
)
def find_stale_values(plan: Plan) -> Iterator[Found]:
    """Active KPIs without a value for the last closed period, grace days past; two or more are an error.

    One finding per KPI and department: its own; without one, each that `last_period` names; where it names
    none, the whole organization, which is no object of the finding. A KPI that never had a value is late
    from the first target on that concerns the department. Source: linkage.md, L401, The plan file.
    """
    places = {row.code.casefold(): index for index, row in enumerate(plan.departments)}
    for index in plan.active_kpis:
        kpi = plan.kpis[index]
        closed = latest_closed(kpi.cadence, kpi.grace_days, today=plan.today)
        for place, last in _list_awaited(kpi, int(plan.department_of_kpi[index]), places):
            since = None if last is not None else _find_start(kpi, place, places)
            gap = find_gap(last, since, closed=closed)
            if gap is not None:
                yield _say_stale(index, place, gap=gap, last=last)


Awaited = tuple[int, Period | None]


def _list_awaited(kpi: PlanKpi, home: int, places: dict[str, int]) -> Iterator[Awaited]:
    """The departments that owe values, `NOWHERE` for the whole organization, each with its latest period."""
    known: defaultdict[int, list[Period]] = defaultdict(list)
    for code, text in kpi.last_period.items():
        known[places[code.casefold()] if code else NOWHERE] += [parse_period(text)] if text else []
    named = [place for place in known if place != NOWHERE]
    for place in [home] if home != NOWHERE else named or [NOWHERE]:
        yield place, max(known[place], key=lambda period: period.deciding_day, default=None)


def _find_start(kpi: PlanKpi, place: int, places: dict[str, int]) -> Period | None:
    starts = [
        parse_period(target.from_)
        for target in kpi.targets
        if target.department is None or places[target.department.casefold()] == place
    ]
    return min(starts, key=lambda period: period.first_day, default=None)


def _say_stale(index: int, place: int, *, gap: Gap, last: Period | None) -> Found:
    kpi, department = Thing(ObjectKind.KPI, index), Thing(ObjectKind.DEPARTMENT, place)
    missing = word_period(gap.last)
    if gap.periods > 1:
        span = f"{word_period(gap.first)} to {missing}"
        missing = f"{word_periods(gap.periods, gap.last.cadence)}, {span}"
    facts: dict[str, Fact] = {
        "whose": "the whole organization" if place == NOWHERE else department,
        "missing": missing,
        "last": "it never had one" if last is None else f"the last one is of {word_period(last)}",
    }
    objects = (kpi,) if place == NOWHERE else (kpi, department)
    return Found(objects, facts, Severity.WARNING if gap.periods == 1 else Severity.ERROR)
