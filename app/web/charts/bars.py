"""Bars: one value for each department, side by side with its name, on a scale that begins at zero."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import Number, Scale, element, frame

_ROW = 28.0
_THICK = 10.0
_VALUE_ROOM = 64.0
_LETTER = 7.4


class Bar(NamedTuple):
    """One bar: its name, its value (None: nothing is known), the value as people read it, its status."""

    name: str
    value: Number | None
    text: str
    status: str = "unknown"


def bars(
    rows: Sequence[Bar],
    *,
    label: str,
    about: str = "",
    target: Number | None = None,
    width: int = 480,
) -> Markup:
    """Horizontal bars from zero, with the value at the end of each; what is missing has words and no bar."""
    height = _ROW * len(rows) + (16 if target is not None else 0)
    name_room = min(width * 0.4, 12 + _LETTER * max((len(row.name) for row in rows), default=0))
    known = [0.0, *(float(row.value) for row in rows if row.value is not None)]
    known += [] if target is None else [float(target)]
    low, high = min(known), max(known)
    scale = Scale(low, high if high > low else low + 1, name_room, width - _VALUE_ROOM)
    drawn = [_draw_row(row, scale, index * _ROW, name_room) for index, row in enumerate(rows)]
    if target is not None:
        drawn.insert(0, _draw_target(scale.at(target), height))
    return frame(width, max(height, 1), *drawn, label=label, about=about, looks="chart bars")


def _draw_row(row: Bar, scale: Scale, top: float, name_room: float) -> Markup:
    middle = top + _ROW / 2
    fits = max(3, int((name_room - 10) / _LETTER))
    name = row.name if len(row.name) <= fits else f"{row.name[: fits - 1]}…"
    drawn = [
        element("title", f"{row.name}: {row.text}"),
        _write_text(name, name_room - 10, middle + 4, "chart-name", "end"),
    ]
    end = scale.at(0)
    if row.value is not None:
        start, end = sorted((scale.at(0), scale.at(row.value)))
        drawn.append(
            element(
                "rect",
                x=start,
                y=middle - _THICK / 2,
                width=max(1.5, end - start),
                height=_THICK,
                rx=2,
                class_=f"chart-bar {row.status}",
                fill="currentColor",
            )
        )
    drawn.append(_write_text(row.text, end + 8, middle + 4, "chart-value", "start"))
    return element("g", *drawn)


def _draw_target(x: float, height: float) -> Markup:
    path = f"M{x:.1f} 2V{height - 16:.1f}"
    line = element("path", d=path, class_="chart-target", stroke="currentColor", stroke_dasharray="1.5 3.5")
    return element("g", line, _write_text("target", x, height - 3, "chart-target-name", "middle"))


def _write_text(words: str, x: float, y: float, looks: str, anchor: str) -> Markup:
    return element(
        "text", words, x=x, y=y, class_=looks, text_anchor=anchor, fill="currentColor", font_size=13
    )
