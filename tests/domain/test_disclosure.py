"""Disclosure: published cases, an exact audit by differencing, and the largest safe set by trying all."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.disclosure import publishable, safe_statistics
from tests.domain.vectors import Vector, for_vectors

Parents = dict[str, str | None]


def make_tree(random: Random, *, groups: int, people: int) -> tuple[Parents, dict[str, int]]:
    names = [f"g{number}" for number in range(groups)]
    parents: Parents = {names[0]: None}
    for number in range(1, groups):
        parents[names[number]] = random.choice(names[:number])
    places = random.choices(names, k=people)
    return parents, {name: places.count(name) for name in names}


def list_trees(number: int, *, groups: int, people: int) -> Iterator[tuple[Parents, dict[str, int], int]]:
    """Trees of every size up to the given ones, always the same."""
    random = Random(12)
    for _ in range(number):
        tree = make_tree(random, groups=random.randint(1, groups), people=random.randint(0, people))
        yield *tree, random.choice((2, 3, 5))


def list_members(parents: Mapping[str, str | None], respondents: Mapping[str, int]) -> dict[str, list[int]]:
    """For each group, 1 for every person in it and 0 for the others."""
    at = [name for name in parents for _ in range(respondents[name])]
    above = {name: set(climb(parents, name)) for name in parents}
    return {name: [int(name in above[place]) for place in at] for name in parents}


def climb(parents: Mapping[str, str | None], name: str | None) -> Iterator[str]:
    while name is not None:
        yield name
        name = parents[name]


def solve_rows(rows: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    """The reduced row echelon form: a basis of all sums and differences of the totals, in exact numbers."""
    basis: list[list[Fraction]] = []
    for row in rows:
        rest = [Fraction(number) for number in row]
        for known in basis:
            factor = rest[next(i for i, number in enumerate(known) if number)]
            rest = [a - factor * b for a, b in zip(rest, known, strict=True)]
        lead = next((i for i, number in enumerate(rest) if number), None)
        if lead is None:
            continue
        rest = [number / rest[lead] for number in rest]
        basis = [[a - known[lead] * b for a, b in zip(known, rest, strict=True)] for known in basis]
        basis.append(rest)
    return basis


def find_smallest_derived(rows: Sequence[Sequence[int]]) -> int:
    """How many people the smallest group has whose total follows from the given ones; 0 for none.

    Every group is tried: a vector of zeros and ones in the row space is a sum of rows of the echelon form
    in which each row is taken once or not at all, for its first column is its own.
    """
    basis = solve_rows(rows)
    sizes = []
    for number in range(1, len(basis) + 1):
        for taken in combinations(basis, number):
            total = [sum(column) for column in zip(*taken, strict=True)]
            if all(value in (0, 1) for value in total):
                sizes.append(sum(value == 1 for value in total))
    return min(sizes, default=0)


def leaks(members: Mapping[str, Sequence[int]], published: set[str], k: int) -> bool:
    return 0 < find_smallest_derived([members[name] for name in published if any(members[name])]) < k


def find_largest_safe(parents: Parents, members: Mapping[str, Sequence[int]], k: int) -> int:
    """By trying every set with the root, audited by linear algebra and not by the rule; 0 for none."""
    (root,) = [name for name, parent in parents.items() if parent is None]
    large = [name for name in parents if sum(members[name]) >= k and name != root]
    if sum(members[root]) < k:
        return 0
    for number in range(len(large), -1, -1):
        for chosen in combinations(large, number):
            if not leaks(members, {root, *chosen}, k):
                return number + 1
    return 0


def read_tree(vector: Vector) -> tuple[Parents, dict[str, int], int]:
    given = vector.given
    parents: Parents = {given["root"]: None}
    parents |= {child: parent for parent, children in given["children"].items() for child in children}
    return parents, given["direct_respondents"], given["k"]


@for_vectors("sdc-cultureamp-", "sdc-peoplecues", "sdc-tree-")
def test_as_many_groups_are_published_as_the_vectors_say(vector: Vector) -> None:
    parents, respondents, k = read_tree(vector)
    members, expected = list_members(parents, respondents), vector.expected
    assert {name: sum(people) for name, people in members.items()} == expected["group_sizes"], str(vector)
    published = publishable(parents, respondents, k)
    assert len(published) == expected["max_published_possible"], str(vector)
    assert published.isdisjoint(expected["below_threshold"])
    assert not leaks(members, published, k)
    assert not leaks(members, set(expected["one_acceptable_published_set"]), k)
    threshold = {name for name in parents if sum(members[name]) >= k}
    assert leaks(members, threshold, k) is not expected["threshold_only_is_safe"]


@for_vectors("sdc-unanimous-")
def test_statistics_of_people_who_agree_are_not_published(vector: Vector) -> None:
    told = [safe_statistics(answers, vector.given["k"]) for answers in vector.given["cases"]]
    assert told == vector.expected["exact_mean_and_rwg_may_be_published"], str(vector)


def test_no_smaller_group_follows_from_what_is_published_on_300_trees() -> None:
    leaked_by_threshold = checked = 0
    for parents, respondents, k in list_trees(300, groups=9, people=15):
        members = list_members(parents, respondents)
        assert not leaks(members, publishable(parents, respondents, k), k)
        threshold = {name for name in parents if sum(members[name]) >= k}
        leaked_by_threshold += leaks(members, threshold, k)
        checked += 1
    # The audit can fail: showing every group that is large enough lets smaller ones be subtracted.
    assert checked == 300
    assert leaked_by_threshold > 90


def test_no_safe_set_is_larger_on_200_trees() -> None:
    several = 0
    for parents, respondents, k in list_trees(200, groups=7, people=14):
        published = publishable(parents, respondents, k)
        assert len(published) == find_largest_safe(parents, list_members(parents, respondents), k)
        several += len(published) > 2
    assert several > 30


@pytest.mark.parametrize(
    ("parents", "respondents", "k", "expected"),
    [
        ({}, {}, 5, set()),
        ({"Org": None}, {"Org": 4}, 5, set()),
        ({"Org": None}, {"Org": 5}, 5, {"Org"}),
        ({"Org": None}, {}, 1, set()),
        # Nothing is added by the group around another: the remainder is nobody.
        ({"Org": None, "A": "Org", "B": "A"}, {"B": 5}, 5, {"Org", "A", "B"}),
        # Each manager adds one person to the chain.
        ({"Org": None, "A": "Org", "B": "A"}, {"B": 5, "A": 1, "Org": 1}, 5, {"Org"}),
        ({"Org": None, "A": "Org", "B": "A"}, {"B": 5, "A": 1, "Org": 1}, 1, {"Org", "A", "B"}),
        # Two small groups hide behind each other; a third small one needs a large one to hide behind.
        ({"Org": None, "A": "Org", "B": "Org", "C": "Org"}, {"A": 3, "B": 3, "C": 9}, 5, {"Org", "C"}),
        ({"Org": None, "A": "Org", "B": "Org", "C": "Org"}, {"A": 6, "B": 3, "C": 9}, 5, {"Org", "C"}),
        # Two roots are two trees, and so is a group whose parent is unknown.
        ({"A": None, "B": None, "C": "Z"}, {"A": 5, "B": 4, "C": 6}, 5, {"A", "C"}),
        # A circle has no root; whoever answered at a group that is not in the tree is in none.
        ({"A": "B", "B": "A", "C": None}, {"A": 9, "B": 9, "C": 5, "D": 9}, 5, {"C"}),
        ({"A": None}, {"A": 0}, 0, {"A"}),
        ({"A": None, "B": "A"}, {"A": 1}, -1, {"A", "B"}),
    ],
)
def test_which_groups_are_published(
    parents: Parents, respondents: dict[str, int], k: int, expected: set[str]
) -> None:
    assert publishable(parents, respondents, k) == expected


def test_a_group_in_between_is_hidden_where_that_costs_least() -> None:
    # The head of A answered alone. Only the smallest groups hold people of their own who could cover that,
    # so hiding one of them would cost the group around it, too.
    parents: Parents = {"Org": None, "A": "Org", "B": "A", "C": "A"}
    parents |= {"B1": "B", "B2": "B", "C1": "C", "C2": "C"}
    respondents = {"Org": 5, "A": 1, "B1": 5, "B2": 5, "C1": 5, "C2": 5}
    assert publishable(parents, respondents, 5) == parents.keys() - {"A"}


def test_of_equally_many_groups_those_with_more_people_are_kept() -> None:
    parents: Parents = {"Org": None, "A": "Org", "B": "Org", "C": "Org"}
    assert publishable(parents, {"A": 5, "B": 6, "C": 1}, 5) == {"Org", "B"}


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_order_of_the_rows_changes_nothing_and_neither_does_their_kind(seed: int, k: int) -> None:
    random = Random(seed)
    parents, respondents = make_tree(random, groups=12, people=40)
    shuffled = dict(random.sample(list(parents.items()), len(parents)))
    published = publishable(parents, respondents, k)
    assert publishable(shuffled, respondents, k) == published
    assert all(name in parents for name in published)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_a_published_set_has_its_root_and_remainders_of_nobody_or_enough(seed: int, k: int) -> None:
    parents, respondents = make_tree(Random(seed), groups=30, people=90)
    members = list_members(parents, respondents)
    published = publishable(parents, respondents, k)
    assert ("g0" in published) is (sum(respondents.values()) >= k)
    remainder = dict.fromkeys(published, 0)
    for name in parents:
        nearest = next((place for place in climb(parents, name) if place in published), None)
        if nearest is not None:
            remainder[nearest] += respondents[name]
    assert all(number == 0 or number >= k for number in remainder.values())
    assert all(sum(members[name]) >= k for name in published)


@given(st.integers(0, 10_000))
def test_more_people_at_the_root_never_hide_a_group(seed: int) -> None:
    parents, respondents = make_tree(Random(seed), groups=10, people=30)
    with_many = respondents | {"g0": respondents["g0"] + 5}
    assert len(publishable(parents, with_many, 5)) >= len(publishable(parents, respondents, 5))


def test_a_chain_of_thousands_and_a_star_of_thousands_are_decided() -> None:
    chain: dict[int, int | None] = {0: None} | {number: number - 1 for number in range(1, 3000)}
    star: dict[int, int | None] = {0: None} | dict.fromkeys(range(1, 3000), 0)
    assert len(publishable(chain, dict.fromkeys(chain, 1), 10)) == 300
    assert len(publishable(star, dict.fromkeys(star, 10), 10)) == 3000


@pytest.mark.parametrize(
    ("answers", "k", "expected"),
    [
        ([2, 2, 2, 2, 2], 5, False),
        ([4, 4, 4, 4, 4, 3], 5, False),
        ([4, 4, 4, 4, 3, 3], 5, True),
        ([1, 3, 4, 5, 2, 4, 4], 5, True),
        ([1, 3, 4, 5], 5, False),
        ([1, 3, 4, 5, None], 5, False),
        ([1, 3, 4, 5, None, 1.0], 5, True),
        ([], 0, False),
        ([None, None], 0, False),
        ([1], 1, False),
        ([1, 2], 2, False),
        ([1, 2, 3], 3, True),
    ],
)
def test_statistics_are_safe_when_not_nearly_everybody_agrees(
    answers: list[float | None], k: int, expected: bool
) -> None:
    assert safe_statistics(answers, k) is expected
