"""Codes: which texts can be one, and when two are the same."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import CODE_PATTERN, code_key, code_problem, is_uuid


@pytest.mark.parametrize(
    "text", ["SALES", "SALES-3", "G1", "a", "0", "A.b_c-d", "x" * 40, "trees", "...", "-"]
)
def test_a_short_plain_name_can_be_a_code(text: str) -> None:
    assert code_problem(text) is None


@pytest.mark.parametrize(
    "text", ["", "x" * 41, "A B", "A/B", "Ä", "A\n", "A\x00", "A\ud800", "１", "a@x.org", "A>B", "A%20", "ß"]
)
def test_other_characters_and_lengths_are_refused(text: str) -> None:
    assert code_problem(text) == "a code is 1 to 40 letters (A to Z), digits, dots, underscores and hyphens"


@pytest.mark.parametrize("text", ["tree", "map", "new", "Tree", "NEW"])
def test_words_that_pages_use_are_reserved_in_any_case(text: str) -> None:
    assert code_problem(text) == f"{text} is reserved"


@pytest.mark.parametrize("text", [".", ".."])
def test_codes_that_vanish_from_a_url_are_refused(text: str) -> None:
    assert code_problem(text) == "a code must not be one or two dots alone"


@given(st.uuids())
def test_no_code_looks_like_an_id(value: uuid.UUID) -> None:
    for text in (str(value), str(value).upper(), value.hex):
        assert is_uuid(text)
        assert code_problem(text) == "a code must not look like an id"


@pytest.mark.parametrize(
    "text",
    [
        "SALES",
        "0190a6f0-7b1c-7e2d-8f3a-4b5c6d7e8f9",
        "0190a6f07b1c-7e2d-8f3a-4b5c6d7e8f90",
        "g" * 32,
        "1" * 33,
    ],
)
def test_other_texts_are_no_ids(text: str) -> None:
    assert not is_uuid(text)


@given(st.from_regex(CODE_PATTERN, fullmatch=True).map(str.strip))
def test_the_case_of_a_code_makes_no_difference(text: str) -> None:
    assert code_key(text.upper()) == code_key(text.lower()) == code_key(text)
    assert (code_problem(text.upper()) is None) is (code_problem(text.lower()) is None)
