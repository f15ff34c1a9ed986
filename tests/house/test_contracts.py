"""Input contracts mean what the document says: a text is no number and no truth value."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import app.models
from app.api.examples import EXAMPLES
from app.models.base import Code, Day, Email, Instant, Line, Number, Prose, Reference


def list_contracts() -> Iterator[type[BaseModel]]:
    """Every input contract that has an example."""
    pending = [BaseModel]
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if kind.__name__ in EXAMPLES and kind.__module__.startswith(app.models.__name__):
            yield kind


CONTRACTS = sorted(list_contracts(), key=lambda kind: kind.__name__)


def list_wrong_values(value: Any) -> list[Any]:
    """Values that look like this one and are not."""
    if isinstance(value, bool):
        return ["true", 1, "yes"]
    if isinstance(value, int | float):
        return [str(value), True, float("nan"), 1e300]
    return []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_a_contract_takes_its_example_and_no_lookalikes(contract: type[BaseModel]) -> None:
    example = EXAMPLES[contract.__name__]
    contract.model_validate(copy.deepcopy(example))
    for field, value in example.items():
        for wrong in list_wrong_values(value):
            with pytest.raises(ValidationError):
                contract.model_validate({**example, field: wrong})
    with pytest.raises(ValidationError):
        contract.model_validate({**example, "no_such_field": 1})


def test_there_are_contracts() -> None:
    assert len(CONTRACTS) >= 8


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Code, ["A", "a.b_c-1"], ["", "a b", "a\n", "é", "tree", "a" * 41, "\x00"]),
        (Line, ["a", " é 漢 "], ["", "  ", "a\nb", "a\n", "\x00", "\x85", "x" * 201, "\ud800"]),
        (Prose, ["", "a\nb\tc"], ["\x00", "\x0b", "\x7f", "x" * 10_001]),
        (Email, ["a@b", "a.b+c@d-e.example"], ["a", "a@", "a@b c", " a@b", "a@b\n", "@b"]),
        (Reference, ["x", "é 漢"], ["", "\x00", "a\n", "x" * 321]),
        (Day, ["1900-01-01", "2200-12-31"], ["1899-12-31", "2201-01-01", "2026-02-30", "20260101", 0, "0"]),
        (
            Instant,
            ["2026-06-02T06:00:00Z", "2026-06-02t06:00:00.5+02:00"],
            ["2026-06-02", "2026-06-02T06:00:00", "1", 1, "1899-01-01T00:00:00Z", "2026-06-02 06:00:00Z"],
        ),
        (Number, [1, 7.3, -1e15], ["1", True, float("inf"), float("nan"), 1e16, None]),
    ],
)
def test_the_types_of_fields_hold_their_limits(kind: Any, good: list[Any], bad: list[Any]) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    for value in good:
        adapter.validate_python(value)
    for value in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)
