"""The version of the database schema: where it is, where it should be, and the way there (Alembic)."""

from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

ROOT = Path(__file__).resolve().parent.parent


def read_config(url: URL | None = None) -> Config:
    """Alembic's configuration from pyproject.toml, aimed at a database."""
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.attributes["url"] = url
    return config


def head_revision() -> str:
    """The newest revision this version of the program knows."""
    head = ScriptDirectory.from_config(read_config()).get_current_head()
    return cast("str", head)


def upgrade(url: URL, revision: str = "head") -> None:
    """Brings a database up to a revision."""
    command.upgrade(read_config(url), revision)


async def current_revision(connection: AsyncConnection) -> str | None:
    """Where a database is; None when it has never been migrated."""
    exists = await connection.scalar(text("select to_regclass('alembic_version') is not null"))
    if not exists:
        return None
    revision: str | None = await connection.scalar(text("select version_num from alembic_version"))
    return revision
