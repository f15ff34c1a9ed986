"""Agreement in plain arithmetic: the same as by arrays, whatever is missing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.answers import Matrix, keep_complete, read_matrix
from app.domain.within_groups import Shape, null_variance, r_wg, r_wg_j

ANSWERS = st.none() | st.integers(1, 9) | st.floats(1, 9) | st.sampled_from([float("nan"), float("inf")])


def measure_by_arrays(people: Matrix, options: int, shape: Shape) -> float | None:
    """r_wg(j) as the textbook writes it, over arrays."""
    whole = keep_complete(read_matrix(people))
    expected = null_variance(options, shape)
    if len(whole) < 2 or whole.shape[1] == 0 or not expected:
        return None
    ratio = float(np.mean(np.var(whole, axis=0, ddof=1))) / expected
    items = whole.shape[1]
    return max(0.0, items * (1 - ratio) / (items * (1 - ratio) + ratio)) if ratio < 1 else 0.0


@given(
    st.lists(st.lists(ANSWERS, max_size=4) | st.lists(ANSWERS, min_size=3, max_size=3), max_size=12),
    st.integers(0, 12),
    st.sampled_from(["uniform", "slight", "heavy"]),
)
@settings(deadline=None)
def test_agreement_over_items_is_that_of_arrays(people: Matrix, options: int, shape: Shape) -> None:
    expected = measure_by_arrays(people, options, shape)
    found = r_wg_j(people, options, shape)
    assert found == (expected if expected is None else pytest.approx(expected, abs=1e-12))


@given(st.lists(ANSWERS, max_size=12), st.integers(2, 12))
@settings(deadline=None)
def test_agreement_about_one_item_is_that_of_arrays(ratings: list[float | None], options: int) -> None:
    expected = measure_by_arrays([[each] for each in ratings], options, "uniform")
    found = r_wg(ratings, options)
    assert found == (expected if expected is None else pytest.approx(expected, abs=1e-12))


def test_ratings_told_as_numbers_of_numpy_or_whole_are_the_same() -> None:
    assert r_wg(list(np.array([4, 5, 5], dtype=np.int64)), 5) == r_wg([4, 5, 5], 5) == r_wg([4.0, 5, 5], 5)
    assert r_wg_j(read_matrix([[4, 5], [5, 5], [4, 4]]).tolist(), 5) == r_wg_j([[4, 5], [5, 5], [4, 4]], 5)


def test_edges_are_undefined_or_full() -> None:
    assert r_wg_j([[5, 5], [5, 5]], 5) == 1
    assert r_wg_j([[1, 1], [5, 5]], 5) == 0
    assert r_wg_j([[], []], 5) is None
    assert r_wg_j([[3, 3]], 5) is None
    assert r_wg_j([[3, 3], [4, 4]], 12, "slight") is None
    assert r_wg([3], 5) is None
