"""A number with the interval around it, as every statistic that has one answers. Computes nothing itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its interval, all in the unit of the value.

    `None` means undefined, never 0. An end that is None was not reached or cannot be computed. Without a
    value there is no interval, but for a median not reached: it may be known to lie above its low end.
    """

    value: float | None
    low: float | None
    high: float | None
