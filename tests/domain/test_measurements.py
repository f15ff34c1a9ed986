"""Measurements: whose value is awaited, who owes it, and when it needs a note."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.measurements import check_content, check_period, due_departments, needs_note, who_owes
from app.domain.periods import Cadence, parse_period
from app.domain.scoring import Source, Status
from app.domain.states import NewValue


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


@pytest.mark.parametrize(
    ("period", "code"),
    [("2026-10", None), ("2026-11", None), ("2026-12", "not_begun"), ("2026-Q4", "wrong_cadence")],
)
def test_periods_are_of_the_cadence_and_have_begun(period: str, code: str | None) -> None:
    problems = check_period(parse_period(period), Cadence.MONTHLY, today=date(2026, 11, 1))
    assert [each.code for each in problems] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"value": 1}, []),
        ({"not_applicable": True, "note": "Closed."}, []),
        ({"value": 1, "numerator": 0, "denominator": 5}, []),
        ({}, [("value", "required")]),
        ({"not_applicable": True}, [("note", "note_required")]),
        (
            {"not_applicable": True, "note": "x", "value": 1},
            [("not_applicable", "value_and_not_applicable")],
        ),
        ({"value": 1, "denominator": 5}, [("numerator", "required")]),
        ({"value": 1, "numerator": 5}, [("denominator", "required")]),
        ({"value": 1, "numerator": 5, "denominator": 0}, [("denominator", "denominator_zero")]),
        ({"numerator": 5}, [("value", "required"), ("denominator", "required")]),
    ],
)
def test_what_may_be_said_of_a_period(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    numbers: dict[str, Any] = {name: Decimal(it) if type(it) is int else it for name, it in fields.items()}
    said = NewValue(department=None, period=parse_period("2026-10"), **numbers)
    assert [(each.field, each.code) for each in check_content(said)] == expected
