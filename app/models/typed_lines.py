"""Lines that are typed or pasted to capture something, and what a contract says of what was read from one.

What the marks of such a line mean is in `domain.capture`.
"""

import re
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints, ValidationError

from app.errors import Fault, Invalid
from app.models.base import UNSEEN, say_fault

_UNSEEN = re.compile(f"[{UNSEEN}]")


def clean_line(value: object) -> object:
    """A text without what nobody sees (chats and word processors put it in), with single spaces.

    >>> clean_line("two\\u00adfold \\u200b 5\\tDec ")
    'twofold 5 Dec'
    """
    if not isinstance(value, str):
        return value
    seen = _UNSEEN.sub(lambda found: " " if found[0].isspace() else "", value)
    return " ".join(seen.split())


TypedLine = Annotated[str, BeforeValidator(clean_line), StringConstraints(max_length=500)]


def refuse_line(error: ValidationError) -> Invalid:
    """What a contract found wrong with the parts of a line, each named, as the refusal of the line."""
    faults = tuple(
        Fault("/line", "not_understood", f"{_name_part(item['loc'])}: {say_fault(item)}")
        for item in error.errors(include_input=False)
    )
    return Invalid(" ".join(each.detail for each in faults), code="not_understood", faults=faults)


def _name_part(place: tuple[int | str, ...]) -> str:
    return str(place[0]).replace("_", " ").capitalize() if place else "The line"
