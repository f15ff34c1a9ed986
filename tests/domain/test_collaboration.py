"""Ties across departments: published networks, edges, and what always holds."""

from itertools import combinations
from random import Random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.collaboration import EI, assortativity, e_i_index
from tests.domain.vectors import Vector, assert_told, for_vectors

PEOPLE = st.dictionaries(st.integers(0, 20), st.sampled_from("ABC"), min_size=1)


@for_vectors("net-catania-")
def test_a_table_of_ties_between_groups_is_read_as_published(vector: Vector) -> None:
    groups, counts = vector.given["groups"], vector.given["mixing_counts"]
    ties = [
        (f"{row} from", f"{column} to")
        for row, line in zip(groups, counts, strict=True)
        for column, count in zip(groups, line, strict=True)
        for _ in range(count)
    ]
    groups_of = {f"{group} {side}": group for group in groups for side in ("from", "to")}
    told = e_i_index(ties, groups_of)
    external, internal = vector.expected["external"], vector.expected["internal"]
    assert_told(vector, told.observed, vector.expected["EI"])
    assert_told(vector, told.observed, (external - internal) / len(ties))
    assert_told(vector, assortativity(ties, groups_of), vector.expected["assortativity_newman_r"])


@for_vectors("net-karate")
def test_the_karate_club_is_split_as_published(vector: Vector) -> None:
    club = {person: person in vector.given["group_A"] for person in range(vector.given["n"])}
    told = e_i_index(vector.given["edges"], club)
    expected = vector.expected
    assert_told(vector, told.observed, expected["EI"])
    assert told.observed is not None
    external = round((1 + told.observed) / 2 * len(vector.given["edges"]))
    assert (external, len(vector.given["edges"]) - external) == (expected["external"], expected["internal"])
    sizes = [sum(club.values()), sum(not inside for inside in club.values())]
    assert_told(vector, external / (sizes[0] * sizes[1]), expected["density_between"])
    graph: nx.Graph[int] = nx.Graph(vector.given["edges"])
    communities = [{person for person in club if club[person] is side} for side in (True, False)]
    modularity = nx.community.modularity(graph, communities)
    assert_told(vector, float(modularity), expected["modularity_2_groups"])
    # Modularity is what the assortativity divides by its largest possible value.
    both_ways = [*vector.given["edges"], *(edge[::-1] for edge in vector.given["edges"])]
    nx.set_node_attributes(graph, club, "club")
    r = nx.attribute_assortativity_coefficient(graph, "club")
    assert assortativity(both_ways, club) == pytest.approx(r)


@for_vectors("net-ei-")
def test_chance_depends_on_the_sizes_of_the_groups(vector: Vector) -> None:
    sizes = vector.given["group_sizes"]
    people = {(group, number): group for group, size in enumerate(sizes) for number in range(size)}
    told = e_i_index([], people)
    assert_told(vector, told.expected, vector.expected["expected_EI_random_undirected"])


@pytest.mark.parametrize(
    ("ties", "people", "expected"),
    [
        ([], {}, EI(None, None, None)),
        ([("a", "b")], {}, EI(None, None, None)),
        ([], {"a": 1}, EI(None, None, None)),
        ([], {"a": 1, "b": 1}, EI(None, -1.0, None)),
        ([("a", "b")], {"a": 1, "b": 2}, EI(1.0, 1.0, 0.0)),
        ([("a", "b")], {"a": 1, "b": 1}, EI(-1.0, -1.0, 0.0)),
        # Who has no department is in no tie and no crowd.
        ([("a", "b"), ("a", "c")], {"a": 1, "b": 2, "c": None}, EI(1.0, 1.0, 0.0)),
        ([("a", "b"), ("a", "x")], {"a": 1, "b": 2}, EI(1.0, 1.0, 0.0)),
        ([("a", "b"), ("b", "a"), ("a", "a")], {"a": 1, "b": 2}, EI(1 / 3, 1.0, 1 / 3 - 1.0)),
    ],
)
def test_ties_at_the_edges(ties: list[tuple[str, str]], people: dict[str, int | None], expected: EI) -> None:
    assert e_i_index(ties, people) == expected


def test_a_network_within_one_department_has_no_assortativity() -> None:
    assert assortativity([], {"a": 1}) is None
    assert assortativity([("a", "b")], {"a": 1, "b": 1}) is None
    assert assortativity([("a", "b")], {"a": 1, "b": 2}) == 0.0
    assert assortativity([("a", "b"), ("b", "a")], {"a": 1, "b": 2}) == -1.0


@given(PEOPLE)
def test_chance_is_the_index_of_the_network_in_which_everybody_is_tied(people: dict[int, str]) -> None:
    told = e_i_index(combinations(people, 2), people)
    assert told.observed == told.expected
    assert told.difference == (None if len(people) < 2 else 0.0)


@given(PEOPLE, st.integers(0, 1000))
def test_indices_stay_within_their_bounds_in_any_order_and_direction(
    people: dict[int, str], seed: int
) -> None:
    random = Random(seed)
    ties = [(random.randrange(24), random.randrange(24)) for _ in range(30)]
    told = e_i_index(ties, people)
    assert told.observed is None or -1 <= told.observed <= 1
    assert told.expected is None or -1 <= told.expected <= 1
    turned = [(b, a) for a, b in random.sample(ties, len(ties))]
    assert e_i_index(turned, people) == told
    r = assortativity(ties, people)
    assert r is None or -1 <= r <= 1
    assert assortativity(turned, people) == pytest.approx(r)


@given(PEOPLE, st.integers(0, 1000))
def test_assortativity_is_that_of_networkx(people: dict[int, str], seed: int) -> None:
    random = Random(seed)
    names = list(people)
    ties = [(random.choice(names), random.choice(names)) for _ in range(25)]
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(ties)
    nx.set_node_attributes(graph, people, "department")
    told = assortativity(ties, people)
    if told is not None:
        assert told == pytest.approx(nx.attribute_assortativity_coefficient(graph, "department"))
