"""`coxswain backup` and `coxswain restore`: the whole database in one file."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL

from app.actions.restoring import settle_restored
from app.commands.context import DataDir, Refused, clear_refusals, open_url, run_on
from app.embedded import EmbeddedError, find_binaries
from app.schema import find_revision, head_revision, read_server_settings, upgrade

_RESTORING = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", show_default=False)]


def backup(file: BackupFile, data_dir: DataDir = None) -> None:
    """Writes the whole database into FILE, while others go on working."""
    with clear_refusals(), open_url(data_dir) as url:
        if file.exists():
            raise Refused(f"{file} exists already. Choose another name.")
        unfinished = file.with_name(file.name + ".unfinished")
        _run_tool(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={unfinished}")
        unfinished.rename(file)
        print(f"Backed up to {file} ({file.stat().st_size:,} bytes).")


def restore(file: BackupFile, data_dir: DataDir = None) -> None:
    """Fills an empty database from FILE, all or nothing, and brings it to the schema of this version."""
    with clear_refusals():
        if not file.is_file():
            raise Refused(f"There is no file {file}.")
        with open_url(data_dir, migrated=False) as url:
            if find_revision(url) is not None:
                raise Refused(
                    "This database is not empty. Restore into a new one: another --data-dir, or another "
                    "COXSWAIN_DATABASE_URL."
                )
            _run_tool(url, "pg_restore", *_RESTORING, f"--dbname={url.database}", str(file))
            if find_revision(url) != head_revision():
                upgrade(url)
            run_on(url, settle_restored)
        print(f"Restored from {file}.")


def _run_tool(url: URL, tool: str, *options: str) -> None:
    """Runs a PostgreSQL client program against a database; its complaint becomes ours."""
    done = subprocess.run(  # noqa: S603  (a fixed program, arguments as a list)
        [find_tool(tool, _find_major(url)), *options],
        env=os.environ | libpq_environment(url),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise Refused(f"{tool} failed: {done.stderr.strip()}")


def _find_major(url: URL) -> int:
    """The major version of the server: a newer dump speaks of settings that an older server does not know."""
    return int(read_server_settings(url, ["server_version_num"])["server_version_num"]) // 10_000


def find_tool(tool: str, major: int) -> str:
    """The client program: that of the server's version, else the newest there is, else the system's."""
    for version in (major, None):
        with suppress(EmbeddedError):
            return str(find_binaries(version) / tool)
    if found := shutil.which(tool):
        return found
    raise Refused(f"{tool} is not installed. It comes with the PostgreSQL client programs.")


def libpq_environment(url: URL) -> dict[str, str]:
    """The database as PostgreSQL's own programs read it: from the environment, which `ps` does not show."""
    port = url.port or url.query.get("port")
    values = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": port and str(port),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("ssl"),
    }
    return {name: str(value) for name, value in values.items() if value}
