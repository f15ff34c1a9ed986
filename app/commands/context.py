"""What every command needs: its data folder and the database, started when nobody runs it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy import URL

from app.database import Database, embedded_url, read_url
from app.embedded import EmbeddedError, running
from app.errors import CoxswainError
from app.schema import find_revision, head_revision, upgrade
from app.settings import Settings, default_data_dir

T = TypeVar("T")
COMMAND_POOL = 4

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Where the embedded PostgreSQL lives (COXSWAIN_DATA_DIR).",
        show_default=False,
    ),
]


class Refused(Exception):
    """The command cannot be carried out; the message says why."""


def postgres_folder(settings: Settings, data_dir: Path | None) -> Path:
    """The folder of the embedded cluster."""
    return (data_dir or settings.data_dir or default_data_dir()) / "postgres"


@contextmanager
def open_url(data_dir: Path | None = None, *, resident: bool = False, migrated: bool = True) -> Iterator[URL]:
    """The database's URL while it runs. An embedded one is migrated here; a server's must be up to date."""
    settings = Settings()
    if settings.database_url is not None:
        url = read_url(settings.database_url.get_secret_value())
        if migrated:
            refuse_old_schema(url)
        yield url
        return
    with running(postgres_folder(settings, data_dir), resident=resident) as server:
        url = embedded_url(server)
        if migrated and find_revision(url) != head_revision():
            upgrade(url)
        yield url


def refuse_old_schema(url: URL) -> None:
    """A server's database is migrated on purpose, not in passing."""
    found = find_revision(url)
    if found != head_revision():
        state = "has no Coxswain schema yet" if found is None else f"is at revision {found}"
        raise Refused(f"The database {state}; this version needs {head_revision()}. Run: coxswain migrate")


def run_with_database(data_dir: Path | None, work: Callable[[Database], Awaitable[T]]) -> T:
    """Runs one piece of work over the database and ends everything that was started for it."""

    async def run(url: URL) -> T:
        database = Database(url, pool_size=COMMAND_POOL)
        try:
            return await work(database)
        finally:
            await database.close()

    with open_url(data_dir) as url:
        return asyncio.run(run(url))


@contextmanager
def clear_refusals() -> Iterator[None]:
    """Errors that a person can mend become plain lines on standard error and exit code 1."""
    try:
        yield
    except (Refused, EmbeddedError) as error:
        fail(str(error))
    except CoxswainError as error:
        places = [f"  {fault.pointer}: {fault.detail}" for fault in error.faults]
        fail("\n".join([error.detail, *places]))


def fail(message: str) -> None:
    """Says what is wrong and ends the command."""
    sys.stderr.write(f"coxswain: {message}\n")
    raise typer.Exit(1)
