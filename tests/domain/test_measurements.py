"""Measurements: whose value is awaited, who owes it, and when it needs a note."""

import pytest

from app.domain.measurements import due_departments, needs_note, who_owes
from app.domain.scoring import Source, Status


@pytest.mark.parametrize(
    ("home", "reporting", "ever_had_values", "due"),
    [
        ("OPS", ["EAST", "WEST"], ["OPS", None], {"EAST", "WEST"}),
        (None, ["EAST"], [], {"EAST"}),
        ("OPS", [], ["EAST", None], {"OPS"}),
        (None, [], ["EAST", None], {"EAST", None}),
        (None, [], ["EAST"], {"EAST"}),
        (None, [], [], {None}),
    ],
)
def test_values_are_awaited_from_these_departments(
    home: str | None, reporting: list[str], ever_had_values: list[str | None], due: set[str | None]
) -> None:
    assert due_departments(home, reporting=reporting, ever_had_values=ever_had_values) == due


@pytest.mark.parametrize("note", [None, "", " \n\t"])
def test_a_typed_red_value_without_a_note_needs_one(note: str | None) -> None:
    assert needs_note(Status.RED, note, source=Source.MANUAL)


def test_a_note_is_enough() -> None:
    assert not needs_note(Status.RED, "The lift broke.", source=Source.MANUAL)


@pytest.mark.parametrize("source", [source for source in Source if source is not Source.MANUAL])
def test_nobody_asks_a_machine_for_a_note(source: Source) -> None:
    assert not needs_note(Status.RED, None, source=source)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.RED])
def test_a_value_that_is_not_red_needs_no_note(status: Status) -> None:
    assert not needs_note(status, None, source=Source.MANUAL)


@pytest.mark.parametrize(
    ("updater", "head", "owner", "owing"),
    [
        ("ada", "ben", "cleo", "ada"),
        (None, "ben", "cleo", "ben"),
        (None, None, "cleo", "cleo"),
        (None, None, None, None),
        ("ada", None, None, "ada"),
    ],
)
def test_the_updater_owes_a_value_else_the_head_else_the_owner(
    updater: str | None, head: str | None, owner: str | None, owing: str | None
) -> None:
    assert who_owes(updater, head, owner=owner) == owing
