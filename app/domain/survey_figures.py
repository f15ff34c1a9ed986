"""Figures of the answers of one group to one question: rounded so that they stay what may be shown.

Whether a group's figures may be shown at all is decided in `survey_groups`.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist, fmean, pstdev, variance

from app.domain.proportions import enps
from app.domain.surveys import QuestionKind

AGREE_POINTS = (1, 2, 3, 4, 5)
FAVOURABLE_FROM = 4
PROMOTERS_FROM, PASSIVES_FROM = 9, 7
LARGEST_DEVIATION = 50

# One person's answer: points, the chosen option or own words, or the options from first to last.
Value = int | str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """What the tables need of a question.

    `intended` is the option that was meant (of a message); `area` one of the audit; `paired_with` the code of
    the question by which teams answer what leaders here say about themselves.
    """

    code: str
    kind: QuestionKind
    options: tuple[str, ...] = ()
    intended: str | None = None
    area: str | None = None
    paired_with: str | None = None


@dataclass(frozen=True, slots=True)
class RankedOption:
    """An option and its mean rank, 1 is first; to 1 decimal."""

    option: str
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What n answers say; None and empty: not for this kind of question, or not of so few.

    `mean` in points (1–5), `favourable` and `intended` in percent, `enps` and its `margin` in points
    (−100…100), `agreement` the mean correlation of the orders (−1…1), `spread` percent per point or option.
    """

    mean: float | None = None
    favourable: int | None = None
    enps: int | None = None
    margin: int | None = None
    intended: int | None = None
    ranks: tuple[RankedOption, ...] = ()
    agreement: float | None = None
    spread: tuple[int, ...] = ()


def name_answer(kind: QuestionKind, value: Value) -> Hashable:
    """By what two answers count as equal: an eNPS tells only promoters, passives and detractors apart.

    >>> name_answer(QuestionKind.NPS, 10) == name_answer(QuestionKind.NPS, 9)
    True
    """
    if kind is QuestionKind.NPS and isinstance(value, int):
        return (value >= PASSIVES_FROM) + (value >= PROMOTERS_FROM)
    return value if isinstance(value, int | str) else tuple(value)


def summarise_answers(question: Question, answers: Sequence[Value], *, with_spread: bool) -> Figures:
    """The figures of at least one answer to a question of any kind but own words.

    agree: mean Σx/n to 1 decimal, favourable share of 4 and 5 in whole percent. nps: 100(P − D) and the
    half-width of its adjusted interval, in whole points. rank: mean rank per option, best first (the order
    of Borda counts), and the agreement of the orders. choose: share of the intended option in whole percent,
    None where no option is intended. Halves are rounded to the even digit. The spread comes only when asked.

    >>> summarise_answers(Question("Q1", QuestionKind.AGREE), [5, 4, 2, 4], with_spread=False).mean
    3.8
    """
    spread = _share_options(question, answers) if with_spread else ()
    if question.kind is QuestionKind.AGREE:
        points = [value for value in answers if isinstance(value, int)]
        favourable = sum(point >= FAVOURABLE_FROM for point in points)
        return Figures(
            mean=_round_tenth(Fraction(sum(points), len(points))),
            favourable=share_percent(favourable, len(points)),
            spread=spread,
        )
    if question.kind is QuestionKind.NPS:
        return _figure_enps(answers, spread)
    if question.kind is QuestionKind.RANK:
        orders = [tuple(value) for value in answers if not isinstance(value, int | str)]
        return Figures(ranks=_rank_options(question, orders), agreement=agree_on_order(orders))
    intended = None
    if question.intended is not None:
        intended = share_percent(sum(value == question.intended for value in answers), len(answers))
    return Figures(intended=intended, spread=spread)


def share_percent(part: int, whole: int) -> int:
    """part/whole in whole percent, half to even; `whole` is at least 1.

    >>> share_percent(2, 3), share_percent(1, 8)
    (67, 12)
    """
    return round(Fraction(100 * part, whole))


def agree_on_order(orders: Sequence[Sequence[str]]) -> float | None:
    """The mean Spearman correlation over all pairs of m complete orders of n options, to 2 decimals.

    r = (mW − 1)/(m − 1), W = 12·S/(m²(n³ − n)), S the sum of squared deviations of the options' rank sums
    (Kendall; `measures.md` 9): expected 0 when everybody orders at random, however many they are. 1: all
    alike; the least is −1/(m − 1). None below two orders or two options.

    >>> agree_on_order([("a", "b", "c"), ("a", "b", "c"), ("b", "a", "c")])
    0.67
    """
    m, n = len(orders), len(orders[0]) if orders else 0
    if m < 2 or n < 2:
        return None
    sums = Counter[str]()
    for order in orders:
        sums.update({option: rank for rank, option in enumerate(order, 1)})
    middle = Fraction(m * (n + 1), 2)
    scatter = sum((total - middle) ** 2 for total in sums.values())
    w = 12 * scatter / (m * m * (n**3 - n))
    return float(round((m * w - 1) / (m - 1), 2))


def measure_consistency(shares: Sequence[float]) -> int | None:
    """100·(1 − SD/50) of shares in percent, whole; SD of the groups that there are (divided by n).

    100: the same share everywhere; 0: half of the groups nobody, the other half everybody. None below two.

    >>> measure_consistency([80, 60]), measure_consistency([0, 100]), measure_consistency([70])
    (80, 0, None)
    """
    if len(shares) < 2:
        return None
    return round(100 * (1 - pstdev(shares) / LARGEST_DEVIATION))


def margin_of_difference(a: Sequence[float], b: Sequence[float]) -> float:
    """Half the width of the 95 % interval of the difference of two means, in their unit.

    t·√(s²_a/n_a + s²_b/n_b), t with the smaller n − 1 degrees of freedom (conservative), from the normal
    quantile by the expansion of Cornish and Fisher. Both sides have at least two answers. A difference that
    is not larger than it is none that could be shown.

    >>> round(margin_of_difference([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), 2)
    2.77
    """
    t = _quantile_of_t(min(len(a), len(b)) - 1)
    return t * sqrt(variance(a) / len(a) + variance(b) / len(b))


def mean_of(numbers: Iterable[float]) -> float | None:
    """The mean to 1 decimal; None of nothing.

    >>> mean_of([3.4, 4.1]), mean_of([])
    (3.8, None)
    """
    known = list(numbers)
    return round(fmean(known), 1) if known else None


def _quantile_of_t(freedom: int) -> float:
    """97.5 %; the first three terms, within 1 % from 4 degrees of freedom on."""
    z = NormalDist().inv_cdf(0.975)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def _round_tenth(number: Fraction) -> float:
    return float(round(number, 1))


def _figure_enps(answers: Sequence[Value], spread: tuple[int, ...]) -> Figures:
    kinds = Counter(name_answer(QuestionKind.NPS, value) for value in answers)
    told = enps(kinds[2], kinds[1], kinds[0])
    return Figures(enps=_round_whole(told.score), margin=_round_whole(told.margin_adjusted), spread=spread)


def _round_whole(number: float | None) -> int | None:
    return None if number is None else round(number)


def _rank_options(question: Question, orders: Sequence[Sequence[str]]) -> tuple[RankedOption, ...]:
    ranks = {option: [order.index(option) + 1 for order in orders] for option in question.options}
    means = {option: Fraction(sum(each), len(each)) for option, each in ranks.items()}
    best_first = sorted(means, key=lambda option: means[option])
    return tuple(RankedOption(option, _round_tenth(means[option])) for option in best_first)


def _share_options(question: Question, answers: Sequence[Value]) -> tuple[int, ...]:
    """Shares in the order of the points or options; the eNPS: detractors, passives, promoters."""
    options: Sequence[Hashable] = question.options
    if question.kind is QuestionKind.AGREE:
        options = AGREE_POINTS
    elif question.kind is QuestionKind.NPS:
        options = (0, 1, 2)
    elif question.kind is QuestionKind.RANK:
        return ()
    counts = Counter(name_answer(question.kind, value) for value in answers)
    return tuple(share_percent(counts[option], len(answers)) for option in options)
