"""How people are: engagement by department, and where leadership levels lie furthest apart. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from app.domain.engagement import DEFAULT_MINIMUM_GROUP
from app.domain.review.facts import LevelGap, Pulse, Tile
from app.domain.review.rows import LevelRow
from app.domain.review.tiles import ENGAGEMENT

MOST_GAPS = 3


def tell_pulse(tiles: Iterable[Tile], levels: Sequence[LevelRow]) -> Pulse:
    """The engagement tile by department, as it is told there, and the three widest gaps."""
    gaps = find_level_gaps(levels)[:MOST_GAPS]
    tile = next((each for each in tiles if each.kpi.code == ENGAGEMENT), None)
    if tile is None:
        return Pulse(kpi=None, unit="", period=None, whole=None, units=(), gaps=gaps)
    return Pulse(
        kpi=tile.kpi,
        unit=tile.unit,
        period=tile.period,
        whole=tile.reading,
        units=tile.departments,
        gaps=gaps,
    )


def find_level_gaps(levels: Sequence[LevelRow]) -> tuple[LevelGap, ...]:
    """For each KPI the distance of its highest level to its lowest one, the widest first.

    KPIs have different units: they are compared by the gap as a share of the larger figure. A level of fewer
    than `DEFAULT_MINIMUM_GROUP` (5) cases, or of too few people, has no figure that says anything: its gap
    would be chance. A KPI with fewer than two levels that are left, or with equal ones, has no gap.
    """
    told: dict[str, list[tuple[float, LevelRow]]] = defaultdict(list)
    for row in levels:
        if row.value is not None and (row.n or 0) >= DEFAULT_MINIMUM_GROUP:
            told[row.kpi.id].append((row.value, row))
    gaps = [_measure_gap(sorted(found, key=_order_level)) for found in told.values()]
    return tuple(sorted((gap for gap in gaps if gap.gap > 0), key=_order_gap))


def _measure_gap(found: Sequence[tuple[float, LevelRow]]) -> LevelGap:
    (low, lowest), (high, highest) = found[0], found[-1]
    return LevelGap(
        kpi=lowest.kpi,
        unit=lowest.unit,
        high_level=highest.level,
        high=high,
        low_level=lowest.level,
        low=low,
        gap=round(high - low, 9),
        high_n=highest.n,
        low_n=lowest.n,
    )


def _order_level(found: tuple[float, LevelRow]) -> tuple[float, str]:
    return found[0], found[1].level


def _order_gap(gap: LevelGap) -> tuple[float, str]:
    return -gap.gap / max(abs(gap.high), abs(gap.low)), gap.kpi.code
