"""CSV answers: who asks for them, and rows as lines. Which columns there are is each route's own matter."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from fastapi import Request

from app.domain.cells import guard_cell

CSV = "text/csv; charset=utf-8"
JSON_NAMES = ("application/json", "application/*", "*/*")
CSV_NAMES = ("text/csv", "text/*", "*/*")


def prefers_csv(request: Request) -> bool:
    """Does Accept want CSV rather than JSON? What names neither, or is not understood, gets JSON."""
    ranges = dict(_read_range(part) for part in request.headers.get("accept", "*/*").lower().split(","))
    return _rank(ranges, CSV_NAMES) > _rank(ranges, JSON_NAMES)


def _read_range(text: str) -> tuple[str, float]:
    name, *options = [part.strip() for part in text.split(";")]
    for option in options:
        if option.startswith("q="):
            try:
                return name, float(option[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0


def _rank(ranges: dict[str, float], names: Sequence[str]) -> tuple[float, int]:
    """The quality of the most exact range that covers a type, and how exact it is."""
    for exactness, name in zip((3, 2, 1), names, strict=True):
        if name in ranges:
            return ranges[name], exactness if ranges[name] else 0
    return 0.0, 0


def write_csv(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV (RFC 4180): text that looks like a formula is guarded, numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([write_cell(cell) for cell in line] for line in lines)
    return out.getvalue().encode()


def write_cell(value: object) -> str:
    """One cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return guard_cell(value) if isinstance(value, str) else str(value)
