"""How long things take while some are still open: the Kaplan–Meier curve and its median.

An average over what is done already says nothing about what is not; here an open thing counts as still open.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import exp, log, sqrt
from typing import Literal, NamedTuple

from app.domain.estimates import Estimate
from app.domain.proportions import find_quantile

Transform = Literal["log-log", "log"]

# What a product of a thousand factors can be wrong by: a curve that meets a half exactly has reached it.
_ROUNDING = 1e-12


class _Step(NamedTuple):
    """The curve from this time on, and Greenwood's sum of d/(n·(n - d)); None once nobody is left."""

    time: float
    survival: float
    spread: float | None


def survival_curve(
    durations: Sequence[float | None], closed: Sequence[bool | None]
) -> list[tuple[float, float]]:
    """The share still open after each time at which something closed (Kaplan & Meier 1958).

    S(t) = Π (1 - d/n) over the closing times up to t, with d closed then and n not closed or left before; an
    item that was open when last seen (`closed` false) counts until that time, included. Times ascending, in
    the unit of the durations, one pair per distinct closing time; S falls from below 1 and may reach 0.

    An item without a duration, or of which nobody knows whether it closed, does not count. Empty when nothing
    closed, and for lists of different lengths.

    >>> survival_curve([2, 3, 3, 5], [True, True, False, False])
    [(2.0, 0.75), (3.0, 0.5)]
    """
    return [(float(step.time), step.survival) for step in _list_steps(durations, closed)]


def median_time(
    durations: Sequence[float | None],
    closed: Sequence[bool | None],
    confidence: float = 0.95,
    transform: Transform = "log-log",
) -> Estimate:
    """The time after which at most half is still open, in the unit of the durations, with its interval.

    The first t with S(t) ≤ 0.5; the ends are the first t at which the lower and the upper band of the curve
    are at most 0.5 (Brookmeyer & Crowley 1982). With Greenwood's g = √Σ d/(n(n - d)) the bands are
    S^exp(±z·g/ln S) for "log-log" (as statsmodels and lifelines) and S·exp(±z·g) for "log" (R's default).

    None is "not reached": as value when more than half is still open, with a low end if the lower band got
    there. Where S is 0 there are no bands. All None without a closed item; no ends for a confidence outside
    0–1.

    >>> median_time([5, 8, 9], [False, False, False])
    Estimate(value=None, low=None, high=None)
    >>> median_time([1, 2, 30], [True, True, False]).value
    2.0
    """
    steps = list(_list_steps(durations, closed))
    value = next((step.time for step in steps if _is_half(step.survival)), None)
    if not 0 <= confidence < 1:
        return Estimate(_write_time(value), None, None)
    z = find_quantile(confidence)
    bands = [(step.time, *_find_band(step, step.spread, z, transform)) for step in steps if step.spread]
    low = next((time for time, lower, _ in bands if _is_half(lower)), None)
    high = next((time for time, _, upper in bands if _is_half(upper)), None)
    return Estimate(_write_time(value), _write_time(low), _write_time(high))


def _list_steps(durations: Sequence[float | None], closed: Sequence[bool | None]) -> Iterator[_Step]:
    if len(durations) != len(closed):
        return
    known = [
        (duration, bool(is_closed))
        for duration, is_closed in zip(durations, closed, strict=True)
        if duration is not None and duration == duration and is_closed is not None
    ]
    leaving = Counter(duration for duration, _ in known)
    closing = Counter(duration for duration, is_closed in known if is_closed)
    at_risk, survival, spread = len(known), 1.0, 0.0
    for time in sorted(leaving):
        events = closing[time]
        if events == at_risk:
            yield _Step(time, 0.0, None)
        elif events:
            survival *= (at_risk - events) / at_risk
            spread += events / (at_risk * (at_risk - events))
            yield _Step(time, survival, spread)
        at_risk -= leaving[time]


def _find_band(step: _Step, spread: float, z: float, transform: Transform) -> tuple[float, float]:
    reach = z * sqrt(spread)
    if transform == "log":
        return step.survival * exp(-reach), min(step.survival * exp(reach), 1.0)
    power = reach / -log(step.survival)
    return step.survival ** exp(power), step.survival ** exp(-power)


def _is_half(share: float) -> bool:
    return share <= 0.5 + _ROUNDING


def _write_time(time: float | None) -> float | None:
    return None if time is None else float(time)
