"""Figures of a review: the tiles of alignment KPIs, and how people are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from app.domain.alignment.wording import begin_sentence, word_level
from app.domain.periods import parse_period
from app.domain.review.facts import LevelGap, Reading, ReviewFacts, Tile, UnitReading
from app.domain.scoring import Direction, Status
from app.web.charts import sparkline
from app.web.figures import write_hidden
from app.web.kpi_figures import SIGNAL_WORDS, Move, name_briefly
from app.web.review_viewer import (
    KPI,
    Name,
    RevisedMark,
    Viewer,
    say_aim,
    say_change,
    say_value,
    write_number,
)

ROWS_SHOWN = 8
GAPS_SHOWN = 3
_WORST_FIRST = {Status.RED: 0, Status.AMBER: 1, Status.UNKNOWN: 2, Status.GREEN: 3}


class UnitRow(NamedTuple):
    """A department's value."""

    name: str
    value: str
    aim: str
    status: str
    hidden: bool
    revised: RevisedMark | None = None


@dataclass(frozen=True, slots=True)
class TileView:
    """One alignment KPI as a tile."""

    key: str
    name: Name
    value: str
    aim: str
    status: str
    move: Move | None
    signal: str | None
    signal_words: str
    spark: Markup
    basis: str
    explanation: str | None
    rows: tuple[UnitRow, ...]
    more: int
    href: str
    revised: RevisedMark | None


@dataclass(frozen=True, slots=True)
class PulseView:
    """Engagement per department, and where levels lie furthest apart. `hidden`: why some say no value."""

    name: Name
    period: str
    whole: str
    status: str
    basis: str
    units: tuple[UnitRow, ...]
    hidden: str
    gaps: tuple[str, ...]
    revised: RevisedMark | None


def lay_out_tiles(facts: ReviewFacts, viewer: Viewer) -> tuple[TileView, ...]:
    """The tiles in their order; each with the departments that stand worst."""
    return tuple(lay_out_tile(each, facts, viewer) for each in facts.tiles)


def lay_out_tile(tile: Tile, facts: ReviewFacts, viewer: Viewer, *, most: int = ROWS_SHOWN) -> TileView:
    """One tile with at most so many departments."""
    values = [point.value for point in tile.points]
    limits = (tile.limits.lower, tile.limits.centre, tile.limits.upper) if tile.limits else None
    variation = tile.variation
    rows = sorted(tile.departments, key=lambda unit: _WORST_FIRST[unit.reading.status])
    return TileView(
        key=tile.kpi.code,
        name=viewer.name(tile.kpi, KPI),
        value=say_value(tile.reading, tile.unit, facts.minimum_group),
        aim=say_aim(tile.reading, tile.unit, tile.direction),
        status=tile.reading.status.value,
        move=say_change(tile.reading.change, tile.direction),
        signal=variation.value if variation else None,
        signal_words=SIGNAL_WORDS[variation],
        spark=sparkline(
            values,
            label=f"{tile.kpi.name}: the last {len(values)} periods",
            target=tile.reading.target,
            limits=limits,
            width=220,
            height=56,
        ),
        basis=_say_basis(tile),
        explanation=tile.explanation,
        rows=tuple(
            _tell_unit(
                each,
                tile.unit,
                tile.direction,
                minimum=facts.minimum_group,
                revised=viewer.find_revised(tile.kpi, each.department, tile.period),
            )
            for each in rows[:most]
        ),
        more=max(0, len(rows) - most),
        href=f"/reviews/{facts.period}/tiles/{tile.kpi.code}",
        revised=viewer.find_revised(tile.kpi, None, tile.period),
    )


def _say_basis(tile: Tile) -> str:
    """Which period, of how many answers, and from how much of the organization a value is."""
    told = [name_briefly(parse_period(tile.period))]
    if tile.reading.n is not None:
        told.append(f"n {tile.reading.n:,}")
    if tile.reading.coverage is not None:
        told.append(f"{round(tile.reading.coverage * 100)} % of departments")
    return " · ".join(told)


def _tell_unit(
    unit: UnitReading, of: str, direction: Direction, *, minimum: int | None, revised: RevisedMark | None
) -> UnitRow:
    reading = unit.reading
    return UnitRow(
        name=unit.department.name,
        value=say_value(reading, of, minimum),
        aim=say_aim(reading, of, direction),
        status=reading.status.value,
        hidden=reading.suppressed,
        revised=revised,
    )


def lay_out_pulse(facts: ReviewFacts, viewer: Viewer) -> PulseView | None:
    """How people are; None where nothing measures it."""
    pulse = facts.pulse
    if pulse.kpi is None:
        return None
    whole = pulse.whole
    units = sorted(pulse.units, key=lambda unit: _WORST_FIRST[unit.reading.status])
    period = pulse.period or ""
    told = tuple(
        _tell_unit(
            each,
            pulse.unit,
            Direction.HIGHER,
            minimum=facts.minimum_group,
            revised=viewer.find_revised(pulse.kpi, each.department, period),
        )
        for each in units
    )
    return PulseView(
        name=viewer.name(pulse.kpi, KPI),
        period=name_briefly(parse_period(pulse.period)) if pulse.period else "",
        whole=say_value(whole, pulse.unit, facts.minimum_group) if whole else "—",
        status=whole.status.value if whole else Status.UNKNOWN.value,
        basis=f"n {whole.n:,}" if whole and whole.n is not None else "",
        units=told,
        hidden=_say_hidden(
            [each.reading for each in units] + ([whole] if whole else []), facts.minimum_group
        ),
        gaps=tuple(_say_gap(each) for each in pulse.gaps[:GAPS_SHOWN]),
        revised=viewer.find_revised(pulse.kpi, None, period),
    )


def _say_hidden(readings: Sequence[Reading], minimum: int | None) -> str:
    """What the words mean that stand for values; nothing where all are shown."""
    hidden = [each for each in readings if each.suppressed]
    few, back = f"“{write_hidden(minimum)}”", f"“{write_hidden(minimum, withheld=True)}”"
    told = []
    if not all(each.withheld for each in hidden):
        many = "so few answered that a value could point at people"
        told.append(f"{few}: {many if minimum is None else f'fewer than {minimum} answered'}.")
    if any(each.withheld for each in hidden):
        told.append(f"{back}: it would tell of a smaller group by subtraction.")
    return " ".join(told)


def _say_gap(gap: LevelGap) -> str:
    high = _say_level(gap.high_level, gap.high, gap.high_n, gap.unit)
    low = _say_level(gap.low_level, gap.low, gap.low_n, gap.unit)
    apart = write_number(round(gap.gap, 2))
    return begin_sentence(f"{gap.kpi.name}: {high}, {low} — {apart} apart.")


def _say_level(level: str, value: float, n: int | None, unit: str) -> str:
    cases = "" if n is None else f" (n {n:,})"
    return f"{word_level(level)} {write_number(value, unit)}{cases}"
