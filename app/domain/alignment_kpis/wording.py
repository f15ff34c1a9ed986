"""Pieces of the sentences in which figures explain themselves."""

from collections.abc import Iterable, Sequence

MOST_NAMES = 5


def count_things(n: int, thing: str, things: str | None = None) -> str:
    """A number with its noun.

    >>> count_things(1, "decision"), count_things(4, "decision")
    ('1 decision', '4 decisions')
    """
    return f"{n} {thing}" if n == 1 else f"{n} {things or thing + 's'}"


def name_some(names: Sequence[str]) -> str:
    """The first names, and how many more there are.

    >>> name_some(["a", "b", "c", "d", "e", "f", "g"])
    'a, b, c, d, e and 2 more'
    """
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"


def join_parts(parts: Iterable[str]) -> str:
    """Parts of a sentence, parted by semicolons and ended by a full stop; empty ones are left out.

    >>> join_parts(["7 of 9 due", "", "2 late"])
    '7 of 9 due; 2 late.'
    """
    return "; ".join(part for part in parts if part) + "."


def write_days(days: float) -> str:
    """A number of days.

    >>> write_days(1.0), write_days(12.5)
    ('1 day', '12.5 days')
    """
    return "1 day" if days == 1 else f"{days:g} days"
