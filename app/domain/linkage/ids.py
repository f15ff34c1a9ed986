"""Finding the positions of very many UUIDs among very many, without a loop in Python. No graph lives here."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Half = NDArray[np.uint64]
Positions = NDArray[np.int32]

MISSING = -1
_SPARE_BITS = 2
_WORD_BITS = 64
# Powers of an odd number without a pattern are such numbers themselves: 2^64 divided by the golden ratio.
_GOLDEN = 0x9E3779B97F4A7C15


class _Level(NamedTuple):
    """One table: a slot for each value of the upper bits of the two halves' sum, each times an odd factor."""

    factors: tuple[np.uint64, np.uint64]
    shift: np.uint64
    slots: Positions

    def locate(self, first: Half, second: Half) -> NDArray[np.int64]:
        """The slot of each id."""
        return ((first * self.factors[0] + second * self.factors[1]) >> self.shift).view(np.int64)


class IdTable:
    """Where each of n different UUIDs stands, for exact look-ups of arrays of them.

    `first` and `second`: uint64[n], the halves of each UUID, all in the same byte order.
    Of ids that share a slot of a table the last one has it and the others move on to a smaller table with
    other factors, until all have a slot: O(n) in time, about 24 bytes an id.
    """

    def __init__(self, first: Half, second: Half) -> None:
        self._first, self._second = first, second
        self._levels: list[_Level] = []
        waiting = np.arange(len(first), dtype=np.int32)
        while len(waiting):
            level = _make_level(len(waiting), number=len(self._levels))
            # All of them at first: then nothing has to be picked.
            some = waiting if self._levels else slice(None)
            places = level.locate(first[some], second[some])
            level.slots[places] = waiting
            waiting = waiting[level.slots[places] != waiting]
            self._levels.append(level)

    def find(self, first: Half, second: Half) -> Positions:
        """The position of each of k UUIDs, int32[k]; -1 for those that are not in the table.

        >>> halves = np.array([[7, 7, 8], [1, 2, 1]], dtype=np.uint64)
        >>> asked = np.array([[8, 7, 9], [1, 1, 9]], dtype=np.uint64)
        >>> IdTable(*halves).find(*asked).tolist()
        [2, 0, -1]
        """
        found = np.full(len(first), MISSING, dtype=np.int32)
        missing: slice | NDArray[np.intp] = slice(None)
        for level in self._levels:
            wanted = first[missing], second[missing]
            at = level.slots[level.locate(*wanted)]
            other = np.flatnonzero((self._second[at] != wanted[1]) | (self._first[at] != wanted[0]))
            found[missing] = at
            missing = other if isinstance(missing, slice) else missing[other]
        found[missing] = MISSING
        return found


def _make_level(count: int, *, number: int) -> _Level:
    bits = count.bit_length() + _SPARE_BITS
    first, second = (np.uint64(pow(_GOLDEN, 2 * number + half, 1 << _WORD_BITS)) for half in (1, 2))
    # Empty slots read as position 0, where the ids themselves are compared all the same.
    return _Level((first, second), np.uint64(_WORD_BITS - bits), np.zeros(1 << bits, dtype=np.int32))
