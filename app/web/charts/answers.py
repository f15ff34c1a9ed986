"""Answers to one question: how they spread over the points of its scale, and where groups stand on it."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import Number, Scale, element, frame, spread_out

_WIDTH = 480.0
_BAR = 26.0
# A share that is narrower has no room for its number.
_ROOM_FOR_NUMBER = 26.0
_STRIP = 52.0
_LINE = 10.0
_EDGE = 44.0


class Part(NamedTuple):
    """One point of a scale: its name and the share of the answers, in percent."""

    name: str
    share: int


class Dot(NamedTuple):
    """Where one group stands on a scale."""

    name: str
    value: Number


def spread_bar(parts: Sequence[Part], *, label: str) -> Markup:
    """One bar as wide as all answers, its parts in the order of the scale."""
    total = sum(part.share for part in parts) or 1
    drawn, left = [], 0.0
    for place, part in enumerate(parts, 1):
        width = _WIDTH * part.share / total
        looks = f"answer-part part-{place}-of-{len(parts)}"
        shapes = [
            element("title", f"{part.name}: {part.share} %"),
            element(
                "rect", x=left, y=0, width=max(width - 1.5, 0), height=_BAR, class_=looks, fill="currentColor"
            ),
        ]
        if width >= _ROOM_FOR_NUMBER:
            shapes.append(
                element(
                    "text",
                    str(part.share),
                    x=left + width / 2,
                    y=_BAR / 2 + 4.5,
                    class_=f"answer-share share-{place}-of-{len(parts)}",
                    text_anchor="middle",
                    fill="currentColor",
                )
            )
        drawn.append(element("g", *shapes))
        left += width
    about = ", ".join(f"{part.name} {part.share} %" for part in parts)
    return frame(_WIDTH, _BAR, *drawn, label=label, about=about, looks="chart spread")


def share_bar(share: float, *, label: str, is_meant: bool = False) -> Markup:
    """A share of a whole, 0 to 1, as the filled part of a line."""
    part = max(_WIDTH * share, _LINE) if share else 0
    widths = ((_WIDTH, "share-rest"), (part, f"share-part{' meant' if is_meant else ''}"))
    shapes = [
        element("rect", x=0, y=0, width=width, height=_LINE, rx=_LINE / 2, class_=looks, fill="currentColor")
        for width, looks in widths
    ]
    return frame(_WIDTH, _LINE, *shapes, label=label, looks="chart share")


def group_strip(dots: Sequence[Dot], *, low: Number, high: Number, label: str) -> Markup:
    """Groups as dots on one line from the lowest to the highest point; their names stand below."""
    scale = Scale(float(low), float(high), _EDGE, _WIDTH - _EDGE)
    middle = 14.0
    drawn = [
        element("path", d=f"M{_EDGE} {middle}H{_WIDTH - _EDGE}", class_="chart-limit", stroke="currentColor"),
        *(
            element(
                "text",
                f"{end:g}",
                x=scale.at(end) + side,
                y=middle + 4,
                class_="chart-tick",
                text_anchor="middle",
                fill="currentColor",
                font_size=12,
            )
            for end, side in ((float(low), -16), (float(high), 16))
        ),
    ]
    ordered = sorted(dots, key=lambda dot: float(dot.value))
    places = spread_out(
        [scale.at(dot.value) for dot in ordered], apart=62, low=_EDGE - 10, high=_WIDTH - _EDGE + 10
    )
    for dot, place in zip(ordered, places, strict=True):
        x = scale.at(dot.value)
        drawn += [
            element(
                "circle",
                element("title", f"{dot.name}: {dot.value}"),
                cx=x,
                cy=middle,
                r=5.5,
                class_="answer-dot",
                fill="currentColor",
            ),
            element(
                "path",
                d=f"M{x:.1f} {middle + 7:.1f}L{place:.1f} {middle + 16:.1f}",
                class_="chart-limit",
                stroke="currentColor",
            ),
            element(
                "text",
                dot.name,
                x=place,
                y=_STRIP - 8,
                class_="chart-name",
                text_anchor="middle",
                fill="currentColor",
                font_size=12,
            ),
        ]
    about = ", ".join(f"{dot.name} {dot.value:g}" for dot in ordered)
    return frame(_WIDTH, _STRIP, *drawn, label=label, about=about, looks="chart strip")
