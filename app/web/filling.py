"""What there is, as a form shows it before anybody types. How a form is read is in `forms`."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from app.models.base import Record, write_number
from app.web.forms import VERSION, Form, is_group, read_kind

T = TypeVar("T", bound=BaseModel)
# Code and name by id, as `load_references` finds them.
Names = Mapping[UUID, tuple[str, str]]


def fill_form(contract: type[T], row: Record, names: Names | None = None, **extra: Any) -> Form[T]:
    """The form of a record as it is now: references by their codes. What is given besides wins."""
    given = dict(extra)
    for field in row.references:
        identity = getattr(row, f"{field}_id", None)
        if field in contract.model_fields and field not in given:
            given[field] = names[identity][0] if names and identity else None
    values = {VERSION: row.version, **_list_values(contract, _Layered(given, row), "")}
    return Form(values=values, version=row.version)


class _Layered:
    """Looks for a value in the given ones first, then in the record."""

    def __init__(self, given: Mapping[str, Any], row: Any) -> None:
        self.given, self.row = given, row

    def read(self, name: str) -> Any:
        if name in self.given:
            return self.given[name]
        return self.row.get(name) if isinstance(self.row, Mapping) else getattr(self.row, name, None)


def _list_values(contract: type[BaseModel], source: _Layered, prefix: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, info in contract.model_fields.items():
        key, kind, value = f"{prefix}{info.alias or name}", read_kind(info.annotation), source.read(name)
        inner = read_kind(get_args(kind)[0]) if get_origin(kind) is list else None
        if is_group(kind):
            values |= _list_values(kind, _Layered({}, {} if value is None else value), f"{key}.")
        elif is_group(inner):
            values[key] = len(value or ())
            for number, each in enumerate(value or ()):
                values |= _list_values(inner, _Layered({}, each), f"{key}.{number}.")
        else:
            values[key] = write_field(value)
    return values


def write_field(value: Any) -> Any:
    """A value as the text of its field; truth values and lists of texts stay what they are."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return str(write_number(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return [write_field(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
