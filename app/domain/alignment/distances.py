"""How far two groups are apart, judged and rounded for showing. Needs numpy: not for a serving process."""

from app.domain.alignment.facts import Distance, Verdict
from app.domain.alignment.groups import Group
from app.domain.estimates import Estimate
from app.domain.gaps import alignment_gap

# Below this a gap is negligible, whatever chance says (convention, measures.md 4).
NEGLIGIBLE = 0.05
LEVEL_OF_TEST = 0.05
_DECIMALS = 3


def measure_distance(first: Group, second: Group, minimum: int) -> Distance:
    """The alignment gap of two groups: what is shown, or why nothing is.

    Units: points of correlation, 0 alike to 2 contrary. A group of fewer than `minimum`, or one whose people
    nearly all gave the same order, has no figures.
    """
    if min(len(first.people), len(second.people)) < minimum:
        return Distance(Verdict.FEW)
    if first.is_alike or second.is_alike:
        return Distance(Verdict.ALIKE)
    found = alignment_gap(first.people, second.people)
    if found.gap is None or found.low is None or found.high is None or found.p is None:
        return Distance(Verdict.FEW)
    return Distance(
        judge_gap(found.low, found.p),
        round(found.gap, _DECIMALS),
        round(found.low, _DECIMALS),
        round(found.high, _DECIMALS),
        round(found.p, 4),
    )


def round_estimate(estimate: Estimate) -> Estimate:
    """An estimate with as many digits as may be shown."""
    value, low, high = (
        None if each is None else round(each, _DECIMALS)
        for each in (estimate.value, estimate.low, estimate.high)
    )
    return Estimate(value, low, high)


def judge_gap(low: float, p: float) -> Verdict:
    """Two things are asked of a break: that chance seldom does it, and that it is more than negligible.

    >>> judge_gap(0.2, 0.001), judge_gap(0.01, 0.04), judge_gap(-0.1, 0.04)
    (<Verdict.BREAKS: 'breaks'>, <Verdict.SLIGHT: 'slight'>, <Verdict.NONE_SHOWN: 'none_shown'>)
    """
    if low <= 0 or p >= LEVEL_OF_TEST:
        return Verdict.NONE_SHOWN
    return Verdict.BREAKS if low > NEGLIGIBLE else Verdict.SLIGHT
