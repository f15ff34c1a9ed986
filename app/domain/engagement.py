"""Engagement scores: scales, the rules of one score, suppression, and which KPI a score feeds.

Person-level data is recognised in `person_level`. Storing a score, the inbox of unmapped segments and
complementary suppression do not live here.
"""

from decimal import Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple

from app.domain.numerals import (
    ARITHMETIC,
    MAX_NUMBER,
    format_number,
    format_range,
    read_number,
    round_number,
)
from app.domain.periods import Cadence
from app.domain.problems import Problem
from app.domain.texts import quote_text

MINIMUM_GROUP_FLOOR = 3
DEFAULT_MINIMUM_GROUP = 5


class ScaleKind(StrEnum):
    """What the numbers of a scale mean; favourability is the percentage of favourable answers."""

    MEAN = "mean"
    FAVOURABILITY = "favourability"
    ENPS = "enps"
    INDEX = "index"


class Scale(NamedTuple):
    """A kind and the numbers between which values lie, both included; as `read_scale` found it in order."""

    kind: ScaleKind
    minimum: Decimal
    maximum: Decimal

    def __str__(self) -> str:
        return f"{self.kind} {format_range(self.minimum, self.maximum)}"


class Feed(NamedTuple):
    """What a fed KPI takes; source, survey and scale may be None, which takes any."""

    kpi: str
    metric: str
    cadence: Cadence
    source: str | None = None
    survey: str | None = None
    scale: Scale | None = None


class FeedKey(NamedTuple):
    """What of a score decides which KPIs it feeds; its cadence is that of its period."""

    metric: str
    cadence: Cadence
    source: str
    survey: str | None
    scale: Scale


_FIXED_ENDS = {
    ScaleKind.FAVOURABILITY: (Decimal(0), Decimal(100)),
    ScaleKind.ENPS: (Decimal(-100), Decimal(100)),
}


def read_scale(kind: ScaleKind, minimum: object, maximum: object) -> tuple[Scale | None, list[Problem]]:
    """The scale that decoded JSON declares, or None and why not; None means an end was not declared.

    Mean and index need both ends, the lower one first, within ±10^15. Favourability is 0–100 and enps
    -100…100, always: their ends may be left out, but be no others. Codes `bad_scale`, and `not_a_number`
    for an end that is there and is none.

    >>> read_scale(ScaleKind.MEAN, 10, 0)[1][0].sentence
    'max 0 must be above min 10'
    """
    fixed_low, fixed_high = _FIXED_ENDS.get(kind, (None, None))
    low, problems = _read_end(kind, "min", declared=minimum, fixed=fixed_low)
    high, more = _read_end(kind, "max", declared=maximum, fixed=fixed_high)
    problems += more
    if low is None or high is None:
        return None, problems
    if low >= high:
        sentence = f"max {format_number(high)} must be above min {format_number(low)}"
        return None, [Problem("scale/max", "bad_scale", sentence)]
    return Scale(kind, low, high), []


def check_score(
    value: object,
    scale: Scale | None,
    *,
    respondents: int | None,
    invited: int | None,
    respondents_optional: bool = False,
) -> list[Problem]:
    """The broken rules of one score, in the order of its fields; an empty list when they hold.

    `value` is a decoded JSON value (or the decimal read from a CSV cell); without a scale only whether it
    is a number can be told. `respondents_optional`: the source suppresses small groups itself. Codes
    `not_a_number`, `out_of_scale`, `respondents_required`, `more_respondents_than_invited`.

    >>> ten = Scale(ScaleKind.MEAN, Decimal(0), Decimal(10))
    >>> check_score(74, ten, respondents=38, invited=51)
    [Problem(field='value', code='out_of_scale', sentence='74 is outside 0–10')]
    """
    problems = []
    number = read_number(value)
    if number is None:
        problems.append(Problem("value", "not_a_number", _name_value(value)))
    elif scale is not None and not scale.minimum <= number <= scale.maximum:
        sentence = f"{format_number(number)} is outside {format_range(scale.minimum, scale.maximum)}"
        problems.append(Problem("value", "out_of_scale", sentence))
    if respondents is None:
        if not respondents_optional:
            problems.append(_RESPONDENTS_REQUIRED)
    elif invited is not None and respondents > invited:
        sentence = f"{respondents} respondents are more than the {invited} invited"
        problems.append(Problem("respondents", "more_respondents_than_invited", sentence))
    return problems


def is_suppressed(respondents: int | None, minimum_group: int) -> bool:
    """Whether a score must lose its value, because fewer people answered than the minimum group.

    The minimum is never below the floor of 3, whatever the setting. None respondents, allowed only to a
    source that suppresses small groups itself, is not suppressed here.

    >>> is_suppressed(4, 5), is_suppressed(2, 1), is_suppressed(None, 5)
    (True, True, False)
    """
    return respondents is not None and respondents < max(minimum_group, MINIMUM_GROUP_FLOOR)


def normalised(value: Decimal, scale: Scale) -> Decimal:
    """The value on 0–100, for charts only: 100·(v − min)/(max − min), to 6 decimals, half to even.

    So favourability, and an index from 0 to 100, stay as they are, and enps becomes (v + 100)/2. Before two
    such values are drawn or averaged together, ask `is_comparable`.

    >>> normalised(Decimal("7.4"), Scale(ScaleKind.MEAN, Decimal(0), Decimal(10)))
    Decimal('74')
    """
    with localcontext(ARITHMETIC):
        return round_number(100 * (value - scale.minimum) / (scale.maximum - scale.minimum))


def is_comparable(one: ScaleKind, other: ScaleKind) -> bool:
    """Whether normalised values of two kinds may stand side by side: enps only with enps."""
    return (one is ScaleKind.ENPS) is (other is ScaleKind.ENPS)


def is_fed_by(feed: Feed, score: FeedKey) -> bool:
    """Whether a feed means this score: the same metric, and source and survey where it names them."""
    return (
        feed.metric == score.metric
        and feed.source in (None, score.source)
        and feed.survey in (None, score.survey)
    )


def feed_mismatch(feed: Feed, score: FeedKey) -> str | None:
    """Why a score that a feed means (`is_fed_by`) does not feed its KPI, in words; None when it does.

    Another cadence is never converted, and another scale never rescaled.
    """
    reasons = []
    if feed.cadence is not score.cadence:
        reasons.append(f"{feed.kpi} is {feed.cadence}, the score is {score.cadence}.")
    if feed.scale is not None and feed.scale != score.scale:
        reasons.append(f"{feed.kpi} takes {feed.scale}, the score is {score.scale}.")
    return " ".join(reasons) or None


_RESPONDENTS_REQUIRED = Problem(
    "respondents", "respondents_required", "respondents is required, so that small groups can be suppressed"
)


def _read_end(
    kind: ScaleKind, name: str, *, declared: object, fixed: Decimal | None
) -> tuple[Decimal | None, list[Problem]]:
    if declared is None:
        missing = Problem(f"scale/{name}", "bad_scale", f"a scale of kind {kind} needs {name}")
        return fixed, [missing] if fixed is None else []
    end = read_number(declared)
    if end is None:
        return None, [Problem(f"scale/{name}", "not_a_number", _name_value(declared))]
    if fixed is not None and end != fixed:
        sentence = (
            f"{name} of a scale of kind {kind} is always {format_number(fixed)}, not {format_number(end)}"
        )
        return None, [Problem(f"scale/{name}", "bad_scale", sentence)]
    if abs(end) > MAX_NUMBER:
        return None, [Problem(f"scale/{name}", "bad_scale", f"{name} must lie within ±{MAX_NUMBER:,f}")]
    return end, []


def _name_value(value: object) -> str:
    """Only what was typed as text or as a number is shown; anything else could be of any size."""
    return (
        f"{quote_text(str(value))} is not a number"
        if isinstance(value, str | float)
        else "this is not a number"
    )
