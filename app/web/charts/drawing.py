"""What every chart is drawn with: elements whose texts are escaped, and a scale from values to pixels.

Looks are presentation attributes and classes; a `style` attribute would break the content policy.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple

from markupsafe import Markup, escape

Number = float | Decimal
Place = tuple[float, float]

# A flat series needs a scale of some height; its line then runs through the middle.
_FLAT = 0.5
_NICE_STEPS = (1, 2, 2.5, 5, 10)


class Scale(NamedTuple):
    """Values from `low` to `high` on the pixels from `bottom` up to `top`."""

    low: float
    high: float
    bottom: float
    top: float

    def at(self, value: Number) -> float:
        """The pixel of a value."""
        share = (float(value) - self.low) / (self.high - self.low)
        return self.bottom + share * (self.top - self.bottom)


def fit_scale(values: Iterable[Number], bottom: float, top: float, *, air: float = 0.0) -> Scale:
    """A scale that shows all these values, with some air (a share of their range) above and below."""
    floats = [float(value) for value in values]
    low, high = (min(floats), max(floats)) if floats else (0.0, 1.0)
    if high == low:
        room = abs(low) * _FLAT or _FLAT
        return Scale(low - room, high + room, bottom, top)
    margin = (high - low) * air
    return Scale(low - margin, high + margin, bottom, top)


def choose_ticks(scale: Scale, *, most: int = 4) -> list[float]:
    """A few round numbers on the scale."""
    rough = (scale.high - scale.low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(power * nice for nice in _NICE_STEPS if power * nice >= rough)
    first = ceil(scale.low / step)
    ticks = [round(index * step, 10) for index in range(first, first + most + 1)]
    return [tick for tick in ticks if tick <= scale.high]


def element(name: str, *children: str, **attributes: str | float | None) -> Markup:
    """An element; texts and attributes are escaped, `_` stands for `-`, and None leaves out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else pixel(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join([escape(child) for child in children])
    return Markup(f"<{name}{written}>{inside}</{name}>")  # noqa: S704 # every part is escaped above


def frame(width: float, height: float, *drawn: str, label: str, about: str = "", looks: str) -> Markup:
    """The picture itself, with what it is called and what it says in words. `drawn` is escaped already."""
    described = f"<desc>{escape(about)}</desc>" if about else ""
    return Markup(  # noqa: S704 # texts are escaped here and by `element`
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{escape(looks)}" role="img"'
        f' fill="none" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">'
        f"<title>{escape(label)}</title>{described}{''.join(drawn)}</svg>"
    )


def draw_line(places: Sequence[Place | None]) -> str:
    """The path through places; a missing one is a gap, and a lonely one a dot (with round caps)."""
    steps = []
    previous: Place | None = None
    for place, following in pairwise([*places, None]):
        if place is not None:
            lonely = previous is None and following is None
            start = "M" if previous is None else "L"
            steps.append(f"{start}{place[0]:.1f} {place[1]:.1f}{'h0' if lonely else ''}")
        previous = place
    return "".join(steps)


def pixel(value: float) -> str:
    """A pixel to a tenth, as short as it can be written."""
    return f"{value:.1f}".removesuffix(".0")


def spread_out(wanted: Sequence[float], *, apart: float, low: float, high: float) -> list[float]:
    """Where labels go that want these heights: at least `apart` pixels between any two, in their order."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed: list[float] = []
    for index in order:
        placed.append(max(wanted[index], placed[-1] + apart if placed else low))
    ceiling = high
    for position in reversed(range(len(placed))):
        placed[position] = min(placed[position], ceiling)
        ceiling = placed[position] - apart
    heights = dict(zip(order, placed, strict=True))
    return [heights[index] for index in range(len(wanted))]
