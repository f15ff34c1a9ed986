"""Texts: which characters can be stored, and how a text is shown in a sentence."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.texts import clean_text, quote_text, text_problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("\x00", "the character at position 1 (U+0000) is a control character"),
        ("ab\x1bc", "the character at position 3 (U+001B) is a control character"),
        ("\x7f", "the character at position 1 (U+007F) is a control character"),
        ("é\x85", "the character at position 2 (U+0085) is a control character"),
        ("\ud800", "the character at position 1 (U+D800) is half of a surrogate pair"),
        ("ok\udfff", "the character at position 3 (U+DFFF) is half of a surrogate pair"),
    ],
)
def test_a_character_that_cannot_be_stored_is_named_with_its_place(text: str, problem: str) -> None:
    assert text_problem(text) == problem


@pytest.mark.parametrize(
    "text", ["", "Operations", "a\tb\nc\r\nd", "Ünïcödé – “quoted”", "漢字", "👩‍🚀", "\ufffe", "\u202e"]
)
def test_other_texts_can_be_stored(text: str) -> None:
    assert text_problem(text) is None


@given(st.text(st.characters(exclude_categories=())))
def test_what_passes_can_be_encoded_and_holds_no_control_character(text: str) -> None:
    if text_problem(text) is None:
        assert text.encode().decode() == text
        assert all(unicodedata.category(character) != "Cc" for character in text if character not in "\t\n\r")
        assert clean_text(text) == text
    else:
        assert text_problem(clean_text(text)) is None
        assert len(clean_text(text)) == len(text)


@given(st.text(st.characters(exclude_categories=())))
def test_a_quoted_text_is_one_short_line_that_can_be_sent(text: str) -> None:
    quoted = quote_text(text)
    assert len(quoted) <= 43
    assert quoted.encode()
    assert not {"\n", "\r", "\t"} & set(quoted)


def test_a_text_is_cut_after_forty_characters() -> None:
    assert quote_text("x" * 40) == f'"{"x" * 40}"'
    assert quote_text("x" * 41) == f'"{"x" * 40}…"'
    assert quote_text("a\nb\tc\rd\x00") == '"a b c d\ufffd"'
