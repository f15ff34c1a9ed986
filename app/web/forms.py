"""Forms: what a browser sent, read against a contract, with what was typed and what is wrong with it.

Fields inside a field are named `vision.why`, rows of a list `values.0.name`; a list of texts comes as several
fields of one name or as the lines of one. What a thing looks like as a form, before anybody typed, is in
`filling`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import NoneType
from typing import Annotated, Any, Generic, TypeGuard, TypeVar, get_args, get_origin

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from app.domain.numerals import read_typed_number
from app.errors import CoxswainError, Malformed
from app.models.base import say_fault


class Contract(BaseModel):
    """Base of what forms ask for; compiled when the first form arrives."""

    model_config = ConfigDict(defer_build=True)


T = TypeVar("T", bound=BaseModel)
MOST_FIELDS = 1000
# Written by the page, not by the person: which version of the thing the form was made from.
VERSION = "version"
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}\Z")
_WORDS = {
    "missing": "Please fill this in.",
    "int_type": "A whole number is expected here.",
    "enum": "Choose one of the list.",
    "literal_error": "Choose one of the list.",
    "date_from_datetime_parsing": "There is no such day.",
    "date_parsing": "There is no such day.",
    "string_too_long": "At most {max_length} characters fit in here.",
    "greater_than_equal": "The least that is taken here is {ge}.",
    "less_than_equal": "The most that is taken here is {le}.",
}


@dataclass
class Form(Generic[T]):
    """What was typed (`values`), what is wrong (`errors`, by field; "" is the whole), else the data.

    `version` is the one that the person saw; `theirs` holds what somebody else wrote meanwhile, by field.
    """

    data: T | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    version: int | None = None
    theirs: dict[str, Any] = field(default_factory=dict)

    def refuse(self, error: CoxswainError) -> None:
        """Lets what an action refuses land beside its field; what has none is about the whole form."""
        for fault in error.faults:
            place = fault.pointer.strip("/").split("/")
            self.errors.setdefault(_nearest(place, self.values), fault.detail)
        if not error.faults:
            self.errors.setdefault("", error.detail)

    def is_stale(self, version: int) -> bool:
        """Was the form made from another version than the one there is now?"""
        return self.version is not None and self.version != version

    def clash(self, now: "Form[T]") -> None:
        """Shows what somebody else wrote beside what was typed; sending it again overwrites knowingly."""
        self.errors.setdefault("", "Somebody changed this while you were writing. Compare, then save again.")
        shown = self.values.keys() | now.values.keys()
        self.theirs = {
            name: now.values.get(name)
            for name in shown - {VERSION}
            if (self.values.get(name) or None) != (now.values.get(name) or None)
        }
        self.version = now.version
        self.values = {**self.values, VERSION: now.version}


def blank_is_none(value: object) -> object:
    """Blank fields of a filter ask for nothing."""
    return None if value == "" else value


async def read_form(request: Request, contract: type[T]) -> Form[T]:
    """A form as its contract reads it: texts are stripped, blanks are absent, unticked boxes are false."""
    try:
        sent = await request.form(max_fields=MOST_FIELDS, max_files=0)
    except (HTTPException, ValueError) as error:
        raise Malformed("The form cannot be read.") from error
    form: Form[T] = Form(values={})
    version = sent.get(VERSION)
    if isinstance(version, str) and _WHOLE.match(version):
        form.version = int(version)
    reader = _Reader(sent)
    given = reader.read_fields(contract, "")
    form.values, form.errors = {VERSION: form.version, **reader.typed}, reader.problems
    if unknown := _list_unknown(sent, contract):
        form.errors[""] = f"The form has a field that is not known here: {', '.join(unknown)}."
    try:
        data = contract.model_validate(given)
    except ValidationError as error:
        for item in error.errors(include_input=False):
            name = _nearest([str(part) for part in item["loc"]], form.values)
            form.errors.setdefault(name, _say_wrong(item))
    else:
        form.data = None if form.errors else data
    return form


def _say_wrong(item: Mapping[str, Any]) -> str:
    """What is wrong with a field, as a person would say it."""
    words = _WORDS.get(item["type"])
    return words.format(**item.get("ctx", {})) if words else say_fault(item)


def _list_unknown(sent: FormData, contract: type[BaseModel]) -> list[str]:
    """What was sent although a strict contract does not know it."""
    if contract.model_config.get("extra") != "forbid":
        return []
    known = {info.alias or name for name, info in contract.model_fields.items()} | {VERSION}
    return sorted({name for name in sent if name.partition(".")[0] not in known})


def read_kind(annotation: Any) -> Any:
    """What a field holds, its limits and "or nothing" left aside."""
    if get_origin(annotation) is Annotated:
        return read_kind(get_args(annotation)[0])
    if get_origin(annotation) is list:
        return annotation
    options = [each for each in get_args(annotation) if each is not NoneType]
    return read_kind(options[0]) if len(options) == 1 else annotation


def is_group(kind: Any) -> TypeGuard[type[BaseModel]]:
    """Does it have fields of its own?"""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


class _Reader:
    """Collects what was typed, field by field, while it makes the input of the contract."""

    def __init__(self, sent: FormData) -> None:
        self.sent = sent
        self.typed: dict[str, Any] = {}
        self.problems: dict[str, str] = {}

    def read_fields(self, contract: type[BaseModel], prefix: str) -> dict[str, Any]:
        given = {}
        for name, info in contract.model_fields.items():
            key = info.alias or name
            value = self._read_field(f"{prefix}{key}", read_kind(info.annotation))
            if value is not None:
                given[key] = value
        return given

    def _read_field(self, name: str, kind: Any) -> Any:
        if is_group(kind):
            return self._read_group(kind, name)
        if get_origin(kind) is list:
            inner = read_kind(get_args(kind)[0])
            return self._read_rows(inner, name) if is_group(inner) else self._read_lines(name)
        if kind is bool:
            self.typed[name] = self.sent.get(name) is not None
            return self.typed[name]
        value = self.sent.get(name)
        text = value if isinstance(value, str) else ""
        if "password" not in name:  # spaces are part of it
            text = text.strip()
        self.typed[name] = text or None
        return self._read_text(name, text, kind) if text else None

    def _read_group(self, kind: type[BaseModel], name: str) -> dict[str, Any] | None:
        given = self.read_fields(kind, f"{name}.")
        return given if any(value not in (False, []) for value in given.values()) else None

    def _read_rows(self, kind: type[BaseModel], name: str) -> list[dict[str, Any]]:
        """Rows that say something; they are counted anew, so that faults find theirs."""
        rows: list[dict[str, Any]] = []
        for number in self._list_numbers(name):
            reader = _Reader(self.sent)
            row = reader._read_group(kind, f"{name}.{number}")
            if row is None:
                continue
            for old, new in ((reader.typed, self.typed), (reader.problems, self.problems)):
                start = f"{name}.{number}."
                new.update({f"{name}.{len(rows)}.{key.removeprefix(start)}": old[key] for key in old})
            rows.append(row)
        self.typed[name] = len(rows)
        return rows

    def _list_numbers(self, name: str) -> list[int]:
        found = (re.match(rf"{re.escape(name)}\.([0-9]{{1,4}})\.", key) for key in self.sent)
        return sorted({int(match[1]) for match in found if match})

    def _read_lines(self, name: str) -> list[str]:
        lines = [line.strip() for line in _split_lines(self.sent.getlist(name))]
        self.typed[name] = [line for line in lines if line]
        return list(self.typed[name])

    def _read_text(self, name: str, text: str, kind: Any) -> Any:
        if kind is int:
            return int(text) if _WHOLE.match(text) else text
        if kind is Decimal:
            try:
                return read_typed_number(text)
            except ValueError as problem:
                self.problems[name] = str(problem)
        return text


def _split_lines(sent: list[Any]) -> Iterator[str]:
    for value in sent:
        if isinstance(value, str):
            yield from value.splitlines()


def _nearest(place: list[str], values: Mapping[str, Any]) -> str:
    """The field that a fault is about, or the one that holds it; "" when the form does not have it."""
    for length in range(len(place), 0, -1):
        name = ".".join(place[:length])
        if name in values:
            return name
    return ""
