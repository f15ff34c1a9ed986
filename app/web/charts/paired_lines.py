"""Two lines on one chart, each on its own scale: whether one goes up where the other goes down."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import Place, Scale, draw_line, element, frame
from app.web.charts.levels import write_text

_TOP, _BOTTOM, _SIDE = 12.0, 26.0, 10.0
_DASHES = (None, "6 4")


class PairedLine(NamedTuple):
    """One of the two: values from 0 to 1 for every period, None for a gap; the second is drawn dashed."""

    name: str
    values: Sequence[float | None]


def draw_paired_lines(
    lines: Sequence[PairedLine],
    *,
    first_period: str,
    last_period: str,
    label: str,
    about: str = "",
    width: int = 720,
) -> Markup:
    """The lines over their periods, of which the first and the last are named."""
    height = 190.0
    scale = Scale(0.0, 1.0, height - _BOTTOM, _TOP)
    drawn = [
        write_text(first_period, _SIDE, height - 7, "chart-tick"),
        write_text(last_period, width - _SIDE, height - 7, "chart-tick", "end"),
    ]
    for at, line in enumerate(lines):
        step = (width - 2 * _SIDE) / max(1, len(line.values) - 1)
        places: list[Place | None] = [
            None if value is None else (_SIDE + index * step, scale.at(value))
            for index, value in enumerate(line.values)
        ]
        drawn.append(
            element(
                "path",
                element("title", line.name),
                d=draw_line(places),
                class_=f"chart-pair pair-{at + 1}",
                stroke="currentColor",
                stroke_width=2,
                stroke_dasharray=_DASHES[at % 2],
                stroke_linecap="round",
            )
        )
    return frame(width, height, *drawn, label=label, about=about, looks="chart paired-lines")
