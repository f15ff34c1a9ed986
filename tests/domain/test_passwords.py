"""Which passwords are taken, and how they are kept."""

import pytest

from app.domain.passwords import hash_password, password_problem, verify_password

SENTENCE = "the tide turns at noon"


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("twelve chars", None),
        ("eleven char", "at least 12"),
        ("", "at least 12"),
        (SENTENCE * 9, None),
        (SENTENCE * 10, "at most 200"),
        ("abababababab", "same few"),
        ("abcdabcdabcd", "same few"),
        ("ADA@harbour.example", "others know"),
        ("Ada-Lovelace-1815", "others know"),
        ("4daL0velace!!", "others know"),
        ("password1234", "first that are tried"),
        ("P@ssw0rd2026!", "first that are tried"),
        ("passwordpassword", "first that are tried"),
        ("Welcome2024Welcome", "first that are tried"),
        ("qwertyuiop123", "first that are tried"),
        ("1qaz2wsx3edc4rfv", "first that are tried"),
        ("210987654321", "first that are tried"),
        ("aaaaabbbbbcccccdddddeeeee", "first that are tried"),
        ("correct horse battery staple", None),
        ("Ada likes rowing at night", None),
        ("x7#kQ2!vP9$z", None),
        ("ẞİ 🚣 ruderboot", None),
    ],
)
def test_length_counts_and_what_others_know_does_not(password: str, told: str | None) -> None:
    problem = password_problem(password, known=("Ada Lovelace", "ada@harbour.example"))
    assert problem is None if told is None else told in str(problem)


def test_only_the_same_password_opens() -> None:
    kept = hash_password(SENTENCE)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept != hash_password(SENTENCE)
    assert verify_password(SENTENCE, kept)
    assert not verify_password(SENTENCE + " ", kept)


def test_where_no_password_is_kept_none_opens() -> None:
    assert not verify_password(SENTENCE, None)
    assert not verify_password("nobody has this password", None)
