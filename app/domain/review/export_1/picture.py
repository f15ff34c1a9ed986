"""The picture of a tile: its values as a line with gaps, between the limits of the process. Plain SVG."""

from app.domain.review.export_1.markup import Markup, tag
from app.domain.review.facts import Tile

WIDTH, HEIGHT, EDGE = 220, 60, 6


def draw_tile(tile: Tile) -> Markup:
    """A drawing that says in words what it shows; nothing where there are fewer than two values."""
    known = [point.value for point in tile.points if point.value is not None]
    if len(known) < 2:
        return Markup("")
    limits = [tile.limits.lower, tile.limits.upper] if tile.limits else []
    low, high = min(known + limits), max(known + limits)
    drawn = [_draw_limits(tile, low, high), *_draw_lines(tile, low, high)]
    words = f"{tile.kpi.name}: {len(known)} values from {tile.points[0].period} to {tile.points[-1].period}"
    box = f"0 0 {WIDTH} {HEIGHT}"
    return tag(
        "svg", tag("title", words), *drawn, role="img", viewBox=box, width=str(WIDTH), height=str(HEIGHT)
    )


def _draw_limits(tile: Tile, low: float, high: float) -> Markup:
    if tile.limits is None:
        return Markup("")
    top, bottom = _find_y(tile.limits.upper, low, high), _find_y(tile.limits.lower, low, high)
    middle = _write(_find_y(tile.limits.centre, low, high))
    band = tag("rect", x="0", y=_write(top), width=str(WIDTH), height=_write(bottom - top), class_="band")
    return Markup(band + tag("line", x1="0", x2=str(WIDTH), y1=middle, y2=middle, class_="centre"))


def _draw_lines(tile: Tile, low: float, high: float) -> list[Markup]:
    """A line for every stretch without a gap, and a dot at its end."""
    drawn, stretch = [], list[tuple[float, float]]()
    step = (WIDTH - 2 * EDGE) / (len(tile.points) - 1)
    for index, point in enumerate(tile.points):
        if point.value is not None:
            stretch.append((EDGE + index * step, _find_y(point.value, low, high)))
            continue
        drawn += _draw_stretch(stretch)
        stretch = []
    return drawn + _draw_stretch(stretch)


def _draw_stretch(stretch: list[tuple[float, float]]) -> list[Markup]:
    if not stretch:
        return []
    places = " ".join(f"{_write(x)},{_write(y)}" for x, y in stretch)
    x, y = stretch[-1]
    return [tag("polyline", points=places), tag("circle", cx=_write(x), cy=_write(y), r="2.5")]


def _find_y(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)


def _write(number: float) -> str:
    return f"{number:.1f}"
