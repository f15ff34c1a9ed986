"""What every page with KPIs says with a series: its sparkline, its move, its signal. No route is here."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from app.domain.periods import Cadence, Period, parse_period, read_position
from app.domain.scoring import Trend, Variation, is_improvement
from app.web.charts import sparkline
from app.web.figures import write_figure, write_hidden_below

_ARROWS = {Trend.UP: "↑", Trend.DOWN: "↓", Trend.FLAT: "→"}
_WORDS = {True: "better", False: "worse", None: ""}
SIGNAL_WORDS = {
    Variation.SIGNAL: "Something changed: beyond what this KPI does anyway.",
    Variation.ROUTINE: "Within what this KPI does anyway.",
    None: "Too few values to tell a change from routine.",
}


class Move(NamedTuple):
    """Where a value went since the period before: `↑ 2.1 better`. The word is empty where neither is."""

    arrow: str
    amount: str
    word: str


def say_move(
    trend: str | None, direction: str, *, before: Decimal | None, now: Decimal | None
) -> Move | None:
    """The move that is stored with a value, with its amount; None where nothing came before."""
    if trend is None:
        return None
    way = Trend(trend)
    if way is Trend.FLAT or before is None or now is None:
        return Move(_ARROWS[way], "", "unchanged" if way is Trend.FLAT else "")
    return Move(_ARROWS[way], write_figure(abs(now - before)), _WORDS[is_improvement(way, direction)])


def write_told(value: Decimal | None, *, not_applicable: bool | None, hidden_below: int | None) -> str:
    """A value, or the word for why there is none."""
    if hidden_below is not None:
        return write_hidden_below(hidden_below)
    return "n/a" if not_applicable else write_figure(value)


def lay_in_time(periods: Sequence[str], values: Sequence[Decimal | None]) -> list[Decimal | None]:
    """The values of stored periods at their places: None where a period is missing between them."""
    if not periods:
        return []
    positions = [read_position(period) for period in periods]
    spread: list[Decimal | None] = [None] * (positions[-1] - positions[0] + 1)
    for position, value in zip(positions, values, strict=True):
        spread[position - positions[0]] = value
    return spread


def draw_spark(
    name: str, periods: Sequence[str], values: Sequence[Decimal | None], *, target: Decimal | None
) -> Markup:
    """The last periods of a KPI as a sparkline; a long silence is cut to the part that shows."""
    series = lay_in_time(periods, values)
    shown = series[-len(periods) * 2 :]
    return sparkline(shown, label=f"{name}: the last {len(shown)} periods", target=target)


def find_before(periods: Sequence[str], values: Sequence[Decimal | None]) -> Decimal | None:
    """The value one period before the last one, if there is one."""
    series = lay_in_time(periods, values)
    return series[-2] if len(series) > 1 else None


def find_signal_start(periods: Sequence[str], signals: Sequence[str | None]) -> Period | None:
    """Since when every value has been a signal; None if the last one is none, or it began before these."""
    start = len(signals)
    while start and signals[start - 1] == Variation.SIGNAL:
        start -= 1
    return parse_period(periods[start]) if 0 < start < len(signals) else None


def name_briefly(period: Period) -> str:
    """A period where there is little room: `Mar 26`, `W41`, `Q4 26`, `2026`."""
    year = f"{period.year % 100:02}"
    match period.cadence:
        case Cadence.WEEKLY:
            return f"W{period.number}"
        case Cadence.MONTHLY:
            return f"{period.first_day:%b} {year}"
        case Cadence.QUARTERLY:
            return f"Q{period.number} {year}"
        case _:
            return period.text
