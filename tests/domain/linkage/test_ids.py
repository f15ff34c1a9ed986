"""Positions of UUIDs: exact, whatever the ids look like."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.domain.linkage.ids import Ids, IdTable

NUMBERS = st.integers(0, 3) | st.integers(0, 2**64 - 1) | st.integers(0, 63).map(lambda bit: 1 << bit)
IDS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=60, unique=True)


def pack(ids: list[tuple[int, int]]) -> Ids:
    """The ids as pairs of halves."""
    return np.array(ids, dtype=np.uint64).reshape(len(ids), 2)


@given(known=IDS, asked=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=60))
def test_every_id_is_found_where_it_stands_and_no_other(
    known: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    position = {id_: index for index, id_ in enumerate(known)}
    asked = asked + known[::-1]
    found = IdTable(pack(known)).find(pack(asked))
    assert found.tolist() == [position.get(id_, -1) for id_ in asked]


def test_ids_that_count_on_are_found_like_any_other() -> None:
    same = np.full(100_000, 7, dtype=np.uint64)
    for step in (1, 2**20, 2**44):
        counting = np.arange(100_000, dtype=np.uint64) * np.uint64(step)
        for halves in ((same, counting), (counting, same)):
            ids = np.column_stack(halves)
            assert np.array_equal(IdTable(ids).find(ids), np.arange(100_000))
