"""Backup and restore: everything comes back, all or nothing, and never over something that is there."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from app.actions.linkage import check_linkage
from app.checking import check_apart
from app.database import Database
from app.domain.permissions import SYSTEM
from app.queries.linkage import find_last_check, is_check_stale
from tests.commands.running import run_coxswain
from tests.conftest import run_sql, url_of
from tests.factories import make_goal, make_objective, make_owner, make_review, make_snapshot

# Said by the server, not by people: these change with every restore.
_OF_THE_SERVER = {"events": "transaction", "organization": "epoch", "linkage_checks": "snapshot"}


@pytest.fixture
async def empty_url(worker_id: str) -> AsyncIterator[URL]:
    """A database without any schema."""
    name = f"empty_{worker_id}_{os.urandom(4).hex()}"
    await run_sql(f"create database {name}")
    yield url_of(name)
    await run_sql(f"drop database {name} with (force)")


async def read_all(url: URL) -> dict[str, list[Any]]:
    """Every row of every table, as text."""
    engine = create_async_engine(url, poolclass=NullPool)
    content = {}
    async with engine.connect() as connection:
        for name in sorted(SQLModel.metadata.tables):
            left_out = _OF_THE_SERVER.get(name, "")
            statement = text(f"select (to_jsonb(t) - '{left_out}')::text from {name} t order by 1")  # noqa: S608
            content[name] = list((await connection.execute(statement)).scalars())
    await engine.dispose()
    return content


async def test_a_backup_restores_everything_into_an_empty_database(
    fresh_database: Database, fresh_url: URL, empty_url: URL, tmp_path: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_goal(session)
        await make_objective(session)
        await make_owner(session)
        await make_snapshot(session, await make_review(session), b'{"period":"2026-10"}')
    file = str(tmp_path / "all of it.dump")
    done = run_coxswain("backup", file, url=fresh_url)
    assert done.returncode == 0, done.stderr
    done = run_coxswain("restore", file, url=empty_url)
    assert done.returncode == 0, done.stderr
    before, after = await read_all(fresh_url), await read_all(empty_url)
    assert len(before["events"]) > 3
    assert len(before["review_snapshots"]) == 1
    assert after == before


async def test_events_stay_append_only_and_old_cursors_are_void_after_a_restore(
    fresh_database: Database, fresh_url: URL, empty_url: URL, tmp_path: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_goal(session)
    file = str(tmp_path / "x.dump")
    assert run_coxswain("backup", file, url=fresh_url).returncode == 0
    assert run_coxswain("restore", file, url=empty_url).returncode == 0
    engine = create_async_engine(empty_url, poolclass=NullPool)
    async with engine.connect() as connection:
        seen = "select bool_and(pg_visible_in_snapshot(transaction, pg_current_snapshot())) from events"
        assert await connection.scalar(text(seen)) is True
        with pytest.raises(Exception, match="append-only"):
            await connection.execute(text("update events set code = 'x'"))
        await connection.rollback()
        with pytest.raises(Exception, match="never changes"):
            await connection.execute(text("update review_snapshots set sha256 = 'x'"))
        await connection.rollback()
        epoch = await connection.scalar(text("select epoch from organization"))
    await engine.dispose()
    async with fresh_database.unit_of_work() as session:
        assert await session.scalar(text("select epoch from organization")) != epoch


async def test_what_is_there_is_never_overwritten(fresh_url: URL, tmp_path: Path) -> None:
    file = tmp_path / "x.dump"
    assert run_coxswain("backup", str(file), url=fresh_url).returncode == 0
    saved = file.read_bytes()
    again = run_coxswain("backup", str(file), url=fresh_url)
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
    assert file.read_bytes() == saved
    over = run_coxswain("restore", str(file), url=fresh_url)
    assert (over.returncode, "not empty" in over.stderr) == (1, True)


async def test_a_damaged_backup_leaves_the_database_empty(
    fresh_url: URL, empty_url: URL, tmp_path: Path
) -> None:
    file = tmp_path / "x.dump"
    assert run_coxswain("backup", str(file), url=fresh_url).returncode == 0
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 3 // 4])
    done = run_coxswain("restore", str(file), url=empty_url)
    assert done.returncode == 1
    assert "pg_restore" in done.stderr
    engine = create_async_engine(empty_url, poolclass=NullPool)
    async with engine.connect() as connection:
        assert (
            await connection.scalar(text("select count(*) from pg_tables where schemaname = 'public'")) == 0
        )
    await engine.dispose()


async def test_serve_refuses_a_schema_that_is_behind_and_says_the_command(empty_url: URL) -> None:
    done = run_coxswain("serve", url=empty_url)
    assert done.returncode == 1
    assert "coxswain migrate" in done.stderr
    assert run_coxswain("migrate", url=empty_url).returncode == 0


@pytest.mark.parametrize("command", ["serve", "migrate", "check"])
async def test_a_schema_of_a_newer_version_is_refused_in_a_sentence(
    command: str, fresh_database: Database, fresh_url: URL
) -> None:
    async with fresh_database.unit_of_work() as session:
        await session.execute(text("update alembic_version set version_num = '29991231_2359'"))
    done = run_coxswain(command, url=fresh_url)
    assert done.returncode == 1
    assert done.stderr.startswith("coxswain: The database is at revision 29991231_2359, which this version")
    assert "a newer one has been here" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"COXSWAIN_DATABASE_URL": "nonsense"}, "COXSWAIN_DATABASE_URL is not an address"),
        ({"COXSWAIN_DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "does not answer"),
        ({"COXSWAIN_PORT": "many"}, "COXSWAIN_PORT"),
    ],
)
def test_wrong_settings_are_told_in_one_line(settings: dict[str, str], told: str) -> None:
    done = run_coxswain("serve", settings=settings)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert told in done.stderr


async def test_a_restored_plan_is_checked_again_whatever_was_seen_on_the_old_server(
    fresh_database: Database, fresh_url: URL, empty_url: URL, tmp_path: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_goal(session)
    async with fresh_database.unit_of_work() as session:
        checked = await check_linkage(session, check_apart, actor=SYSTEM)
        # The old server may have counted much further than the new one ever will.
        checked.snapshot = "9000000000:9000000000:"
    file = str(tmp_path / "x.dump")
    assert run_coxswain("backup", file, url=fresh_url).returncode == 0
    assert run_coxswain("restore", file, url=empty_url).returncode == 0
    restored = Database(empty_url, pool_size=1)
    async with restored.unit_of_work() as session:
        assert await is_check_stale(session, await find_last_check(session))
        await check_linkage(session, check_apart, actor=SYSTEM)
    async with restored.unit_of_work() as session:
        assert not await is_check_stale(session, await find_last_check(session))
        await make_goal(session)
        assert await is_check_stale(session, await find_last_check(session))
    await restored.close()
