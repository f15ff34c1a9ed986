"""Agreement of raters: what always holds, edge cases by hand, and small cases counted in another way."""

import math
from fractions import Fraction
from itertools import product
from statistics import variance

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import f_oneway

from app.domain.agreement import (
    a_wg,
    average_deviation,
    critical_r_wg,
    icc1,
    icc2,
    krippendorff_alpha,
    null_variance,
    r_wg,
    r_wg_j,
    shrout_fleiss,
)
from app.domain.answers import Matrix, read_matrix, read_numbers
from app.domain.coding import Level
from app.domain.estimates import Estimate

NOTHING = Estimate(None, None, None)
ANSWERS = st.integers(1, 5)
RATINGS = st.lists(ANSWERS, min_size=2, max_size=30)
LEVELS = st.sampled_from(["nominal", "ordinal", "interval", "ratio"])
CODED = st.integers(2, 8).flatmap(
    lambda width: st.lists(
        st.lists(st.none() | st.integers(0, 4), min_size=width, max_size=width), min_size=2, max_size=6
    )
)
GROUPS = st.lists(st.lists(ANSWERS, min_size=1, max_size=8), min_size=2, max_size=6)
NAN, INFINITE = float("nan"), float("inf")


def test_missing_answers_are_none_nan_and_infinity() -> None:
    assert read_numbers([1, None, NAN, INFINITE, 2]).tolist() == [1, 2]
    assert r_wg([4, None, 4, NAN, 5], 5) == r_wg([4, 4, 5], 5)
    assert average_deviation([None, 2, 4]) == 1
    assert a_wg([2, 3, None, 4], 1, 5) == a_wg([2, 3, 4], 1, 5)
    assert read_matrix([]).shape == (0, 0)


def test_fewer_than_two_answers_have_no_agreement() -> None:
    for ratings in ([], [3], [None, 3], [NAN]):
        assert r_wg(ratings, 5) is None
        assert a_wg(ratings, 1, 5) is None
        assert average_deviation(ratings) is None
    too_few: list[Matrix] = [[], [[]], [[], []], [[1, 2]], [[1, 2], [1, None]], [[1, 2], [1]]]
    for people in too_few:
        assert r_wg_j(people, 5) is None


def test_what_is_not_known_to_the_table_is_undefined() -> None:
    assert null_variance(0) is None
    assert null_variance(1) == 0
    assert null_variance(4, "normal") is None
    assert null_variance(12, "heavy") is None
    assert null_variance(7, "triangular") == 2.1
    assert null_variance(5, "other") is None  # type: ignore[arg-type]
    assert null_variance(6) == 35 / 12
    assert r_wg([1, 2], 1) is None
    assert r_wg([1, 2], 12, "heavy") is None
    assert r_wg_j([[1, 2], [2, 2]], 4, "slight") is None
    assert average_deviation([1, 2], "mode") is None  # type: ignore[arg-type]


def test_agreement_over_items_leaves_out_who_left_an_item_out() -> None:
    assert r_wg_j([[4, 5], [5, 5], [1], [4, None], [4, 4]], 5) == r_wg_j([[4, 5], [5, 5], [4, 4]], 5)
    assert r_wg_j([[4], [5], [5]], 5) == r_wg([4, 5, 5], 5)


def test_two_camps_do_not_agree_over_items_whatever_the_formula_says_below_zero() -> None:
    camps = [[1, 1, 1, 1]] * 3 + [[5, 5, 5, 5]] * 3
    assert r_wg_j(camps, 5) == 0
    assert r_wg_j([[3, 3], [3, 3]], 5) == 1


def test_answers_near_the_end_have_no_a_wg_and_at_the_end_a_full_one() -> None:
    assert a_wg([1, 1, 1], 1, 5) == 1
    assert a_wg([5, 5], 1, 5) == 1
    # Three raters: defined from a mean of 7/3 to one of 11/3, both included.
    assert a_wg([1, 1, 5], 1, 5) == pytest.approx(-1)
    assert a_wg([1, 1, 4], 1, 5) is None
    assert a_wg([5, 5, 1], 1, 5) == pytest.approx(-1)
    assert a_wg([5, 5, 2], 1, 5) is None
    assert a_wg([2, 2], 1, 5) is None
    assert a_wg([3, 3], 1, 5) == 1
    assert a_wg([0, 3], 1, 5) is None
    assert a_wg([3, 6], 1, 5) is None
    assert a_wg([3, 3], 5, 1) is None


@given(RATINGS)
def test_agreement_does_not_depend_on_the_order_of_people_and_stays_in_its_range(
    ratings: list[float],
) -> None:
    mixed = sorted(ratings)
    for one, other in (
        (r_wg(ratings, 5), r_wg(mixed, 5)),
        (a_wg(ratings, 1, 5), a_wg(mixed, 1, 5)),
        (average_deviation(ratings, "median"), average_deviation(mixed, "median")),
    ):
        assert one == (other if other is None else pytest.approx(other))
    agreement, adapted, deviation = r_wg(ratings, 5), a_wg(ratings, 1, 5), average_deviation(ratings)
    assert agreement is not None
    assert 0 <= agreement <= 1
    assert adapted is None or -1 - 1e-9 <= adapted <= 1
    assert deviation is not None
    assert 0 <= deviation <= 2


@given(RATINGS)
def test_who_turns_the_scale_round_agrees_as_much(ratings: list[float]) -> None:
    turned = [6 - rating for rating in ratings]
    assert r_wg(turned, 5) == pytest.approx(r_wg(ratings, 5))
    assert average_deviation(turned) == pytest.approx(average_deviation(ratings))
    adapted = a_wg(ratings, 1, 5)
    assert a_wg(turned, 1, 5) == (adapted if adapted is None else pytest.approx(adapted))


@given(RATINGS)
def test_the_median_is_never_further_from_the_answers_than_the_mean(ratings: list[float]) -> None:
    around_mean, around_median = average_deviation(ratings), average_deviation(ratings, "median")
    assert around_mean is not None
    assert around_median is not None
    assert around_median <= around_mean + 1e-9


@given(RATINGS, st.integers(1, 6))
def test_the_same_item_asked_again_only_raises_agreement_over_items(ratings: list[float], times: int) -> None:
    once, often = r_wg(ratings, 5), r_wg_j([[rating] * times for rating in ratings], 5)
    assert once is not None
    assert often is not None
    assert often >= once - 1e-9


def find_critical_value(n: int, options: int, level: Fraction) -> float | None:
    """By writing down every way to answer."""
    values = [
        max(Fraction(0), 1 - Fraction(variance(map(Fraction, answers))) * 12 / (options * options - 1))
        for answers in product(range(options), repeat=n)
    ]
    attained = [
        value
        for value in sorted(set(values))
        if Fraction(sum(each >= value for each in values), len(values)) <= level
    ]
    return float(attained[0]) if attained else None


@pytest.mark.parametrize(("n", "options"), [(2, 2), (2, 5), (3, 4), (4, 4), (5, 3), (6, 2), (5, 5), (4, 6)])
@pytest.mark.parametrize("level", ["0.01", "0.05", "0.2", "0.25", "0.5", "0.9", "1"])
def test_critical_values_are_those_of_all_ways_to_answer(n: int, options: int, level: str) -> None:
    assert critical_r_wg(n, options, float(level)) == find_critical_value(n, options, Fraction(level))


def test_a_critical_value_needs_two_raters_and_two_options() -> None:
    assert critical_r_wg(1, 5) is None
    assert critical_r_wg(5, 1) is None
    assert critical_r_wg(10, 5, 0) is None


def test_critical_values_of_large_groups_go_on_where_whole_numbers_end() -> None:
    """27 raters of 5 options are counted in whole numbers, 28 in probabilities."""
    values = [critical_r_wg(n, 5) for n in (26, 27, 28, 29, 60)]
    assert values[1] == pytest.approx(0.28062678, abs=1e-8)
    assert values[2] == pytest.approx(0.27777778, abs=1e-8)
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=True)
    chance = np.random.default_rng(3)
    drawn = 1 - chance.integers(1, 6, size=(20_000, 60)).var(axis=1, ddof=1) / 2
    assert np.mean(drawn >= known[-1] - 1e-9) == pytest.approx(0.05, abs=0.006)


@given(GROUPS)
def test_correlations_within_groups_follow_from_the_analysis_of_variance(groups: list[list[int]]) -> None:
    """Cross-check by scipy's F: ICC(2) = 1 − 1/F, ICC(1) = (F − 1)/(F + n0 − 1)."""
    sizes = [len(group) for group in groups]
    everybody = [rating for group in groups for rating in group]
    inside = [rating - sum(group) / len(group) for group in groups for rating in group]
    if max(sizes) == 1 or not any(abs(apart) > 1e-9 for apart in inside):
        return
    ratio = float(f_oneway(*groups).statistic)
    total = len(everybody)
    typical = (total - sum(size**2 for size in sizes) / total) / (len(sizes) - 1)
    assert icc1(groups) == pytest.approx((ratio - 1) / (ratio + typical - 1), abs=1e-9)
    if ratio > 1e-9:
        assert icc2(groups) == pytest.approx(1 - 1 / ratio, rel=1e-6)


@given(GROUPS)
def test_correlations_within_groups_are_raw_and_at_most_one(groups: list[list[int]]) -> None:
    for value in (icc1(groups), icc1(groups, "mean"), icc2(groups)):
        assert value is None or value <= 1 + 1e-9


def test_groups_without_differences_or_company_have_no_correlation() -> None:
    undefined: list[Matrix] = [[], [[]], [[1, 2]], [[1, 2], []], [[1], [2]], [[3, 3], [3]], [[None], [1, 2]]]
    for groups in undefined:
        assert icc1(groups) is None
        assert icc2(groups) is None
    assert icc1([[1, 2], [2, 3]], "median") is None  # type: ignore[arg-type]
    # Neither missing answers nor empty groups count.
    assert icc1([[1, None, 2], [], [4, 5, NAN]]) == icc1([[1, 2], [4, 5]])


def test_rounding_makes_no_variance() -> None:
    assert icc1([[0.1, 0.1, 0.1], [0.1, 0.1]]) is None
    assert icc1([[0.1, 0.7], [0.3, 0.5]]) == pytest.approx(-1)
    assert icc2([[0.1, 0.7], [0.3, 0.5]]) is None
    assert icc1([[1e9 + 0.1, 1e9 + 0.1], [1e9 + 0.3, 1e9 + 0.3]]) == 1


def test_sizes_that_differ_are_read_in_two_ways() -> None:
    groups = [[1, 2], [3, 4, 4, 5, 3], [2, 2, 1]]
    # N = 10, Σn² = 38: n0 = (10 − 3.8)/2 = 3.1, mean 10/3.
    unbiased, mean, reliable = icc1(groups), icc1(groups, "mean"), icc2(groups)
    assert unbiased is not None
    assert mean is not None
    assert reliable is not None
    ratio = 1 / (1 - reliable)
    assert unbiased == pytest.approx((ratio - 1) / (ratio + 2.1))
    assert mean == pytest.approx((ratio - 1) / (ratio + 10 / 3 - 1))


def test_objects_need_company_and_differences() -> None:
    undefined: list[Matrix] = [[], [[1, 2]], [[1], [2]], [[3, 3], [3, 3]], [[1, 2], [None, 3]]]
    for matrix in undefined:
        assert set(shrout_fleiss(matrix).values()) == {NOTHING}
    rated = [[9, 2, 5], [6, 1, 3], [8, 4, 6]]
    assert shrout_fleiss([*rated, [7, None, 2], [7]]) == shrout_fleiss(rated)


def test_judges_who_say_the_same_are_perfectly_reliable() -> None:
    for estimate in shrout_fleiss([[1, 1], [2, 2], [4, 4]]).values():
        assert (estimate.value, estimate.low, estimate.high) == (1, 1, 1)


def test_judges_who_differ_by_a_constant_are_consistent_but_not_alike() -> None:
    found = shrout_fleiss([[1, 3], [2, 4], [4, 6]])
    assert found["ICC3"] == Estimate(1, 1, 1)
    for form in ("ICC1", "ICC2"):
        value, low = found[form].value, found[form].low
        assert value is not None
        assert low is not None
        assert low < value < 0.6


def test_objects_that_do_not_differ_on_average_have_no_reliable_mean() -> None:
    found = shrout_fleiss([[1, 2], [2, 1]])
    assert found["ICC1"].value == -1
    assert found["ICC1k"].value is None
    assert found["ICC3k"].value is None
    assert found["ICC2"] == NOTHING


def test_without_differences_between_objects_the_drawn_judges_interval_is_open() -> None:
    """The objects' mean square equals the error's: a value of 0 leaves no degrees of freedom from judges."""
    found = shrout_fleiss([[1, 2, 3], [1, 2, 3], [1, 2, 3]])
    assert found["ICC3"].value is None
    assert found["ICC2"].value == 0
    assert (found["ICC2"].low, found["ICC2"].high) == (None, None)


@given(st.lists(st.lists(ANSWERS, min_size=3, max_size=3), min_size=2, max_size=8))
def test_the_six_correlations_do_not_depend_on_the_order_of_objects(matrix: list[list[int]]) -> None:
    one, other = shrout_fleiss(matrix), shrout_fleiss(matrix[::-1])
    for form, estimate in one.items():
        value = other[form].value
        assert estimate.value == (value if value is None else pytest.approx(value, abs=1e-6))
        assert form == "ICC2k" or estimate.value is None or estimate.value <= 1 + 1e-9


def measure_alpha(matrix: list[list[int | None]], level: Level) -> float | None:
    """α by its definition over pairs, one at a time."""
    units = [[value for value in column if value is not None] for column in zip(*matrix, strict=True)]
    pairable = [unit for unit in units if len(unit) > 1]
    every = [value for unit in pairable for value in unit]

    def measure(one: int, other: int) -> float:
        if level == "nominal" or one == other:
            return float(one != other)
        if level == "ordinal":
            low, high = sorted((one, other))
            inside = sum(1 for value in every if low <= value <= high)
            return (inside - (every.count(one) + every.count(other)) / 2) ** 2
        return float((one - other) ** 2) if level == "interval" else ((one - other) / (one + other)) ** 2

    expected = sum(measure(one, other) for one in every for other in every)
    if not expected:
        return None
    observed = sum(
        sum(measure(one, other) for one in unit for other in unit) / (len(unit) - 1) for unit in pairable
    )
    return 1 - (len(every) - 1) * observed / expected


@given(CODED, LEVELS)
def test_alpha_is_that_of_its_definition(matrix: list[list[int | None]], level: Level) -> None:
    found, expected = krippendorff_alpha(matrix, level), measure_alpha(matrix, level)
    assert found == (expected if expected is None else pytest.approx(expected, abs=1e-9))
    assert found is None or found <= 1
    mixed = krippendorff_alpha([row[::-1] for row in matrix[::-1]], level)
    assert mixed == (found if found is None else pytest.approx(found, abs=1e-9))


def test_alpha_reads_words_short_rows_and_missing_answers() -> None:
    words: list[list[str | None]] = [
        ["yes", "no", None, "no"],
        ["yes", "no", "no"],
        ["yes", "yes", "no", "no"],
    ]
    codes: Matrix = [[1, 0, None, 0], [1, 0, 0], [1, 1, 0, 0]]
    assert krippendorff_alpha(words, "nominal") == krippendorff_alpha(codes, "nominal")
    assert krippendorff_alpha(words, "interval") is None
    assert krippendorff_alpha([[1, NAN, 2], [1, 3, 2]], "interval") == 1


def test_alpha_is_undefined_without_pairs_differences_or_a_level() -> None:
    undefined: list[Matrix] = [[], [[]], [[1, 2]], [[1, None], [None, 2]], [[3, 3], [3, 3]]]
    for matrix in undefined:
        assert krippendorff_alpha(matrix, "nominal") is None
        assert krippendorff_alpha(matrix, "ratio") is None
    assert krippendorff_alpha([[1, 2], [1, 2]], "other") is None  # type: ignore[arg-type]
    assert krippendorff_alpha([[1, -1], [1, -1]], "ratio") is None


def test_raters_who_say_the_contrary_disagree_systematically() -> None:
    alpha = krippendorff_alpha([[1, 2, 1, 2], [2, 1, 2, 1]], "nominal")
    assert alpha is not None
    assert alpha < 0
    assert math.isclose(alpha, 1 - 7 * 8 / 32)
