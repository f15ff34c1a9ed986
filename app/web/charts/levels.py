"""Levels across a process chart: average, limits and targets with their names, and where limits end."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import Number, Scale, choose_ticks, element, pixel, spread_out

LEFT = 40.0
TOP = 18.0
BOTTOM = 26.0
_FONT_SIZE = 12
_LABEL_APART = 15.0
_DASHES = {"limit": "5 4", "target": "1.5 3.5"}


class ChartLine(NamedTuple):
    """A level across the chart: `kind` is centre, limit or target; `text` is its label at the right."""

    kind: str
    value: Number
    text: str


def draw_ticks(scale: Scale) -> Markup:
    """The scale at the left: a few round numbers without lines."""
    ticks = [
        write_text(f"{tick:,.10g}", LEFT - 8, scale.at(tick) + 4, "chart-tick", "end")
        for tick in choose_ticks(scale)
    ]
    return element("g", *ticks)


def draw_levels(lines: Sequence[ChartLine], scale: Scale, right: float) -> Markup:
    """Lines with their names at the right, where these have room."""
    heights = [scale.at(line.value) for line in lines]
    placed = spread_out(heights, apart=_LABEL_APART, low=TOP - 6, high=scale.bottom)
    drawn = []
    for line, y, label_y in zip(lines, heights, placed, strict=True):
        looks = f"chart-{line.kind}"
        if line.kind != "aim":
            path = f"M{pixel(LEFT)} {pixel(y)}H{pixel(right)}"
            dashes = _DASHES.get(line.kind)
            drawn.append(
                element("path", d=path, class_=looks, stroke="currentColor", stroke_dasharray=dashes)
            )
        drawn.append(write_text(line.text, right + 8, label_y + 4, f"{looks}-name"))
    return element("g", *drawn)


def draw_steps(heights: Sequence[float | None], across: Sequence[float], right: float) -> Markup:
    """A level for each period, from halfway before it to halfway behind it."""
    if not any(height is not None for height in heights):
        return Markup()
    half = (across[1] - across[0]) / 2 if len(across) > 1 else (right - LEFT) / 2
    path = ""
    before: float | None = None
    for x, y in zip(across, heights, strict=True):
        if y is not None:
            start = f"M{pixel(max(LEFT, x - half))} {pixel(y)}" if before is None else f"V{pixel(y)}"
            path += f"{start}H{pixel(min(right, x + half))}"
        before = y
    return element(
        "path", d=path, class_="chart-target", stroke="currentColor", stroke_dasharray=_DASHES["target"]
    )


def draw_lock(across: Sequence[float], locked_after: int | None, height: float) -> Markup:
    """A thin line behind the last point that gave the limits."""
    if locked_after is None or not 0 < locked_after < len(across):
        return Markup()
    x = (across[locked_after - 1] + across[locked_after]) / 2
    path = f"M{pixel(x)} {pixel(TOP - 4)}V{pixel(height - BOTTOM)}"
    return element(
        "g",
        element("path", d=path, class_="chart-lock", stroke="currentColor"),
        write_text("limits fixed", x + 5, TOP - 6, "chart-tick"),
    )


def write_text(words: str, x: float, y: float, looks: str, anchor: str = "start") -> Markup:
    """A text of the chart."""
    return element(
        "text", words, x=x, y=y, class_=looks, text_anchor=anchor, fill="currentColor", font_size=_FONT_SIZE
    )
