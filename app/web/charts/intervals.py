"""Intervals: a value with its uncertainty for each row, against a line at zero."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import Scale, choose_ticks, element, frame, pixel
from app.web.charts.levels import write_text
from app.web.charts.texts import wrap_text

_SMALL_WIDTH = 500
_SIZE = 13
_ROW, _TALL_ROW = 46.0, 66.0
_WORD_ROOM = 150.0
_AXIS = 42.0


class Interval(NamedTuple):
    """One row: its name, what is known (None: nothing), a word at its end, and a tone (plain, amber, red)."""

    name: str
    low: float | None
    value: float | None
    high: float | None
    word: str
    tone: str = "plain"


def draw_intervals(
    rows: Sequence[Interval], *, axis: str, label: str, about: str = "", width: int = 720
) -> Markup:
    """Rows from top to bottom; in a small picture name and word stand above the interval."""
    is_small = width <= _SMALL_WIDTH
    row_height = _TALL_ROW if is_small else _ROW
    left = 8.0 if is_small else width * 0.34
    right = width - (8.0 if is_small else _WORD_ROOM)
    known = [end for row in rows for end in (row.low, row.high) if end is not None]
    scale = Scale(min(-0.1, *known, 0.0), max(0.4, *known, 0.0), left, right)
    height = row_height * len(rows) + _AXIS
    bottom = row_height * len(rows) + 2
    drawn = [_draw_axis(scale, bottom, axis, width)]
    zero = scale.at(0)
    for index, row in enumerate(rows):
        top = index * row_height
        middle = top + (46 if is_small else row_height / 2)
        if is_small:
            drawn += [
                write_text(row.name, 0, top + 16, "chart-name"),
                write_text(row.word, 0, top + 32, f"chart-word {row.tone}"),
            ]
        else:
            drawn += _write_name(row.name, left - 16, middle)
            drawn.append(write_text(row.word, right + 12, middle + 4, f"chart-word {row.tone}"))
        # In a small picture the line at zero would cross the names.
        reach = 12 if is_small else row_height / 2
        path = f"M{pixel(zero)} {pixel(middle - reach)}V{pixel(middle + reach)}"
        drawn.append(element("path", d=path, class_="chart-zero", stroke="currentColor"))
        drawn.append(_draw_interval(row, scale, middle))
    return frame(width, height, *drawn, label=label, about=about, looks="chart intervals")


def _write_name(name: str, right: float, middle: float) -> list[Markup]:
    lines = wrap_text(name, right, size=_SIZE, most=2)
    start = middle + 4 - (len(lines) - 1) * 8
    return [write_text(line, right, start + 16 * at, "chart-name", "end") for at, line in enumerate(lines)]


def _draw_axis(scale: Scale, bottom: float, axis: str, width: float) -> Markup:
    ticks = [
        write_text(f"{tick:.1f}".replace("-", "−"), scale.at(tick), bottom + 16, "chart-tick", "middle")
        for tick in choose_ticks(scale)
    ]
    middle = (scale.bottom + scale.top) / 2 if width > _SMALL_WIDTH else width / 2
    return element("g", *ticks, write_text(axis, middle, bottom + 34, "chart-tick", "middle"))


def _draw_interval(row: Interval, scale: Scale, middle: float) -> Markup:
    if row.value is None or row.low is None or row.high is None:
        return Markup()
    path = f"M{pixel(scale.at(row.low))} {pixel(middle)}H{pixel(scale.at(row.high))}"
    return element(
        "g",
        element(
            "path",
            d=path,
            class_=f"chart-reach {row.tone}",
            stroke="currentColor",
            stroke_width=4,
            stroke_linecap="round",
        ),
        element(
            "circle",
            cx=scale.at(row.value),
            cy=middle,
            r=6.5,
            class_=f"chart-dot {row.tone}",
            fill="currentColor",
        ),
    )
