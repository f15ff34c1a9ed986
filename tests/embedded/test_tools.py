"""The programs of the wheel: found, run with a clean environment, and clear when they fail or are missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.embedded import EmbeddedError, find_binaries, run_tool, running
from tests.embedded.conftest import PROJECT, ask


@pytest.mark.parametrize("version", [16, 18])
def test_the_programs_are_those_of_the_version(version: int) -> None:
    said = subprocess.run([find_binaries(version) / "postgres", "--version"], capture_output=True, check=True)
    assert f"(PostgreSQL) {version}." in said.stdout.decode()


def test_the_newest_version_is_the_default() -> None:
    assert find_binaries() == find_binaries(18)


def test_a_missing_wheel_is_said_with_the_two_ways_out() -> None:
    asking = (
        f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
        "from app.embedded import EmbeddedError, find_binaries\n"
        "try: find_binaries()\n"
        "except EmbeddedError as error: print(error)"
    )
    bare = subprocess.run(
        [sys.executable, "-I", "-S", "-c", asking], capture_output=True, check=True, text=True
    )
    assert "install the `embedded` extra" in bare.stdout
    assert "COXSWAIN_DATABASE_URL" in bare.stdout


@pytest.mark.parametrize("version", [16, 18])
def test_a_dump_can_be_restored(place: Path, version: int) -> None:
    with running(place / "data", version=version, durable=False) as server:
        ask(server, "CREATE TABLE goal AS SELECT 'Grow' AS name")
        run_tool(server, "pg_dump", "--format=custom", f"--file={place / 'backup'}")
        ask(server, "DROP TABLE goal")
        run_tool(server, "pg_restore", "--dbname=app", "--exit-on-error", str(place / "backup"))
        assert ask(server, "SELECT name FROM goal") == "Grow"


def test_a_tool_that_fails_says_why(place: Path) -> None:
    with (
        running(place / "data", durable=False) as server,
        pytest.raises(EmbeddedError, match=r"(?s)^pg_dump failed \(1\): .*no matching tables"),
    ):
        run_tool(server, "pg_dump", "--table=nothing")


def test_the_operators_postgres_variables_bend_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGPORT": "1",
        "PGHOST": "nowhere",
        "PGUSER": "x",
        "PGOPTIONS": "-c nonsense=1",
    }.items():
        monkeypatch.setenv(name, value)
    with running(place / "data", durable=False) as server, running(place / "data") as joined:
        assert ask(joined, "SHOW port") == "5432"
        assert server.asyncpg_arguments() == {
            "host": str(place / "data"),
            "port": 5432,
            "user": "app",
            "database": "app",
        }


def test_the_log_keeps_no_rows_and_does_not_grow_for_ever(place: Path) -> None:
    log = place / "data" / "postgres.log"
    with running(place / "data", durable=False) as server:
        ask(
            server,
            "CREATE TABLE owner (email text PRIMARY KEY); INSERT INTO owner VALUES ('ann@example.org')",
        )
        with pytest.raises(EmbeddedError, match="duplicate key"):
            ask(server, "INSERT INTO owner VALUES ('ann@example.org')")
    assert "duplicate key" in log.read_text()
    assert "ann@example.org" not in log.read_text()
    with log.open("ab") as file:
        file.truncate(11_000_000)
    with running(place / "data", durable=False):
        assert log.stat().st_size < 10_000
