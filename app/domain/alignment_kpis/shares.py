"""A share in percent with its parts and Wilson's interval, as a figure or as a second number."""

from typing import NamedTuple

from app.domain.alignment_kpis.figures import AlignmentKpi, Figure, Scope, SecondFigure
from app.domain.proportions import wilson


class Share(NamedTuple):
    """So many of so many, in percent; without any the value is None."""

    value: float | None
    low: float | None
    high: float | None
    numerator: int
    denominator: int


def take_share(part: int, whole: int) -> Share:
    """100·part/whole with Wilson's 95 % interval.

    >>> take_share(3, 4).value
    75.0
    """
    estimate = wilson(part, whole)
    value, low, high = (
        None if end is None else 100 * end for end in (estimate.value, estimate.low, estimate.high)
    )
    return Share(value, low, high, part, whole)


def figure_share(
    kpi: AlignmentKpi,
    scope: Scope,
    share: Share,
    *,
    explanation: str,
    seconds: tuple[SecondFigure, ...] = (),
) -> Figure:
    """A KPI that is a share."""
    return Figure(
        kpi=kpi,
        scope=scope,
        value=share.value,
        explanation=explanation,
        numerator=share.numerator,
        denominator=share.denominator,
        n=share.denominator,
        low=share.low,
        high=share.high,
        seconds=seconds,
    )


def second_share(name: str, label: str, part: int, whole: int) -> tuple[SecondFigure, ...]:
    """A second number that is a share; none of nothing."""
    share = take_share(part, whole)
    if share.value is None:
        return ()
    second = SecondFigure(
        name=name,
        label=label,
        value=share.value,
        unit="percent",
        numerator=part,
        denominator=whole,
        n=whole,
        low=share.low,
        high=share.high,
    )
    return (second,)
