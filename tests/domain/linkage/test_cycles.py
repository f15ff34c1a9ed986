"""The cycle guard: an edge that would close a cycle is named with the whole way round."""

from itertools import pairwise

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.linkage.cycles import find_path, would_create_cycle

nodes = st.integers(0, 7)
graphs = st.dictionaries(nodes, st.lists(nodes, max_size=4), max_size=8)


def test_the_cycle_is_named_from_the_source_round_to_the_source() -> None:
    edges = {"OPS-1": ["G1"], "SALES-1": ["OPS-1"]}
    assert would_create_cycle(edges, source="G1", target="SALES-1") == ["G1", "SALES-1", "OPS-1", "G1"]


def test_a_link_to_itself_is_a_cycle() -> None:
    assert would_create_cycle({}, source="A", target="A") == ["A", "A"]


def test_a_second_way_to_the_same_place_is_no_cycle() -> None:
    diamond = {"A": ["B", "C"], "B": ["D"], "C": ["D"]}
    assert would_create_cycle(diamond, source="A", target="D") is None
    assert would_create_cycle(diamond, source="D", target="A") == ["D", "A", "B", "D"]


def test_a_node_without_a_name_of_its_own_is_a_node_like_any_other() -> None:
    assert find_path({"A": [None], None: ["B"]}, start="A", goal="B") == ["A", None, "B"]


def test_a_path_from_a_node_to_itself_is_that_node() -> None:
    assert find_path({}, start="A", goal="A") == ["A"]
    assert find_path({"A": ["B"]}, start="B", goal="A") is None


def test_edges_may_be_given_as_something_that_is_read_once() -> None:
    assert find_path({1: iter([2]), 2: iter([3])}, start=1, goal=3) == [1, 2, 3]


def test_a_chain_as_long_as_any_plan_needs_no_recursion() -> None:
    chain = {node: [node + 1] for node in range(100_000)}
    cycle = would_create_cycle(chain, source=100_000, target=0)
    assert cycle is not None
    assert len(cycle) == 100_002


@pytest.mark.timeout(10)
def test_a_cycle_that_is_there_already_does_not_trap_the_search() -> None:
    assert find_path({"A": ["B"], "B": ["A"]}, start="A", goal="C") is None


@given(graphs, nodes, nodes)
def test_a_path_is_found_exactly_when_there_is_one_and_it_is_a_shortest(
    edges: dict[int, list[int]], start: int, goal: int
) -> None:
    graph: networkx.DiGraph[int] = networkx.DiGraph()
    graph.add_nodes_from(range(8))
    graph.add_edges_from((source, target) for source, targets in edges.items() for target in targets)
    path = find_path(edges, start=start, goal=goal)
    assert (path is not None) is networkx.has_path(graph, start, goal)
    if path is not None:
        assert (path[0], path[-1]) == (start, goal)
        assert len(path) == networkx.shortest_path_length(graph, start, goal) + 1
        assert all(following in edges[node] for node, following in pairwise(path))


@given(graphs, nodes, nodes)
def test_an_edge_is_refused_exactly_when_a_graph_without_cycles_would_get_one(
    edges: dict[int, list[int]], source: int, target: int
) -> None:
    climbing = {node: [other for other in others if other > node] for node, others in edges.items()}
    graph: networkx.DiGraph[int] = networkx.DiGraph(
        (node, other) for node, others in climbing.items() for other in others
    )
    graph.add_edge(source, target)
    cycle = would_create_cycle(climbing, source=source, target=target)
    assert (cycle is None) is networkx.is_directed_acyclic_graph(graph)
    if cycle is not None:
        assert (cycle[0], cycle[1], cycle[-1]) == (source, target, source)
