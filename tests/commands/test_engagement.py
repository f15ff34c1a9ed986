"""`coxswain import engagement`: all or nothing, and every bad line with its number."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, func, select

from app.database import Database
from app.models import EngagementScore, Event
from tests.api.test_engagement_csv import LINE, write_table
from tests.commands.running import run_coxswain
from tests.factories import make_department

HEADINGS = ("source", "survey", "round")


@pytest.fixture
async def database(fresh_database: Database) -> Database:
    """A database of its own, with the department SALES."""
    async with fresh_database.unit_of_work() as session:
        await make_department(session, code="SALES")
    return fresh_database


def write_file(folder: Path, *lines: dict[str, Any], columns: tuple[str, ...] = tuple(LINE)) -> str:
    """A CSV file of scores."""
    file = folder / "scores.csv"
    file.write_bytes(write_table(*lines, columns=columns))
    return str(file)


async def count_scores(database: Database) -> int:
    """How many scores are stored."""
    async with database.unit_of_work() as session:
        return await session.scalar(select(func.count()).select_from(EngagementScore)) or 0


async def test_a_file_is_imported_once_and_again_without_effect(
    database: Database, fresh_url: URL, tmp_path: Path
) -> None:
    columns = tuple(name for name in LINE if name not in HEADINGS)
    file = write_file(tmp_path, LINE, LINE | {"metric": "b"}, columns=columns)
    options = ("--source", "peakon", "--survey", "pulse", "--round", "r1")
    first = run_coxswain("import", "engagement", file, *options, url=fresh_url)
    assert (first.returncode, first.stdout) == (0, "2 scores: 2 created.\n"), first.stderr
    again = run_coxswain("import", "engagement", file, *options, url=fresh_url)
    assert again.stdout == "2 scores: 2 unchanged.\n"
    async with database.unit_of_work() as session:
        score = (await session.scalars(select(EngagementScore))).first()
        assert score is not None
        assert (score.source, score.survey, score.round) == ("peakon", "pulse", "r1")
        pushes = select(func.count()).select_from(Event).where(Event.kind == "engagement_push")  # type: ignore[arg-type]
        assert await session.scalar(pushes) == 1


async def test_every_bad_line_is_told_and_nothing_is_stored(
    database: Database, fresh_url: URL, tmp_path: Path
) -> None:
    file = write_file(
        tmp_path, LINE, LINE | {"metric": "b", "value": 74}, LINE, LINE | {"metric": "c", "respondents": None}
    )
    outcome = run_coxswain("import", "engagement", file, url=fresh_url)
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines() == [
        "scores.csv:3: value: 74 is outside 0–10.",
        "scores.csv:4: The same key as line 2.",
        "scores.csv:5: respondents: respondents is required, so that small groups can be suppressed.",
        f"coxswain: 3 lines are wrong in {file}. Nothing is stored.",
    ]
    assert await count_scores(database) == 0


async def test_a_trusted_source_may_leave_out_respondents(
    database: Database, fresh_url: URL, tmp_path: Path
) -> None:
    file = write_file(tmp_path, LINE | {"respondents": None, "invited": None})
    trusted = run_coxswain("import", "engagement", file, "--trust-source-suppression", url=fresh_url)
    assert (trusted.returncode, await count_scores(database)) == (0, 1)


async def test_a_dry_run_tells_what_would_happen(database: Database, fresh_url: URL, tmp_path: Path) -> None:
    file = write_file(tmp_path, LINE)
    outcome = run_coxswain("import", "engagement", file, "--dry-run", url=fresh_url)
    assert outcome.stdout == "Dry run, nothing is stored: 1 score: 1 created.\n"
    assert await count_scores(database) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file"),
        (b"metric,email\n", "file.csv:1: email: This field is about one person."),
        (b"metric,period,scale_kind,value,segment\nm,2026,enps,\xff,s\n", "Line 2 is not UTF-8"),
        (b"metric,period,scale_kind,value,segment,respondents\nm,2026,enps,1,s,9\n", "names its source"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_in_words(
    database: Database, fresh_url: URL, tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "file.csv"
    if content is not None:
        file.write_bytes(content)
    outcome = run_coxswain("import", "engagement", str(file), url=fresh_url)
    assert outcome.returncode == 1
    assert words in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.slow
async def test_a_hundred_thousand_lines_are_read_and_one_more_is_not(
    database: Database, fresh_url: URL, tmp_path: Path
) -> None:
    lines = [LINE | {"metric": f"m{number}"} for number in range(100_001)]
    assert run_coxswain("import", "engagement", write_file(tmp_path, *lines), url=fresh_url).returncode == 1
    accepted = run_coxswain("import", "engagement", write_file(tmp_path, *lines[:-1]), url=fresh_url)
    assert accepted.stdout == "100000 scores: 100000 created.\n", accepted.stderr
    assert await count_scores(database) == 100_000
