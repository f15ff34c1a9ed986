"""Which characters a text may hold, and how a text is shown in a sentence. Lengths belong to the models."""

import re

# PostgreSQL cannot store NUL, UTF-8 has no lone surrogates, and the other control characters
# (C0, DEL, C1) corrupt terminals, CSV files and logs. Tab and line breaks are text; a browser
# sends the line breaks of a form as CR LF.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SHOWN_CHARACTERS = 40


def text_problem(text: str) -> str | None:
    """Why a text cannot be stored, in words; None when it can. Positions count from 1.

    >>> text_problem("a\\x00b")
    'the character at position 2 (U+0000) is a control character'
    """
    found = _REFUSED.search(text)
    if found is None:
        return None
    kind = "half of a surrogate pair" if found[0] >= "\ud800" else "a control character"
    return f"the character at position {found.start() + 1} (U+{ord(found[0]):04X}) is {kind}"


def clean_text(text: str) -> str:
    """The text with every character that cannot be stored or sent replaced by U+FFFD."""
    return _REFUSED.sub("\ufffd", text)


def quote_text(text: str) -> str:
    """What somebody typed, quoted so that any sentence can carry it: printable and at most 40 long.

    >>> quote_text("2026-10 ")
    '"2026-10 "'
    """
    shown = clean_text(text[: _SHOWN_CHARACTERS + 1]).replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return f'"{shown}"' if len(shown) <= _SHOWN_CHARACTERS else f'"{shown[:_SHOWN_CHARACTERS]}…"'
