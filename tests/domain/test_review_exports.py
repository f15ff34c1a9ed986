"""Exports of a review: from the bytes of the snapshot alone, and by the byte what they were."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.review.canonical import hash_canonical, read_canonical, write_canonical
from app.domain.review.exports import ExportFormat, write_export
from app.domain.scoring import Direction
from tests.domain.closed_reviews import ADA, BEN, EMPTY, FULL, GREEN, HIDDEN, TAKEN, TILES

# A snapshot of this version, and what was exported from it then. They are never made anew.
KEPT = Path(__file__).with_name("kept_reviews")
BODY = (KEPT / "schema-1.json").read_bytes()


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_a_snapshot_that_was_kept_is_exported_by_the_byte_as_it_was(kind: ExportFormat) -> None:
    assert write_export(BODY, kind, is_frozen=True) == (KEPT / f"schema-1.{kind.value}").read_bytes()


def test_a_snapshot_that_was_kept_is_still_read() -> None:
    facts = read_canonical(BODY)
    assert (facts.period, facts.revision, facts.header.score) == ("2026-10", 2, 71.5)
    assert facts.slots[0].kpis[0].reading.value == 58.5


def test_the_kept_snapshot_has_something_of_everything() -> None:
    """What the sample says today is what was kept then, or more: a field that came later."""
    assert read_canonical(BODY) == FULL


def test_the_sheet_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    sheet = write_export(BODY, ExportFormat.HTML, is_frozen=True).decode()
    assert not re.search(r"<script|<link|<img|\ssrc=|\shref=|url\(|@import|javascript:", sheet)
    assert sheet.count("<svg") == 2
    assert hash_canonical(BODY) in sheet
    assert "Ada &lt;Byrne&gt;" in sheet
    assert "<Byrne>" not in sheet
    assert "Closed despite that: Ben names the action tomorrow." in sheet
    assert "Opened again because: September was counted twice." in sheet


def test_a_live_review_says_that_it_is_not_closed() -> None:
    sheet = write_export(write_canonical(EMPTY), ExportFormat.HTML, is_frozen=False).decode()
    assert "Not closed yet" in sheet
    assert "SHA-256" not in sheet
    assert "<h2>Alignment</h2>" not in sheet
    assert "<p>Alignment not checked. Updates received" in sheet


def test_the_sheet_keeps_small_tables_and_headings_together_on_paper() -> None:
    sheet = write_export(BODY, ExportFormat.HTML, is_frozen=True).decode()
    (paper,) = re.findall(r"@media print(.*?)</style>", sheet, re.S)
    assert "@page{margin:14mm 13mm}" in sheet
    assert ".tiles~.wide,p+.wide,.wide:not(:has(tbody>:nth-child(4))){break-inside:avoid}" in paper


def test_no_cell_of_the_table_runs_as_a_formula() -> None:
    table = write_export(BODY, ExportFormat.CSV, is_frozen=True).decode()
    lines = list(csv.DictReader(io.StringIO(table)))
    (tile,) = [line for line in lines if line["section"] == "tile" and line["code"] == "ON-TIME"]
    assert (tile["value"], tile["change"], tile["note"]) == ("58.5", "-3.25", "'=two sites late")
    assert (tile["status"], tile["state"]) == ("red", "signal")
    assert not [cell for line in lines for cell in line.values() if re.match(r"[=+@]", cell)]
    sections = {line["section"] for line in lines}
    assert {"review", "promised before", "finding", "ask", "decision", "level gap", "parked"} <= sections


def test_a_value_of_few_people_is_told_by_how_many_it_takes() -> None:
    body = write_canonical(replace(FULL, minimum_group=5))
    sheet = write_export(body, ExportFormat.HTML, is_frozen=True).decode()
    # A tile, its department, and the pulse.
    assert sheet.count("n&lt;5") == 3
    assert "suppressed" not in sheet
    table = write_export(body, ExportFormat.CSV, is_frozen=True).decode()
    told = [line["state"] for line in csv.DictReader(io.StringIO(table)) if "n<" in line["state"]]
    assert told == ["n<5", "n<5", "n<5"]
    back = replace(HIDDEN, withheld=True)
    kept = replace(TILES[2], reading=back)
    body = write_canonical(replace(FULL, minimum_group=5, tiles=(kept,)))
    assert ">kept back <" in write_export(body, ExportFormat.HTML, is_frozen=True).decode()
    assert ",kept back," in write_export(body, ExportFormat.CSV, is_frozen=True).decode()


def test_a_green_tile_that_misses_its_target_says_from_where_it_is_green() -> None:
    reading = replace(GREEN, value=81.0, target=85.0, green_from=80.8)
    near = replace(TILES[0], reading=reading)
    low = replace(near, direction=Direction.LOWER, reading=replace(reading, value=86.0, green_from=90.0))
    body = write_canonical(replace(FULL, tiles=(near, low, *TILES[1:])))
    sheet = write_export(body, ExportFormat.HTML, is_frozen=True).decode()
    assert (sheet.count("green from"), sheet.count("green up to")) == (1, 1)
    assert "Target 85 %, green from 80.8 %, 2026-10" in sheet
    assert "Target 85 %, green up to 90 %, 2026-10" in sheet


def test_whoever_wrote_down_what_another_decided_is_named() -> None:
    told = replace(TAKEN, decider=ADA, written_by=BEN)
    body = write_canonical(replace(FULL, decisions=replace(FULL.decisions, taken=(told,))))
    sheet = write_export(body, ExportFormat.HTML, is_frozen=True).decode()
    assert "Ada &lt;Byrne&gt; (written down by Ben Cole)" in sheet


def test_an_empty_review_is_a_table_of_one_line() -> None:
    table = write_export(write_canonical(EMPTY), ExportFormat.CSV, is_frozen=False).decode()
    assert len(table.splitlines()) == 2
