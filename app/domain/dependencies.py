"""Dependencies: what one side needs of another by a day, and how the other side answers. Pure rules only."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from app.domain.words import DependencyState, LinkType
from app.errors import Conflict

REQUESTED, ACCEPTED, DECLINED, DELIVERED = DependencyState


class Answer(StrEnum):
    """What whoever is asked can say."""

    ACCEPT = "accept"
    DECLINE = "decline"
    DELIVER = "deliver"


# An answer may be corrected: what was declined can be promised after all, a wrong delivery taken back.
_FROM = {
    Answer.ACCEPT: frozenset({REQUESTED, DECLINED, DELIVERED}),
    Answer.DECLINE: frozenset({REQUESTED, ACCEPTED}),
    Answer.DELIVER: frozenset({REQUESTED, ACCEPTED}),
}
# What is asked anew knows nothing of earlier answers.
_UNANSWERED = dict.fromkeys(("answered_on", "answered_by", "decline_reason", "delivered_on"))
_ASKED = ("source_id", "target_id", "type", "need_by")


class Asked(Protocol):
    """A link as far as it matters here."""

    @property
    def type(self) -> LinkType:
        """Only `depends_on` asks for anything."""
        ...

    @property
    def state(self) -> DependencyState | None:
        """What became of it."""
        ...

    @property
    def source_id(self) -> UUID:
        """Who needs it."""
        ...

    @property
    def target_id(self) -> UUID:
        """Who is asked."""
        ...

    @property
    def need_by(self) -> date | None:
        """By when."""
        ...


def list_answers(state: DependencyState | None) -> list[Answer]:
    """What can be said about a dependency in this state; nothing about what is none.

    >>> [answer.value for answer in list_answers(DependencyState.ACCEPTED)]
    ['decline', 'deliver']
    """
    return [answer for answer, states in _FROM.items() if state in states]


def what_is_asked(link: Asked | None, values: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """The columns that a new link, or a change of one, sets beside what is written.

    A dependency is requested on the day it is made. Whoever then asks somebody else, for something else or
    by another day, asks anew: an answer was given to the old question. What was delivered is over and keeps
    its question (`Conflict`). Any other link asks for nothing.
    """
    if values["type"] is not LinkType.DEPENDS_ON:
        return {"state": None, "requested_on": None, **_UNANSWERED}
    if link is not None and all(getattr(link, name) == values[name] for name in _ASKED):
        return {}
    if link is not None and link.type is LinkType.DEPENDS_ON and link.state is DELIVERED:
        raise Conflict(
            "This was delivered: make a new dependency for what is still needed.", code="delivered"
        )
    return {"state": REQUESTED, "requested_on": today, **_UNANSWERED}


def why_no_answer(answer: Answer, state: DependencyState | None) -> str | None:
    """Why this cannot be said about a dependency, as a sentence; None when it can.

    >>> why_no_answer(Answer.DECLINE, None)
    'Only a dependency is answered; this link asks for nothing.'
    """
    if state is None:
        return "Only a dependency is answered; this link asks for nothing."
    return None if answer in list_answers(state) else f"This is {state.value} already."
