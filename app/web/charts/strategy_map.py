"""The strategy map as SVG: boxes that are links, lines between them, and findings as marks with a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

from app.domain.map_layout import VISION, Box, MapLayout, MapLine, Point, lay_out_map
from app.domain.map_order import Arrangement
from app.web.charts.drawing import element, pixel
from app.web.charts.texts import estimate_width, wrap_text

PADDING = 9.0
_HEAD_SIZE = 10.5
_CORNER = 5.0
_APART = "Leads to no goal"
_NOTHING = "Nothing contributes to this goal"


@dataclass(frozen=True, slots=True)
class MapMark:
    """The open findings of a thing: the worst severity, how many, where they are told, and in words."""

    severity: str
    number: int
    href: str
    words: str


@dataclass(frozen=True, slots=True)
class MapCard:
    """What a box says. `about` stands beside the code; `pending` boxes are not live (yet)."""

    key: str
    kind: str
    code: str
    title: str
    href: str | None
    about: str = ""
    pending: str = ""
    mark: MapMark | None = None


@dataclass(frozen=True, slots=True)
class _Type:
    size: float
    leading: float
    most: int
    head: float
    bold: float = 1.125


_TYPES = {
    "vision": _Type(16, 22, 4, 22),
    "theme": _Type(13, 17, 3, 0),
    "goal": _Type(13, 17, 6, 17),
    "objective": _Type(12, 15, 6, 16, bold=1),
}


def draw_strategy_map(
    arrangement: Arrangement, cards: Mapping[str, MapCard], *, label: str, about: str, looks: str
) -> tuple[Markup, MapLayout]:
    """The picture and the layout it shows. Every key of the arrangement, and `VISION`, has a card."""

    @cache
    def break_title(key: str, width: float) -> tuple[str, ...]:
        card, kind = cards[key], _TYPES[cards[key].kind]
        room = width - 2 * PADDING - (30 if card.mark and not kind.head else 0)
        return tuple(wrap_text(card.title, room, size=kind.size * kind.bold, most=kind.most))

    def measure(key: str, width: float) -> float:
        kind = _TYPES[cards[key].kind]
        return 2 * PADDING + kind.head + kind.leading * len(break_title(key, width)) - 2

    layout = lay_out_map(arrangement, measure)
    numbers = {key: str(number) for number, key in enumerate(layout.boxes)}
    parts = [_draw_apart(layout.apart)] if layout.apart else []
    parts += [_draw_link(line, numbers) for line in sorted(layout.lines, key=lambda line: line.first)]
    parts += [
        _draw_card(cards[key], box, break_title(key, box.width), numbers[key])
        for key, box in layout.boxes.items()
    ]
    parts += [_draw_nothing(box) for box in _list_bare(layout, cards)]
    return _frame_map(layout, parts, label=label, about=about, looks=looks), layout


def _frame_map(layout: MapLayout, parts: Sequence[str], *, label: str, about: str, looks: str) -> Markup:
    """A group, not an image: what is in it can be followed."""
    width, height = pixel(layout.width), pixel(layout.height)
    return Markup(  # noqa: S704 # texts are escaped here and by `element`
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{escape(looks)}" role="group" fill="none"'
        f' aria-labelledby="map-title map-about" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}"><title id="map-title">{escape(label)}</title>'
        f'<desc id="map-about">{escape(about)}</desc>{"".join(parts)}</svg>'
    )


def _draw_card(card: MapCard, box: Box, lines: Sequence[str], number: str) -> Markup:
    head = _write_head(card, box)
    parts = [_draw_rectangle(box, "map-box"), *_write_texts(card, box, head, lines)]
    full = f"{card.kind.capitalize()} {card.code}: {card.title}".replace(" : ", ": ")
    tip = element("title", f"{full} ({card.pending})" if card.pending else full)
    if card.href is None:
        inside = element("g", tip, *parts)
    else:
        # What is heard begins with what is seen, so that it can be spoken to be followed.
        spoken = " ".join([card.kind.capitalize(), head, *lines])
        inside = element("a", tip, *parts, href=card.href, aria_label=spoken)
    looks = f"map-node {card.kind}{' pending' if card.pending else ''}"
    mark = _draw_mark(card.mark, box) if card.mark else ""
    anchor = f"at-{card.code}" if card.code else None
    return element("g", inside, mark, class_=looks, data_node=number, id=anchor)


def _write_head(card: MapCard, box: Box) -> str:
    """The code, and beside it as much of where it belongs as there is room for."""
    if card.kind in ("vision", "theme"):
        return "Vision" if card.kind == "vision" else ""
    words = " · ".join(word for word in (card.code, card.pending or card.about) if word)
    room = box.width - 2 * PADDING - (34 if card.mark else 0)
    return wrap_text(words, room, size=_HEAD_SIZE, most=1)[0]


def _write_texts(card: MapCard, box: Box, head: str, lines: Sequence[str]) -> list[Markup]:
    """The head and the lines of the title; a space behind each keeps words apart for readers."""
    kind = _TYPES[card.kind]
    middle = card.kind == "vision"
    x, anchor = (box.middle[0], "middle") if middle else (box.x + PADDING, None)
    y = box.y + PADDING if head else box.middle[1] - kind.leading * len(lines) / 2
    rows = [(head, y + 9, _HEAD_SIZE, "map-code")] if head else []
    first = y + kind.head + kind.size - 1
    rows += [(line, first + row * kind.leading, kind.size, "map-title") for row, line in enumerate(lines)]
    return [
        element(
            "text", f"{words} ", x=x, y=height, font_size=size, class_=looks, text_anchor=anchor,
            fill="currentColor",
        )
        for words, height, size, looks in rows
    ]  # fmt: skip


def _draw_mark(mark: MapMark, box: Box) -> Markup:
    """A shape for the severity and the number of findings; a link of its own, large enough to be touched."""
    width = 20 + estimate_width(str(mark.number), 11)
    x, y = box.right - width - 5, box.y + 4
    shape = {
        "error": element("path", d=f"M{pixel(x + 5)} {pixel(y + 5)}h9v9h-9z", fill="currentColor"),
        "warning": element("path", d=f"M{pixel(x + 9.5)} {pixel(y + 4)}l5.5 10h-11z", fill="currentColor"),
    }.get(mark.severity) or element(
        "circle", cx=x + 9.5, cy=y + 9.5, r=4.5, stroke="currentColor", stroke_width=1.8
    )
    plate = element("rect", x=x, y=y, width=width, height=19, rx=9.5, class_="map-plate")
    number = element(
        "text",
        str(mark.number),
        x=x + 17.5,
        y=y + 13.5,
        font_size=11,
        class_="map-number",
        fill="currentColor",
    )
    return element(
        "a", element("title", mark.words), plate, shape, number,
        href=mark.href, aria_label=mark.words, class_=f"map-mark {mark.severity}",
    )  # fmt: skip


def _draw_link(line: MapLine, numbers: Mapping[str, str]) -> Markup:
    """Heavier where more of the target is expected from the source."""
    ends = f"{numbers[line.source]} {numbers[line.target]}"
    end_x, end_y = line.points[-1]
    looks = "map-line" if line.first else "map-line other"
    width = 1.2 + line.weight / 20
    path = element(
        "path",
        d=_round_corners(line.points),
        stroke="currentColor",
        stroke_width=width,
        stroke_linejoin="round",
    )
    tip = "" if line.first else element("circle", cx=end_x, cy=end_y, r=2.6, fill="currentColor")
    return element("g", path, tip, class_=looks, data_ends=ends)


def _round_corners(points: Sequence[Point]) -> str:
    """A path along right angles, each corner cut by a small curve."""
    steps = [f"M{pixel(points[0][0])} {pixel(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        enter, leave = _approach(before, corner), _approach(after, corner)
        steps.append(
            f"L{pixel(enter[0])} {pixel(enter[1])}"
            f"Q{pixel(corner[0])} {pixel(corner[1])} {pixel(leave[0])} {pixel(leave[1])}"
        )
    return "".join(steps) + f"L{pixel(points[-1][0])} {pixel(points[-1][1])}"


def _approach(start: Point, corner: Point) -> Point:
    """The point a corner's radius before it."""
    across, down = corner[0] - start[0], corner[1] - start[1]
    length = max(abs(across) + abs(down), 0.01)
    share = min(_CORNER, length / 2) / length
    return corner[0] - across * share, corner[1] - down * share


def _draw_rectangle(box: Box, looks: str, radius: float = 6) -> Markup:
    return element(
        "rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=radius, class_=looks,
        stroke="currentColor", stroke_opacity=0.35,
    )  # fmt: skip


def _draw_apart(box: Box) -> Markup:
    heading = element(
        "text", _APART, x=box.x + 14, y=box.y + 22, font_size=13, class_="map-title", fill="currentColor"
    )
    frame = element(
        "rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=10, class_="map-apart",
        stroke="currentColor", stroke_opacity=0.5, stroke_dasharray="5 4",
    )  # fmt: skip
    return element("g", frame, heading, class_="map-aside")


def _list_bare(layout: MapLayout, cards: Mapping[str, MapCard]) -> list[Box]:
    """Goals that nothing leads to."""
    reached = {line.target for line in layout.lines}
    return [
        box
        for key, box in layout.boxes.items()
        if key != VISION and cards[key].kind == "goal" and key not in reached
    ]


def _draw_nothing(goal: Box) -> Markup:
    lines = wrap_text(_NOTHING, goal.width - 20, size=12, most=2)
    return element(
        "g",
        *(
            element(
                "text",
                line,
                x=goal.x + PADDING,
                y=goal.bottom + 34 + row * 15,
                font_size=12,
                fill="currentColor",
            )
            for row, line in enumerate(lines)
        ),
        class_="map-nothing",
    )
