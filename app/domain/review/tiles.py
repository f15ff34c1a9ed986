"""The tiles of a review: the alignment KPIs with their series as a process, and the departments. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from app.domain.alignment_kpis.figures import AlignmentKpi
from app.domain.periods import Period, parse_period, periods_between
from app.domain.review.facts import Beside, Limits, Point, Tile, UnitReading
from app.domain.review.names import Names, order_of
from app.domain.review.readings import read_tile
from app.domain.review.rows import TileRow, ValueRow
from app.domain.scoring import stale_after
from app.domain.signals import clip_limits, read_process

Judge = Callable[[TileRow], bool]
# Two years of months; limits come from everything there is.
MOST_POINTS = 24
ENGAGEMENT = "ENGAGEMENT"
# The order of the tiles, and which KPI is only right beside which.
_ORDER = (
    *(AlignmentKpi.ON_TIME, AlignmentKpi.COMMUNICATION, AlignmentKpi.DECISION_SPEED),
    *(AlignmentKpi.CULTURE, AlignmentKpi.COLLABORATION, ENGAGEMENT),
)
_BESIDE: Mapping[str, str] = {
    AlignmentKpi.COMMUNICATION_CONSISTENCY: AlignmentKpi.COMMUNICATION,
    AlignmentKpi.DECISION_QUALITY: AlignmentKpi.DECISION_SPEED,
    AlignmentKpi.CULTURE_UNIFORMITY: AlignmentKpi.CULTURE,
}


def tell_tiles(
    rows: Sequence[TileRow], values: Sequence[ValueRow], names: Names, *, month: Period, today: date
) -> tuple[Tile, ...]:
    """A tile for each of the six, with the KPI that has to be read beside it; one alone has its own tile.

    `month`: the reviewed one, opened again long after, perhaps: what it was awaited to tell is not stale.
    A KPI of which nothing is known by then has a tile as well, without points.
    """
    series = {row.kpi.code: row for row in rows if row.place is None}
    shown = [code for code in series if _BESIDE.get(code) not in series]
    units: dict[str, list[TileRow]] = defaultdict(list)
    for row in rows:
        if row.place is not None:
            units[row.kpi.code].append(row)
    judge = partial(is_stale, month=month, today=today)
    return tuple(
        _tell_tile(
            series[code],
            beside=[series[each] for each, other in _BESIDE.items() if other == code and each in series],
            units=_tell_units(units[code], names, judge),
            coverage=find_coverage(values, series[code].kpi.id),
            judge=judge,
        )
        for code in sorted(shown, key=_order_tile)
    )


def find_coverage(values: Sequence[ValueRow], kpi: str) -> float | None:
    """The share of the departments awaited that have told theirs, to two digits; None: none is awaited.

    A department whose value is suppressed has told it.
    """
    awaited = [row.is_there for row in values if row.kpi.id == kpi and row.place is not None]
    return round(sum(awaited) / len(awaited), 2) if awaited else None


def is_stale(row: TileRow, *, month: Period, today: date) -> bool:
    """Has the period after the last value closed without one, as far as the review of a month is about it?"""
    until = min(today, stale_after(month, row.grace_days))
    return bool(row.periods) and stale_after(parse_period(row.periods[-1]), row.grace_days) < until


def _order_tile(code: str) -> tuple[int, str]:
    return (_ORDER.index(code) if code in _ORDER else len(_ORDER), code)


def _tell_tile(
    row: TileRow,
    *,
    beside: Sequence[TileRow],
    units: tuple[UnitReading, ...],
    coverage: float | None,
    judge: Judge,
) -> Tile:
    points = _fill_gaps(row)
    return Tile(
        kpi=row.kpi,
        unit=row.unit,
        direction=row.direction,
        period=row.period,
        reading=read_tile(row, is_stale=judge(row), coverage=coverage),
        explanation=None if row.suppressed else row.explanation,
        variation=None if row.suppressed else row.variation,
        points=points[-MOST_POINTS:],
        limits=_find_limits(points, row.unit),
        departments=units,
        beside=tuple(_tell_beside(each, judge) for each in beside),
    )


def _tell_beside(row: TileRow, judge: Judge) -> Beside:
    reading = read_tile(row, is_stale=judge(row))
    return Beside(kpi=row.kpi, unit=row.unit, period=row.period, reading=reading)


def _fill_gaps(row: TileRow) -> tuple[Point, ...]:
    """A point for every period from the first to the last, so that a missing one is a gap."""
    if not row.periods:
        return ()
    known = dict(zip(row.periods, row.values, strict=True))
    between = periods_between(parse_period(row.periods[0]), parse_period(row.periods[-1]))
    return tuple(Point(period=each.text, value=known.get(each.text)) for each in between)


def _find_limits(points: Sequence[Point], unit: str) -> Limits | None:
    """Centre and limits as they are drawn; None where there are none, or too few values to say."""
    process = read_process([point.value for point in points])
    if not any(process.variations):
        return None
    lower, upper = clip_limits(process.chart, unit)
    centre = process.chart.centre
    if centre is None or lower is None or upper is None:
        return None
    return Limits(centre=centre, lower=lower, upper=upper)


def _tell_units(rows: Sequence[TileRow], names: Names, judge: Judge) -> tuple[UnitReading, ...]:
    told = (
        UnitReading(department=place, reading=read_tile(row, is_stale=judge(row)))
        for row in rows
        if (place := names.place(row.place)) is not None
    )
    return tuple(sorted(told, key=lambda each: order_of(each.department)))
