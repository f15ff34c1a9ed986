"""KPIs as lines of pages about goals and objectives: value, aim, and the status that still holds today."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from app.domain.periods import parse_period
from app.domain.scoring import Status, Unit, stale_after
from app.queries.goals_rows import KpiRow
from app.web.figures import write_aim, write_figure, write_hidden_below, write_unit


@dataclass(frozen=True, slots=True)
class KpiLine:
    """A KPI with its last value, as one line."""

    href: str
    name: str
    value: str
    unit: str
    aim: str
    status: Status
    about: str


def write_kpi_line(row: KpiRow, today: date) -> KpiLine:
    """A KPI as one line; a value that a newer period has overtaken has no status any more."""
    status, about = judge_kpi(row, today)
    value = write_figure(row.value)
    if row.not_applicable:
        value = "n/a"
    if row.hidden_below is not None:
        value = write_hidden_below(row.hidden_below)
    aim = write_aim(row.direction, Unit.COUNT, target=row.target, low=row.low, high=row.high)
    unit = write_unit(row.unit) if row.value is not None else ""
    return KpiLine(f"/kpis/{quote(row.code)}", row.name, value, unit, aim, status, about)


def judge_kpi(row: KpiRow, today: date) -> tuple[Status, str]:
    """The status of a KPI today, and why. Never healthy without a value in time."""
    if row.period is None or row.status is None:
        return Status.UNKNOWN, "No value yet."
    if today > stale_after(parse_period(row.period), row.grace_days):
        return Status.UNKNOWN, "The value is out of date: a newer period has ended without one."
    return Status(row.status), row.status_reason or ""
