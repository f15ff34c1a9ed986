"""A number with the interval around it, as every statistic that has one answers. Computes nothing itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its interval, all in the unit of the value.

    `None` means undefined, never 0: without a value there is no interval; an end that is None was not reached
    (a median that less than half of the cases got to) or cannot be computed.
    """

    value: float | None
    low: float | None
    high: float | None
