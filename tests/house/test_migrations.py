"""Migrations: there and back, and the models agree with where they lead."""

import asyncio

from alembic import command
from sqlalchemy import URL, text

from app.database import Database
from app.schema import find_revision, head_revision, read_config
from tests.conftest import run_sql, url_of


async def list_leftovers(url: URL) -> list[str]:
    """Tables, types and functions of ours in a database."""
    statement = text("""
        select 'table ' || tablename from pg_tables
            where schemaname = 'public' and tablename <> 'alembic_version'
        union all select 'function ' || proname from pg_proc
            where pronamespace = 'public'::regnamespace
        union all select 'type ' || typname from pg_type
            where typnamespace = 'public'::regnamespace and typtype in ('e', 'd', 'r') order by 1
    """)
    database = Database(url, pool_size=1)
    try:
        async with database.unit_of_work() as session:
            return list(await session.scalars(statement))
    finally:
        await database.close()


async def test_the_schema_goes_up_down_and_up_again(worker_id: str) -> None:
    name = f"migrated_{worker_id}"
    await run_sql(f"create database {name}")
    url = url_of(name)
    config = read_config(url)
    try:
        await asyncio.to_thread(command.upgrade, config, "head")
        await asyncio.to_thread(command.check, config)
        assert len(await list_leftovers(url)) > 15
        await asyncio.to_thread(command.downgrade, config, "base")
        assert await list_leftovers(url) == []
        await asyncio.to_thread(command.upgrade, config, "head")
        await asyncio.to_thread(command.check, config)
        assert await asyncio.to_thread(find_revision, url) == head_revision()
    finally:
        await run_sql(f"drop database {name} with (force)")
