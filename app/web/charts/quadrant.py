"""The quadrant: a dot for each department between two questions, its name beside it, the corners named."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import Scale, choose_ticks, element, frame, pixel, spread_out
from app.web.charts.levels import write_text
from app.web.charts.texts import estimate_width, wrap_text

_SMALL_WIDTH = 500
_LEFT, _TOP, _BOTTOM = 44.0, 8.0, 48.0
# Above and below the dots: the axis and the names of the corners.
_HEAD, _FOOT = 46.0, 24.0
_LABEL_APART = 15.0
_SIZE = 12.5
_NAME_ROOM = 190.0


class QuadrantDot(NamedTuple):
    """A place: how far from the executives (x) with its interval, how agreed inside (y), and a tone."""

    name: str
    x: float
    low: float
    high: float
    y: float
    tone: str


class Corners(NamedTuple):
    """What the corners are called, from where on one is far and agreed, and what the axes say."""

    near_agreed: str
    far_agreed: str
    near_apart: str
    far_apart: str
    far_from: float
    agreed_from: float
    across: str
    up: str


def draw_quadrant(
    dots: Sequence[QuadrantDot], corners: Corners, *, label: str, about: str = "", width: int = 720
) -> Markup:
    """Dots with names at their right, or at their left where there is no room."""
    height = 400 if width > _SMALL_WIDTH else 360
    right = width - 12.0
    known = [end for dot in dots for end in (dot.low, dot.high)]
    far = max(0.6, *known, 0.0) * 1.04
    # Room for the names of the corners at the left.
    near = min(-far * (0.16 if width > _SMALL_WIDTH else 0.3), *known, 0.0)
    across = Scale(near, far, _LEFT, right)
    ups = [dot.y for dot in dots]
    up = Scale(min(-0.1, *ups, 0.0), 1.0, height - _BOTTOM - _FOOT, _TOP + _HEAD)
    drawn = [
        _draw_frame(across, up, corners, right),
        _name_corners(across, up, corners, right),
        *(_draw_reach(dot, across, up) for dot in dots),
        *(_draw_dot(dot, across, up) for dot in dots),
        _write_names(dots, across, up, right),
    ]
    return frame(width, height, *drawn, label=label, about=about, looks="chart quadrant")


def _draw_frame(across: Scale, up: Scale, corners: Corners, right: float) -> Markup:
    x, y = across.at(corners.far_from), up.at(corners.agreed_from)
    floor = up.bottom + _FOOT
    lines = f"M{pixel(x)} {pixel(_TOP)}V{pixel(floor)}M{pixel(_LEFT)} {pixel(y)}H{pixel(right)}"
    ticks = [
        *(
            write_text(_write_tick(tick), across.at(tick), floor + 17, "chart-tick", "middle")
            for tick in choose_ticks(across)
        ),
        *(
            write_text(_write_tick(tick), _LEFT - 8, up.at(tick) + 4, "chart-tick", "end")
            for tick in choose_ticks(up)
        ),
    ]
    middle = (_LEFT + right) / 2
    return element(
        "g",
        element(
            "rect",
            x=_LEFT,
            y=_TOP,
            width=right - _LEFT,
            height=floor - _TOP,
            class_="chart-field",
        ),
        element("path", d=lines, class_="chart-limit", stroke="currentColor", stroke_dasharray="5 4"),
        *ticks,
        write_text(f"{corners.across} →", middle, floor + 38, "chart-tick", "middle"),
        write_text(f"↑ {corners.up}", _LEFT + 6, _TOP + 16, "chart-tick"),
    )


def _write_tick(tick: float) -> str:
    return f"{tick:.1f}".replace("-", "−")


def _name_corners(across: Scale, up: Scale, corners: Corners, right: float) -> Markup:
    high, low = _TOP + 35, up.bottom + _FOOT - 8
    x = across.at(corners.far_from) - 8
    return element(
        "g",
        write_text(corners.near_agreed, x, high, "chart-corner", "end"),
        write_text(corners.far_agreed, right - 8, high, "chart-corner", "end"),
        write_text(corners.near_apart, x, low, "chart-corner", "end"),
        write_text(corners.far_apart, right - 8, low, "chart-corner", "end"),
    )


def _draw_reach(dot: QuadrantDot, across: Scale, up: Scale) -> Markup:
    path = f"M{pixel(across.at(dot.low))} {pixel(up.at(dot.y))}H{pixel(across.at(dot.high))}"
    return element(
        "path", d=path, class_="chart-whisker", stroke="currentColor", stroke_width=2, stroke_linecap="round"
    )


def _draw_dot(dot: QuadrantDot, across: Scale, up: Scale) -> Markup:
    return element(
        "circle",
        element("title", dot.name),
        cx=across.at(dot.x),
        cy=up.at(dot.y),
        r=6,
        class_=f"chart-dot {dot.tone}",
        fill="currentColor",
    )


def _write_names(dots: Sequence[QuadrantDot], across: Scale, up: Scale, right: float) -> Markup:
    heights = spread_out(
        [up.at(dot.y) + 4 for dot in dots], apart=_LABEL_APART, low=_TOP + _HEAD, high=up.bottom + 4
    )
    names = []
    for dot, height in zip(dots, heights, strict=True):
        name = wrap_text(dot.name, _NAME_ROOM, size=_SIZE, most=1)[0]
        x = across.at(dot.x)
        fits = x + 12 + estimate_width(name, _SIZE) <= right
        names.append(
            write_text(
                name,
                x + 11 if fits else x - 11,
                height,
                f"chart-value {dot.tone}",
                "start" if fits else "end",
            )
        )
    return element("g", *names)
