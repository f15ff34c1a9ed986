"""Disclosure: which groups of a department tree may be shown, and which answers may have statistics.

Which people belong to which group, and replacing what is hidden by words, do not live here.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypeVar

Node = TypeVar("Node", bound=Hashable)


class _Choice(NamedTuple):
    """Some published groups: how many they are, their respondents in sum, the groups as a chain of parts."""

    published: int = 0
    respondents: int = 0
    node: Hashable = None
    parts: tuple["_Choice", ...] = ()


# The best choice for each number of respondents that stay outside all chosen groups; k stands for k or more.
_Choices = dict[int, _Choice]


def publishable(parent_of: Mapping[Node, Node | None], respondents: Mapping[Node, int], k: int) -> set[Node]:
    """The largest set of groups whose totals may all be shown without anyone deriving a smaller one.

    `parent_of` maps every group to the one it lies in (the root to None), `respondents` to the people who
    answered at it directly; missing means 0. N(v) are all respondents in v. A set is safe when it holds the
    root and N(v) - sum of N over the nearest published groups within v is 0 or at least k for every
    published v: these remainders are disjoint and span the same sums and differences as the totals, so no
    group below k can be derived, and one that can be derived breaks the rule (`measures.md` 12).

    Of all safe sets one with the most groups is taken, of these one with the most respondents in sum; what
    is left open is settled by the groups' names, so that the order of the rows never changes the answer: two
    answers to one question could be subtracted. Work is proportional to groups · k².

    Empty when the root has fewer than k respondents; never holds a group with fewer. Several roots are
    decided apart; a group whose parent is unknown is a root; what lies in a cycle is never published.

    >>> sorted(publishable({"Org": None, "Sales": "Org", "IT": "Org"}, {"Sales": 4, "IT": 9}, 5))
    ['Org']
    >>> sorted(publishable({"Org": None, "Sales": "Org", "IT": "Org"}, {"Sales": 6, "IT": 9}, 5))
    ['IT', 'Org', 'Sales']
    """
    least = max(k, 0)
    within: dict[Node, list[Node]] = {node: [] for node in parent_of}
    roots = []
    for node in sorted(parent_of, key=_name_node):
        parent = parent_of[node]
        if parent is None or parent not in within:
            roots.append(node)
        else:
            within[parent].append(node)
    published: set[Node] = set()
    return published.union(*(_publish_tree(root, within, respondents, least) for root in roots))


def safe_statistics(answers: Sequence[object], k: int) -> bool:
    """Whether the exact mean, spread and agreement of these answers may be shown.

    At least k answers, and fewer than n - 1 of them equal: with n - 1 equal answers the statistics give
    away what nearly everybody said. None is missing and does not count; no answers are never safe.

    >>> safe_statistics([2, 2, 2, 2, 2], 5), safe_statistics([1, 3, 4, 5, 2, 4, 4], 5)
    (False, True)
    """
    counts = Counter(answer for answer in answers if answer is not None)
    n = counts.total()
    return n >= k and max(counts.values(), default=0) < n - 1


def _name_node(node: Hashable) -> tuple[str, str]:
    return type(node).__name__, str(node)


def _publish_tree(
    root: Node, within: Mapping[Node, list[Node]], respondents: Mapping[Node, int], least: int
) -> set[Node]:
    """From the leaves up: the choices of a group are those of its parts joined, with and without itself."""
    totals: dict[Node, int] = {}
    choices: dict[Node, _Choices] = {}
    for node in reversed(_walk_down(root, within)):
        own = respondents.get(node) or 0
        joined: _Choices = {min(own, least): _Choice()}
        totals[node] = own
        for part in within[node]:
            joined = _join_choices(joined, choices.pop(part), least)
            totals[node] += totals[part]
        choices[node] = _offer_group(node, totals[node], joined, least)
    if totals[root] < least:
        return set()
    chosen = set(_list_published(choices[root][0]))
    return {node for node in totals if node in chosen}


def _walk_down(root: Node, within: Mapping[Node, list[Node]]) -> list[Node]:
    """Every group under the root, each before its parts."""
    found = [root]
    for node in found:
        found.extend(within[node])
    return found


def _join_choices(one: _Choices, other: _Choices, least: int) -> _Choices:
    joined: _Choices = {}
    for (outside, first), (more, second) in product(one.items(), other.items()):
        both = _Choice(
            first.published + second.published,
            first.respondents + second.respondents,
            parts=(first, second),
        )
        _keep_better(joined, min(outside + more, least), both)
    return joined


def _offer_group(node: Hashable, total: int, joined: _Choices, least: int) -> _Choices:
    """Adds the choice of publishing the group itself, after which nobody is left outside.

    With least or more outside every group above may be published too, so no choice that has fewer outside
    and publishes no more can ever be the better one.
    """
    if total >= least:
        inner = max((joined[outside] for outside in {0, least} & joined.keys()), key=_rank_choice)
        itself = _Choice(inner.published + 1, inner.respondents + total, node, (inner,))
        _keep_better(joined, 0, itself)
    enough = joined.get(least)
    if enough is None:
        return joined
    return {
        outside: choice
        for outside, choice in joined.items()
        if outside == least or _rank_choice(choice) > _rank_choice(enough)
    }


def _keep_better(choices: _Choices, outside: int, choice: _Choice) -> None:
    known = choices.get(outside)
    if known is None or _rank_choice(choice) > _rank_choice(known):
        choices[outside] = choice


def _rank_choice(choice: _Choice) -> tuple[int, int]:
    return choice.published, choice.respondents


def _list_published(choice: _Choice) -> Iterator[Hashable]:
    waiting = [choice]
    while waiting:
        taken = waiting.pop()
        if taken.node is not None:
            yield taken.node
        waiting.extend(taken.parts)
