"""Asking for another value of a closed period: how far a request is, and what a correction says of it.

What a closed review keeps out, and who corrects it all the same, is in `period_locks`.
"""

from enum import StrEnum


class RequestState(StrEnum):
    """How far a request is. Whoever may correct accepts or declines it; who asked may take it back."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


def why_not_answered(state: RequestState) -> str | None:
    """Why a request can neither be answered nor taken back any more; None while it is open.

    >>> why_not_answered(RequestState.OPEN), why_not_answered(RequestState.WITHDRAWN)
    (None, 'This request was taken back.')
    """
    if state is RequestState.OPEN:
        return None
    done = "taken back" if state is RequestState.WITHDRAWN else f"{state.value} already"
    return f"This request was {done}."


def say_why_corrected(reason: str, asker: str) -> str:
    """The reason that an accepted value is kept with: that of the request, and whose it is.

    >>> say_why_corrected("Two invoices came late.", "Gareth Lowell")
    'Two invoices came late. (Asked for by Gareth Lowell.)'
    """
    return f"{reason} (Asked for by {asker}.)"
