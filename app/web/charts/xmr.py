"""The process behaviour chart: a series with its average and limits, and the points where something changed.

Which points are signals is decided in `domain.control_chart`; here they become diamonds with a word beside.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import Number, Place, Scale, draw_line, element, fit_scale, frame, pixel
from app.web.charts.levels import (
    BOTTOM,
    LEFT,
    TOP,
    ChartLine,
    draw_levels,
    draw_lock,
    draw_steps,
    draw_ticks,
    write_text,
)

_SMALL_WIDTH = 500
_AIR = 0.06
_AIR_FOR_WORDS = 0.14
_LETTER = 6.8


class ChartPoint(NamedTuple):
    """One period: its short name, its value (None: a gap), and what is said about it.

    `told` is read when the pointer rests on the point. `is_signal` makes it a diamond, `word` stands beside
    it ("above limit"); `noted`: somebody left a note; `target`: what was aimed at in that period.
    """

    name: str
    value: Number | None
    told: str = ""
    is_signal: bool = False
    word: str = ""
    noted: bool = False
    target: Number | None = None


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

    Targets are drawn as steps; a line of kind "aim" names the last one and is not drawn itself.
    `locked_after`: how many points gave the limits, when later ones no longer count; it is marked.
    """
    height = 290 if width > _SMALL_WIDTH else 230
    right = width - _room_for(lines)
    values = [float(point.value) for point in points if point.value is not None]
    levels = [line.value for line in lines] + [point.target for point in points if point.target is not None]
    air = _AIR_FOR_WORDS if any(point.word for point in points) else _AIR
    scale = fit_scale([*values, *levels], height - BOTTOM, TOP, air=air)
    step = (right - LEFT - 16) / max(1, len(points) - 1)
    across = [LEFT + 8 + index * step for index in range(len(points))]
    places = [
        None if point.value is None else (x, scale.at(point.value))
        for x, point in zip(across, points, strict=True)
    ]
    drawn = [
        draw_ticks(scale),
        _draw_names(points, across, height),
        draw_levels(lines, scale, right),
        draw_steps(
            [None if each.target is None else scale.at(each.target) for each in points], across, right
        ),
        draw_lock(across, locked_after, height),
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


def _draw_names(points: Sequence[ChartPoint], across: Sequence[float], height: float) -> Markup:
    """The names of periods: the last one always, and as many before it as have room."""
    if not points:
        return Markup()
    longest = max(len(point.name) for point in points) * _LETTER + 18
    step = across[1] - across[0] if len(across) > 1 else longest
    every = max(1, -(-int(longest) // max(1, int(step))))
    shown = range(len(points) - 1, -1, -every)
    names = [
        write_text(points[index].name, across[index], height - 7, "chart-tick", "middle")
        for index in shown
        if across[index] >= longest / 2 - 6
    ]
    return element("g", *names)


def _draw_marks(points: Sequence[ChartPoint], places: Sequence[Place | None]) -> Markup:
    drawn = [
        _draw_mark(point, place) for point, place in zip(points, places, strict=True) if place is not None
    ]
    return element("g", *drawn)


def _draw_words(
    points: Sequence[ChartPoint], places: Sequence[Place | None], centre: float, right: float
) -> Markup:
    """The words beside points: the last ones where room is short."""
    drawn = []
    free_until = right
    for point, place in zip(reversed(points), reversed(places), strict=True):
        if place is None or not point.word:
            continue
        half = len(point.word) * _LETTER / 2
        x = max(LEFT + half, min(place[0], right - half))
        if x + half <= free_until:
            y = place[1] + (-13 if place[1] <= centre else 22)
            drawn.append(write_text(point.word, x, y, "chart-signal-name", "middle"))
            free_until = x - half - 8
    return element("g", *drawn)


def _draw_mark(point: ChartPoint, place: Place) -> Markup:
    x, y = place
    parts = [element("title", point.told)] if point.told else []
    if point.noted:
        ring = element("circle", cx=x, cy=y, r=7.5, class_="chart-note", stroke="currentColor")
        parts.append(ring)
    if point.is_signal:
        diamond = f"M{pixel(x)} {pixel(y - 5.5)}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"
        parts.append(element("path", d=diamond, class_="chart-signal", fill="currentColor"))
    else:
        parts.append(element("circle", cx=x, cy=y, r=3, class_="chart-point", fill="currentColor"))
    # A place for the pointer that is larger than the mark.
    parts.append(element("circle", cx=x, cy=y, r=11, fill="transparent"))
    return element("g", *parts)
