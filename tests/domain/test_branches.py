"""The goal graph as a tree: every place is drawn, none twice in full, whatever the shape."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.branches import (
    MOST_LEVELS,
    Branch,
    grow_branches,
    list_aligned,
    list_held,
    list_loose_roots,
)

NODES = st.integers(0, 12)
GRAPHS = st.dictionaries(NODES, st.lists(NODES, unique=True, max_size=5), max_size=12)


def list_places(branches: list[Branch[int]]) -> list[Branch[int]]:
    """Every place of a tree, from the top."""
    return [place for branch in branches for place in (branch, *list_places(branch.below))]


@given(GRAPHS)
def test_each_branch_is_drawn_once_and_the_whole_stays_small(below: dict[int, list[int]]) -> None:
    places = list_places(grow_branches([0, 1], below))
    full = [place.node for place in places if place.below]
    assert len(full) == len(set(full))
    assert len(places) <= 2 + sum(len(sources) for sources in below.values())


@given(GRAPHS)
def test_everything_below_the_roots_has_a_place_or_is_counted(below: dict[int, list[int]]) -> None:
    places = list_places(grow_branches([0, 1], below))
    if not any(place.hidden for place in places):
        assert {place.node for place in places} == list_held([0, 1], below)


@given(GRAPHS)
def test_what_no_goal_holds_is_reached_from_the_loose_roots(below: dict[int, list[int]]) -> None:
    above = {node: [top for top, sources in below.items() if node in sources] for node in range(13)}
    held = list_held([0, 1], below)
    loose = list_loose_roots(range(13), above, drawn=held)
    assert list_held(loose, below) >= set(range(13)) - held
    assert not held.intersection(loose)


@given(GRAPHS, st.sets(NODES))
def test_only_live_nodes_are_aligned(below: dict[int, list[int]], live: set[int]) -> None:
    aligned = list_aligned([0], below, live=live)
    assert aligned <= live
    assert bool(aligned) == (0 in live)


def test_a_tree_that_is_too_deep_ends_with_a_count() -> None:
    below = {level: [level + 1] for level in range(MOST_LEVELS + 3)}
    places = list_places(grow_branches([0], below))
    assert len(places) == MOST_LEVELS
    assert [place.hidden for place in places][-2:] == [0, 1]
