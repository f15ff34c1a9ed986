"""The arrays of the graph beside plain loops: alignment and knots of small graphs of any shape."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.domain.linkage.graph import CONFLICTS, CONTRIBUTES, Graph

Pairs = set[tuple[int, int]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to twelve nodes with links of two types; none starts at a goal."""
    size = draw(st.integers(0, 12))
    goals = draw(st.integers(0, size))
    link = st.tuples(
        st.integers(goals, max(goals, size - 1)), st.integers(0, max(0, size - 1)),
        st.sampled_from([CONTRIBUTES, CONTRIBUTES, CONFLICTS]),
    )  # fmt: skip
    links = draw(st.lists(link, max_size=30)) if goals < size else []
    source, target, kind = (np.array([each[place] for each in links], dtype=np.int32) for place in range(3))
    live = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)
    return Graph(goals, live, source, target, kind.astype(np.int8))


def list_pairs(graph: Graph) -> Pairs:
    """Who contributes to whom."""
    links = zip(graph.source.tolist(), graph.target.tolist(), graph.kind.tolist(), strict=True)
    return {(source, target) for source, target, kind in links if kind == CONTRIBUTES}


def close(pairs: Pairs) -> Pairs:
    """Who reaches whom, by one link or more."""
    reached = set(pairs)
    while more := {(a, d) for a, b in reached for c, d in pairs if b == c} - reached:
        reached |= more
    return reached


@given(graph=graphs())
def test_a_knot_is_whoever_reaches_each_other(graph: Graph) -> None:
    reached = close(list_pairs(graph))
    for one in range(graph.size):
        for other in range(graph.size):
            mutual = one == other or {(one, other), (other, one)} <= reached
            assert (graph.knots[one] == graph.knots[other]) == mutual
    assert all(0 <= knot < graph.size for knot in graph.knots)


@given(graph=graphs())
def test_aligned_is_what_reaches_a_live_goal_through_live_objectives(graph: Graph) -> None:
    reached = close({pair for pair in list_pairs(graph) if graph.live[list(pair)].all()})
    expected = {source for source, target in reached if target < graph.goal_count}
    assert set(np.flatnonzero(graph.aligned).tolist()) == expected
