"""One index of several dimensions: published rows, edges, and what always holds."""

from math import log
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.composite import Index, alignment_index
from app.domain.proportions import rescale
from tests.domain.vectors import Vector, assert_told, for_vectors

SCORES = st.lists(st.tuples(st.none() | st.floats(0, 100), st.floats(0.1, 9)), min_size=1, max_size=8)


def cap(value: float | None) -> float:
    return min(max(value or 0.0, 0.0), 100.0)


@for_vectors("composite-hdi-")
def test_the_human_development_index_comes_out(vector: Vector) -> None:
    goalposts = vector.given["goalposts"]
    ends = [log(end) for end in goalposts["gni_log"]]
    for row, expected in zip(vector.given["rows"], vector.expected["rows"], strict=True):
        life = cap(rescale(row["life_expectancy"], *goalposts["life"]))
        mean_school = cap(rescale(row["mean_years_schooling"], *goalposts["mean_school"]))
        expected_school = cap(rescale(row["expected_years_schooling"], *goalposts["expected_school"]))
        income = cap(rescale(log(row["gni_per_capita"]), *ends))
        scores = [life, (mean_school + expected_school) / 2, income]
        assert_told(vector, [score / 100 for score in scores], expected["dimension_indices"])
        told = alignment_index(scores, [1, 1, 1])
        assert told.value is not None
        assert_told(vector, told.value / 100, expected["geometric"])
        assert told.value / 100 == pytest.approx(expected["published"], abs=0.0021)


@for_vectors("composite-missing-")
def test_missing_dimensions_are_not_made_up(vector: Vector) -> None:
    least = vector.given["min_coverage"]
    for case, expected in zip(vector.given["cases"], vector.expected["cases"], strict=True):
        scores = case["scores_0_100"]
        told = alignment_index(scores, case["weights"], least)
        assert_told(vector, told.value, expected["geometric"])
        assert (told.based_on, told.of) == (sum(score is not None for score in scores), len(scores))


@pytest.mark.parametrize(
    ("scores", "weights", "expected"),
    [
        ([], [], Index(None, 0, 0)),
        ([None], [1], Index(None, 0, 1)),
        ([50], [0], Index(None, 1, 1)),
        ([50, 50], [1, -1], Index(None, 2, 2)),
        ([50, 50], [1], Index(None, 2, 2)),
        ([0, 0], [1, 1], Index(1.0, 2, 2)),
        ([50, float("nan")], [3, 1], Index(50.0, 1, 2)),
        ([50, None], [1, None], Index(50.0, 1, 2)),
        # Three of ten tenths are missing: what is there reaches seven tenths, whatever they are in binary.
        ([50] * 7 + [None] * 3, [0.1] * 10, Index(None, 7, 10)),
    ],
)
def test_indices_at_the_edges(scores: list[Any], weights: list[Any], expected: Index) -> None:
    told = alignment_index(scores, weights)
    assert (told.based_on, told.of) == (expected.based_on, expected.of)
    assert told.value == pytest.approx(expected.value)


def test_reaching_the_minimum_is_enough_and_a_minimum_of_nothing_needs_a_score() -> None:
    assert alignment_index([50] * 7 + [None] * 3, [0.1] * 10, 0.7).value == pytest.approx(50)
    assert alignment_index([None, None], [1, 1], 0.0) == Index(None, 0, 2)


@given(SCORES, st.integers(2, 9), st.randoms())
def test_the_index_lies_between_its_scores_and_the_unit_of_weights_is_free(
    dimensions: list[tuple[float | None, float]], factor: int, random: Any
) -> None:
    scores, weights = zip(*dimensions, strict=True)
    told = alignment_index(scores, weights, 0.5)
    present = [max(score, 1.0) for score in scores if score is not None]
    if told.value is not None:
        assert min(present) - 1e-9 <= told.value <= max(present) + 1e-9
    random.shuffle(dimensions)
    scores, weights = zip(*dimensions, strict=True)
    again = alignment_index(scores, [weight * factor for weight in weights], 0.5)
    assert again.value == pytest.approx(told.value)
    assert (again.based_on, again.of) == (told.based_on, told.of)


@given(SCORES, st.integers(0, 7), st.floats(0, 50))
def test_a_better_score_never_lowers_the_index(
    dimensions: list[tuple[float | None, float]], place: int, more: float
) -> None:
    scores, weights = map(list, zip(*dimensions, strict=True))
    told = alignment_index(scores, weights, 0.5)
    place %= len(scores)
    if scores[place] is not None and told.value is not None:
        scores[place] += more
        assert (alignment_index(scores, weights, 0.5).value or 0.0) >= told.value - 1e-9
