"""Writing a review as a file, by the package of its schema, from the bytes of the snapshot alone."""

from enum import StrEnum

from app.domain.review.canonical import hash_canonical, read_canonical
from app.domain.review.export_1.sheet import write_sheet
from app.domain.review.export_1.table import write_table


class ExportFormat(StrEnum):
    """What a review can be written as."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"


MEDIA_TYPES = {
    ExportFormat.JSON: "application/json",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.HTML: "text/html; charset=utf-8",
}


def write_export(body: bytes, kind: ExportFormat, *, is_frozen: bool) -> bytes:
    """A review as a file, from its canonical JSON: the same bytes give the same file, for ever.

    `is_frozen`: they are those of a snapshot; of a live review the file says that it is not closed.
    """
    if kind is ExportFormat.JSON:
        return body
    facts = read_canonical(body)
    if kind is ExportFormat.CSV:
        return write_table(facts)
    return write_sheet(facts, sha256=hash_canonical(body) if is_frozen else None)


def name_export(period: str, revision: int, kind: ExportFormat, *, is_frozen: bool) -> str:
    """What the file is called.

    >>> name_export("2026-10", 2, ExportFormat.CSV, is_frozen=True)
    'review-2026-10-revision-2.csv'
    >>> name_export("2026-10", 1, ExportFormat.HTML, is_frozen=False)
    'review-2026-10-live.html'
    """
    state = f"revision-{revision}" if is_frozen else "live"
    return f"review-{period}-{state}.{kind.value}"
