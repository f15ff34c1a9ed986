"""Versions: of this program, and of the database schema with the way to where it should be (Alembic).

Alembic is loaded by the functions that migrate: most starts have nothing to migrate, and it is slow to load.
"""

import asyncio
import re
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import URL, NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
_REVISION = re.compile(r"^(down_)?revision = ['\"](\w+)['\"]$", re.MULTILINE)


def program_version() -> str:
    """The version of this program, which is not always installed as a package."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def read_config(url: URL) -> "Config":
    """Alembic's configuration from pyproject.toml, aimed at a database."""
    from alembic.config import Config

    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.attributes["url"] = url
    return config


def head_revision() -> str:
    """The newest revision this version of the program knows: the one that no other follows."""
    known, followed = _read_revisions()
    (head,) = known - followed
    return head


def _read_revisions() -> tuple[set[str], set[str]]:
    """All revisions that this version of the program knows, and those that another follows."""
    known: set[str] = set()
    followed: set[str] = set()
    for file in (ROOT / "migrations" / "versions").glob("*.py"):
        for follows, revision in _REVISION.findall(file.read_text()):
            (followed if follows else known).add(revision)
    return known, followed


def refuse_newer_schema(revision: str | None) -> None:
    """Refuses a database that a newer version has been at: there is no way back from there."""
    if revision is not None and revision not in _read_revisions()[0]:
        raise Conflict(
            f"The database is at revision {revision}, which this version of Coxswain does not know: a newer "
            "one has been here. Start that version, or restore a backup that this one made."
        )


def upgrade(url: URL, revision: str = "head") -> None:
    """Brings a database up to a revision."""
    from alembic import command

    refuse_newer_schema(find_revision(url))
    command.upgrade(read_config(url), revision)


def write_revision(url: URL, message: str) -> None:
    """Drafts a migration from the models; to be read before it is committed."""
    from alembic import command

    command.revision(read_config(url), message=message, autogenerate=True)


def find_revision(url: URL) -> str | None:
    """Where a database is, asked over a connection of its own."""
    return _ask(url, current_revision)


def read_server_settings(url: URL, names: Sequence[str]) -> dict[str, str]:
    """Some of the database server's settings."""

    async def read(connection: AsyncConnection) -> dict[str, str]:
        statement = text("select name, setting from pg_settings where name = any(:names)")
        return {row.name: row.setting for row in await connection.execute(statement, {"names": list(names)})}

    return _ask(url, read)


def _ask(url: URL, question: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async def ask() -> T:
        engine = create_async_engine(url, poolclass=NullPool)
        try:
            async with engine.connect() as connection:
                return await question(connection)
        finally:
            await engine.dispose()

    return asyncio.run(ask())


async def current_revision(connection: AsyncConnection) -> str | None:
    """Where a database is; None when it has never been migrated."""
    exists = await connection.scalar(text("select to_regclass('alembic_version') is not null"))
    if not exists:
        return None
    revision: str | None = await connection.scalar(text("select version_num from alembic_version"))
    return revision
