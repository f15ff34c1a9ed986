"""The files of a cluster: its making, its version, its socket folder, and what a crash leaves behind.

Whoever calls the functions that write holds the cluster's lock, see `sharing`.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from app.embedded.binaries import CARRIED, VERSIONS, EmbeddedError, Server, clean_environment, find_binaries
from app.embedded.children import Identity, spawn

# The lines of postmaster.pid, counted from zero, that name the folder of the socket and say how far it is.
_SOCKET_LINE = 4
_STATE_LINE = 7
# The shortest limit of the systems we know (macOS); Linux allows 107.
_MAX_SOCKET_PATH_BYTES = 103


def cluster_exists(data_dir: Path) -> bool:
    return (data_dir / "PG_VERSION").is_file()


def find_version(data_dir: Path, asked: int | None) -> int:
    """The major version that made an existing cluster; for a new one the version asked for."""
    if not cluster_exists(data_dir):
        return asked or max(VERSIONS)
    made_by = (data_dir / "PG_VERSION").read_text().strip()
    for version in VERSIONS:
        if made_by == str(version):
            return version
    raise EmbeddedError(
        f"{data_dir / 'PG_VERSION'} reads {made_by!r}, but the embedded PostgreSQL is {CARRIED}."
    )


def create_cluster(data_dir: Path, version: int, identity: Identity, *, lock: int, durable: bool) -> None:
    """Make a cluster and its database beside its place, then move it there: half a cluster never counts."""
    if data_dir.exists() and any(data_dir.iterdir()):
        raise EmbeddedError(f"{data_dir} is neither empty nor a database: choose another folder.")
    unfinished = data_dir.with_name(data_dir.name + ".new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    identity.own(unfinished)
    programs = find_binaries(version)
    fsync = "on" if durable else "off"
    make: list[str | Path] = [
        programs / "initdb",
        "-D",
        unfinished,
        *_initdb_options(version),
        *([] if durable else ["--no-sync"]),
    ]
    fill: list[str | Path] = [
        programs / "postgres",
        "--single",
        "-D",
        unfinished,
        "-c",
        f"fsync={fsync}",
        "postgres",
    ]
    _run_to_end(make, identity, lock=lock)
    _run_to_end(fill, identity, lock=lock, text=f"CREATE DATABASE {Server.database};\n")
    try:
        unfinished.rename(data_dir)
    except OSError as error:
        raise EmbeddedError(f"The new database cannot be moved to {data_dir}: {error.strerror}.") from error
    _sync_folder(data_dir.parent)


def find_socket_directory(data_dir: Path, identity: Identity) -> Path:
    """The data directory, or a private short one where its path is too long or would read as a list."""
    longest = os.fsencode(data_dir / f".s.PGSQL.{Server.port}")
    if len(longest) <= _MAX_SOCKET_PATH_BYTES and b"," not in longest:
        return data_dir
    directory = Path(tempfile.mkdtemp(prefix="coxswain-"))
    identity.own(directory)
    return directory


def remove_leftovers(data_dir: Path) -> None:
    """Delete what a killed server left: with the lock held no process of the cluster lives to own it."""
    (data_dir / "postmaster.pid").unlink(missing_ok=True)
    for leftover in data_dir.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def find_running_server(data_dir: Path) -> Server | None:
    """The server that runs on this cluster, if it accepts connections right now."""
    told = _read_pid_file(data_dir)
    if len(told) <= _SOCKET_LINE or not told[_SOCKET_LINE]:
        return None
    server = Server(Path(told[_SOCKET_LINE]), find_binaries(find_version(data_dir, None)))
    return server if _accepts_connections(server) else None


def says_ready(data_dir: Path) -> bool:
    """Does the server that we have started here say that it accepts connections? `pg_ctl` waits for this."""
    told = _read_pid_file(data_dir)
    return len(told) > _STATE_LINE and told[_STATE_LINE].strip() == "ready"


def _read_pid_file(data_dir: Path) -> list[str]:
    try:
        return (data_dir / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _accepts_connections(server: Server) -> bool:
    asked: list[str | Path] = [
        server.bin / "pg_isready",
        "-q",
        "-h",
        server.socket_directory,
        "-p",
        str(server.port),
    ]
    asked += ["-d", server.database, "-U", server.user]
    return subprocess.run(asked, env=clean_environment(), check=False).returncode == 0  # noqa: S603


def _initdb_options(version: int) -> list[str]:
    # One order of letters on every machine, which no update of the C library can change under an index.
    # PostgreSQL 16 has no locale of its own yet; that of the C library sorts by code point too.
    provider = ["--locale-provider=builtin"] if version > 16 else []
    return [
        "-U",
        Server.user,
        "--auth=trust",
        "--encoding=UTF8",
        *provider,
        "--locale=C.UTF-8",
        "--data-checksums",
    ]


def _run_to_end(command: list[str | Path], identity: Identity, *, lock: int, text: str = "") -> None:
    with spawn(command, identity, keep=[lock], output=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        said, _ = process.communicate(text.encode())
    if process.returncode != 0:
        told = said.decode(errors="replace").strip()
        raise EmbeddedError(f"{Path(command[0]).name} failed ({process.returncode}):\n{told}")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
