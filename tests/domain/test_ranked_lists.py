"""Overlap of lists, against its definition as an endless sum and as a mean over ways to break ties."""

from collections.abc import Iterator, Sequence
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.consensus import rank_biased_overlap, top_k_overlap
from app.domain.ranked_lists import Ranking, Ties

NAMES = "abcdefgh"
LISTS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True)
PERSISTENCE = st.floats(0.1, 0.95)
TIES = st.sampled_from(["a", "b", "w"])


@st.composite
def rankings(draw: st.DrawFn, *, length: int | None = None) -> list[str | list[str]]:
    """A list with tie groups; of `length` names."""
    names = draw(st.permutations(NAMES))
    left = list(names[: length or draw(st.integers(1, 6))])
    ranking: list[str | list[str]] = []
    while left:
        size = draw(st.integers(1, min(3, len(left))))
        ranking.append(left[:size] if size > 1 else left[0])
        left = left[size:]
    return ranking


def list_orders(ranking: Ranking) -> Iterator[list[str]]:
    """Every way to break the ties."""
    groups = [[entry] if isinstance(entry, str) else list(entry) for entry in ranking]
    for orders in product(*(permutations(group) for group in groups)):
        yield [name for group in orders for name in group]


def add_up(one: Sequence[str], other: Sequence[str], p: float) -> float:
    """The definition for two lists of one length: beyond their end the agreement stays as it was."""
    total, agreement = 0.0, 0.0
    for depth in range(1, 500):
        if depth <= len(one):
            agreement = len(set(one[:depth]) & set(other[:depth])) / depth
        total += (1 - p) * p ** (depth - 1) * agreement
    return total


def measure(one: Ranking, other: Ranking, p: float, ties: Ties = "a") -> float:
    found = rank_biased_overlap(one, other, p, ties)
    assert found is not None
    return found


@given(st.tuples(st.permutations(NAMES), st.permutations(NAMES), st.integers(1, 6)), PERSISTENCE)
def test_lists_of_one_length_have_the_overlap_of_the_definition(
    lists: tuple[list[str], list[str], int], p: float
) -> None:
    one, other = lists[0][: lists[2]], lists[1][: lists[2]]
    assert measure(one, other, p) == pytest.approx(add_up(one, other, p), abs=1e-9)


@settings(max_examples=30)
@given(rankings(length=5), rankings(length=5), PERSISTENCE)
def test_undecided_ties_have_the_mean_over_all_ways_to_break_them(
    one: list[str | list[str]], other: list[str | list[str]], p: float
) -> None:
    broken = [add_up(first, second, p) for first in list_orders(one) for second in list_orders(other)]
    assert measure(one, other, p, "a") == pytest.approx(sum(broken) / len(broken), abs=1e-9)


@given(rankings(), rankings(), PERSISTENCE, TIES)
def test_overlap_is_symmetric_and_between_nothing_and_all(
    one: list[str | list[str]], other: list[str | list[str]], p: float, ties: Ties
) -> None:
    found = measure(one, other, p, ties)
    assert 0 <= found <= 1
    assert measure(other, one, p, ties) == pytest.approx(found, abs=1e-12)
    turned = [entry if isinstance(entry, str) else entry[::-1] for entry in one]
    assert measure(turned, other, p, ties) == pytest.approx(found, abs=1e-12)


@given(rankings(), PERSISTENCE)
def test_a_list_agrees_fully_with_itself_unless_its_ties_are_undecided(
    ranking: list[str | list[str]], p: float
) -> None:
    assert measure(ranking, ranking, p, "b") == pytest.approx(1)
    assert measure(ranking, ranking, p, "w") == pytest.approx(1)
    has_ties = any(not isinstance(entry, str) for entry in ranking)
    assert (measure(ranking, ranking, p, "a") < 1 - 1e-12) == has_ties


@given(rankings(), rankings(), PERSISTENCE)
def test_correcting_for_ties_never_lowers_the_overlap(
    one: list[str | list[str]], other: list[str | list[str]], p: float
) -> None:
    assert measure(one, other, p, "a") <= measure(one, other, p, "b") + 1e-12


@given(LISTS, LISTS, PERSISTENCE)
def test_without_ties_the_three_readings_are_one(one: list[str], other: list[str], p: float) -> None:
    found = measure(one, other, p)
    assert measure(one, other, p, "b") == pytest.approx(found)
    assert measure(one, other, p, "w") == pytest.approx(found)
    assert measure([[name] for name in one], other, p) == pytest.approx(found)


def test_lists_of_different_lengths_are_extrapolated() -> None:
    # A_1 = 1 and A_2 = 1 are seen; at depth 3 the missing name is taken to agree like the others did.
    assert measure(["a", "b"], ["a", "b", "c"], 0.8) == pytest.approx(1)
    assert measure(["x"], ["a", "b", "c"], 0.8) == 0
    # The agreement is 0 at depth 1, from depth 2 on 1/2: b is seen, of the unknown name nothing is expected.
    assert measure(["b"], ["a", "b"], 0.5) == pytest.approx(0.5 * 0.5)


def test_a_name_counts_where_it_comes_first() -> None:
    assert measure(["a", "b", "a"], ["a", "b"], 0.7) == measure(["a", "b"], ["a", "b"], 0.7)
    assert measure(["a", ["a", "b"], []], ["b", "a"], 0.7) == measure(["a", "b"], ["b", "a"], 0.7)


def test_numbers_are_names_and_tuples_are_groups() -> None:
    codes: Any = [1, (2, 3)]
    assert measure(codes, [3, 1], 0.8) == measure(["1", ["2", "3"]], ["3", "1"], 0.8)  # type: ignore[list-item]


def test_overlap_of_nothing_is_undefined() -> None:
    for one, other in ([], ["a"]), (["a"], []), ([], []), ([[]], ["a"]):
        assert rank_biased_overlap(one, other, 0.8) is None
    for p in (0, 1, -0.5, 1.5):
        assert rank_biased_overlap(["a"], ["a"], p) is None
    assert rank_biased_overlap(["a"], ["a"], 0.5, "c") is None  # type: ignore[arg-type]


def test_the_first_names_are_compared_as_sets() -> None:
    assert top_k_overlap(["a", "b", "c"], ["c", "b", "a"], 2) == 0.5
    assert top_k_overlap(["a"], ["a", "b"], 2) == 0.5
    assert top_k_overlap([], ["a"], 1) == 0
    assert top_k_overlap(["a"], ["a"], 0) is None


@given(st.permutations(NAMES), st.permutations(NAMES), st.integers(1, 8))
def test_the_first_names_overlap_as_they_must(one: list[str], other: list[str], k: int) -> None:
    share = top_k_overlap(one, other, k)
    assert share is not None
    assert max(0, 2 * k - len(NAMES)) / k <= share <= 1
