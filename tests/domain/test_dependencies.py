"""What a dependency asks for, and which answers it takes."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import pytest

from app.domain.dependencies import (
    ACCEPTED,
    DECLINED,
    DELIVERED,
    REQUESTED,
    Answer,
    what_is_asked,
    why_no_answer,
)
from app.domain.words import DependencyState, LinkType
from app.errors import Conflict

ONE, TWO, OTHER = UUID(int=1), UUID(int=2), UUID(int=9)
TODAY, JUNE = date(2026, 11, 22), date(2026, 6, 30)


@dataclass(frozen=True)
class Row:
    """A link as far as it matters here."""

    type: LinkType = LinkType.DEPENDS_ON
    state: DependencyState | None = ACCEPTED
    source_id: UUID = ONE
    target_id: UUID = TWO
    need_by: date | None = JUNE

    def values(self) -> dict[str, object]:
        """What would be written to make the link what it is."""
        return {name: getattr(self, name) for name in ("type", "source_id", "target_id", "need_by")}


def test_a_new_dependency_is_requested_today() -> None:
    asked = what_is_asked(None, Row().values(), today=TODAY)
    assert (asked["state"], asked["requested_on"], asked["answered_on"]) == (REQUESTED, TODAY, None)


def test_other_links_ask_for_nothing() -> None:
    for link in (None, Row()):
        asked = what_is_asked(link, Row(type=LinkType.SUPPORTS).values(), today=TODAY)
        assert set(asked.values()) == {None}


def test_what_is_asked_as_before_keeps_its_answer() -> None:
    assert what_is_asked(Row(), Row().values(), today=TODAY) == {}


@pytest.mark.parametrize(
    "change",
    [Row(need_by=TODAY), Row(need_by=None), Row(target_id=OTHER), Row(source_id=OTHER)],
)
def test_another_question_is_asked_anew(change: Row) -> None:
    assert what_is_asked(Row(), change.values(), today=TODAY)["state"] is REQUESTED
    with pytest.raises(Conflict, match="make a new dependency"):
        what_is_asked(replace(Row(), state=DELIVERED), change.values(), today=TODAY)


def test_what_becomes_a_dependency_is_asked_for() -> None:
    before = Row(type=LinkType.SUPPORTS, state=None)
    assert what_is_asked(before, Row().values(), today=TODAY)["state"] is REQUESTED


@pytest.mark.parametrize(
    ("answer", "states"),
    [
        (Answer.ACCEPT, {REQUESTED, DECLINED, DELIVERED}),
        (Answer.DECLINE, {REQUESTED, ACCEPTED}),
        (Answer.DELIVER, {REQUESTED, ACCEPTED}),
    ],
)
def test_each_answer_has_its_states(answer: Answer, states: set[DependencyState]) -> None:
    assert {state for state in DependencyState if why_no_answer(answer, state) is None} == states
    assert why_no_answer(Answer.DELIVER, DELIVERED) == "This is delivered already."
