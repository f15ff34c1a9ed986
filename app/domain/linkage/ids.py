"""Finding the positions of very many UUIDs among very many, without a loop in Python. No graph lives here."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint64]
Positions = NDArray[np.int32]

MISSING = -1
_SPARE_BITS = 2
_WORD_BITS = 64
_PIECE = 1 << 15
# Powers of an odd number without a pattern are such numbers themselves: 2^64 divided by the golden ratio.
_GOLDEN = 0x9E3779B97F4A7C15


class _Level(NamedTuple):
    """One table: a slot for each value of the upper bits of the two halves' sum, each times an odd factor."""

    factors: tuple[np.uint64, np.uint64]
    shift: np.uint64
    slots: Positions

    def locate(self, ids: Ids) -> NDArray[np.int64]:
        """The slot of each id."""
        sums = ids[:, 0] * self.factors[0]
        # In place, and piece by piece: new memory costs more than the sums.
        for first in range(0, len(ids), _PIECE):
            piece = slice(first, first + _PIECE)
            sums[piece] += ids[piece, 1] * self.factors[1]
            sums[piece] >>= self.shift
        return sums.view(np.int64)


class IdTable:
    """Where each of n different UUIDs stands, for exact look-ups of arrays of them.

    `ids`: uint64[n, 2], the two halves of each UUID, all in the same byte order. Of ids that share a slot of
    a table the last one has it and the others move on to a smaller table with other factors, until all have
    a slot: O(n) in time, about 24 bytes an id.
    """

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._levels: list[_Level] = []
        waiting = np.arange(len(ids), dtype=np.int32)
        while len(waiting):
            level = _make_level(len(waiting), number=len(self._levels))
            # All of them at first: then nothing has to be picked.
            places = level.locate(ids.take(waiting, axis=0) if self._levels else ids)
            level.slots[places] = waiting
            waiting = waiting[level.slots.take(places) != waiting]
            self._levels.append(level)

    def find(self, ids: Ids) -> Positions:
        """The position of each of k UUIDs, uint64[k, 2], as int32[k]; -1 for those that are not in the table.

        >>> known = np.array([[7, 1], [7, 2], [8, 1]], dtype=np.uint64)
        >>> IdTable(known).find(np.array([[8, 1], [7, 1], [9, 9]], dtype=np.uint64)).tolist()
        [2, 0, -1]
        """
        found = np.full(len(ids), MISSING, dtype=np.int32)
        missing = np.arange(len(ids))
        for level in self._levels:
            wanted = ids.take(missing, axis=0)
            at = level.slots.take(level.locate(wanted))
            there = self._ids.take(at, axis=0)
            found[missing] = at
            missing = missing[(there[:, 1] != wanted[:, 1]) | (there[:, 0] != wanted[:, 0])]
        found[missing] = MISSING
        return found


def _make_level(count: int, *, number: int) -> _Level:
    bits = count.bit_length() + _SPARE_BITS
    first, second = (np.uint64(pow(_GOLDEN, 2 * number + half, 1 << _WORD_BITS)) for half in (1, 2))
    # Empty slots read as position 0, where the ids themselves are compared all the same.
    return _Level((first, second), np.uint64(_WORD_BITS - bits), np.zeros(1 << bits, dtype=np.int32))
