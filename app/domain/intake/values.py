"""Single values of a push, read the same way on both paths: texts of one line, times, numbers as text."""

import math
import re
from datetime import datetime
from typing import Annotated, Any

import msgspec

from app.domain.intake.contract import FIRST_YEAR, LAST_YEAR, LONGEST_TEXT

# One line of text, as everywhere: PostgreSQL cannot keep NUL, and UTF-8 has no lone surrogates.
_ONE_LINE = re.compile("[^\x00-\x1f\x7f\ud800-\udfff]+")
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


def tidy_text(text: str) -> str | None:
    """A text without the blanks around it; None when it cannot be stored: empty, too long, not one line.

    >>> tidy_text(" Operations "), tidy_text("two\\nlines")
    ('Operations', None)
    """
    tidy = text.strip()
    if 0 < len(tidy) <= LONGEST_TEXT and (tidy.isprintable() or _ONE_LINE.fullmatch(tidy)):
        return tidy
    return None


def read_time(text: str) -> datetime | None:
    """An RFC 3339 time with its offset, between the years 1900 and 2200; None when it is none.

    >>> read_time("2026-06-02T06:00:00Z").isoformat()
    '2026-06-02T06:00:00+00:00'
    """
    try:
        moment: datetime = msgspec.convert(text, _Instant)
    except msgspec.ValidationError:
        return None
    # A day inside the bounds, so that no offset leads out of what a database can hold.
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def read_integer(value: object) -> int | None:
    """A decoded JSON number without fraction (5.0 is one); None for anything else.

    >>> read_integer(5.0), read_integer(True), read_integer("5")
    (5, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return None
    return int(value)


def write_cell(value: Any) -> str:
    """A value as the text of a cell, "" for None; whole numbers without a point.

    >>> write_cell(7.4), write_cell(38.0), write_cell(None)
    ('7.4', '38', '')
    """
    if value is None:
        return ""
    text = repr(value) if isinstance(value, float) else str(value)
    return text.removesuffix(".0")
