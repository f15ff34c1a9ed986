"""Adding up a tree: what is counted at a place counts for every place above it, too, and once."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from itertools import pairwise
from typing import TypeVar

P = TypeVar("P", bound=Hashable)
W = TypeVar("W", bound=Hashable)


def roll_up(
    counts: Iterable[tuple[Collection[P], W, int]], above: Mapping[P, P | None]
) -> dict[P, Counter[W]]:
    """How often each thing counts at each place with all below it.

    `counts`: the places of some things, what they are, how many. `above`: the parent of every place. Things
    in two places below a third count there once: their ways up are joined where they meet, so that the work
    is that of the tree and of the counts, not of all ways up. Places that are not in `above` are left out;
    in a circle of parents, which nothing lets come about, a place counts for itself alone.

    >>> tree = {"group": None, "sales": "group", "ops": "group"}
    >>> roll_up([(("sales", "ops"), "error", 1), (("ops",), "error", 2)], tree)["group"]
    Counter({'error': 3})
    """
    order = {place: number for number, place in enumerate(_list_from_above(above))}
    added: dict[P, Counter[W]] = {place: Counter() for place in above}
    for places, what, number in counts:
        known = sorted({place for place in places if place in above}, key=lambda place: order.get(place, -1))
        for place in known:
            added[place][what] += number
        for one, other in pairwise(known):
            meeting = _find_meeting(one, other, above, order)
            if meeting is not None:
                added[meeting][what] -= number
    for place in reversed(order):
        parent = above[place]
        if parent is not None and parent in added:
            added[parent].update(added[place])
    return {place: +found for place, found in added.items() if +found}


def _list_from_above(above: Mapping[P, P | None]) -> list[P]:
    """Every place after its parent, and what is below one place in one piece."""
    below: dict[P | None, list[P]] = {}
    for place, parent in above.items():
        below.setdefault(parent if parent in above else None, []).append(place)
    order, pending = [], list(reversed(below.get(None, [])))
    while pending:
        place = pending.pop()
        order.append(place)
        pending += reversed(below.get(place, []))
    return order


def _find_meeting(one: P, other: P, above: Mapping[P, P | None], order: Mapping[P, int]) -> P | None:
    """The nearest place on both ways up. Whichever was listed later cannot be above the other."""
    here: P | None = one
    there: P | None = other
    while here != there:
        if here is None or there is None or here not in order or there not in order:
            return None
        if order[here] > order[there]:
            here = above[here]
        else:
            there = above[there]
    return here
