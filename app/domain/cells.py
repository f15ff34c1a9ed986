"""Cells of tables that people open in a spreadsheet, where text must not run as a formula."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guard_cell(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet takes for a formula; `unguard_cell` undoes it.

    >>> guard_cell("=1+1"), guard_cell("fine")
    ("'=1+1", 'fine')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguard_cell(text: str) -> str:
    """The text as it was before `guard_cell`: `unguard_cell(guard_cell(text)) == text`.

    >>> unguard_cell("'=1+1"), unguard_cell("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if _GUARDED.match(text) else text
