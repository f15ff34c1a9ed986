"""The alignment KPIs by leadership level in JSON; by department they are metrics like all others."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.api.answers import Out, send_item
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.api.v1.measurements import SecondFigureOut
from app.api.v1.metrics import MetricKpi
from app.deps import SessionDep
from app.domain.words import Level
from app.models.alignment_kpis import LevelFilter
from app.models.base import Number
from app.queries.alignment_kpis import LevelRow, list_level_figures, read_computed_at

router = ApiRouter("/alignment/levels", tag="metrics")


class LevelFigureOut(Out):
    """One KPI at one leadership level in one period, of the whole organization."""

    kpi: MetricKpi
    level: Level
    period: str
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    n: int | None
    interval: tuple[Number, Number] | None
    explanation: str | None
    seconds: list[SecondFigureOut]


class LevelsOut(Out):
    """All figures by level, and up to when records are computed in them."""

    items: list[LevelFigureOut]
    computed_at: AwareDatetime | None = Field(description="When records were computed last.")


@router.get("", summary="Read the KPIs by level", response_model=LevelsOut)
async def show_levels_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[LevelFilter, Query()]
) -> Response:
    """The figures of executive, senior, middle and frontline leaders: one period, or the last ended ones."""
    rows = await list_level_figures(session, filters, actor=actor)
    computed_at: datetime | None = await read_computed_at(session)
    items = [_show_figure(row) for row in rows]
    return send_item(request, LevelsOut.model_construct(items=items, computed_at=computed_at))


def _show_figure(row: LevelRow) -> LevelFigureOut:
    kpi, figure = row.kpi, row.figure
    low, high = figure.interval_low, figure.interval_high
    told = ("id", "code", "name", "unit", "direction", "cadence")
    return LevelFigureOut.model_construct(
        kpi=MetricKpi.model_construct(**{name: getattr(kpi, name) for name in told}),
        level=figure.level,
        period=figure.period,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        n=figure.n,
        interval=None if low is None or high is None else (low, high),
        explanation=row.explanation,
        seconds=[SecondFigureOut.model_validate(each) for each in figure.seconds or ()],
    )
