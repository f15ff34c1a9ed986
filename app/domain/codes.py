"""Codes: the short names that people and machines point with. Whether one is taken is not known here."""

import re
from collections.abc import Iterable

CODE_PATTERN = "^[A-Za-z0-9._-]{1,40}$"
RESERVED_CODES = frozenset({"tree", "map", "new"})

_CODE = re.compile(CODE_PATTERN)
_UUID = re.compile("[0-9A-Fa-f]{8}(-?)[0-9A-Fa-f]{4}\\1[0-9A-Fa-f]{4}\\1[0-9A-Fa-f]{4}\\1[0-9A-Fa-f]{12}")


def code_problem(text: str) -> str | None:
    """Why a text cannot be a code, in words; None when it can.

    Refused beside other characters: what reads as an id, the words that pages and operations use in
    the place of a code (in any case), and `.` and `..`, which vanish from a URL on the way.

    >>> code_problem("SALES-3") is None
    True
    >>> code_problem("Tree")
    'Tree is reserved'
    """
    if not _CODE.fullmatch(text):
        return "a code is 1 to 40 letters (A to Z), digits, dots, underscores and hyphens"
    if is_uuid(text):
        return "a code must not look like an id"
    if code_key(text) in RESERVED_CODES:
        return f"{text} is reserved"
    if text in {".", ".."}:
        return "a code must not be one or two dots alone"
    return None


def code_key(text: str) -> str:
    """What codes are compared by: two codes are the same when their keys are."""
    return text.casefold()


def is_uuid(text: str) -> bool:
    """Whether a text reads as an id: 32 hexadecimal digits, grouped 8-4-4-4-12 or not at all."""
    return _UUID.fullmatch(text) is not None


def suggest_code(prefix: str, taken: Iterable[str]) -> str:
    """The next code after those that begin alike: `G6` after `G1` to `G5`, `SALES-1` for a first one.

    >>> suggest_code("G", ["G1", "g5", "GROUP-1"]), suggest_code("SALES", [])
    ('G6', 'SALES-1')
    """
    pattern = re.compile(re.escape(prefix) + r"(-?)([0-9]{1,9})\Z", re.IGNORECASE)
    found = [match for text in taken if (match := pattern.match(text))]
    hyphen = found[-1][1] if found else "-" * (len(prefix) > 1)
    return f"{prefix}{hyphen}{max((int(match[2]) for match in found), default=0) + 1}"
