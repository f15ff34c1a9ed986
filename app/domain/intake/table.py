"""Pushes as CSV: the columns of the contract, one score a line. Faults name the line and the column."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, get_args

from app.domain.intake.contract import (
    LARGEST_GROUP,
    LONGEST_WINDOW_DAYS,
    Finding,
    Group,
    KindText,
    Point,
    ScaleInput,
    ScoreItem,
)
from app.domain.intake.documents import HEADING, PersonLevelData, Push
from app.domain.intake.explain import Problems, escape_step
from app.domain.intake.quick import Doubt, Known
from app.domain.intake.values import read_integer, tidy_text
from app.domain.person_level import is_person_level

_TEXTS = ("segment", "department", "name", "metric", "period", "observed_at")
_NUMBERS = ("value", "respondents", "invited", "window_days")
_SCALE = {"scale_kind": "kind", "scale_min": "min", "scale_max": "max"}
COLUMNS = (*HEADING, *_TEXTS, *_NUMBERS, *_SCALE)
_REQUIRED = ("metric", "period", "scale_kind", "value")
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?")

Heading = tuple[str, str, str]


class BadTable(ValueError):
    """Not a CSV file; the message says where and why."""


def read_table(body: bytes, *, limit: int, heading: Heading = ("", "", "")) -> Push:
    """The push in a CSV file: a header line, then at most `limit` scores.

    UTF-8, with or without its mark; commas; an empty cell is "none". `heading` is the source, survey and
    round of lines that name none themselves. Blank lines are skipped. `BadTable` for what is no CSV;
    `PersonLevelData` when a column is about persons.
    """
    text = _decode(body)
    reader = _open(text)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        if named := [f"line 1, column {escape_step(name)}" for name in columns if is_person_level(name)]:
            raise PersonLevelData(named)
        if findings := _check_columns(columns):
            return Push([], typed=False, point=_point_into([]), findings=findings)
        try:
            return _TypedReader(columns, heading).read(_number_lines(reader, limit))
        except Doubt:
            reader = _open(text)
            next(reader)
            return _read_plain(_number_lines(reader, limit), columns, heading)
    except _TooLong:
        finding = Finding(None, "", "too_long", f"A push has at most {limit} lines.")
        return Push([], typed=False, point=_point_into([]), findings=[finding])
    except csv.Error as error:
        raise BadTable(f"Line {reader.line_num} is not CSV: {error}.") from None


def _open(text: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise BadTable(f"Line {line} is not UTF-8 text.") from None


def _check_columns(columns: list[str]) -> list[Finding]:
    findings = []
    for number, name in enumerate(columns):
        if name not in COLUMNS:
            sentence = "A column of this name is not known here."
            findings.append(Finding(None, escape_step(name) or str(number + 1), "unknown_field", sentence))
        elif name in columns[:number]:
            findings.append(Finding(None, name, "repeated_column", "This column is there twice."))
    missing = [name for name in _REQUIRED if name not in columns]
    if not {"segment", "department"} & set(columns):
        missing.append("department")
    return findings + [Finding(None, name, "required", "This column is required.") for name in missing]


def _point_into(lines: list[int]) -> Point:
    """How places of a table are named. Line numbers are those a text editor shows."""

    def point(position: int | None, field: str) -> str:
        column = {"scale": "scale_kind"}.get(field, field.replace("scale/", "scale_"))
        line = 1 if position is None else lines[position]
        return f"line {line}, column {column}" if column else f"line {line}"

    return point


def _number_lines(reader: Any, limit: int) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line it starts on; blank lines are left out."""
    start = reader.line_num + 1
    count = 0
    for cells in reader:
        if cells:
            count += 1
            if count > limit:
                raise _TooLong
            yield start, cells
        start = reader.line_num + 1


class _TooLong(Exception):
    """There are more lines than allowed."""


class _Gathering:
    """Items as they are gathered under their source, survey and round."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.groups: dict[Heading, tuple[list[Any], list[int]]] = {}

    def add(self, line: int, heading: Heading, item: Any) -> None:
        """One more item."""
        group = self.groups.get(heading)
        if group is None:
            group = self.groups[heading] = ([], [])
        group[0].append(item)
        group[1].append(len(self.lines))
        self.lines.append(line)

    def finish(self, *, typed: bool, findings: Sequence[Finding] = ()) -> Push:
        """All of them as a push."""
        groups = [Group(*heading, items, positions) for heading, (items, positions) in self.groups.items()]
        return Push(groups, typed=typed, point=_point_into(self.lines), findings=list(findings))


class _TypedReader:
    """Makes `ScoreItem`s of lines that fit the contract; `Doubt` at the first that may not.

    Cells that repeat are read once. A column that is not there is read as an empty cell put last.
    """

    def __init__(self, columns: list[str], heading: Heading) -> None:
        self.width = len(columns)
        self.default = heading
        self.take_heading = self._pick(columns, HEADING)
        self.take_scale = self._pick(columns, tuple(_SCALE))
        self.take_texts = self._pick(columns, _TEXTS)
        self.take_numbers = self._pick(columns, _NUMBERS)
        self.headings: Known[Any, Heading] = Known(self._read_heading)
        self.scales: Known[Any, ScaleInput] = Known(_read_typed_scale)
        self.numbers: Known[str, float] = Known(_read_typed_number)
        self.counts: Known[str, int | None] = Known(partial(_read_typed_count, least=0, most=LARGEST_GROUP))
        self.windows: Known[str, int | None] = Known(
            partial(_read_typed_count, least=1, most=LONGEST_WINDOW_DAYS)
        )

    def _pick(self, columns: list[str], names: tuple[str, ...]) -> Callable[[list[str]], Any]:
        return itemgetter(*(columns.index(name) if name in columns else len(columns) for name in names))

    def _read_heading(self, cells: tuple[str, ...]) -> Heading:
        texts = [tidy_text(cell) if cell.strip() else "" for cell in cells]
        if None in texts:
            raise Doubt
        source, survey, round_ = (text or default for text, default in zip(texts, self.default, strict=True))
        return source, survey, round_

    def read(self, lines: Iterator[tuple[int, list[str]]]) -> Push:
        """Every line."""
        gathering = _Gathering()
        for line, cells in lines:
            if len(cells) != self.width:
                raise Doubt
            cells.append("")
            gathering.add(line, self.headings[self.take_heading(cells)], self._read_line(cells))
        return gathering.finish(typed=True)

    def _read_line(self, cells: list[str]) -> ScoreItem:
        segment, department, name, metric, period, observed_at = self.take_texts(cells)
        value, respondents, invited, window_days = self.take_numbers(cells)
        if not metric.strip():
            raise Doubt
        return ScoreItem(
            metric,
            period.strip(),
            self.scales[self.take_scale(cells)],
            self.numbers[value],
            segment.strip() or None,
            department.strip() or None,
            name.strip() or None,
            self.counts[respondents],
            self.counts[invited],
            self.windows[window_days],
            observed_at.strip() or None,
        )


def _read_typed_scale(cells: tuple[str, str, str]) -> ScaleInput:
    kind = cells[0].strip()
    if kind not in get_args(KindText):
        raise Doubt
    low, high = (_read_typed_number(cell) if cell.strip() else None for cell in cells[1:])
    return ScaleInput(kind, low, high)  # type: ignore[arg-type]


def _read_typed_number(cell: str) -> float:
    number = _read_number(cell)
    if isinstance(number, str):
        raise Doubt
    return float(number)


def _read_typed_count(cell: str, *, least: int, most: int) -> int | None:
    if not cell.strip():
        return None
    number = read_integer(_read_number(cell))
    if number is None or not least <= number <= most:
        raise Doubt
    return number


def _read_plain(lines: Iterator[tuple[int, list[str]]], columns: list[str], heading: Heading) -> Push:
    """Every line as a plain document, for the rules to name what is wrong."""
    gathering = _Gathering()
    findings: list[Finding] = []
    for line, cells in lines:
        document = _read_document(columns, cells)
        problems = Problems({name: document.pop(name, None) for name in HEADING})
        found = [problems.text(name) for name in HEADING]
        findings += [Finding(len(gathering.lines), *problem) for problem in problems.found]
        source, survey, round_ = (cell or default for cell, default in zip(found, heading, strict=True))
        gathering.add(line, (source, survey, round_), document)
    return gathering.finish(typed=False, findings=findings)


def _read_document(columns: list[str], cells: list[str]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    scale: dict[str, Any] = {}
    for name, cell in zip(columns, cells, strict=False):
        if not cell.strip():
            continue
        if name in _SCALE:
            scale[_SCALE[name]] = cell.strip() if name == "scale_kind" else _read_number(cell)
        else:
            document[name] = _read_number(cell) if name in _NUMBERS else cell
    if scale:
        document["scale"] = scale
    # A cell beyond the last column has no name but its number.
    return document | {str(number + 1): cells[number] for number in range(len(columns), len(cells))}


def _read_number(cell: str) -> int | float | str:
    """A number as JSON would give it; what is none stays text, for the rules to name."""
    text = cell.strip()
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    return int(text) if found.lastindex is None else float(text)
