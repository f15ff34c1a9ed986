"""Near titles: what the bounds let through holds every near pair, so groups are those of brute force."""

import random
from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from app.domain.linkage.graph import BoolArray
from app.domain.linkage.likeness import BLOCK_ROWS, NEAR, Likeness, Positions, group_near
from app.domain.linkage.sameness import normal_form

# A plan of one trade: few words, so that many titles share most of theirs.
WORDS = [
    "cut",
    "the",
    "unplanned",
    "downtime",
    "of",
    "all",
    "lifts",
    "teach",
    "drivers",
    "10",
    "größe",
    "лифт",
]
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
LETTERS = st.text(alphabet="abcdeé 1", max_size=40).map(normal_form)
FAR = ["raise first call resolution", "raise first contact resolution"]


@st.composite
def near_misses(draw: st.DrawFn) -> list[str]:
    """Titles, and some of them once more with a few letters changed: likeness around the limit."""
    titles = draw(st.lists(TITLES | LETTERS, min_size=1, max_size=6))
    for title in draw(st.lists(st.sampled_from(titles), max_size=6)):
        letters = list(title)
        for place in draw(st.lists(st.integers(0, len(letters)), max_size=5)):
            letters[place : place + draw(st.integers(0, 1))] = draw(
                st.sampled_from(["", "x", "e", " ", " ab "])
            )
        titles.append(normal_form("".join(letters)))
    return titles


def list_near(titles: list[str]) -> list[tuple[int, int]]:
    """All pairs that are near, by comparing each."""
    pairs = combinations(range(len(titles)), 2)
    return [(one, two) for one, two in pairs if fuzz.token_set_ratio(titles[one], titles[two]) >= NEAR]


def group_by_brute_force(titles: list[str], allowed: BoolArray) -> list[tuple[int, ...]]:
    """Connected groups of near pairs that are allowed."""
    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_edges_from(pair for pair in list_near(titles) if allowed[pair])
    return sorted(tuple(sorted(group)) for group in networkx.connected_components(graph))


def allow_some(count: int, seed: int) -> BoolArray:
    """Which pairs may be tied: about every second one, in both directions alike."""
    upper: BoolArray = np.triu(np.random.default_rng(seed).random((count, count)) < 0.5, k=1)
    return upper | upper.T


@given(near_misses())
@settings(max_examples=300, deadline=None)
@example(["cut unplanned downtime", "reduce unplanned downtime"])
@example(["cut unplanned downtime", "cut the unplanned downtime of all the lifts and doors of the north"])
@example(["", ""])
def test_no_near_pair_is_missed_by_the_bounds(titles: list[str]) -> None:
    candidates = Likeness(titles).find_candidates(0)
    assert [pair for pair in list_near(titles) if not candidates[pair]] == []


@given(near_misses(), st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_groups_are_those_of_comparing_every_allowed_pair(titles: list[str], seed: int) -> None:
    allowed = allow_some(len(titles), seed)
    assert group_near(titles, may_tie=lambda rows: allowed[rows]) == group_by_brute_force(titles, allowed)


def write_title(chance: random.Random) -> str:
    """Six words of six letters that nobody has."""
    return " ".join("".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(6))


def test_groups_reach_from_one_block_of_titles_into_others() -> None:
    chance = random.Random(3)
    some = [write_title(chance) for _ in range(60)]
    titles = [chance.choice(some).replace(chance.choice("abcde"), "x", 1) for _ in range(2 * BLOCK_ROWS + 50)]
    allowed = allow_some(len(titles), 4)
    groups = group_near(titles, may_tie=lambda rows: allowed[rows])
    assert groups == group_by_brute_force(titles, allowed)
    assert len(groups) > len(some) / 2
    assert any(group[0] < BLOCK_ROWS and group[-1] > 2 * BLOCK_ROWS for group in groups)


def test_the_bounds_leave_little_to_compare_among_titles_that_are_unlike() -> None:
    chance = random.Random(5)
    titles = [write_title(chance) for _ in range(BLOCK_ROWS)]
    assert np.count_nonzero(Likeness(titles).find_candidates(0)) < len(titles)


@pytest.mark.parametrize("titles", [[], ["cut unplanned downtime"], FAR])
def test_where_nothing_is_near_there_is_no_group(titles: list[str]) -> None:
    def allow_all(rows: Positions) -> BoolArray:
        return np.ones((len(rows), len(titles)), dtype=np.bool_)

    assert group_near(titles, may_tie=allow_all) == []
