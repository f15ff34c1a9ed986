"""Where a KPI stands in each department: rows of a table, and bars beside each other. No route is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote
from uuid import UUID

from markupsafe import Markup

from app.domain.linkage.wording import word_period
from app.domain.periods import parse_period
from app.domain.scoring import Aggregation, Source, Status, Variation
from app.models.kpis import Kpi
from app.queries.kpis_story import PlaceRow
from app.web.charts import Bar, bars
from app.web.figures import write_unit
from app.web.kpi_figures import SIGNAL_WORDS, Move, draw_spark, find_before, say_move, write_told

WHOLE = "Whole organization"
# In an address: the whole organization, where a KPI is at home in a department.
ALL = "all"
MOST_BARS = 24
BAR_WIDTHS = (560, 310)


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A department, or the whole, as a row of the table."""

    href: str
    name: str
    is_shown: bool
    spark: Markup
    value: str
    unit: str
    period: str
    status: Status
    reason: str
    move: Move | None
    signal: Variation | None
    signal_words: str
    origin: str


def _link_to(kpi: Kpi, place: PlaceRow, as_of: date | None) -> str:
    past = f"&as_of={as_of}" if as_of else ""
    return f"/kpis/{quote(kpi.code)}?department={quote(place.code or ALL)}{past}"


def make_place_line(kpi: Kpi, place: PlaceRow, here: UUID | None, as_of: date | None) -> PlaceLine:
    """What a row of the table prints."""
    signal = None if place.signal is None else Variation(place.signal)
    before = find_before(place.periods, place.values)
    return PlaceLine(
        href=_link_to(kpi, place, as_of),
        name=place.name or WHOLE,
        is_shown=place.department_id == here,
        spark=draw_spark(place.name or WHOLE, place.periods, place.values, target=place.target),
        value=write_told(place.value, not_applicable=place.not_applicable, hidden_below=place.hidden_below),
        unit="" if place.value is None else write_unit(kpi.unit),
        period=word_period(parse_period(place.period)),
        status=Status(place.status),
        reason=place.status_reason,
        move=say_move(place.trend, kpi.direction, before=before, now=place.value),
        signal=signal,
        signal_words=SIGNAL_WORDS[signal],
        origin="computed from those below" if place.source == "aggregated" else "",
    )


def draw_bars(kpi: Kpi, places: Sequence[PlaceRow]) -> list[Markup]:
    """The departments beside each other, wide and narrow; nothing where there are not several."""
    shown = [place for place in places if place.department_id and place.source != Source.AGGREGATED]
    if len(shown) < 2 or kpi.aggregation == Aggregation.SUM:
        return []
    latest = max(place.period for place in shown)
    rows = [
        Bar(
            place.name or "",
            place.value,
            write_told(place.value, not_applicable=place.not_applicable, hidden_below=place.hidden_below)
            + (f" ({word_period(parse_period(place.period))})" if place.period != latest else ""),
            place.status,
        )
        for place in shown[:MOST_BARS]
    ]
    aims = {place.target for place in shown}
    label = f"{kpi.name} by department, {word_period(parse_period(latest))}"
    aim = aims.pop() if len(aims) == 1 else None
    return [bars(rows, label=label, target=aim, width=width) for width in BAR_WIDTHS]
