"""Slopes: the order in which things are said at the left, in which they are done at the right."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import element, frame, pixel
from app.web.charts.levels import write_text
from app.web.charts.texts import wrap_text

_SMALL_WIDTH = 500
_SIZE = 13
_ROW, _HEAD, _LINE = 42.0, 30.0, 15.0


class Slope(NamedTuple):
    """One thing: its name, places at the left and right (1 is first), what stands at the right, a tone."""

    name: str
    left: int
    right: int
    text: str
    tone: str = "plain"


def draw_slopes(
    rows: Sequence[Slope], *, heads: tuple[str, str], label: str, about: str = "", width: int = 720
) -> Markup:
    """Places from top to bottom; in a small picture only the left has names."""
    is_small = width <= _SMALL_WIDTH
    start, end = (width * 0.5, width - 64.0) if is_small else (width * 0.36, width * 0.62)
    far_head = (width, "end") if is_small else (end + 12, "start")
    drawn = [
        write_text(heads[0], start - 12, 14, "chart-tick", "end"),
        write_text(heads[1], far_head[0], 14, "chart-tick", far_head[1]),
    ]
    for row in rows:
        far = row.text if is_small else f"{row.text}  {row.name}"
        drawn += [_draw_slope(row, start, end), *_write_ends(row, far, start, end, width)]
    height = _HEAD + _ROW * len(rows) + 4
    return frame(width, height, *drawn, label=label, about=about, looks="chart slopes")


def _find_height(place: int) -> float:
    return _HEAD + (place - 0.5) * _ROW


def _draw_slope(row: Slope, start: float, end: float) -> Markup:
    left, right = _find_height(row.left), _find_height(row.right)
    path = f"M{pixel(start)} {pixel(left)}L{pixel(end)} {pixel(right)}"
    dots = [
        element("circle", cx=x, cy=y, r=4, class_=f"chart-dot {row.tone}", fill="currentColor")
        for x, y in ((start, left), (end, right))
    ]
    line = element("path", d=path, class_=f"chart-slope {row.tone}", stroke="currentColor", stroke_width=2)
    return element("g", element("title", row.name), line, *dots)


def _write_ends(row: Slope, far: str, start: float, end: float, width: float) -> list[Markup]:
    near = wrap_text(f"{row.left} {row.name}", start - 14, size=_SIZE, most=2)
    beyond = wrap_text(far, width - end - 12, size=_SIZE, most=2)
    return [
        *_write_lines(near, start - 12, _find_height(row.left), row.tone, "end"),
        *_write_lines(beyond, end + 12, _find_height(row.right), row.tone, "start"),
    ]


def _write_lines(lines: Sequence[str], x: float, middle: float, tone: str, anchor: str) -> list[Markup]:
    top = middle + 4 - (len(lines) - 1) * _LINE / 2
    return [
        write_text(line, x, top + at * _LINE, f"chart-word {tone}", anchor) for at, line in enumerate(lines)
    ]
