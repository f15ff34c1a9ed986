"""KPIs as lines of other pages: what `/metrics` answers about them, in words. KPI pages do not live here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson

from app.deps import SessionDep
from app.domain.permissions import Actor
from app.domain.scoring import Status
from app.models.metrics import MetricFilter
from app.queries.metrics import list_metrics
from app.web.event_words import say_period
from app.web.figures import write_aim, write_figure, write_hidden

_ORDER = (Status.RED, Status.AMBER, Status.UNKNOWN, Status.GREEN)


@dataclass(frozen=True, slots=True)
class MetricLine:
    """A KPI of one place in its last ended period."""

    href: str
    code: str
    name: str
    department: str | None
    department_id: UUID | None
    period: str
    value: str
    target: str
    status: str
    reason: str
    is_signal: bool


async def read_metric_lines(
    session: SessionDep, filters: MetricFilter, actor: Actor, *, today: date, minimum: int
) -> list[MetricLine]:
    """What `/metrics` tells this actor, small groups kept back; what needs attention comes first."""
    found = await list_metrics(session, filters, actor=actor, today=today)
    lines = [_write_line(row, minimum) for row in orjson.loads(f"[{found.items}]")]
    return sorted(lines, key=lambda line: (_ORDER.index(Status(line.status)), line.name))


def _write_line(row: Mapping[str, Any], minimum: int) -> MetricLine:
    kpi, department = row["kpi"], row["department"]
    return MetricLine(
        href=f"/kpis/{quote(kpi['code'])}",
        code=kpi["code"],
        name=kpi["name"],
        department=department and department["code"],
        department_id=department and UUID(department["id"]),
        period=say_period(row["period"]),
        value=_write_hidden(row["n"], minimum) if row["suppressed"] else _write(row["value"], kpi["unit"]),
        target=_write_target(row["target"], kpi),
        status=row["status"],
        reason=row["status_reason"],
        is_signal=row["signal"] == "signal",
    )


def _write_hidden(n: int | None, minimum: int) -> str:
    return write_hidden(minimum, withheld=n is not None and n >= minimum)


def _write_target(target: float | None, kpi: Mapping[str, Any]) -> str:
    aim = None if target is None else Decimal(str(target))
    return write_aim(kpi["direction"], kpi["unit"], target=aim, low=None, high=None)


def _write(value: float | None, unit: str) -> str:
    return write_figure(None if value is None else Decimal(str(value)), unit)
