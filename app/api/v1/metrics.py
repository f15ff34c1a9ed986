"""Metrics for integrations: a value, or its absence, per KPI, department and period."""

import json
from decimal import Decimal
from typing import Annotated, Any

import orjson
from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from app.actions.alignment_kpis import COMPUTING, compute_alignment_kpis
from app.api.answers import JSON, Out, PageOut, Ref, link_next, send_bytes
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.api.spreadsheets import CSV, prefers_csv, write_csv
from app.deps import SessionDep
from app.domain.periods import Cadence
from app.domain.scoring import Direction, Source, Status, Trend, Variation
from app.models.base import Number
from app.models.metrics import MetricFilter
from app.queries.metrics import list_metrics

router = ApiRouter("/metrics", tag="metrics")


class MetricKpi(Ref):
    """The KPI of a row, with what is needed to read its number."""

    unit: str
    direction: Direction
    cadence: Cadence


class MetricOut(Out):
    """One KPI in one department (null: the whole organization) and period.

    `signal` says whether the value lies beyond what the KPI does anyway, by the XmR limits of its series, or
    is routine; null while fewer than six values are known.
    """

    kpi: MetricKpi
    department: Ref | None
    period: str
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    n: int | None
    interval: tuple[Number, Number] | None
    target: Number | None
    status: Status
    status_reason: str
    stale: bool
    suppressed: bool
    trend: Trend | None
    signal: Variation | None
    source: Source | None
    revision: int | None
    recorded_at: AwareDatetime | None


@router.get(
    "",
    summary="Pull metrics",
    response_model=PageOut[MetricOut],
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def list_metrics_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[MetricFilter, Query()]
) -> Response:
    """Every value of the asked periods, and a row without value where one is due; JSON or CSV by Accept.

    Values that are computed from records follow these within seconds; `fresh=true` waits for them.
    """
    if filters.fresh:
        await compute_alignment_kpis(session, actor=COMPUTING)
    page = await list_metrics(session, filters, actor=actor)
    headers = {"vary": "accept", **link_next(request, page.next_cursor)}
    if prefers_csv(request):
        return send_bytes(request, write_metrics(page.items), headers=headers, media_type=CSV)
    body = f'{{"items":[{page.items}],"next_cursor":'.encode() + orjson.dumps(page.next_cursor) + b"}"
    return send_bytes(request, body, headers=headers, media_type=JSON)


COLUMNS = (
    "kpi",
    "kpi_name",
    "unit",
    "direction",
    "cadence",
    "department",
    "department_name",
    "period",
    "value",
    "numerator",
    "denominator",
    "n",
    "interval_low",
    "interval_high",
    "target",
    "status",
    "status_reason",
    "stale",
    "suppressed",
    "trend",
    "signal",
    "source",
    "revision",
    "recorded_at",
)


def write_metrics(items: str) -> bytes:
    """Rows of JSON text as CSV; numbers keep their digits."""
    rows = json.loads(f"[{items}]", parse_float=Decimal)
    return write_csv(COLUMNS, ([line[column] for column in COLUMNS] for line in map(_flatten, rows)))


def _flatten(row: dict[str, Any]) -> dict[str, Any]:
    kpi, department = row["kpi"], row["department"] or {}
    low, high = row["interval"] or (None, None)
    return {
        **row,
        "kpi": kpi["code"],
        "kpi_name": kpi["name"],
        "unit": kpi["unit"],
        "direction": kpi["direction"],
        "cadence": kpi["cadence"],
        "department": department.get("code"),
        "department_name": department.get("name"),
        "interval_low": low,
        "interval_high": high,
    }
