"""A KPI's series as a process: chart, sentences, notes and figures, ready to be printed. No route is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from app.domain.linkage.wording import word_period
from app.domain.periods import Period, parse_period
from app.domain.scoring import Direction, Source, Status, Unit, Variation
from app.domain.signal_words import Episode, explain_limits, explain_process, list_episodes
from app.domain.signals import ProcessReading, clip_limits, read_process
from app.domain.states import TargetRange
from app.models.kpis import Kpi
from app.queries.alignment_kpis import NamedRecord
from app.queries.kpis_story import SeriesRow
from app.web.charts import ChartLine, ChartPoint, xmr_chart
from app.web.figures import NOTHING, write_aim, write_figure, write_unit
from app.web.kpi_explaining import Part, SecondLine, link_records, write_seconds
from app.web.kpi_figures import name_briefly, write_told
from app.web.times import Clock

# How many periods a chart shows; limits come from all.
MOST_DRAWN = 36
MOST_DRAWN_NARROW = 14
NARROW = 360
MOST_NAMED = 2
NOTES_SHOWN = 3
_SOURCES = {
    Source.MANUAL: "typed",
    Source.FED: "fed",
    Source.COMPUTED: "computed",
    Source.IMPORTED: "imported",
    Source.AGGREGATED: "from the departments below",
}


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A period in the table beside the chart; the last one is what the page begins with."""

    period: str
    value: str
    unit: str
    target: str
    status: Status
    reason: str
    signal: Variation | None
    note: str | None
    why: str | None
    evidence: str
    origin: str
    corrections: int
    # Of a computed value: its sentence in pieces, and the numbers beside it.
    told: list[Part]
    seconds: list[SecondLine]


@dataclass(frozen=True, slots=True)
class ProcessView:
    """What is drawn and said of a series. Lines: the latest period first.

    `running`: what is computed of the period that goes on; no result yet, and not in the picture.
    """

    running: PeriodLine | None
    # The last period with a number, where the latest one has none.
    earlier: PeriodLine | None

    wide: Markup
    narrow: Markup
    sentences: list[str]
    limits: str
    lines: list[PeriodLine]
    notes: list[PeriodLine]


class _Series:
    """A series at the places of its periods, with the rows where there are some."""

    def __init__(self, kpi: Kpi, rows: Sequence[SeriesRow]) -> None:
        first = parse_period(rows[0].period)
        last = parse_period(rows[-1].period)
        number = last.position - first.position + 1
        self.periods: list[Period] = [first.next(step) for step in range(number)]
        self.rows: list[SeriesRow | None] = [None] * number
        for row in rows:
            self.rows[parse_period(row.period).position - first.position] = row
        self.values = [None if row is None else row.value for row in self.rows]
        self.kpi = kpi
        self.reading: ProcessReading = read_process(self.values)
        self.episodes = list_episodes(self.reading.chart, self.values)


class ProcessFrame(NamedTuple):
    """What time it is, how the place is called, and the records that explanations name."""

    clock: Clock
    place: str
    records: Sequence[NamedRecord] = ()


def list_explained(rows: Sequence[SeriesRow]) -> str:
    """What the values say whose sentences are shown: the last two."""
    return " ".join(row.explanation for row in rows[-2:] if row.explanation)


def show_process(
    kpi: Kpi, said: Sequence[SeriesRow], targets: Sequence[TargetRange], frame: ProcessFrame
) -> ProcessView | None:
    """The process of a KPI at a place; None where nothing was ever said."""
    if not said:
        return None
    clock, place = frame.clock, frame.place
    rows = [row for row in said if not _is_running(row, clock)] or said
    series = _Series(kpi, rows)
    has_process = kpi.kind == "numeric"
    sentences = (
        explain_process(series.reading, series.values, series.periods, kpi.direction) if has_process else []
    )
    limits = explain_limits(series.reading, series.values, series.periods) if has_process else ""
    about = " ".join([*sentences, limits])
    label = f"{kpi.name}, {place}, {word_period(series.periods[0])} to {word_period(series.periods[-1])}"
    levels = _list_levels(series, targets, has_limits=has_process)
    lines = [_make_line(kpi, row, frame) for row in reversed(rows)]
    return ProcessView(
        running=_make_line(kpi, said[-1], frame) if len(rows) < len(said) else None,
        earlier=_find_earlier(rows, lines),
        wide=_draw(series, levels, MOST_DRAWN, label=label, about=about),
        narrow=_draw(series, levels, MOST_DRAWN_NARROW, label=label, about=about, width=NARROW),
        sentences=sentences,
        limits=limits,
        lines=lines,
        notes=[line for line in lines if line.note][:NOTES_SHOWN],
    )


def _find_earlier(rows: Sequence[SeriesRow], lines: Sequence[PeriodLine]) -> PeriodLine | None:
    """The line of the last number, unless the page begins with it."""
    if rows[-1].value is not None:
        return None
    told = (line for row, line in zip(reversed(rows), lines, strict=True) if row.value is not None)
    return next(told, None)


def _is_running(row: SeriesRow, clock: Clock) -> bool:
    today = clock.now.astimezone(clock.zone).date()
    return row.source == Source.COMPUTED and parse_period(row.period).last_day >= today


def _draw(
    series: _Series,
    levels: Sequence[ChartLine],
    most: int,
    *,
    label: str,
    about: str,
    width: int = 760,
) -> Markup:
    cut = max(0, len(series.periods) - most)
    points = [_make_point(series, index) for index in range(cut, len(series.periods))]
    locked = series.reading.locked_after
    return xmr_chart(
        points,
        levels,
        label=label,
        about=about,
        locked_after=None if locked is None else locked - cut,
        width=width,
    )


def _make_point(series: _Series, index: int) -> ChartPoint:
    period, row = series.periods[index], series.rows[index]
    if row is None:
        return ChartPoint(name_briefly(period), None)
    is_signal = series.reading.variations[index] is Variation.SIGNAL
    # The latest episodes are named where they end; the sentences above name more of them.
    ending = [_name_episode(each) for each in series.episodes[:MOST_NAMED] if each.last == index]
    told = [f"{word_period(period)}: {write_figure(row.value, series.kpi.unit)}, {row.status}"]
    told += ["A signal"] if is_signal else []
    told += [f"Note: {row.note}"] if row.note else []
    return ChartPoint(
        name=name_briefly(period),
        value=row.value,
        told=". ".join(told),
        is_signal=is_signal,
        word=ending[0] if ending else "",
        noted=bool(row.note),
        target=None if series.kpi.direction == Direction.BAND else row.target,
    )


def _name_episode(episode: Episode) -> str:
    side = "above" if episode.is_above else "below"
    if episode.rule == 1:
        return f"{side} limit"
    if episode.rule == 2:
        return f"{episode.last - episode.first + 1} {side} average"
    return f"near {'upper' if episode.is_above else 'lower'} limit"


def _list_levels(series: _Series, targets: Sequence[TargetRange], *, has_limits: bool) -> list[ChartLine]:
    chart = series.reading.chart
    levels = []
    if has_limits and chart.centre is not None and chart.lower is not None:
        lower, upper = clip_limits(chart, series.kpi.unit)
        named = (
            ("centre", chart.centre, "average"),
            ("limit", upper, "upper limit"),
            ("limit", lower, "lower limit"),
        )
        levels = [
            ChartLine(kind, value, f"{name} {_write_level(value)}")
            for kind, value, name in named
            if value is not None
        ]
    return levels + _list_aims(series, targets)


def _list_aims(series: _Series, targets: Sequence[TargetRange]) -> list[ChartLine]:
    """What is aimed at in the last period; a band has no steps, but its two sides of today."""
    last = series.rows[-1]
    if series.kpi.direction == Direction.BAND:
        bands = [each.thresholds for each in targets if each.covers(series.periods[-1])][:1]
        sides = [("low", band.low) for band in bands] + [("high", band.high) for band in bands]
        return [ChartLine("target", level, f"{side} {write_figure(level)}") for side, level in sides if level]
    if last is None or last.target is None:
        return []
    aim = write_aim(series.kpi.direction, Unit.COUNT, target=last.target, low=None, high=None)
    return [ChartLine("aim", last.target, f"target {aim}")]


def _write_level(value: float) -> str:
    return write_figure(Decimal(str(value)))


def _make_line(kpi: Kpi, row: SeriesRow, frame: ProcessFrame) -> PeriodLine:
    is_told = row.recorded_by and row.source != Source.COMPUTED
    who = f" by {row.recorded_by}" if is_told else ""
    evidence = []
    if row.n is not None:
        evidence.append(f"n = {row.n:,}")
    if row.interval_low is not None and row.interval_high is not None:
        evidence.append(f"{write_figure(row.interval_low)} to {write_figure(row.interval_high)}")
    if row.confidence is not None:
        evidence.append(f"confidence {row.confidence} of 5")
    return PeriodLine(
        period=word_period(parse_period(row.period)),
        value=write_told(row.value, not_applicable=row.not_applicable, hidden_below=row.hidden_below),
        unit="" if row.value is None else write_unit(kpi.unit),
        target=NOTHING if row.target is None else write_figure(row.target),
        status=Status(row.status),
        reason=row.status_reason,
        signal=None if row.signal is None else Variation(row.signal),
        note=row.note,
        why=row.reason,
        evidence=", ".join(evidence),
        origin=f"{_SOURCES[Source(row.source)]}{who}, {frame.clock.say(row.recorded_at)}",
        corrections=0 if row.source == Source.AGGREGATED else row.revision - 1,
        told=link_records(row.explanation, frame.records) if row.explanation else [],
        seconds=write_seconds(row.seconds),
    )
