"""Scores that other people counted: which of them would tell of a smaller group beside the others."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.disclosure import publishable
from app.domain.withholding import ScoredGroup, find_withheld

TREE: dict[Any, Any] = {"ORG": None, "SALES": "ORG", "EAST": "SALES", "WEST": "SALES", "IT": "ORG"}


def find_hidden(scores: list[tuple[str, int | None]], tree: Any = TREE, k: int = 5) -> list[str]:
    groups = [ScoredGroup(*score) for score in scores]
    return sorted(str(groups[number].department) for number in find_withheld(tree, groups, k))


@pytest.mark.parametrize(
    ("scores", "hidden"),
    [
        ([], []),
        ([("IT", 9)], []),
        # Everybody less IT are the four of SALES, who lost their value when it came in.
        ([("ORG", 13), ("SALES", 4), ("IT", 9)], ["IT"]),
        ([("ORG", 14), ("SALES", 5), ("IT", 9)], []),
        # Without a total nothing can be subtracted.
        ([("SALES", 4), ("IT", 9)], []),
        # One person in ORG alone.
        ([("ORG", 15), ("SALES", 5), ("IT", 9)], ["SALES"]),
        # SALES has no score, so that ORG holds EAST and WEST directly.
        ([("ORG", 20), ("EAST", 8), ("WEST", 9)], ["EAST"]),
        # ORG has fewer than those below it: it speaks for people of its own.
        ([("ORG", 6), ("SALES", 7), ("IT", 9)], []),
        # SALES does not hold EAST and WEST, so that they are offered to ORG.
        ([("ORG", 22), ("SALES", 6), ("EAST", 7), ("WEST", 7)], ["SALES"]),
        # Who suppresses small groups without telling their sizes is taken at its word.
        ([("ORG", None), ("SALES", 7), ("IT", 9)], []),
        ([("ORG", 13), ("SALES", None), ("IT", 9)], ["IT"]),
        # The larger of two scores of one department holds what is below it.
        ([("ORG", 5), ("ORG", 13), ("IT", 9)], ["IT"]),
        ([("ORG", 13), ("ORG", 5), ("IT", 9)], ["IT"]),
    ],
)
def test_which_scores_are_withheld(scores: list[tuple[str, int | None]], hidden: list[str]) -> None:
    assert find_hidden(scores) == hidden


def test_a_circle_of_departments_withholds_nothing_by_itself() -> None:
    assert find_hidden([("A", 9), ("B", 9)], {"A": "B", "B": "A"}) == []


def test_a_department_that_is_gone_stands_alone() -> None:
    assert find_hidden([("GONE", 9), ("ORG", 13)]) == []


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_nested_totals_are_shown_as_the_rule_of_trees_says(seed: int, k: int) -> None:
    random = Random(seed)
    tree: dict[Any, Any] = {0: None} | {node: random.randrange(node) for node in range(1, 9)}
    own = {node: random.randint(0, 9) for node in tree}
    total = dict(own)
    for node in reversed(range(1, 9)):
        total[tree[node]] += total[node]
    hidden = find_withheld(tree, [ScoredGroup(node, total[node]) for node in tree], k)
    shown = {node for node in tree if total[node] >= k} - hidden
    assert len(shown) == len(publishable(tree, own, k))
    for node in shown:
        rest = total[node] - sum(total[each] for each in shown if find_shown(tree, tree[each], shown) == node)
        assert rest == 0 or rest >= k


def find_shown(tree: dict[Any, Any], node: Any, shown: set[int]) -> Any:
    while node is not None and node not in shown:
        node = tree[node]
    return node
