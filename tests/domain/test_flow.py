"""Where effort flows: published algebra, graphs with circles, and what always holds."""

from collections import defaultdict
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.flow import contribution_inflow, herfindahl
from tests.domain.vectors import Vector, assert_told, for_vectors

Links = list[list[Any]]
SEEDS = st.integers(0, 100_000)


def make_links(random: Random, *, nodes: int, top: int, whole: bool, circles: bool) -> Links:
    """Links of nodes 0 … nodes-1, the first `top` of them goals; `whole`: those of one child add up to 1."""
    links = []
    for child in range(top, nodes):
        above = list(range(nodes if circles else child))
        parents = random.sample(above, min(len(above), random.randint(1, 3)))
        parts = [random.random() + 0.01 for _ in parents]
        total = sum(parts) * (1 if whole else 1.25)
        links += [[child, parent, part / total] for parent, part in zip(parents, parts, strict=True)]
    return links


def count_inflow(inflow: dict[Any, dict[Any, float]]) -> float:
    return sum(sum(by_objective.values()) for by_objective in inflow.values())


@for_vectors("flow-leontief-")
def test_circles_are_summed_as_in_the_input_output_table(vector: Vector) -> None:
    # What is left of each sector's output flows to a goal of its own, so the inflow tells the output.
    table, demand = vector.given["A"], dict(enumerate(vector.given["f"]))
    effort: dict[Any, float] = dict(demand)
    left = [1 - sum(column) for column in zip(*table, strict=True)]
    links: Links = [[j, i, table[i][j]] for i in range(2) for j in range(2)]
    links += [[i, f"goal {i}", left[i]] for i in range(2)]
    inflow = contribution_inflow(links, effort, ["goal 0", "goal 1"])
    outputs = [sum(inflow[f"goal {i}"].values()) / left[i] for i in range(2)]
    assert_told(vector, outputs, vector.expected["x"])
    inverse = [[inflow[f"goal {i}"][j] / demand[j] / left[i] for j in range(2)] for i in range(2)]
    assert_told(vector, inverse, vector.expected["L"])


@for_vectors("graph-a")
def test_a_graph_of_goals_has_the_flow_and_concentration_told(vector: Vector) -> None:
    objectives, top = vector.given["objectives"], vector.given["top_goals"]
    effort = {objective["id"]: objective["effort"] for objective in objectives}
    department_of = {objective["id"]: objective["department"] for objective in objectives}
    links, expected = vector.given["links_child_parent_weight"], vector.expected
    inflow = contribution_inflow(links, effort, top)
    assert list(inflow) == top
    assert_told(
        vector,
        [float(sum(inflow[goal].values())) for goal in top],
        list(expected["flow_into_top_goal"].values()),
    )
    by_department: dict[str, dict[str, float]] = {goal: defaultdict(float) for goal in top}
    for goal, by_objective in inflow.items():
        for objective, amount in by_objective.items():
            by_department[goal][department_of[objective]] += amount
    assert_told(vector, by_department, expected["flow_by_department"])
    concentration = {goal: herfindahl(shares.values()) for goal, shares in by_department.items()}
    assert_told(vector, concentration, expected["support_HHI"])
    assert_told(
        vector,
        {goal: hhi and 1 / hhi for goal, hhi in concentration.items()},
        expected["effective_departments"],
    )
    assert [goal for goal in top if not inflow[goal]] == expected["unsupported_top_goals"]
    assert_told(vector, count_inflow(inflow) / sum(effort.values()), expected["flow_share_of_effort"])
    graph = nx.DiGraph((child, parent) for child, parent, _ in links)
    linked = {node for node in effort if graph.has_node(node) and nx.descendants(graph, node) & set(top)}
    below = effort.keys() - set(top)
    assert sorted(below - linked) == expected["orphans"]
    assert_told(vector, len(linked) / len(below), expected["share_linked_count"])
    share = sum(effort[node] for node in linked) / sum(effort.values())
    assert_told(vector, share, expected["share_linked_effort"])


@for_vectors("hhi-")
def test_concentration_is_what_the_department_of_justice_computes(vector: Vector) -> None:
    told = herfindahl(vector.given["shares_percent"])
    assert told is not None
    assert_told(vector, told, vector.expected["HHI_0_1"])
    assert_told(vector, 1 / told, vector.expected["effective_number"])
    assert told * 10_000 == pytest.approx(vector.expected["HHI_points"])


@pytest.mark.parametrize(
    ("links", "effort", "top", "expected"),
    [
        ([], {}, [], {}),
        ([], {"a": 1}, ["G"], {"G": {}}),
        ([["a", "G", 1]], {}, ["G"], {"G": {}}),
        ([["a", "G", 0.5], ["a", "G", 0.25]], {"a": 4}, ["G"], {"G": {"a": 3.0}}),
        ([["a", "G", None], ["b", "G", 0], ["c", "G", -1]], {"a": 1, "b": 1, "c": 1}, ["G"], {"G": {}}),
        ([["a", "G", 1]], {"a": None}, ["G"], {"G": {}}),
        ([["a", "G", 1]], {"a": 0}, ["G"], {"G": {}}),
        # A goal supports nothing, neither itself nor another.
        ([["G", "H", 1], ["a", "G", 1]], {"a": 2, "G": 5}, ["G", "H"], {"G": {"a": 2.0}, "H": {}}),
        # Two that only feed each other lead nowhere, and take with them what flows in.
        (
            [["a", "b", 1.0], ["b", "a", 1.0], ["c", "a", 0.5], ["c", "G", 0.5]],
            {"a": 1, "b": 1, "c": 2},
            ["G"],
            {"G": {"c": 1.0}},
        ),
        # A circle with a way out gives everything in the end.
        ([["a", "b", 1.0], ["b", "a", 0.5], ["b", "G", 0.5]], {"a": 3}, ["G"], {"G": {"a": 3.0}}),
        ([["a", "a", 0.5], ["a", "G", 0.5]], {"a": 3}, ["G"], {"G": {"a": 3.0}}),
        # A circle that grows what it gets is no number.
        ([["a", "a", 1.5], ["a", "G", 0.5]], {"a": 3}, ["G"], {"G": {}}),
        ([["a", "b", 1.0], ["b", "G", 1.0]], {"b": 1, "z": 9}, ["G"], {"G": {"b": 1.0}}),
    ],
)
def test_flows_at_the_edges(
    links: Links, effort: dict[str, Any], top: list[str], expected: dict[str, dict[str, float]]
) -> None:
    assert contribution_inflow(links, effort, top) == expected


@given(SEEDS)
def test_the_inflow_is_that_of_the_inverse_matrix(seed: int) -> None:
    random = Random(seed)
    nodes, top = random.randint(3, 14), random.randint(1, 3)
    links = make_links(random, nodes=nodes, top=top, whole=False, circles=True)
    effort = {node: random.randint(0, 5) for node in range(nodes)}
    table = np.zeros((nodes, nodes))
    for child, parent, weight in links:
        table[child, parent] += weight
    flow = np.linalg.inv(np.eye(nodes) - table)
    inflow = contribution_inflow(links, effort, list(range(top)))
    for goal in range(top):
        for node in range(top, nodes):
            told = inflow[goal].get(node, 0.0)
            assert told == pytest.approx(effort[node] * flow[node, goal], abs=1e-9)


@given(SEEDS)
def test_without_circles_the_inflow_is_the_sum_over_all_paths(seed: int) -> None:
    random = Random(seed)
    links = make_links(random, nodes=9, top=2, whole=False, circles=False)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(9))
    graph.add_weighted_edges_from((child, parent, weight) for child, parent, weight in links)
    inflow = contribution_inflow(links, dict.fromkeys(range(9), 1), [0, 1])
    for goal in (0, 1):
        for node in range(2, 9):
            paths = nx.all_simple_paths(graph, node, goal)
            shares = [np.prod([graph[a][b]["weight"] for a, b in nx.utils.pairwise(path)]) for path in paths]
            assert inflow[goal].get(node, 0.0) == pytest.approx(sum(shares))


@given(SEEDS, st.booleans())
def test_when_everything_is_passed_on_all_linked_effort_arrives(seed: int, circles: bool) -> None:
    random = Random(seed)
    nodes, top = random.randint(4, 20), random.randint(1, 3)
    links = make_links(random, nodes=nodes, top=top, whole=True, circles=circles)
    effort = {node: random.randint(1, 5) for node in range(top, nodes)}
    graph = nx.DiGraph((child, parent) for child, parent, _ in links)
    traps = [
        component
        for component in nx.strongly_connected_components(graph)
        if not any(parent not in component for node in component for parent in graph[node])
        and not component & set(range(top))
    ]
    if not traps:
        arrived = count_inflow(contribution_inflow(links, effort, list(range(top))))
        assert arrived == pytest.approx(sum(effort.values()))


@given(SEEDS, st.booleans())
def test_never_more_arrives_than_there_is_and_no_order_matters(seed: int, whole: bool) -> None:
    random = Random(seed)
    links = make_links(random, nodes=16, top=3, whole=whole, circles=True)
    effort = {node: random.randint(0, 5) for node in range(16)}
    inflow = contribution_inflow(links, effort, [0, 1, 2])
    assert count_inflow(inflow) <= sum(effort[node] for node in range(3, 16)) + 1e-9
    again = contribution_inflow(random.sample(links, len(links)), effort, [2, 1, 0])
    for goal, by_objective in inflow.items():
        assert again[goal] == pytest.approx(by_objective)


def test_a_path_of_thousands_is_followed() -> None:
    links = [[number, number - 1, 1.0] for number in range(1, 5000)]
    inflow = contribution_inflow(links, dict.fromkeys(range(5000), 1), [0])
    assert count_inflow(inflow) == 4999


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([], None),
        ([0, 0], None),
        ([None], None),
        ([3, -1], None),
        ([-1], None),
        ([7], 1.0),
        ([2, None, 2], 0.5),
    ],
)
def test_concentrations_at_the_edges(shares: list[float | None], expected: float | None) -> None:
    assert herfindahl(shares) == expected


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=20), st.randoms(), st.integers(2, 9))
def test_concentration_lies_between_even_and_all_in_one(
    amounts: list[float], random: Any, factor: int
) -> None:
    told = herfindahl(amounts)
    assert told is not None
    assert 1 / len(amounts) - 1e-9 <= told <= 1 + 1e-9
    random.shuffle(amounts)
    assert herfindahl([amount * factor for amount in [*amounts, 0]]) == pytest.approx(told)
