"""Inputs that several properties of the pure room are tried on."""

from decimal import Decimal

from hypothesis import strategies as st


def numbers(low: int = -1000, high: int = 1000, places: int = 3) -> st.SearchStrategy[Decimal]:
    """Finite decimals from low to high, as a person would report them."""
    return st.decimals(low, high, allow_nan=False, allow_infinity=False, places=places)
