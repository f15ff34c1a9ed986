"""What every command needs: its data folder and the database, started when nobody runs it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import asyncpg
import typer
from pydantic import ValidationError
from sqlalchemy import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database, embedded_url, read_url
from app.embedded import EmbeddedError, running
from app.errors import CoxswainError
from app.schema import find_revision, head_revision, refuse_newer_schema, upgrade
from app.settings import Settings, default_data_dir

T = TypeVar("T")

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
def open_url(
    data_dir: Path | None = None,
    *,
    resident: bool = False,
    migrated: bool = True,
    meanwhile: Callable[[], object] = int,
) -> Iterator[URL]:
    """The database's URL while it runs. An embedded one is migrated here; a server's must be up to date."""
    settings = Settings()
    if settings.database_url is not None:
        url = read_url(settings.database_url.get_secret_value())
        if migrated:
            refuse_old_schema(url)
        yield url
        return
    folder = postgres_folder(settings, data_dir)
    with running(folder, resident=resident, meanwhile=meanwhile) as server:
        url = embedded_url(server)
        if migrated and find_revision(url) != head_revision():
            upgrade(url)
        yield url


def refuse_old_schema(url: URL) -> None:
    """A server's database is migrated on purpose, not in passing."""
    found = find_revision(url)
    refuse_newer_schema(found)
    if found != head_revision():
        state = "has no Coxswain schema yet" if found is None else f"is at revision {found}"
        raise Refused(f"The database {state}; this version needs {head_revision()}. Run: coxswain migrate")


def run_work(data_dir: Path | None, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Runs one piece of work in one transaction, and ends everything that was started for it."""
    with open_url(data_dir) as url:
        return run_on(url, work)


def run_on(url: URL, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Runs one piece of work in one transaction of a database."""

    async def run() -> T:
        database = Database(url, pool_size=1)
        try:
            async with database.unit_of_work() as session:
                return await work(session)
        finally:
            await database.close()

    return asyncio.run(run())


@contextmanager
def clear_refusals() -> Iterator[None]:
    """Errors that a person can mend become plain lines on standard error and exit code 1."""
    try:
        yield
    except (Refused, EmbeddedError) as error:
        fail(str(error))
    except CoxswainError as error:
        others = [fault for fault in error.faults if fault.detail != error.detail]
        places = [f"  {fault.pointer}: {fault.detail}" for fault in others]
        fail("\n".join([error.detail, *places]))
    except ValidationError as error:
        fail(
            "\n".join(
                f"COXSWAIN_{'_'.join(map(str, item['loc'])).upper()}: {item['msg']}"
                for item in error.errors()
            )
        )
    except ArgumentError:
        fail("COXSWAIN_DATABASE_URL is not an address like postgresql://user:password@host:5432/database")
    except (OSError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        fail(f"The database does not answer as it should: {error}")


def fail(message: str) -> None:
    """Says what is wrong and ends the command."""
    sys.stderr.write(f"coxswain: {message}\n")
    raise typer.Exit(1)
