"""Shares and scores with their intervals: published cases, edges, and what always holds."""

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.estimates import Estimate
from app.domain.proportions import Enps, brier, enps, find_quantile, rescale, wilson
from tests.domain.vectors import Vector, assert_told, for_vectors

COUNTS = st.tuples(st.integers(0, 400), st.integers(0, 400)).map(sorted)


@for_vectors("wilson-")
def test_shares_have_the_published_intervals(vector: Vector) -> None:
    told = [wilson(successes, n) for successes, n in vector.given["k_n"]]
    assert_told(vector, [[one.low, one.high] for one in told], vector.expected["ci95"])
    assert [one.value for one in told] == [k / n for k, n in vector.given["k_n"]]


@for_vectors("nps-")
def test_net_promoter_scores_have_the_published_margins(vector: Vector) -> None:
    counts, expected = vector.given, vector.expected
    told = enps(counts["promoters"], counts["passives"], counts["detractors"])
    assert_told(vector, [told.score, told.margin_wald], [expected["nps"], expected["moe95"]])
    assert told.score is not None
    assert told.margin_adjusted is not None
    n = sum(counts.values())
    adjusted = told.score * n / (n + 3)
    ends = [max(-100, adjusted - told.margin_adjusted), min(100, adjusted + told.margin_adjusted)]
    assert_told(vector, adjusted, expected["adjusted_nps"])
    assert_told(vector, [float(end) for end in ends], list(map(float, expected["adjusted_wald_ci95"])))


@for_vectors("scale-")
def test_values_are_converted_as_published(vector: Vector) -> None:
    told = [rescale(case["value"], *case["from"]) for case in vector.given["cases"]]
    assert_told(vector, told, vector.expected["to_0_100"])
    # Favourable is the top two of five: two shares of the same answers.
    answers = vector.given["answers_1_5"]
    favourable = wilson(sum(answer >= 4 for answer in answers), len(answers)).value
    unfavourable = wilson(sum(answer <= 2 for answer in answers), len(answers)).value
    assert_told(vector, favourable, vector.expected["favourable_share_top2"])
    assert_told(vector, unfavourable, vector.expected["unfavourable_share_bottom2"])


@for_vectors("brier-")
def test_forecasts_score_as_published(vector: Vector) -> None:
    told = brier(vector.given["forecast"], vector.given["outcome"])
    assert_told(vector, told, vector.expected["brier"])


@pytest.mark.parametrize(
    ("successes", "n", "confidence", "expected"),
    [
        (0, 0, 0.95, (None, None, None)),
        (3, 2, 0.95, (None, None, None)),
        (-1, 2, 0.95, (None, None, None)),
        (None, 2, 0.95, (None, None, None)),
        (1, None, 0.95, (None, None, None)),
        (1, 2, 0, (0.5, 0.5, 0.5)),
        (1, 2, 1, (0.5, None, None)),
        (1, 2, -0.1, (0.5, None, None)),
        (0, 1, 0.95, (0.0, 0.0, 0.793450686)),
        (1, 1, 0.95, (1.0, 0.206549314, 1.0)),
    ],
)
def test_shares_at_the_edges(
    successes: int | None, n: int | None, confidence: float, expected: tuple[float | None, ...]
) -> None:
    told = wilson(successes, n, confidence)
    assert (told.value, told.low, told.high) == pytest.approx(expected, abs=1e-9)


@given(COUNTS, st.floats(0.01, 0.999))
def test_the_ends_solve_the_equation_of_the_score_test(counts: list[int], confidence: float) -> None:
    # (p - x)² = z²·x(1 - x)/n, which is how Wilson defines them.
    successes, n = counts
    told = wilson(successes, n, confidence)
    if n == 0:
        assert told == Estimate(None, None, None)
        return
    assert told.value is not None
    assert told.low is not None
    assert told.high is not None
    assert 0 <= told.low <= told.value <= told.high <= 1
    z = find_quantile(confidence)
    for end in (told.low, told.high):
        assert (told.value - end) ** 2 == pytest.approx(z * z * end * (1 - end) / n, abs=1e-9)


@given(COUNTS)
def test_successes_and_failures_have_mirrored_intervals(counts: list[int]) -> None:
    successes, n = counts
    if n:
        one, other = wilson(successes, n), wilson(n - successes, n)
        assert one.low == pytest.approx(1 - (other.high or 0.0))
        assert one.high == pytest.approx(1 - (other.low or 0.0))


@given(st.integers(0, 50), st.integers(1, 50), st.integers(2, 20))
def test_more_of_the_same_narrows_every_interval(successes: int, failures: int, times: int) -> None:
    n = successes + failures
    few, many = wilson(successes, n), wilson(successes * times, n * times)
    assert (many.high or 0.0) - (many.low or 0.0) < (few.high or 0.0) - (few.low or 0.0)


def test_the_quantile_is_the_exact_one() -> None:
    assert find_quantile(0.95) == pytest.approx(1.959963984540054, abs=1e-14)
    assert find_quantile(0.0) == 0.0


@pytest.mark.parametrize("counts", [(0, 0, 0), (-1, 3, 3), (1, 1, -2), (None, 1, 1)])
def test_there_is_no_score_without_answers(counts: Any) -> None:
    assert enps(*counts) == Enps(None, None, None)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_a_score_is_what_the_answers_average_to(promoters: int, passives: int, detractors: int) -> None:
    n = promoters + passives + detractors
    told = enps(promoters, passives, detractors)
    if n == 0:
        assert told == Enps(None, None, None)
        return
    mean = Fraction(promoters - detractors, n)
    variance = Fraction(promoters + detractors, n) - mean * mean
    assert told.score == pytest.approx(float(100 * mean))
    assert told.margin_wald == pytest.approx(196 * math.sqrt(variance / n), rel=1e-4)
    assert (told.margin_adjusted or 0.0) > 0
    mirrored = enps(detractors, passives, promoters)
    assert mirrored.score == -(told.score or 0.0)
    assert mirrored.margin_adjusted == pytest.approx(told.margin_adjusted)


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (3, 1, 5, 50.0),
        (1, 1, 5, 0.0),
        (5, 1, 5, 100.0),
        (-100, -100, 100, 0.0),
        (5, 5, 1, 0.0),
        (6, 1, 5, 125.0),
        (None, 1, 5, None),
        (3, 5, 5, None),
        (math.nan, 1, 5, None),
        (math.inf, 1, 5, None),
    ],
)
def test_values_on_a_hundred(value: float | None, low: float, high: float, expected: float | None) -> None:
    assert rescale(value, low, high) == expected


@pytest.mark.parametrize(
    ("forecasts", "outcomes", "expected"),
    [
        ([], [], None),
        ([0.5], [None], None),
        ([None], [1], None),
        ([0.5, 0.5], [1], None),
        ([80], [1], None),
        ([0.5], [2], None),
        ([1, 0], [True, False], 0.0),
        ([0, 1], [1, 0], 1.0),
        ([0.5, None, 0.5], [1, 1, 0], 0.25),
    ],
)
def test_forecasts_at_the_edges(forecasts: list[Any], outcomes: list[Any], expected: float | None) -> None:
    assert brier(forecasts, outcomes) == expected


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1), st.randoms())
def test_a_score_of_forecasts_stays_within_its_bounds_in_any_order(
    pairs: list[tuple[float, bool]], random: Any
) -> None:
    forecasts, outcomes = zip(*pairs, strict=True)
    told = brier(forecasts, outcomes)
    assert told is not None
    assert 0 <= told <= 1
    random.shuffle(pairs)
    again = brier(*zip(*pairs, strict=True))
    assert again == pytest.approx(told)
