"""Passwords: which are taken, and how they are kept. When and for whom one is asked is elsewhere.

Parameters are argon2id as its authors and OWASP recommend (64 MiB, 3 passes), which costs a tenth of a second
of a processor: call these functions in a thread.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwdlib import PasswordHash

FEWEST_CHARACTERS = 12
MOST_CHARACTERS = 200
FEWEST_DIFFERENT = 5
# The shortest password that NIST SP 800-63B takes: so much is to be left without what is easily guessed.
FEWEST_OWN = 8
# What people begin with, by what has become known of stolen passwords. Years, runs of the alphabet and of the
# keyboard, and the same sign again and again are found without a list.
_COMMON = (
    *("password", "passwort", "passwd", "pass", "word", "letmein", "welcome", "willkommen", "hello", "login"),
    *("admin", "administrator", "root", "user", "guest", "default", "changeme", "secret", "master", "test"),
    *("iloveyou", "love", "monkey", "dragon", "sunshine", "princess", "football", "baseball", "superman"),
    *("batman", "starwars", "pokemon", "trustno", "shadow", "freedom", "whatever", "michael", "jordan"),
    *("charlie", "summer", "winter", "spring", "autumn", "company", "coxswain", "alignment", "strategy"),
)
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm")
_ZIGZAGS = ("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "qazwsxedcrfvtgbyhnujmik", "1q2w3e4r5t6y7u8i9o0p")
_RUNS = frozenset(
    way[start : start + 3]
    for row in (*_ROWS, *_ZIGZAGS)
    for way in (row, row[::-1])
    for start in range(len(row) - 2)
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_WRITTEN_ALIKE = str.maketrans("@4310$57", "aaeiosst")
_SHORTEST_NAME = 3


@cache
def _hasher() -> "PasswordHash":
    # Loaded for the first password: most starts wait for none.
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(),))


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash("nobody has this password")


def password_problem(password: str, *, known: tuple[str, ...] = ()) -> str | None:
    """Why a password is not taken, as a sentence; None when it is.

    Length counts, not the kinds of characters, and what is tried first does not count (NIST SP 800-63B).
    `known` are texts that others know of the person: their words do not count either.

    >>> password_problem("correct horse battery staple")
    >>> password_problem("short")
    'A password has at least 12 characters; a sentence is easy to remember.'
    """
    if len(password) < FEWEST_CHARACTERS:
        return f"A password has at least {FEWEST_CHARACTERS} characters; a sentence is easy to remember."
    if len(password) > MOST_CHARACTERS:
        return f"A password has at most {MOST_CHARACTERS} characters."
    if len(set(password)) < FEWEST_DIFFERENT:
        return "This password repeats the same few characters."
    if _count_own(password, _COMMON) < FEWEST_OWN:
        return "This password is among the first that are tried: common words, runs of keys, years."
    names = {
        name for text in known for name in re.split(r"[\W_]+", text.casefold()) if len(name) >= _SHORTEST_NAME
    }
    if _count_own(password, (*_COMMON, *names)) < FEWEST_OWN:
        return "This is little more than the name or the e-mail address, which others know."
    return None


def _count_own(password: str, words: tuple[str, ...]) -> int:
    """How many characters are left when everything that is easily guessed is taken away."""
    written = "".join(char.lower() if len(char.lower()) == 1 else char for char in password)
    guessed = set[int]()
    for text in (written, written.translate(_WRITTEN_ALIKE)):
        for word in words:
            guessed.update(*(range(at, at + len(word)) for at in _find_all(text, word)))
        for at in range(len(text) - 2):
            if text[at : at + 3] in _RUNS or len(set(text[at : at + 3])) == 1:
                guessed.update(range(at, at + 3))
        guessed.update(*(range(*match.span()) for match in _YEAR.finditer(text)))
    return len(written) - len(guessed)


def _find_all(text: str, word: str) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(word, at)]


def hash_password(password: str) -> str:
    """The form in which a password is kept: argon2id with a salt of its own."""
    return _hasher().hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Whether a password is the one that is kept. Without one it takes as long, and is never true."""
    matches = _hasher().verify(password, kept or _hash_of_nobody())
    return matches and kept is not None
