"""Intraclass correlations: how much of what differs lies between groups, or between things that are rated.

Agreement inside of one group is `agreement`, which offers these functions, too. Needs numpy: not for a
serving process.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from app.domain.answers import Answers, Matrix, Numbers, keep_complete, read_matrix, read_numbers
from app.domain.estimates import Estimate

Size = Literal["unbiased", "mean"]
Groups = Sequence[Answers]

FORMS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")
_UPPER_QUANTILE = 0.975
# A share of a whole below this is what rounding leaves of nothing.
_NOTHING = 1e-13


class _OneWay(NamedTuple):
    """Mean squares between and within groups, and the sizes of the groups."""

    between: float
    within: float
    sizes: Numbers


class _TwoWay(NamedTuple):
    """Mean squares of rated objects, judges, what is left, and all but the objects; and how many of both."""

    objects: float
    judges: float
    error: float
    within: float
    number: int
    raters: int


def icc1(groups: Groups, size: Size = "unbiased") -> float | None:
    """ICC(1) = (MSB − MSW)/(MSB + (n − 1)MSW): the share of people's differences that their group explains.

    One-way analysis of variance over groups of any sizes (Bliese 2000). n is Searle's n0 = (N − Σn²/N)/(a −
    1), or with `size="mean"` the mean size, as many papers have it; both agree for groups of one size. From
    −1/(n − 1) to 1, raw: below 0 people differ more inside of groups than between them. Missing answers and
    empty groups are left out. None for one group, groups of one each, or no variance.

    >>> icc1([[3, 3], [4, 4], [5, 5]]), icc1([[1, 5], [1, 5], [1, 5]]), icc1([[4, 5, 3]])
    (1.0, -1.0, None)
    """
    squares = _compare_groups(groups)
    if squares is None or size not in ("unbiased", "mean"):
        return None
    total, count = float(squares.sizes.sum()), len(squares.sizes)
    unbiased = (total - float((squares.sizes**2).sum()) / total) / (count - 1)
    typical = unbiased if size == "unbiased" else total / count
    return _divide(squares.between - squares.within, squares.between + (typical - 1) * squares.within)


def icc2(groups: Groups) -> float | None:
    """ICC(2) = (MSB − MSW)/MSB: whether the means of groups can be trusted to differ; up to 1, raw.

    One-way analysis of variance (Bliese 2000); .70 is commonly asked for. Missing answers and empty groups
    are left out. None for one group, groups of one each, no variance, or means that do not differ at all.

    >>> icc2([[3, 3], [4, 4], [5, 5]]), icc2([[1, 5], [1, 5]])
    (1.0, None)
    """
    squares = _compare_groups(groups)
    return None if squares is None else _divide(squares.between - squares.within, squares.between)


def shrout_fleiss(matrix: Matrix) -> dict[str, Estimate]:
    """The six intraclass correlations of Shrout & Fleiss (1979), with their 95 % intervals.

    Psychological Bulletin 86:420. Rows are the rated objects, columns the judges. ICC1: other judges for each
    object; ICC2: judges drawn from many; ICC3: these judges alone; `k`: of the mean of all judges. Raw values
    up to 1, below 0 possible. Objects that some judge left out are left out. All None for fewer than two
    objects or judges, or no variance.

    >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> {form: round(estimate.value, 2) for form, estimate in shrout_fleiss(ratings).items()}
    {'ICC1': 0.17, 'ICC2': 0.29, 'ICC3': 0.71, 'ICC1k': 0.44, 'ICC2k': 0.62, 'ICC3k': 0.91}
    """
    squares = _compare_objects(keep_complete(read_matrix(matrix)))
    if squares is None:
        return dict.fromkeys(FORMS, Estimate(None, None, None))
    objects, judges, error, within, count, raters = squares
    both = (judges - error) / count
    single = _bound_single(squares)
    drawn = _bound_drawn(squares)
    return {
        "ICC1": Estimate(_divide(objects - within, objects + (raters - 1) * within), *single[0]),
        "ICC2": Estimate(_divide(objects - error, objects + (raters - 1) * error + raters * both), *drawn),
        "ICC3": Estimate(_divide(objects - error, objects + (raters - 1) * error), *single[1]),
        "ICC1k": Estimate(_divide(objects - within, objects), *(_lengthen(end, raters) for end in single[0])),
        "ICC2k": Estimate(
            _divide(objects - error, objects + both), *(_lengthen(end, raters) for end in drawn)
        ),
        "ICC3k": Estimate(_divide(objects - error, objects), *(_lengthen(end, raters) for end in single[1])),
    }


def _divide(numerator: float, denominator: float) -> float | None:
    return float(numerator / denominator) if abs(denominator) > _NOTHING * abs(numerator) else None


def _drop_noise(part: float, whole: float) -> float:
    return 0.0 if part <= whole * _NOTHING else part


def _compare_groups(groups: Groups) -> _OneWay | None:
    known = [numbers for numbers in map(read_numbers, groups) if len(numbers)]
    sizes = np.array([len(numbers) for numbers in known], dtype=np.float64)
    if len(known) < 2 or sizes.sum() <= len(known):
        return None
    everybody = np.concatenate(known)
    # Differences from one of the answers are exact where equal answers are large.
    start = everybody[0]
    middle = (everybody - start).mean()
    whole = float(((everybody - start - middle) ** 2).sum())
    means = np.array([(numbers - start).mean() for numbers in known])
    between = _drop_noise(float((sizes * (means - middle) ** 2).sum()), whole)
    within = _drop_noise(
        sum(float(((numbers - start - mean) ** 2).sum()) for numbers, mean in zip(known, means, strict=True)),
        whole,
    )
    if between + within == 0 or everybody.min() == everybody.max():
        return None
    return _OneWay(between / (len(known) - 1), within / (len(everybody) - len(known)), sizes)


def _compare_objects(ratings: Numbers) -> _TwoWay | None:
    count, raters = ratings.shape
    if count < 2 or raters < 2 or ratings.min() == ratings.max():
        return None
    apart = ratings - ratings.flat[0]
    apart -= apart.mean()
    whole = float((apart**2).sum())
    objects = _drop_noise(float(raters * (apart.mean(axis=1) ** 2).sum()), whole)
    judges = _drop_noise(float(count * (apart.mean(axis=0) ** 2).sum()), whole)
    error = _drop_noise(whole - objects - judges, whole)
    return _TwoWay(
        objects / (count - 1),
        judges / (raters - 1),
        error / ((count - 1) * (raters - 1)),
        _drop_noise(whole - objects, whole) / (count * (raters - 1)),
        count,
        raters,
    )


def _find_quantile(upper: float, lower: float) -> float:
    """The 97.5 % point of F; one without degrees of freedom has none."""
    from scipy.special import fdtri

    return float(fdtri(upper, lower, _UPPER_QUANTILE))


def _bound_single(squares: _TwoWay) -> tuple[tuple[float | None, float | None], ...]:
    """The intervals of ICC1 and ICC3: F over its quantile, and times the quantile of the inverse."""
    objects, _, error, within, count, raters = squares
    intervals = []
    for rest, freedom in ((within, count * (raters - 1)), (error, (count - 1) * (raters - 1))):
        low = objects / _find_quantile(count - 1, freedom)
        high = objects * _find_quantile(freedom, count - 1)
        intervals.append(
            (
                _divide(low - rest, low + (raters - 1) * rest),
                _divide(high - rest, high + (raters - 1) * rest),
            )
        )
    return tuple(intervals)


def _bound_drawn(squares: _TwoWay) -> tuple[float | None, float | None]:
    """The interval of ICC2, with the approximate degrees of freedom that Shrout & Fleiss give for it."""
    objects, judges, error, _, count, raters = squares
    value = _divide(objects - error, objects + (raters - 1) * error + raters * (judges - error) / count)
    if value is None:
        return None, None
    from_judges = raters * value * judges
    from_error = (count * (1 + (raters - 1) * value) - raters * value) * error
    freedom = _divide(
        (raters - 1) * (count - 1) * (from_judges + from_error) ** 2,
        (count - 1) * from_judges**2 + from_error**2,
    )
    if not freedom:
        return (1.0, 1.0) if judges == error == 0 else (None, None)
    others = raters * judges + (raters * count - raters - count) * error
    upper, lower = _find_quantile(count - 1, freedom), _find_quantile(freedom, count - 1)
    return (
        _divide(count * (objects - upper * error), upper * others + count * objects),
        _divide(count * (lower * objects - error), others + count * lower * objects),
    )


def _lengthen(value: float | None, raters: int) -> float | None:
    """What a mean of `raters` judges has where one has `value` (Spearman & Brown)."""
    return None if value is None else _divide(value * raters, 1 + value * (raters - 1))
