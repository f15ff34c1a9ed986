"""The map of pairs: a square for each two groups, the darker the further apart; numbers head the columns."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import element, frame
from app.web.charts.levels import write_text
from app.web.charts.texts import wrap_text

_SIZE = 12.5
_HEAD = 22.0
_LARGEST_CELL = 40.0
_DARKEST = 0.62
# As far apart as this is as dark as it gets.
_FAR = 0.6


class MapCell(NamedTuple):
    """Two groups by their places: how far apart (None: not shown), as text, and whether they stand out."""

    first: int
    second: int
    value: float | None
    text: str
    told: str
    stands_out: bool = False


def draw_pair_map(
    names: Sequence[str], cells: Sequence[MapCell], *, label: str, about: str = "", width: int = 720
) -> Markup:
    """Every pair twice, on both sides of the diagonal, so that each row can be read alone."""
    name_room = min(width * 0.36, 190.0)
    side = min(_LARGEST_CELL, (width - name_room - 4) / max(1, len(names)))
    drawn = []
    for at, name in enumerate(names):
        shown = wrap_text(f"{at + 1} {name}", name_room - 10, size=_SIZE, most=1)[0]
        middle = _HEAD + (at + 0.5) * side
        drawn += [
            write_text(shown, name_room - 8, middle + 4, "chart-name", "end"),
            write_text(str(at + 1), name_room + (at + 0.5) * side, _HEAD - 7, "chart-tick", "middle"),
            _draw_self(name_room + at * side, _HEAD + at * side, side),
        ]
    for cell in cells:
        for column, row in ((cell.first, cell.second), (cell.second, cell.first)):
            drawn.append(_draw_cell(cell, name_room + column * side, _HEAD + row * side, side))
    height = _HEAD + side * len(names) + 4
    return frame(width, height, *drawn, label=label, about=about, looks="chart pair-map")


def _draw_self(x: float, y: float, side: float) -> Markup:
    return element(
        "rect",
        x=x + 1,
        y=y + 1,
        width=side - 2,
        height=side - 2,
        rx=3,
        class_="chart-self",
        fill="currentColor",
    )


def _draw_cell(cell: MapCell, x: float, y: float, side: float) -> Markup:
    looks = "chart-cell apart" if cell.stands_out else "chart-cell"
    share = 0.0 if cell.value is None else min(1.0, max(0.0, cell.value) / _FAR)
    square = element(
        "rect",
        x=x + 1,
        y=y + 1,
        width=side - 2,
        height=side - 2,
        rx=3,
        class_=looks if cell.value is not None else "chart-cell unknown",
        fill="currentColor",
        fill_opacity=f"{0.06 + share * _DARKEST:.2f}",
    )
    size = "chart-in-cell" if side >= 30 else "chart-in-cell small"
    text = write_text(cell.text, x + side / 2, y + side / 2 + 4, size, "middle") if side >= 22 else Markup()
    return element("g", element("title", cell.told), square, text)
