"""Complementary suppression of scores that somebody else counted: which ones would tell of a smaller group.

What is smaller than the minimum loses its value when it comes in (`engagement`); here are the others. Reading
scores and remembering what is withheld do not live here.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from app.domain.disclosure import publishable

Node = TypeVar("Node", bound=Hashable)


class ScoredGroup(NamedTuple, Generic[Node]):
    """One score of one round: its department, and how many answered; None where its source did not say."""

    department: Node
    respondents: int | None


def find_withheld(
    parent_of: Mapping[Node, Node | None], groups: Sequence[ScoredGroup[Node]], k: int
) -> set[int]:
    """The positions of scores, of k people or more, that may not be shown beside the others.

    A department's score counts all below it, as HR systems report, when it has at least as many respondents
    as the scores directly below it together; else it speaks for people of its own. Which totals may stand
    beside each other then is `publishable`. Of several scores of one department the largest holds those
    below. A score without a number of respondents comes from a source that suppresses by itself: it stays.

    >>> tree = {"ORG": None, "SALES": "ORG", "IT": "ORG"}
    >>> find_withheld(tree, [ScoredGroup("ORG", 13), ScoredGroup("SALES", 4), ScoredGroup("IT", 9)], 5)
    {2}
    """
    known = [number for number, group in enumerate(groups) if group.respondents is not None]
    above, own = _nest_groups(parent_of, groups, known)
    if all(n == 0 or n >= k for n in own.values()):
        return set()
    shown = publishable(above, own, k)
    return {number for number in known if (groups[number].respondents or 0) >= k and number not in shown}


def _nest_groups(
    parent_of: Mapping[Node, Node | None], groups: Sequence[ScoredGroup[Node]], known: Sequence[int]
) -> tuple[dict[int, int | None], dict[int, int]]:
    """For each score the one that holds it, and how many answered in it that no score within it counts.

    Deepest first. Scores that one above cannot hold all of stand beside it, and are offered to the next.
    """
    largest: dict[Node, int] = {}
    for number in known:
        department, n = groups[number]
        best = largest.get(department)
        if best is None or (n or 0) > (groups[best].respondents or 0):
            largest[department] = number
    ways = {department: _climb_to_scored(parent_of, department, largest) for department in largest}
    above: dict[int, int | None] = dict.fromkeys(known)
    own = {number: groups[number].respondents or 0 for number in known}
    offered: dict[Node, list[int]] = defaultdict(list)
    for department in sorted(ways, key=lambda each: -len(ways[each])):
        number, below = largest[department], offered.pop(department, [])
        within = sum(groups[each].respondents or 0 for each in below)
        holds = own[number] >= within
        if holds:
            own[number] -= within
            above.update(dict.fromkeys(below, number))
        if ways[department]:
            offered[ways[department][0]] += [number] if holds else [number, *below]
    return above, own


def _climb_to_scored(
    parent_of: Mapping[Node, Node | None], department: Node, scored: Mapping[Node, int]
) -> list[Node]:
    """The scored departments above one, nearest first; a circle in the tree is walked once."""
    found, seen = [], {department}
    place = parent_of.get(department)
    while place is not None and place not in seen:
        seen.add(place)
        if place in scored:
            found.append(place)
        place = parent_of.get(place)
    return found
