"""Passwords: which are taken, and how they are kept. When and for whom one is asked is elsewhere.

Parameters are argon2id as its authors and OWASP recommend (64 MiB, 3 passes), which costs a tenth of a second
of a processor: call these functions in a thread.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwdlib import PasswordHash

FEWEST_CHARACTERS = 12
MOST_CHARACTERS = 200
FEWEST_DIFFERENT = 5


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

    Length counts, not the kinds of characters (NIST SP 800-63B). `known` are texts that others know of the
    person: a password may not be one of them.

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
    if password.casefold() in {text.casefold() for text in known}:
        return "This is the name or the e-mail address, which others know."
    return None


def hash_password(password: str) -> str:
    """The form in which a password is kept: argon2id with a salt of its own."""
    return _hasher().hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Whether a password is the one that is kept. Without one it takes as long, and is never true."""
    matches = _hasher().verify(password, kept or _hash_of_nobody())
    return matches and kept is not None
