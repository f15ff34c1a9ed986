"""Strategic consensus mapping (Tarakci et al. 2014, SMJ 35:1053): people as arrows in a space of priorities.

Each person's values are standardised as they were given; Z (items × people) = U D V' by singular values; the
arrow of a person is a row of A = V D/√n, of length 1 in the full space and at most 1 in the plane of the
first two dimensions. People with missing or constant answers have no arrow. Needs numpy: not for a serving
process.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from app.domain.answers import Matrix, Numbers, keep_complete, read_matrix
from app.domain.orders import keep_directed, rank_middle, standardise

_PLANE = 2
_SHORTEST = 1e-9
# Reproduced values that differ by less are the same one, seen through rounding.
_DECIMALS = 9


class _Space(NamedTuple):
    """Items (rows of √n·U) and arrows of people (rows of A), in the dimensions kept."""

    items: Numbers
    arrows: Numbers


def consensus_degree(people: Matrix, dimensions: Literal[2] | None = 2) -> float | None:
    """α: the length of the mean arrow, 0 (opposed) to 1 (all alike).

    α = √(Σ_p (mean_i a_ip)²) over the dimensions of the plane, or with `dimensions=None` of the full space.
    Rows are people, columns items; a higher number is a higher priority. Of ranks without ties, α² in the
    full space is Kendall's W = (1 + (m − 1)r̄)/m. It depends on m: seven items ordered at random have .43
    among five people and .18 among thirty; compare groups by `mean_pairwise_spearman`. One person has 1. None
    if nobody has an arrow.

    >>> round(consensus_degree([[1, 2, 3, 4, 5], [2, 1, 3, 4, 5]], dimensions=None), 4)
    0.9747
    >>> consensus_degree([[3, 3, 3]]) is None
    True
    """
    space = _span_space(_read_people(people), dimensions)
    return None if space is None else min(1.0, float(np.linalg.norm(space.arrows.mean(axis=0))))


def prototype(people: Matrix) -> list[float] | None:
    """What the typical member wants: each item's projection on the mean arrow, in the plane; in item order.

    Standard deviations of one person's answers; higher is a higher priority. One person's is what that person
    said, standardised. None if nobody has an arrow, or if the arrows cancel each other out.

    >>> prototype([[1, 2, 3], [1, 2, 3]])[1]
    0.0
    """
    space = _span_space(_read_people(people), _PLANE)
    if space is None:
        return None
    mean = space.arrows.mean(axis=0)
    length = float(np.linalg.norm(mean))
    if length < _SHORTEST:
        return None
    return [float(value) for value in np.round(space.items @ (mean / length), _DECIMALS + 3) + 0.0]


def between_group_consensus(groups: Sequence[Matrix]) -> list[list[float | None]]:
    """Pearson's correlation of the prototypes of each two groups; −1 to 1, the diagonal 1.

    Small groups look misaligned when they are not: two groups of five out of the same people have .61 on
    average at moderate noise. Draw a map with it; test with `alignment_gap`. None in rows and columns of a
    group without a prototype, and for prototypes of different numbers of items.

    >>> between_group_consensus([[[1, 2, 3]], [[3, 2, 1]], [[2, 2, 2]]])
    [[1.0, -1.0, None], [-1.0, 1.0, None], [None, None, None]]
    """
    typical = [prototype(people) for people in groups]
    return [[_correlate_prototypes(one, other) for other in typical] for one in typical]


def reproduced_ranks(people: Matrix) -> list[list[float] | None]:
    """The order of items that each person has in the plane: mid-ranks, 1 the lowest priority.

    Rows are people. The more alike what the person said, the better the plane tells it. None for a person
    without an arrow.

    >>> reproduced_ranks([[10, 30, 20], [5, 5, 5]])
    [[1.0, 3.0, 2.0], None]
    """
    matrix = read_matrix(people)
    has_arrow = [len(_keep_arrows(row[None, :])) == 1 for row in matrix]
    space = _span_space(matrix[np.array(has_arrow, dtype=bool)], _PLANE)
    if space is None:
        return [None] * len(matrix)
    ranks = iter(rank_middle(np.round(space.arrows @ space.items.T, _DECIMALS)).tolist())
    return [next(ranks) if has else None for has in has_arrow]


def _keep_arrows(rows: Numbers) -> Numbers:
    return keep_directed(keep_complete(rows))


def _read_people(people: Matrix) -> Numbers:
    return _keep_arrows(read_matrix(people))


def _span_space(rows: Numbers, dimensions: int | None) -> _Space | None:
    if rows.size == 0:
        return None
    scores = standardise(rows).T
    spread = np.sqrt(len(scores))
    items, lengths, turned = np.linalg.svd(scores, full_matrices=False)
    kept = slice(dimensions)
    return _Space(items[:, kept] * spread, turned[kept].T * lengths[kept] / spread)


def _correlate_prototypes(one: list[float] | None, other: list[float] | None) -> float | None:
    if one is None or other is None or len(one) != len(other):
        return None
    pair = standardise(np.array([one, other]))
    value = round(float((pair[0] * pair[1]).mean()), _DECIMALS + 3)
    return min(1.0, max(-1.0, value))
