"""Guarding cells against formulas loses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cells import guard_cell, unguard_cell


@given(st.text(alphabet="'=+-@\t\ra1 ", max_size=6))
def test_a_guarded_cell_starts_no_formula_and_reads_back(text: str) -> None:
    guarded = guard_cell(text)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguard_cell(guarded) == text


@pytest.mark.parametrize("text", ["", "a=b", "'tis", "1", "ü"])
def test_an_innocent_cell_stays_as_it_is(text: str) -> None:
    assert guard_cell(text) == text
    assert unguard_cell(text) == text
