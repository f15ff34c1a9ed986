"""Means with Student's interval: published quantiles, edges, and what always holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from app.domain.estimates import Estimate
from app.domain.means import estimate_mean, find_student_quantile


@pytest.mark.parametrize(
    ("confidence", "freedom", "expected"),
    [
        (0.95, 1, 12.706),
        (0.95, 2, 4.303),
        (0.95, 5, 2.571),
        (0.95, 10, 2.228),
        (0.99, 30, 2.750),
        (0.9, 120, 1.658),
    ],
)
def test_quantiles_are_those_of_the_tables(confidence: float, freedom: int, expected: float) -> None:
    assert find_student_quantile(confidence, freedom) == pytest.approx(expected, abs=0.0005)


@given(st.floats(0, 0.9999), st.integers(1, 300))
def test_quantiles_are_those_of_scipy(confidence: float, freedom: int) -> None:
    expected = float(t.ppf((1 + confidence) / 2, freedom))
    assert find_student_quantile(confidence, freedom) == pytest.approx(expected, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "confidence", "expected"),
    [
        ([], 0.95, (None, None, None)),
        ([None], 0.95, (None, None, None)),
        ([3], 0.95, (3, None, None)),
        ([1, 2, 3, 4], 0.95, (2.5, None, None)),
        ([4] * 5, 0.95, (4, 4, 4)),
        ([1, 2, 3, 4, 5, None], 0.0, (3, 3, 3)),
        ([1, 2, 3, 4, 5], 1.0, (3, None, None)),
        ([1, 2, 3, 4, 5], 0.95, (3, 1.036757, 4.963243)),
    ],
)
def test_means_at_the_edges(
    values: list[float | None], confidence: float, expected: tuple[float | None, ...]
) -> None:
    told: Estimate = estimate_mean(values, confidence)
    assert (told.value, told.low, told.high) == pytest.approx(expected, abs=1e-6)
