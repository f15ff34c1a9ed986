"""Bars in time: one for each initiative on a common scale of days, with the baseline that stays.

A light bar runs from the start to the current due date, filled by progress; a tick marks the baseline, small
ticks the due dates between, a dot the day on which it was done.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from markupsafe import Markup

from app.web.charts.drawing import element, frame

_HEIGHT = 28.0
_AXIS_HEIGHT = 20.0
_THICK = 9.0
_EDGE = 6.0
_MOST_LABELS = 6
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEPS_MONTHS = (1, 2, 3, 6, 12, 24)
LONGEST_PAST = timedelta(days=400)
LEAST_SPAN = timedelta(days=120)


class TimeBar(NamedTuple):
    """An initiative in time. `dates`: its due dates, the baseline first; `progress` in percent.

    `tone` is the class that colours it; `label` says all of it in words.
    """

    starts_on: date | None
    dates: Sequence[date]
    ended_on: date | None
    progress: float
    tone: str
    label: str


class TimeScale(NamedTuple):
    """Days on pixels; what lies outside is drawn at the edge."""

    first: date
    last: date
    today: date
    width: float

    def at(self, day: date) -> float:
        """The pixel of a day."""
        share = (day - self.first).days / (self.last - self.first).days
        return _EDGE + min(max(share, 0.0), 1.0) * (self.width - 2 * _EDGE)


def fit_time(bars: Iterable[TimeBar], today: date, *, width: float = 360) -> TimeScale:
    """A scale that shows all these bars, today, and not much more than a year of the past."""
    days = [today]
    for bar in bars:
        days += [
            *bar.dates,
            *([bar.starts_on] if bar.starts_on else []),
            *([bar.ended_on] if bar.ended_on else []),
        ]
    first, last = max(min(days), today - LONGEST_PAST), max(days)
    missing = LEAST_SPAN - (last - first)
    if missing > timedelta(0):
        first, last = first - missing / 2, last + missing / 2
    return TimeScale(first, last, today, width)


def time_bar(bar: TimeBar, scale: TimeScale) -> Markup:
    """One bar."""
    middle = _HEIGHT / 2
    drawn = [_draw_today(scale, _HEIGHT)]
    if bar.dates:
        drawn += _draw_bar(bar, scale, middle)
        drawn += [_draw_tick(scale.at(day), middle, "chart-moved", _THICK / 2) for day in bar.dates[1:-1]]
        drawn.append(_draw_tick(scale.at(bar.dates[0]), middle, "chart-baseline", _THICK))
    if bar.ended_on is not None:
        drawn.append(
            element(
                "circle",
                cx=scale.at(bar.ended_on),
                cy=middle,
                r=4.5,
                class_=f"chart-done {bar.tone}",
                fill="currentColor",
            )
        )
    return frame(scale.width, _HEIGHT, *drawn, label=bar.label, looks="chart time-bar")


def time_axis(scale: TimeScale) -> Markup:
    """The months of a scale, as many as fit, and today."""
    drawn = [
        element(
            "text",
            _write_month(day),
            x=scale.at(day),
            y=13,
            class_="chart-tick",
            text_anchor="middle",
            fill="currentColor",
            font_size=11,
        )
        for day in _list_months(scale)
    ]
    label = f"From {_write_month(scale.first)} to {_write_month(scale.last)}"
    return frame(scale.width, _AXIS_HEIGHT, *drawn, label=label, looks="chart time-axis")


def _draw_bar(bar: TimeBar, scale: TimeScale, middle: float) -> list[Markup]:
    end = max(bar.dates[-1], bar.dates[0])
    start = bar.starts_on or min(scale.first, end)
    left, right = scale.at(start), scale.at(end)
    top, width = middle - _THICK / 2, max(2.0, right - left)
    drawn = [_draw_box(left, top, width, f"chart-span {bar.tone}")]
    if bar.progress > 0:
        drawn.append(_draw_box(left, top, width * bar.progress / 100, f"chart-bar {bar.tone}"))
    return drawn


def _draw_box(left: float, top: float, width: float, looks: str) -> Markup:
    return element("rect", x=left, y=top, width=width, height=_THICK, rx=2, class_=looks, fill="currentColor")


def _draw_tick(x: float, middle: float, looks: str, reach: float) -> Markup:
    path = f"M{x:.1f} {middle - reach:.1f}V{middle + reach:.1f}"
    return element("path", d=path, class_=looks, stroke="currentColor", stroke_width=2)


def _draw_today(scale: TimeScale, height: float) -> Markup:
    path = f"M{scale.at(scale.today):.1f} 0V{height:.1f}"
    return element("path", d=path, class_="chart-today", stroke="currentColor", stroke_dasharray="2 3")


def _list_months(scale: TimeScale) -> list[date]:
    """First days of months, evenly apart, none so near an edge that its name would be cut."""
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = next((each for each in _STEPS_MONTHS if months / each <= _MOST_LABELS), _STEPS_MONTHS[-1])
    start = scale.first.year * 12 + scale.first.month
    days = [
        date(number // 12, number % 12 + 1, 1)
        for number in range(start, start + months)
        if number % step == 0
    ]
    room = 16.0
    return [day for day in days if room <= scale.at(day) <= scale.width - room]


def _write_month(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day:%y}" if day.month == 1 else _MONTHS[day.month - 1]
