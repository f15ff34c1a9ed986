"""Runs migrations against the database the caller names: the command line or the tests."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import app.models.every  # noqa: F401  (registers every table)
from app.database import read_url
from app.models.events import FullTransactionId
from app.settings import Settings

ischema_names["xid8"] = FullTransactionId

MIGRATION_LOCK = 7_301_965_001


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """SQLModel's own string type is plain text to the database."""
    if kind == "type" and type(item).__module__.startswith("sqlmodel"):
        return "sa.String()"
    if kind == "type" and type(item).__name__ == "FullTransactionId":
        return "FullTransactionId()"
    return False


def run_migrations(connection: Connection) -> None:
    """Two processes that start at once migrate one after the other."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        compare_server_default=False,
        render_item=render_item,
    )
    with context.begin_transaction():
        connection.execute(text(f"select pg_advisory_xact_lock({MIGRATION_LOCK})"))
        context.run_migrations()


async def migrate() -> None:
    """Connects and runs."""
    url = context.config.attributes.get("url")
    if url is None:
        setting = Settings().database_url
        if setting is None:
            raise SystemExit("Set COXSWAIN_DATABASE_URL, or use: coxswain migrate")
        url = read_url(setting.get_secret_value())
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run_migrations)
    await engine.dispose()


asyncio.run(migrate())
