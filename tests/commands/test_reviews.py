"""`coxswain review`: which reviews there are, and one of them as a file, from the command line."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import URL

from app.database import Database
from app.domain.reviews import ReviewStatus
from tests.commands.running import run_coxswain
from tests.factories import make_review, make_snapshot

# As an earlier version froze it.
KEPT = Path(__file__).parents[1] / "domain" / "kept_reviews"


@pytest.fixture
async def closed(fresh_database: Database) -> bytes:
    """The review of October, closed once and opened again; what it showed when it closed."""
    body = (KEPT / "schema-1.json").read_bytes()
    async with fresh_database.unit_of_work() as session:
        review = await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
        await make_snapshot(session, review, body)
    return body


def run(*words: str, url: URL) -> subprocess.CompletedProcess[str]:
    done = run_coxswain("review", *words, url=url)
    assert done.returncode == 0, done.stderr
    return done


async def test_a_closed_review_is_written_as_its_bytes_say(
    closed: bytes, fresh_url: URL, tmp_path: Path
) -> None:
    assert run("list", url=fresh_url).stdout == "2026-10  closed      revision 1\n"
    for kind in ("json", "csv", "html"):
        file = tmp_path / f"october.{kind}"
        said = run("export", "2026-10", "--format", kind, "--output", str(file), url=fresh_url)
        assert str(file) in said.stdout
        assert file.read_bytes() == (KEPT / f"schema-1.{kind}").read_bytes()
    assert (
        run("export", "2026-10", "--format", "json", "--output", "-", url=fresh_url).stdout.encode() == closed
    )


async def test_what_is_not_there_is_told(closed: bytes, fresh_url: URL) -> None:
    for words, detail in ((("2026-09",), "2026-09"), (("2026-10", "--revision", "7"), "revision 7")):
        refused = run_coxswain("review", "export", *words, url=fresh_url)
        assert refused.returncode == 1
        assert detail in refused.stderr
