"""The process behaviour chart: a series with its average and limits, and the points where something changed.

Which points are signals is decided in `domain.control_chart`; here they become diamonds with a word beside.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import (
    Number,
    Place,
    Scale,
    choose_ticks,
    draw_line,
    element,
    fit_scale,
    frame,
    pixel,
    spread_out,
)

_LEFT = 40.0
_TOP = 18.0
_BOTTOM = 26.0
_FONT_SIZE = 12
_SMALL_WIDTH = 500
_LABEL_APART = 15.0
_AIR = 0.06
_AIR_FOR_WORDS = 0.14
_LETTER = 6.8


class ChartPoint(NamedTuple):
    """One period: its short name, its value (None: a gap), and what is said about it.

    `told` is read when the pointer rests on the point. `signal` is a word or two ("above the limit"),
    empty for routine; `noted`: somebody left a note.
    """

    name: str
    value: Number | None
    told: str = ""
    signal: str = ""
    noted: bool = False


class ChartLine(NamedTuple):
    """A level across the chart: `kind` is centre, limit or target; `text` is its label at the right."""

    kind: str
    value: Number
    text: str


_DASHES = {"limit": "5 4", "target": "1.5 3.5"}


def xmr_chart(
    points: Sequence[ChartPoint],
    lines: Sequence[ChartLine] = (),
    *,
    label: str,
    about: str = "",
    locked_after: int | None = None,
    width: int = 760,
) -> Markup:
    """Points from left to right with gaps where nothing is known, levels with their names at the right.

    `locked_after`: the number of points from which the limits were taken, when later ones no longer
    count; a thin line marks the place.
    """
    height = 290 if width > _SMALL_WIDTH else 230
    right = width - _room_for(lines)
    values = [float(point.value) for point in points if point.value is not None]
    levels = [float(line.value) for line in lines]
    air = _AIR_FOR_WORDS if any(point.signal for point in points) else _AIR
    scale = fit_scale([*values, *levels], height - _BOTTOM, _TOP, air=air)
    step = (right - _LEFT - 16) / max(1, len(points) - 1)
    across = [_LEFT + 8 + index * step for index in range(len(points))]
    places = [
        None if point.value is None else (x, scale.at(point.value))
        for x, point in zip(across, points, strict=True)
    ]
    drawn = [
        _draw_ticks(scale),
        _draw_names(points, across, height),
        _draw_levels(lines, scale, right),
        _draw_lock(across, locked_after, height),
        element("path", d=draw_line(places), class_="chart-line", stroke="currentColor", stroke_width=1.5),
        _draw_marks(points, places),
        # A small picture has no room for words; what is written below it says the same.
        _draw_words(points, places, _find_centre(lines, scale), right) if width > _SMALL_WIDTH else Markup(),
    ]
    return frame(width, height, *drawn, label=label, about=about, looks="chart xmr")


def _find_centre(lines: Sequence[ChartLine], scale: Scale) -> float:
    levels = (scale.at(line.value) for line in lines if line.kind == "centre")
    return next(levels, (scale.top + scale.bottom) / 2)


def _room_for(lines: Sequence[ChartLine]) -> float:
    return 16 + 6.6 * max((len(line.text) for line in lines), default=0)


def _write_text(words: str, x: float, y: float, looks: str, anchor: str = "start") -> Markup:
    return element(
        "text", words, x=x, y=y, class_=looks, text_anchor=anchor, fill="currentColor", font_size=_FONT_SIZE
    )


def _draw_ticks(scale: Scale) -> Markup:
    ticks = [
        _write_text(f"{tick:,.10g}", _LEFT - 8, scale.at(tick) + 4, "chart-tick", "end")
        for tick in choose_ticks(scale)
    ]
    return element("g", *ticks)


def _draw_names(points: Sequence[ChartPoint], across: Sequence[float], height: float) -> Markup:
    """The names of periods: the last one always, and as many before it as have room."""
    if not points:
        return Markup()
    longest = max(len(point.name) for point in points) * _LETTER + 18
    step = across[1] - across[0] if len(across) > 1 else longest
    every = max(1, -(-int(longest) // max(1, int(step))))
    shown = range(len(points) - 1, -1, -every)
    names = [
        _write_text(points[index].name, across[index], height - 7, "chart-tick", "middle")
        for index in shown
        if across[index] >= longest / 2 - 6
    ]
    return element("g", *names)


def _draw_levels(lines: Sequence[ChartLine], scale: Scale, right: float) -> Markup:
    heights = [scale.at(line.value) for line in lines]
    placed = spread_out(heights, apart=_LABEL_APART, low=_TOP - 6, high=scale.bottom)
    drawn = []
    for line, y, label_y in zip(lines, heights, placed, strict=True):
        looks = f"chart-{line.kind}"
        dashes = _DASHES.get(line.kind)
        path = f"M{pixel(_LEFT)} {pixel(y)}H{pixel(right)}"
        drawn.append(element("path", d=path, class_=looks, stroke="currentColor", stroke_dasharray=dashes))
        drawn.append(_write_text(line.text, right + 8, label_y + 4, f"{looks}-name"))
    return element("g", *drawn)


def _draw_lock(across: Sequence[float], locked_after: int | None, height: float) -> Markup:
    if locked_after is None or not 0 < locked_after < len(across):
        return Markup()
    x = (across[locked_after - 1] + across[locked_after]) / 2
    path = f"M{pixel(x)} {pixel(_TOP - 4)}V{pixel(height - _BOTTOM)}"
    return element(
        "g",
        element("path", d=path, class_="chart-lock", stroke="currentColor"),
        _write_text("limits fixed", x + 5, _TOP - 6, "chart-tick"),
    )


def _draw_marks(points: Sequence[ChartPoint], places: Sequence[Place | None]) -> Markup:
    drawn = [
        _draw_mark(point, place) for point, place in zip(points, places, strict=True) if place is not None
    ]
    return element("g", *drawn)


def _draw_words(
    points: Sequence[ChartPoint], places: Sequence[Place | None], centre: float, right: float
) -> Markup:
    """A word beside each signal: once for a run, where it ends, and the last ones where room is short."""
    drawn = []
    free_until = right
    following = ""
    for point, place in zip(reversed(points), reversed(places), strict=True):
        half = len(point.signal) * _LETTER / 2
        if place is not None and point.signal and point.signal != following:
            x = max(_LEFT + half, min(place[0], right - half))
            if x + half <= free_until:
                y = place[1] + (-13 if place[1] <= centre else 22)
                drawn.append(_write_text(point.signal, x, y, "chart-signal-name", "middle"))
                free_until = x - half - 8
        following = point.signal
    return element("g", *drawn)


def _draw_mark(point: ChartPoint, place: Place) -> Markup:
    x, y = place
    parts = [element("title", point.told)] if point.told else []
    if point.noted:
        ring = element("circle", cx=x, cy=y, r=7.5, class_="chart-note", stroke="currentColor")
        parts.append(ring)
    if point.signal:
        diamond = f"M{pixel(x)} {pixel(y - 5.5)}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"
        parts.append(element("path", d=diamond, class_="chart-signal", fill="currentColor"))
    else:
        parts.append(element("circle", cx=x, cy=y, r=3, class_="chart-point", fill="currentColor"))
    # A place for the pointer that is larger than the mark.
    parts.append(element("circle", cx=x, cy=y, r=11, fill="transparent"))
    return element("g", *parts)
