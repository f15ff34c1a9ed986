"""Searches as they are typed: words of them, and patterns that forgive one slip."""

import re

from hypothesis import given
from hypothesis import strategies as st

from app.domain.search import LONGEST_WORD, MOST_WORDS, list_near_patterns, split_search

LETTERS = st.characters(codec="utf-8", exclude_characters="\n")
words = st.text(LETTERS, min_size=5, max_size=12)


def fits(pattern: str, text: str) -> bool:
    """LIKE as PostgreSQL means it."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    plain = {"%": ".*", "_": "."}
    regex = "".join(plain.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(regex, text, re.DOTALL) is not None


@given(st.text())
def test_whatever_is_typed_is_a_search(typed: str) -> None:
    found = split_search(typed)
    assert len(found) <= MOST_WORDS
    assert all(0 < len(word) <= LONGEST_WORD and word.isprintable() for word in found)


@given(words, st.data())
def test_one_slip_is_forgiven_and_special_letters_are_only_letters(word: str, data: st.DataObject) -> None:
    patterns = list_near_patterns(word)
    place = data.draw(st.integers(1, len(word) - 2))
    other = data.draw(LETTERS)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    for slip in (
        word,
        word[:place] + other + word[place + 1 :],
        word[:place] + other + word[place:],
        word[:place] + word[place + 1 :],
        swapped,
    ):
        assert any(fits(pattern, f"x{slip}y") for pattern in patterns), slip
    assert not any(fits(pattern, "") for pattern in patterns)


def test_short_words_and_wildcards_are_taken_as_they_are() -> None:
    assert list_near_patterns("a_%\\") == ["%a\\_\\%\\\\%"]
