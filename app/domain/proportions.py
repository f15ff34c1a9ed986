"""Shares and scores of answers with their intervals: Wilson, eNPS, conversion to 0–100, Brier.

Agreement between people lives in `agreement`, the time until something is done in `survival`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, isfinite, sqrt
from statistics import NormalDist

from app.domain.estimates import Estimate

_UNDEFINED = Estimate(None, None, None)


@dataclass(frozen=True, slots=True)
class Enps:
    """Employee net promoter score, -100…100, and half the width of its 95 % intervals, in points.

    `margin_wald` stands around the score, `margin_adjusted` around the adjusted score, which is
    score · n/(n + 3), and is not cut where the interval passes ±100. All None without answers.
    """

    score: float | None
    margin_wald: float | None
    margin_adjusted: float | None


def wilson(successes: int | None, n: int | None, confidence: float = 0.95) -> Estimate:
    """A share with Wilson's score interval, as fractions of 1 (Wilson 1927; Newcombe 1998).

    centre = (p + z²/2n)/(1 + z²/n), half = z·√(p(1-p)/n + z²/4n²)/(1 + z²/n), z the normal quantile. It
    stays within 0–1 and is not empty at 0 of n or n of n, where its outer end is exactly 0 or 1. All None
    for n = 0 and for impossible counts; no ends for a confidence outside 0–1.

    >>> wilson(0, 20).value, wilson(0, 20).low, round(wilson(0, 20).high, 4)
    (0.0, 0.0, 0.1611)
    """
    if successes is None or n is None or n <= 0 or not 0 <= successes <= n:
        return _UNDEFINED
    # Counts may come as numbers of another library; answers are plain ones.
    successes, n = int(successes), int(n)
    share = successes / n
    if not 0 <= confidence < 1:
        return Estimate(share, None, None)
    z = find_quantile(confidence)
    stretch = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / stretch
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / stretch
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Estimate(share, low, high)


def find_quantile(confidence: float) -> float:
    """How many standard deviations around the mean hold this share (0 to below 1) of a normal distribution.

    >>> round(find_quantile(0.95), 6)
    1.959964
    """
    return NormalDist().inv_cdf((1 + confidence) / 2)


def enps(promoters: int | None, passives: int | None, detractors: int | None) -> Enps:
    """100·(P - D) with margins at 95 %, from the counts of 9–10, 7–8 and 0–6 answers (Rocks 2016).

    variance = P + D - (P - D)², margin = z·100·√(variance/n). The adjusted margin takes n + 3 answers, 3/4
    more promoters and 3/4 more detractors, and so stays wide when all answers are the same. All None
    without answers, and with a count that is missing or negative.

    >>> enps(7, 0, 0).score, enps(7, 0, 0).margin_wald, round(enps(7, 0, 0).margin_adjusted, 1)
    (100.0, 0.0, 37.2)
    """
    if promoters is None or passives is None or detractors is None:
        return Enps(None, None, None)
    promoters, detractors = int(promoters), int(detractors)
    n = promoters + int(passives) + detractors
    if n <= 0 or min(promoters, passives, detractors) < 0:
        return Enps(None, None, None)
    return Enps(
        100 * (promoters - detractors) / n,
        _find_margin(promoters, detractors, n),
        _find_margin(promoters + 0.75, detractors + 0.75, n + 3),
    )


def rescale(value: float | None, low: float, high: float) -> float | None:
    """A value of a scale on 0–100: 100·(value - low)/(high - low) (POMP; Cohen, Cohen, Aiken & West 1999).

    On 1–5 a 3 is 50, not 60. A value beyond an end comes out beyond 0–100: cutting it off is for whoever set
    the ends. None for a missing value and a scale without length.

    >>> rescale(3, 1, 5)
    50.0
    """
    if value is None or high == low:
        return None
    converted = 100 * (value - low) / (high - low)
    return float(converted) if isfinite(converted) else None


def brier(forecasts: Sequence[float | None], outcomes: Sequence[float | None]) -> float | None:
    """The mean squared distance of forecasts (0–1) from what came (0 or 1): 0 is best, 1 worst (Brier 1950).

    Always saying 50 % gives 0.25. A pair with a missing number does not count. None without a pair, for
    lists of different lengths, and for a forecast that is no probability.

    >>> round(brier([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0]), 4)
    0.0375
    """
    if len(forecasts) != len(outcomes):
        return None
    pairs = [
        (forecast, outcome)
        for forecast, outcome in zip(forecasts, outcomes, strict=True)
        if forecast is not None and outcome is not None
    ]
    if not pairs or not all(0 <= number <= 1 for pair in pairs for number in pair):
        return None
    return fsum((forecast - outcome) ** 2 for forecast, outcome in pairs) / len(pairs)


def _find_margin(promoters: float, detractors: float, n: float) -> float:
    difference = (promoters - detractors) / n
    variance = (promoters + detractors) / n - difference * difference
    return find_quantile(0.95) * 100 * sqrt(max(variance, 0.0) / n)
