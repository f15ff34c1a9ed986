"""Process behaviour charts (XmR): natural limits of a series of single values, and what breaks its routine.

What a signal of a KPI is, and from which values its limits are taken, lives in `signals`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from itertools import pairwise
from math import isfinite
from numbers import Real
from statistics import median
from typing import Literal, NamedTuple

from app.domain.numerals import ARITHMETIC

Value = float | Decimal | None
Summary = Literal["mean", "median"]

# With fewer values nothing is said: limits are a trial.
FEWEST_VALUES = 6
RUN_LENGTH = 8
NEAR_LENGTH = 4
NEAR_COUNT = 3

# The factors as Wheeler prints them, for limits and for the upper limit of the moving range. The exact ones
# (3/d2 = 2.6587, D4 = 3.2665; of the median 3.1451 and 3.8641) differ by less than 0.002 moving ranges.
_FACTORS = {
    "mean": (Decimal("2.66"), Decimal("3.268")),
    "median": (Decimal("3.145"), Decimal("3.865")),
}


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """A rule that the window ending at `index` fulfils.

    Rule 1: beyond a limit. 2: eight in a row on one side of the centre. 3: three of four nearer to the same
    limit than to the centre.
    """

    rule: int
    index: int


@dataclass(frozen=True, slots=True)
class ControlChart:
    """Centre and unclipped natural limits, the upper limit of moving ranges, and signals; None: unknown."""

    centre: float | None
    lower: float | None
    upper: float | None
    upper_range: float | None
    signals: list[Signal] = field(default_factory=list)


class _Levels(NamedTuple):
    """Limits as exact numbers: whether a value lies on the centre must not depend on binary noise."""

    centre: Decimal | None
    lower: Decimal | None = None
    upper: Decimal | None = None
    upper_range: Decimal | None = None


def xmr(
    values: Sequence[Value], locked: ControlChart | None = None, method: Summary = "mean"
) -> ControlChart:
    """The process behaviour chart of a series, in its own unit (Wheeler, *Understanding Variation*).

    centre = mean(x), limits = centre ± 2.66 · mean(mR), upper range limit = 3.268 · mean(mR), where mR are
    the distances of neighbours; `method="median"` takes 3.145 and 3.865 times the median of mR, and the same
    centre. None, NaN and infinity are missing: no moving range goes across, and every run ends there. Without
    a moving range there are no limits, without a value no centre.

    `locked` gives centre and limits of an earlier chart, unchanged: the rules then run on all values, however
    few. Otherwise fewer than 6 values have no signals. Signals are ordered by rule, then index (from 0).
    Strict: a value on a limit is none, and one on the centre ends a run; a constant series has no signals.

    >>> chart = xmr([5, 6, 5, 6, 5, 6, 9])
    >>> chart.centre, chart.upper, chart.signals
    (6.0, 9.546666666666667, [])
    >>> xmr([5, 10], locked=chart).signals
    [Signal(rule=1, index=1)]
    """
    with localcontext(ARITHMETIC):
        series = [_read_value(value) for value in values]
        levels = _find_levels(series, method) if locked is None else _read_levels(locked)
        is_trial = locked is None and sum(value is not None for value in series) < FEWEST_VALUES
        signals = [] if is_trial else sorted(_find_signals(series, levels))
    if locked is not None:
        return ControlChart(locked.centre, locked.lower, locked.upper, locked.upper_range, signals)
    centre, lower, upper, upper_range = map(_write_value, levels)
    return ControlChart(centre, lower, upper, upper_range, signals)


def _read_value(value: Value) -> Decimal | None:
    """The number as it is written: 0.1 is a tenth."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return Decimal(value)
    if not isinstance(value, Real):
        return None
    return Decimal(repr(float(value))) if isfinite(value) else None


def _write_value(value: Decimal | None) -> float | None:
    return None if value is None or not isfinite(value) else float(value)


def _find_levels(series: Sequence[Decimal | None], method: Summary) -> _Levels:
    known = [value for value in series if value is not None]
    if not known:
        return _Levels(None)
    centre = sum(known) / Decimal(len(known))
    ranges = [
        abs(following - value)
        for value, following in pairwise(series)
        if value is not None and following is not None
    ]
    if not ranges:
        return _Levels(centre)
    typical = median(ranges) if method == "median" else sum(ranges) / Decimal(len(ranges))
    for_limits, for_range = _FACTORS[method]
    reach = for_limits * typical
    return _Levels(centre, centre - reach, centre + reach, for_range * typical)


def _read_levels(chart: ControlChart) -> _Levels:
    levels = (chart.centre, chart.lower, chart.upper, chart.upper_range)
    return _Levels(*map(_read_value, levels))


def _find_signals(series: Sequence[Decimal | None], levels: _Levels) -> Iterator[Signal]:
    centre, lower, upper, _ = levels
    if centre is None:
        return
    sides = [None if value is None else (value > centre) - (value < centre) for value in series]
    for index in _list_windows(sides, RUN_LENGTH, RUN_LENGTH):
        yield Signal(2, index)
    if lower is None or upper is None:
        return
    for index, value in enumerate(series):
        if value is not None and not lower <= value <= upper:
            yield Signal(1, index)
    half_down, half_up = (centre + lower) / 2, (centre + upper) / 2
    nearer = [None if value is None else (value > half_up) - (value < half_down) for value in series]
    for index in _list_windows(nearer, NEAR_LENGTH, NEAR_COUNT):
        yield Signal(3, index)


def _list_windows(sides: Sequence[int | None], length: int, wanted: int) -> Iterator[int]:
    """The last indices of windows without a gap of which `wanted` are on one side."""
    for end in range(length, len(sides) + 1):
        window = sides[end - length : end]
        if None not in window and max(window.count(1), window.count(-1)) >= wanted:
            yield end - 1
