"""Ways between objectives, and who alone reaches a goal: what networkx finds by walking from each node."""

from itertools import product

import networkx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.linkage.assembly import Plan
from app.domain.linkage.reach import NONE, SEVERAL, Ways, list_sole_departments
from tests.domain.linkage.checking import Document, assemble
from tests.domain.linkage.random_plans import goal_graphs, plan_files

often = settings(max_examples=150, deadline=None)


def draw_graph(plan: Plan, *, among_live: bool) -> "networkx.DiGraph[int]":
    """The nodes and `contributes` links of a plan, of those in force or of all."""
    graph: networkx.DiGraph[int] = networkx.DiGraph()
    graph.add_nodes_from(range(plan.graph.size))
    links = plan.graph.in_force if among_live else plan.graph.contributing
    graph.add_edges_from(zip(plan.graph.source[links], plan.graph.target[links], strict=True))
    return graph


@given(goal_graphs())
@often
def test_two_objectives_are_joined_exactly_when_one_reaches_the_other(document: Document) -> None:
    plan = assemble(document)
    objectives = np.arange(plan.graph.goal_count, plan.graph.size)
    if not len(objectives):
        return
    graph = draw_graph(plan, among_live=False)
    joined = Ways(plan.graph).join(objectives, objectives)
    for one, other in product(range(len(objectives)), repeat=2):
        source, target = int(objectives[one]), int(objectives[other])
        expected = networkx.has_path(graph, source, target) or networkx.has_path(graph, target, source)
        assert joined[one, other] == expected


def test_more_objectives_than_a_byte_has_bits_are_told_apart() -> None:
    codes = [f"D-{number}" for number in range(20)]
    document: Document = {
        "today": "2026-11-22",
        "departments": [{"code": "D", "name": "D"}],
        "objectives": [{"code": code, "title": code, "status": "draft", "department": "D"} for code in codes],
        "links": [{"source": codes[3], "target": codes[17], "type": "contributes"}],
    }
    joined = Ways(assemble(document).graph).join(np.arange(20), np.arange(20))
    expected = np.eye(20, dtype=np.bool_)
    expected[3, 17] = expected[17, 3] = True
    assert (joined == expected).all()


@given(plan_files() | goal_graphs(), st.data())
@often
def test_the_departments_that_reach_a_node_are_none_one_or_several(
    document: Document, data: st.DataObject
) -> None:
    plan = assemble(document)
    places = np.array([data.draw(st.integers(0, 2)) for _ in plan.nodes], dtype=np.int32)
    sole = list_sole_departments(plan.graph, places)
    graph = draw_graph(plan, among_live=True)
    for node in graph:
        below = {node, *networkx.ancestors(graph, node)} & set(plan.graph.live_objectives.tolist())
        found = {int(places[index]) for index in below}
        expected = SEVERAL if len(found) > 1 else next(iter(found), NONE)
        assert sole[node] == expected
