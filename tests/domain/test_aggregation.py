"""Aggregates: one number out of several departments', and which departments those are."""

import random
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.aggregation import (
    Aggregate,
    Recorded,
    aggregate,
    aggregation_reason,
    count_missing,
    nearest_recorded,
)
from app.domain.scoring import Aggregation
from tests.domain.strategies import numbers

AVERAGES = [Aggregation.MEAN, Aggregation.HEADCOUNT_WEIGHTED_MEAN, Aggregation.MEDIAN]

recorded = st.builds(
    Recorded,
    department=st.just("OPS"),
    value=numbers(),
    numerator=numbers(),
    denominator=numbers(1, 1000),
    headcount=st.integers(1, 1000),
)
# A department's parent has a smaller number or is None, so that any such mapping is a forest.
forests = st.lists(st.integers(-1, 20), max_size=20).map(
    lambda parents: {child: parent if -1 < parent < child else None for child, parent in enumerate(parents)}
)


def make_recorded(*values: str, headcounts: list[int | None] | None = None) -> list[Recorded]:
    heads = headcounts or [None] * len(values)
    return [
        Recorded(f"D{i}", Decimal(value), headcount=head)
        for i, (value, head) in enumerate(zip(values, heads, strict=True))
    ]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Aggregation.MEAN, "66.666667"),
        (Aggregation.SUM, "200"),
        (Aggregation.MEDIAN, "70"),
        (Aggregation.HEADCOUNT_WEIGHTED_MEAN, "48"),
    ],
)
def test_several_values_become_one(how: Aggregation, expected: str) -> None:
    values = make_recorded("40", "70", "90", headcounts=[8, 1, 1])
    result = aggregate(values, how)
    assert result == Aggregate(Decimal(expected), None, None, 3)
    assert result is not None
    assert str(result.value) == expected


def test_the_median_of_an_even_number_is_the_mean_of_the_middle_two() -> None:
    result = aggregate(make_recorded("9", "1", "2", "100"), Aggregation.MEDIAN)
    assert result is not None
    assert str(result.value) == "5.5"


def test_a_ratio_of_sums_weighs_by_the_denominators_and_keeps_both_sums() -> None:
    values = [
        Recorded("OPS", Decimal(50), Decimal(1), Decimal(2)),
        Recorded("HR", Decimal(100), Decimal("1.50"), Decimal("1.50")),
    ]
    percent = aggregate(values, Aggregation.RATIO_OF_SUMS, scale=Decimal(100))
    assert percent == Aggregate(Decimal("71.428571"), Decimal("2.5"), Decimal("3.5"), 2)
    ratio = aggregate(values, Aggregation.RATIO_OF_SUMS)
    assert ratio is not None
    assert ratio.value == Decimal("0.714286")


@pytest.mark.parametrize("how", list(Aggregation))
def test_nothing_recorded_has_no_aggregate(how: Aggregation) -> None:
    assert aggregate([], how) is None
    assert aggregate([Recorded("OPS", None, Decimal(1), Decimal(2), 5)], how) is None


@given(st.lists(recorded))
def test_a_kpi_that_is_not_aggregated_has_no_aggregate(values: list[Recorded]) -> None:
    assert aggregate(values, Aggregation.NONE) is None


@pytest.mark.parametrize("how", [how for how in Aggregation if how is not Aggregation.NONE])
def test_a_suppressed_value_takes_no_part(how: Aggregation) -> None:
    known = Recorded("OPS", Decimal(4), Decimal(4), Decimal(1), 5)
    result = aggregate([known, Recorded("HR", None, None, None, None)], how)
    assert result is not None
    assert (result.value, result.n_recorded) == (Decimal(4), 1)


@pytest.mark.parametrize("headcounts", [[5, None], [0, 0], [None, None]])
def test_without_headcounts_there_is_no_weighted_mean(headcounts: list[int | None]) -> None:
    values = make_recorded("1", "2", headcounts=headcounts)
    assert aggregate(values, Aggregation.HEADCOUNT_WEIGHTED_MEAN) is None


def test_a_department_of_nobody_has_no_weight() -> None:
    values = make_recorded("1", "2", headcounts=[0, 3])
    result = aggregate(values, Aggregation.HEADCOUNT_WEIGHTED_MEAN)
    assert result == Aggregate(Decimal(2), None, None, 2)


@pytest.mark.parametrize(
    ("numerator", "denominator"), [(None, Decimal(1)), (Decimal(1), None), (Decimal(1), Decimal(-2))]
)
def test_without_all_parts_or_with_nothing_to_divide_by_there_is_no_ratio(
    numerator: Decimal | None, denominator: Decimal | None
) -> None:
    values = [
        Recorded("OPS", Decimal(1), Decimal(2), Decimal(2)),
        Recorded("HR", Decimal(1), numerator, denominator),
    ]
    assert aggregate(values, Aggregation.RATIO_OF_SUMS) is None


@given(st.lists(recorded, min_size=1), st.sampled_from(Aggregation), st.randoms(use_true_random=False))
def test_the_order_of_departments_makes_no_difference(
    values: list[Recorded], how: Aggregation, dice: random.Random
) -> None:
    shuffled = dice.sample(values, len(values))
    assert aggregate(shuffled, how) == aggregate(values, how)


@given(st.lists(recorded, min_size=1), st.sampled_from(AVERAGES))
def test_an_average_lies_between_the_least_and_the_greatest(values: list[Recorded], how: Aggregation) -> None:
    result = aggregate(values, how)
    assert result is not None
    known = [value.value for value in values if value.value is not None]
    assert min(known) <= result.value <= max(known)


@given(recorded, st.integers(1, 9), st.sampled_from(AVERAGES))
def test_departments_that_agree_have_their_common_value(
    value: Recorded, times: int, how: Aggregation
) -> None:
    result = aggregate([value] * times, how)
    assert result is not None
    assert (result.value, result.n_recorded) == (value.value, times)


@given(st.lists(recorded, min_size=1))
def test_means_and_ratios_are_exact_but_for_one_rounding(values: list[Recorded]) -> None:
    zero = Fraction(0)
    heads = sum(value.headcount or 0 for value in values)
    weighted = sum((Fraction(value.value or 0) * (value.headcount or 0) for value in values), zero) / heads
    numerator = sum((Fraction(value.numerator or 0) for value in values), zero)
    ratio = 100 * numerator / sum((Fraction(value.denominator or 0) for value in values), zero)
    for how, exact in ((Aggregation.HEADCOUNT_WEIGHTED_MEAN, weighted), (Aggregation.RATIO_OF_SUMS, ratio)):
        result = aggregate(values, how, scale=Decimal(100))
        assert result is not None
        assert abs(Fraction(result.value) - exact) <= Fraction(1, 2_000_000)


def test_a_parent_is_made_of_the_nearest_recorded_departments_below_it() -> None:
    parents = {"OPS": None, "EAST": "OPS", "WEST": "OPS", "SHOP1": "EAST", "SHOP2": "EAST", "HR": None}
    assert nearest_recorded(parents, ["SHOP1", "SHOP2", "WEST", "HR"]) == {
        "EAST": ["SHOP1", "SHOP2"],
        "OPS": ["SHOP1", "SHOP2", "WEST"],
        None: ["SHOP1", "SHOP2", "WEST", "HR"],
    }


def test_a_recorded_department_stands_for_all_below_it() -> None:
    parents = {"OPS": None, "EAST": "OPS", "SHOP": "EAST"}
    assert nearest_recorded(parents, ["SHOP", "EAST"]) == {"OPS": ["EAST"], None: ["EAST"]}


def test_a_whole_organization_with_a_value_needs_no_aggregate() -> None:
    assert nearest_recorded({"OPS": None, "EAST": "OPS"}, [None, "EAST"]) == {"OPS": ["EAST"]}
    assert nearest_recorded({"OPS": None}, [None]) == {}
    assert nearest_recorded({"OPS": None}, []) == {}


def test_a_department_nobody_knows_is_a_root_and_repeats_count_once() -> None:
    assert nearest_recorded({}, ["OPS", "OPS"]) == {None: ["OPS"]}


@pytest.mark.timeout(10)
def test_a_cycle_of_departments_is_walked_once() -> None:
    parents = {"A": "B", "B": "C", "C": "B"}
    assert nearest_recorded(parents, ["A"]) == {"B": ["A"], "C": ["A"]}
    assert nearest_recorded({"A": "A"}, ["A"]) == {}
    assert nearest_recorded({"A": "B", "B": "A"}, ["A"]) == {"B": ["A"]}


@pytest.mark.timeout(10)
def test_a_tree_as_deep_as_any_needs_no_recursion() -> None:
    chain: dict[int, int | None] = {child: child - 1 for child in range(1, 50_000)}
    below = nearest_recorded({**chain, 0: None}, [49_999])
    assert len(below) == 50_000
    assert below[None] == below[25_000] == [49_999]


@given(forests, st.data())
def test_what_a_place_is_made_of_is_what_a_descent_from_it_meets_first(
    parents: Mapping[int, int | None], data: st.DataObject
) -> None:
    places = st.sampled_from([None, *parents])
    own = data.draw(st.sets(places))
    below = nearest_recorded(parents, own)
    for place in [None, *parents]:
        expected = set() if place in own else descend(parents, own, place)
        assert set(below.get(place, [])) == expected
        assert len(below.get(place, [])) == len(expected)


def descend(parents: Mapping[int, int | None], own: set[int | None], place: int | None) -> set[int | None]:
    """The definition, written as it is said: recorded children, else what is below them."""
    met: set[int | None] = set()
    for child in (child for child, parent in parents.items() if parent == place):
        met |= {child} if child in own else descend(parents, own, child)
    return met


@given(st.lists(recorded, min_size=2), st.integers(1, 3))
def test_summing_in_two_steps_is_summing_in_one(values: list[Recorded], cut: int) -> None:
    assume(cut < len(values))
    parts = [aggregate(part, Aggregation.SUM) for part in (values[:cut], values[cut:])]
    whole = aggregate([Recorded("", part.value) for part in parts if part], Aggregation.SUM)
    direct = aggregate(values, Aggregation.SUM)
    assert whole is not None
    assert direct is not None
    assert whole.value == direct.value


@pytest.mark.parametrize(
    ("how", "n", "m", "sentence"),
    [
        (Aggregation.MEAN, 3, 4, "Mean of 3 of 4 departments."),
        (Aggregation.HEADCOUNT_WEIGHTED_MEAN, 1, 1, "Headcount-weighted mean of 1 of 1 department."),
        (Aggregation.SUM, 0, 2, "Sum of 0 of 2 departments."),
        (Aggregation.MEDIAN, 2, 2, "Median of 2 of 2 departments."),
        (Aggregation.RATIO_OF_SUMS, 2, 3, "Ratio of the sums of 2 of 3 departments."),
        (Aggregation.NONE, 2, 3, "The values of departments are not aggregated."),
    ],
)
def test_an_aggregate_says_how_it_came_about(how: Aggregation, n: int, m: int, sentence: str) -> None:
    assert aggregation_reason(how, n, m=m) == sentence


@pytest.mark.parametrize(
    ("recorded", "awaited", "missing"),
    [
        (["EAST"], ["EAST", "WEST"], {"OPS": 1, None: 1}),
        (["EAST", "WEST"], ["EAST", "WEST"], {}),
        (["OPS"], ["EAST", "WEST"], {}),
        (["EAST"], ["OPS"], {}),
        ([None], ["EAST"], {"OPS": 1, None: 1}),
        ([], ["EAST", "WEST", "EAST"], {"OPS": 2, None: 2}),
    ],
)
def test_a_department_is_missing_unless_it_or_one_above_or_below_it_has_a_value(
    recorded: list[str | None], awaited: list[str], missing: dict[str | None, int]
) -> None:
    parents: dict[str | None, str | None] = {"OPS": None, "EAST": "OPS", "WEST": "OPS"}
    assert count_missing(parents, recorded, awaited=awaited) == missing
