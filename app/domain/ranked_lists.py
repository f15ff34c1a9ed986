"""Lists of names, best first: how much two of them overlap, at one depth or with the top weighing most.

`consensus` offers both. Orders in which everything has a rank are compared there. Needs numpy: not for a
serving process.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.domain.answers import Numbers

Ties = Literal["a", "b", "w"]
Ranking = Sequence[str | Sequence[str]]
_GROUPS = (list, tuple, set, frozenset)


class _Place(NamedTuple):
    """The ranks that a name shares with its tie group: from `top` to `bottom`, counted from 0."""

    top: int
    bottom: int


def top_k_overlap(a: Sequence[str], b: Sequence[str], k: int) -> float | None:
    """|A ∩ B|/k of the first k names of both lists; 0 to 1. Do we name the same three things?

    By chance it is k/K on average among K things to choose from. The lists may be shorter than k: what is not
    named is not shared. None for k below 1.

    >>> top_k_overlap(["x", "y", "z"], ["y", "z", "w"], 3)
    0.6666666666666666
    """
    return len(set(a[:k]) & set(b[:k])) / k if k >= 1 else None


def rank_biased_overlap(a: Ranking, b: Ranking, p: float, ties: Ties = "a") -> float | None:
    """The extrapolated rank-biased overlap of two lists: 0 (nothing in common) to 1 (the same list).

    RBO = (1 − p)Σ p^(d−1)·A_d, where A_d is the agreement of the first d names (Webber, Moffat & Zobel 2010,
    ACM TOIS 28:20); what lies below the ends of the lists is extrapolated from what was seen. p weighs the
    top: .9 gives 86 % of the weight to the first ten; take .7 to .8 for five to seven priorities.

    A nested list is a tie group, treated as Corsi & Urbano (SIGIR 2024) define it: `a`, could not decide: the
    mean over all ways to break ties; `b`, the same but corrected for what ties hide, so that every list
    agrees fully with itself; `w`, truly equal. The lists may differ in length, and it does not matter which
    comes first. A name that comes twice counts where it comes first. None for an empty list, p outside of (0,
    1) or other ties.

    >>> round(rank_biased_overlap(["a", ["b", "c"]], ["a", "b", "c"], 0.8), 4)
    0.96
    >>> round(rank_biased_overlap(["a", ["b", "c"]], ["a", "b", "c"], 0.8, ties="w"), 4)
    0.968
    """
    shorter, longer = sorted((_place_names(a), _place_names(b)), key=len)
    if not shorter or not 0 < p < 1 or ties not in ("a", "b", "w"):
        return None
    names = [*shorter, *(name for name in longer if name not in shorter)]
    short, long = len(shorter), len(longer)
    ours, theirs = (_count_parts(places, names, long, ties) for places in (shorter, longer))
    shared = (ours * theirs).sum(axis=0)
    depths = np.arange(1, long + 1)
    # How the agreement is scaled: what each list has contributed at a depth. Below the end of the shorter one
    # its next names are unknown, so that it is taken to have contributed one name a rank.
    whole = _scale(ours, theirs, depths, ties)
    at_end = float(shared[short - 1] / whole[short - 1])
    shared[short:] += _extrapolate(theirs[short:, short:], at_end)
    seen = float((shared / whole) @ p**depths)
    overlap = float((ours[:, -1] * theirs[:, -1]).sum())
    beyond = (overlap + (long - short) * at_end) / long * p ** (long + 1) / (1 - p)
    return min(1.0, (1 - p) / p * (seen + beyond))


def _place_names(ranking: Ranking) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    for entry in ranking:
        group = dict.fromkeys(entry if isinstance(entry, _GROUPS) else [entry])
        fresh = [name for name in group if name not in places]
        here = _Place(len(places), len(places) + len(fresh) - 1)
        places.update(dict.fromkeys(fresh, here))
    return places


def _count_parts(places: dict[str, _Place], names: Sequence[str], depth: int, ties: Ties) -> Numbers:
    """The part of each name (rows) that lies within the first d ranks (columns), as far as ties tell.

    Truly equal names are all there as soon as the first of them is; else each has an equal chance of every
    rank.
    """
    parts = np.zeros((len(names), depth))
    depths = np.arange(1, depth + 1)
    for row, name in zip(parts, names, strict=True):
        if name in places:
            top, bottom = places[name]
            size = 1 if ties == "w" else bottom - top + 1
            row[:] = np.clip((depths - top) / size, 0, 1)
    return parts


def _scale(ours: Numbers, theirs: Numbers, depths: NDArray[np.int_], ties: Ties) -> Numbers:
    """What the shared part is divided by: a depth, or a mean of what both lists have there."""
    if ties == "a":
        return depths.astype(np.float64)
    length = round(float(ours[:, -1].sum()))
    sizes = [(parts if ties == "w" else parts**2).sum(axis=0) for parts in (ours, theirs)]
    sizes[0][length:] = depths[length:]
    return np.asarray((sizes[0] + sizes[1]) / 2 if ties == "w" else np.sqrt(sizes[0] * sizes[1]))


def _extrapolate(alone: Numbers, agreement: float) -> Numbers:
    """What unknown names of the shorter list share below its end, if they agree as those before did.

    `alone` are the parts of the names that only the longer list has.
    """
    present = alone > 0
    typical = alone.sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    return np.asarray(np.arange(1, alone.shape[1] + 1) * agreement * typical)
