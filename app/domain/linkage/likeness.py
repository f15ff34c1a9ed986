"""Which of thousands of titles are nearly equal, exactly as a comparison of every pair would say.

Two matrix products pick the pairs that can be; only those are compared. Which pairs matter is in the rules.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float32]
Positions = NDArray[np.intp]

NEAR = 90
# Columns of each product: more tell titles apart better, but take longer.
BUCKETS = 64
LETTER_COLUMNS = 128
# Of rarer letters and of more times the same letter no column is made.
LETTERS = 64
MOST_TIMES = 8
BLOCK_ROWS = 256
# Products and sums are whole numbers, bounds tenths and elevenths; what rounds must not exclude a pair.
ROUNDING = 0.01


class Likeness:
    """Titles in normal form (`sameness.normal_form`), prepared for bounds on their similarity.

    A pair is near when `rapidfuzz.fuzz.token_set_ratio`, 0 to 100, is at least 90. Write A for the set of
    words of one title, |A| for the length of these words joined by single spaces, and w(A) = |A| + 1 for the
    sum of their lengths, each with one space. By the definition of the ratio a near pair fulfils one of:

    1. 11 · w(A − B) ≤ 2 · |A|, the same with A and B exchanged: nearly all of one stands in the other. (The
       ratio of A ∩ B to A is at least 0.9: 9 · w(A − B) ≤ 2 · |A ∩ B|, and |A ∩ B| = |A| − w(A − B).)
    2. 10 · d ≤ |A| + |B|, where d counts the letters to be deleted and inserted between A − B and B − A.

    For 1, words share buckets, so that w(A ∩ B) is at most the weight of the words of A whose bucket B has,
    too. For 2, d is at least the difference of how often each letter occurs, summed over letters; words of
    both add nothing to it. Writing a count as ones (three e's: e1, e2, e3) makes this difference the number
    of unequal bits, and any choice of bits a lower bound of it. Both bounds are products of matrices.
    """

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = titles
        words = [sorted(set(title.split())) for title in titles]
        self._lengths = np.array([len(" ".join(each)) for each in words], dtype=np.float32)
        self._weights = _weigh_words(words)
        self._buckets = (self._weights > 0).astype(np.float32)
        bits = _write_letter_bits(["".join(each) for each in words])
        # What must be in common at least: 1. w(A) − 2/11 |A|; 2. half of the bits less a tenth of the length.
        self._fewest_words = self._lengths + 1 - self._lengths * 2 / 11 - ROUNDING
        fewest_bits = (bits.sum(axis=1) - self._lengths / 10 - ROUNDING) / 2
        # Two more columns, so that the product is what is in common less what must be: ≥ 0 is near.
        ones = np.ones_like(fewest_bits)
        self._letters = np.column_stack([bits, fewest_bits, ones])
        self._limits = np.column_stack([bits, -ones, -fewest_bits])

    def find_candidates(self, start: int) -> BoolArray:
        """bool[rows, n]: which titles may be near those from `start` on, at most 256 of them.

        Never False for a near pair of which the second comes later; False for all others that come earlier.
        """
        rows, later = slice(start, start + BLOCK_ROWS), slice(start, None)
        found = np.zeros((len(self._lengths[rows]), len(self.titles)), dtype=np.bool_)
        within = self._weights[rows] @ self._buckets[later].T >= self._fewest_words[rows, None]
        within |= self._buckets[rows] @ self._weights[later].T >= self._fewest_words[later]
        within |= self._letters[rows] @ self._limits[later].T >= 0
        within[:, : len(found)] = np.triu(within[:, : len(found)], k=1)
        found[:, later] = within
        return found

    def find_near(self, title: int, others: Positions) -> Positions:
        """Those of the others, at least one, that are near a title."""
        texts = [self.titles[other] for other in others]
        scores = process.cdist([self.titles[title]], texts, scorer=fuzz.token_set_ratio, score_cutoff=NEAR)
        near: Positions = others[scores[0] > 0]
        return near


def group_near(titles: Sequence[str], *, may_tie: Callable[[Positions], BoolArray]) -> list[tuple[int, ...]]:
    """Connected groups of near titles, as positions, each group and all groups in order.

    `may_tie(rows)`, bool[rows, n], says which pairs count at all; it is symmetric and asked only about rows
    that have candidates. Pairs that are connected already are not compared any more. No titles, no groups.

    >>> titles = ["cut unplanned downtime", "teach new drivers", "unplanned downtime cut"]
    >>> group_near(titles, may_tie=lambda rows: np.ones((len(rows), 3), dtype=np.bool_))
    [(0, 2)]
    """
    if len(titles) < 2:
        return []
    likeness, groups = Likeness(titles), np.arange(len(titles))
    for start in range(0, len(titles), BLOCK_ROWS):
        candidates = likeness.find_candidates(start)
        candidates &= groups[start : start + len(candidates), None] != groups
        busy = np.flatnonzero(candidates.any(axis=1))
        if len(busy):
            allowed = candidates[busy] & may_tie(busy + start)
            for row, ties in zip((busy + start).tolist(), allowed, strict=True):
                _join(likeness, groups, row=row, others=np.flatnonzero(ties))
    return _list_groups(groups)


def _join(likeness: Likeness, groups: Positions, *, row: int, others: Positions) -> None:
    others = others[groups[others] != groups[row]]
    if len(others):
        near = likeness.find_near(row, others)
        if len(near):
            groups[np.isin(groups, groups[near])] = groups[row]


def _list_groups(groups: Positions) -> list[tuple[int, ...]]:
    members: dict[int, list[int]] = {}
    for index, group in enumerate(groups.tolist()):
        members.setdefault(group, []).append(index)
    return [tuple(group) for group in members.values() if len(group) > 1]


def _weigh_words(words: Sequence[Sequence[str]]) -> FloatArray:
    """float[n, buckets]: the sum of lengths, each with a space, of the words of a title in each bucket."""
    every = list(chain.from_iterable(words))
    ranks = {word: rank for rank, (word, _) in enumerate(Counter(every).most_common())}
    # The commonest words have a bucket to themselves: no rare word is to pass for one of them.
    own = BUCKETS // 2
    places = [ranks[word] if ranks[word] < own else own + crc32(word.encode()) % own for word in every]
    rows = np.repeat(np.arange(len(words)), [len(each) for each in words])
    weights = np.zeros((len(words), BUCKETS), dtype=np.float32)
    np.add.at(weights, (rows, np.array(places, dtype=np.intp)), [len(word) + 1 for word in every])
    return weights


def _write_letter_bits(texts: Sequence[str]) -> FloatArray:
    """float[n, columns] of 0 and 1: whether a text has a letter more than so many times.

    Of all letters and times those columns that tell most texts apart: half have it, half have not.
    """
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    _, letters, counts = np.unique(codes, return_inverse=True, return_counts=True)
    rank = np.empty(len(counts), dtype=np.intp)
    rank[np.argsort(-counts)] = np.arange(len(counts))
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    common = rank[letters] < LETTERS
    places = rows[common] * LETTERS + rank[letters][common]
    times = np.bincount(places, minlength=len(texts) * LETTERS).reshape(len(texts), LETTERS)
    columns = [times > number for number in range(MOST_TIMES)]
    shares = np.concatenate([column.mean(axis=0) for column in columns])
    best = np.argsort(np.abs(shares - 0.5), kind="stable")[:LETTER_COLUMNS]
    return np.concatenate(columns, axis=1)[:, best].astype(np.float32)
