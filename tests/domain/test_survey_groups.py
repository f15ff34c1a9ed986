"""Groups of a survey: whose figures may be shown, checked by linear algebra over small organizations."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from uuid import UUID

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.survey_groups import (
    ORGANIZATION,
    Exposure,
    Node,
    climb_groups,
    expose_groups,
    gather_answers,
    nearest_shown,
    plant_departments,
    plant_levels,
    smallest_difference,
)

OPS, EAST, WEST, IT = (UUID(int=number) for number in range(1, 5))
PARENTS = {OPS: None, EAST: OPS, WEST: OPS, IT: None}
VARIED = [1, 2, 3, 4, 5]


def derives_of_fewer(groups: Iterable[frozenset[int]], people: int, k: int) -> bool:
    """Whether sums and differences of the groups tell something of fewer than k people, by rank alone.

    Some combination is zero outside of a set of people exactly if the columns outside have less rank.
    """
    matrix = np.array([[person in group for person in range(people)] for group in groups], dtype=float)
    if not matrix.size:
        return False
    rank = np.linalg.matrix_rank(matrix)
    return any(
        np.linalg.matrix_rank(np.delete(matrix, few, axis=1)) < rank
        for few in combinations(range(people), min(k - 1, people))
    )


def test_departments_stand_under_the_organization_or_their_parent() -> None:
    tree = plant_departments(PARENTS)
    assert (tree[ORGANIZATION], tree[OPS], tree[EAST]) == (None, ORGANIZATION, OPS)


def test_a_cycle_of_departments_is_left_after_one_round() -> None:
    assert list(climb_groups({EAST: WEST, WEST: EAST}, EAST)) == [EAST, WEST]


def test_answers_count_for_all_that_a_group_lies_in() -> None:
    within = gather_answers(plant_departments(PARENTS), {EAST: [1], OPS: [2], ORGANIZATION: [3]})
    assert (within[EAST], within[OPS], within[ORGANIZATION]) == ([1], [1, 2], [1, 2, 3])


def test_groups_below_the_smallest_are_kept_back() -> None:
    told = expose_groups(plant_departments(PARENTS), {EAST: VARIED, WEST: [1, 5]}, 5)
    assert (told[WEST], told[IT]) == (Exposure.FEW, Exposure.FEW)


def test_a_group_is_merged_when_the_rest_would_be_too_small() -> None:
    told = expose_groups(plant_departments(PARENTS), {EAST: VARIED, WEST: [1, 5]}, 5)
    assert told[ORGANIZATION] is Exposure.SHOWN
    # The two of WEST are OPS without EAST, and the organization without either of them is nobody.
    assert [told[OPS], told[EAST]].count(Exposure.SHOWN) == 1
    assert [told[OPS], told[EAST]].count(Exposure.MERGED) == 1


def test_a_group_that_nearly_all_agrees_tells_only_that() -> None:
    told = expose_groups(plant_departments(PARENTS), {EAST: [2, 2, 2, 2, 5], IT: VARIED * 2}, 5)
    assert told[EAST] is Exposure.AGREES


def test_what_an_agreeing_group_answered_is_not_told_by_its_neighbours() -> None:
    direct: dict[Node, list[int]] = {EAST: [2, 2, 2, 2, 2], WEST: VARIED}
    told = expose_groups(plant_departments(PARENTS), direct, 5)
    assert (told[EAST], told[WEST]) == (Exposure.AGREES, Exposure.MERGED)
    assert told[ORGANIZATION] is Exposure.SHOWN


def test_nothing_is_shown_of_an_organization_with_too_few_answers() -> None:
    told = expose_groups(plant_levels(["middle"]), {"middle": [1, 2, 3]}, 5)
    assert set(told.values()) == {Exposure.FEW}


def test_the_nearest_shown_group_may_be_none() -> None:
    tree = plant_departments(PARENTS)
    assert nearest_shown(tree, EAST, {OPS}) == OPS
    assert nearest_shown(tree, EAST, set()) is None
    assert nearest_shown(tree, None, {OPS}) is None


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, 0),
        ({("a", "x"): 0}, 0),
        ({("a", "x"): 4}, 4),
        # Two parts of their own each: the smaller of them.
        ({("a", "x"): 4, ("b", "y"): 3}, 3),
        # One of the board is no executive.
        ({("board", "executive"): 5, ("board", "middle"): 1, ("IT", "middle"): 9}, 1),
        # Well mixed: the smallest total is all that can be derived.
        ({("a", "x"): 5, ("a", "y"): 5, ("b", "x"): 5, ("b", "y"): 5}, 10),
        # Nearly the same partition twice: the two who differ.
        ({("a", "x"): 9, ("b", "x"): 2, ("b", "y"): 9}, 2),
    ],
)
def test_the_smallest_difference_of_two_partitions(cells: dict[tuple[str, str], int], expected: int) -> None:
    assert smallest_difference({(a, b): n for (a, b), n in cells.items()}) == expected


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=4, max_size=11), st.integers(2, 4))
@settings(max_examples=150, deadline=None)
def test_the_smallest_difference_is_that_of_linear_algebra(people: list[tuple[int, int]], k: int) -> None:
    """With k or more no combination of totals tells of fewer than k; with less one does."""
    assume(len(people) > k)
    groups = {(side, pair[side]) for pair in people for side in (0, 1)}
    members = [
        frozenset(number for number, pair in enumerate(people) if pair[side] == part) for side, part in groups
    ]
    cells = Counter((str(a), str(b)) for a, b in people)
    leaks = smallest_difference({(a, b): n for (a, b), n in cells.items()}) < k
    assert leaks == derives_of_fewer(members, len(people), k)


trees = st.lists(st.integers(-1, 5), min_size=1, max_size=6).map(
    lambda parents: {
        UUID(int=child + 1): UUID(int=parent + 1) if -1 < parent < child else None
        for child, parent in enumerate(parents)
    }
)


@given(trees, st.lists(st.tuples(st.integers(0, 6), st.integers(1, 5)), max_size=14), st.integers(3, 4))
@settings(max_examples=200, deadline=None)
def test_shown_groups_never_tell_of_fewer(
    parents: dict[UUID, UUID | None], answers: list[tuple[int, int]], k: int
) -> None:
    tree = plant_departments(parents)
    known: list[Node] = [*parents, ORGANIZATION]
    places = [known[number % len(known)] for number, _ in answers]
    direct: dict[Node, list[int]] = {}
    for place, (_, value) in zip(places, answers, strict=True):
        direct.setdefault(place, []).append(value)
    told = expose_groups(tree, direct, k)
    shown = [node for node, exposure in told.items() if exposure is Exposure.SHOWN]
    members = [
        frozenset(number for number, place in enumerate(places) if node in climb_groups(tree, place))
        for node in shown
    ]
    assert not derives_of_fewer(members, len(places), k)
    assert all(len(each) >= k for each in members)
    backwards = {place: values[::-1] for place, values in reversed(direct.items())}
    assert expose_groups(tree, backwards, k) == told
