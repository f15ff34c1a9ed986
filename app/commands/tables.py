"""CSV files and input contracts: cells become JSON values by the contract's schema, faults keep their place.

Lists are joined by `;`, objects are JSON, an empty cell is nothing. What is kept, and how, is elsewhere.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from app.api.problems import read_fault
from app.commands.context import Refused
from app.domain.cells import unguard_cell
from app.errors import CoxswainError, Fault

BLANK: dict[str, Any] = {}
LONGEST_CELL = 1_000_000
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_WHOLE = re.compile(r"-?[0-9]{1,18}\Z")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Kind(StrEnum):
    """How a column's cells are read."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "integer"
    FLAG = "boolean"
    LIST = "array"
    DOCUMENT = "object"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a file, and where. Line 1 is the header."""

    line: int
    column: str | None
    detail: str

    def tell(self, file: str) -> str:
        """One line for a person, in the form that editors jump to."""
        place = f"{file}:{self.line}: "
        return f"{place}{self.column}: {self.detail}" if self.column else place + self.detail


@dataclass(slots=True)
class Line:
    """One record of a file: the line it starts on, and its cells as JSON values; None where empty."""

    number: int
    cells: dict[str, Any]


@dataclass(slots=True)
class Table:
    """What a file holds, and what is wrong with it."""

    lines: list[Line] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)


def read_kinds(contract: type[BaseModel]) -> dict[str, Kind]:
    """The columns that an input contract understands."""
    schema = contract.model_json_schema()
    definitions = schema.get("$defs", {})
    return {name: _read_kind(part, definitions) for name, part in schema["properties"].items()}


def _read_kind(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> Kind:
    for option in part.get("anyOf", [part]):
        known = definitions[option["$ref"].rpartition("/")[2]] if "$ref" in option else option
        match known.get("type"):
            case "array":
                items = known.get("items", BLANK)
                return Kind.DOCUMENT if "$ref" in items else Kind.LIST
            case "number" | "integer" | "boolean" | "object" as name:
                return Kind(name)
            case "string":
                return Kind.TEXT
    return Kind.TEXT


def read_table(path: Path, kinds: Mapping[str, Kind], *, needed: Sequence[str], key: Sequence[str]) -> Table:
    """The records of a file. A header that cannot be understood spares us the lines."""
    table = Table()
    rows = _read_rows(path, table)
    header = next(rows, (1, []))[1]
    table.flaws += [] if table.flaws else _check_header(header, kinds, needed)
    if table.flaws:
        return table
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in rows:
        if len(cells) != len(header):
            detail = f"{len(cells)} cells, but the header names {len(header)}."
            table.flaws.append(Flaw(number, None, detail))
            continue
        line = _read_line(number, dict(zip(header, cells, strict=True)), kinds, table)
        identity = tuple(str(line.cells[name] or "").lower() for name in key if name in line.cells)
        if (first := seen.setdefault(identity, number)) != number:
            table.flaws.append(Flaw(number, key[0], f"The same as line {first}."))
        table.lines.append(line)
    return table


def _read_rows(path: Path, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it starts on. Spreadsheets put a mark before UTF-8, which is passed over."""
    if not path.is_file():
        raise Refused(f"There is no file {path}.")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        table.flaws.append(Flaw(line, None, "This is not UTF-8 text. Save the file as CSV UTF-8."))
        return
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cells):
                yield start, [cell.strip() for cell in cells]
            start = reader.line_num + 1
    except csv.Error as error:
        table.flaws.append(Flaw(start, None, f"This is not CSV: {error}."))


def _check_header(header: Sequence[str], kinds: Mapping[str, Kind], needed: Sequence[str]) -> list[Flaw]:
    if not header:
        return [Flaw(1, None, "The file is empty; its first line names the columns.")]
    known = ", ".join(kinds)
    unknown = [name for name in header if name not in kinds]
    flaws = [Flaw(1, name or None, f"No such column. There are: {known}.") for name in unknown]
    flaws += [Flaw(1, name, "This column is needed.") for name in needed if name not in header]
    twice = {name for name in header if header.count(name) > 1}
    return flaws + [Flaw(1, name, "This column comes twice.") for name in sorted(twice - set(unknown))]


def _read_line(number: int, cells: Mapping[str, str], kinds: Mapping[str, Kind], table: Table) -> Line:
    values: dict[str, Any] = {}
    for name, text in cells.items():
        try:
            values[name] = read_cell(text, kinds[name])
        except orjson.JSONDecodeError as error:
            values[name] = None
            table.flaws.append(Flaw(number, name, f"This is not JSON: {error}."))
    return Line(number, values)


def read_cell(text: str, kind: Kind) -> Any:
    """A cell as a JSON value. What is no number stays text: the contract says what it thinks of that."""
    if text == "":
        return None
    match kind:
        case Kind.NUMBER:
            return Decimal(text) if _NUMBER.match(text) else text
        case Kind.WHOLE:
            return int(text) if _WHOLE.match(text) else text
        case Kind.FLAG:
            return _FLAGS.get(text.lower(), text)
        case Kind.LIST:
            return [part.strip() for part in unguard_cell(text).split(";") if part.strip()]
        case Kind.DOCUMENT:
            return orjson.loads(text)
    return unguard_cell(text)


def find_flaws(line: Line, error: CoxswainError | ValidationError) -> list[Flaw]:
    """The faults of one record as places in its file."""
    if isinstance(error, ValidationError):
        items = error.errors(include_url=False, include_input=False)
        faults = [read_fault({**item, "loc": ("body", *item["loc"])}) for item in items]
    else:
        faults = list(error.faults) or [Fault("", error.code, error.detail)]
    return [place_fault(line, fault) for fault in faults]


def place_fault(line: Line, fault: Fault, *, under: str = "") -> Flaw:
    """A fault as a place in the file; `under` is the part of its pointer that names the record."""
    column = fault.pointer.removeprefix(under).lstrip("/").partition("/")[0]
    return Flaw(line.number, column or None, fault.detail)
