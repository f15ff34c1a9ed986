"""Who runs a cluster: one process owns its server, others join it, and nobody believes a crash's remains.

The lock on `<data>.lock` is inherited by every process of the server: held means that one of them lives,
or the owner. Those who join share a lock on the data directory, so that a short-lived owner waits for them.
"""

import fcntl
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from app.embedded.binaries import EmbeddedError, Server, find_binaries
from app.embedded.children import Identity, find_identity
from app.embedded.cluster import (
    cluster_exists,
    create_cluster,
    find_running_server,
    find_socket_directory,
    find_version,
)
from app.embedded.postmaster import Postmaster, Tuning

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.02
# Who waits longer wants to know for what.
_SILENT_SECONDS = 1.5


@contextmanager
def running(  # noqa: PLR0913  (each is a choice of its own)
    data_dir: Path,
    *,
    version: int | None = None,
    durable: bool = True,
    max_connections: int = 100,
    resident: bool = False,
    patience: float = 60.0,
    meanwhile: Callable[[], object] = int,
) -> Iterator[Server]:
    """A server on this data directory: joined when somebody runs it, else started and at the end stopped.

    A resident (`serve`) waits until it is the owner, starts the server again when it dies, and stops it
    without regard to those who joined: their connections end. Any other owner first waits for them.
    `meanwhile` uses the time in which a server of our own starts.
    Enter from a thread that lives as long as the server is wanted; Linux stops it with that thread.
    """
    data_dir = data_dir.expanduser().resolve()
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    tuning = Tuning(durable, max_connections, meanwhile)
    started, told = time.monotonic(), False
    while True:
        with _reach(data_dir, version, tuning, resident=resident) as server:
            if server is not None:
                yield server
                return
        waited = time.monotonic() - started
        if waited > patience:
            raise EmbeddedError(_tell_why_not(data_dir))
        if waited > _SILENT_SECONDS and not told:
            told = True
            _log.warning("%s Waiting up to %g seconds for it.", _tell_why_not(data_dir), patience)
        _stop_orphan(data_dir)
        time.sleep(_POLL_SECONDS)


@contextmanager
def _reach(data_dir: Path, version: int | None, tuning: Tuning, *, resident: bool) -> Iterator[Server | None]:
    """One attempt to own the server or else to join it; None while another owner starts or stops."""
    with _open_lock(data_dir) as lock:
        # Somebody may have deleted the lock's file while the server runs: then a server answers all the same.
        if _take(lock, fcntl.LOCK_EX) and find_running_server(data_dir) is None:
            with _own(data_dir, version, tuning, lock=lock, resident=resident) as server:
                yield server
        elif resident:
            yield None
        else:
            with _join(data_dir) as joined:
                yield joined


@contextmanager
def _own(
    data_dir: Path, version: int | None, tuning: Tuning, *, lock: int, resident: bool
) -> Iterator[Server]:
    identity = find_identity(data_dir)
    _sign_lock(lock, identity)
    version = find_version(data_dir, version)
    if cluster_exists(data_dir):
        identity.own_tree(data_dir)
    else:
        create_cluster(data_dir, version, identity, lock=lock, durable=tuning.durable)
    server = Server(find_socket_directory(data_dir, identity), find_binaries(version))
    postmaster = Postmaster(data_dir, server, identity, lock=lock, tuning=tuning)
    with _open_folder(data_dir) as folder, ExitStack() as ending:
        if server.socket_directory != data_dir:
            ending.callback(shutil.rmtree, server.socket_directory, ignore_errors=True)
        ending.callback(postmaster.stop)
        postmaster.start()
        if resident:
            postmaster.keep_up()
        else:
            ending.push(partial(_await_joined, folder))
        yield server


@contextmanager
def _join(data_dir: Path) -> Iterator[Server | None]:
    if not cluster_exists(data_dir):
        yield None
        return
    with _open_folder(data_dir) as folder:
        yield find_running_server(data_dir) if _take(folder, fcntl.LOCK_SH) else None


def _await_joined(folder: int, cause: type[BaseException] | None, *_: object) -> None:
    """Wait for those who use our server, and from then on refuse others, who will start their own."""
    if cause is KeyboardInterrupt or _take(folder, fcntl.LOCK_EX):
        return
    _log.warning("Other commands still use the database; it is stopped when they end, or with Ctrl-C.")
    fcntl.flock(folder, fcntl.LOCK_EX)


def _take(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _open_lock(data_dir: Path) -> Iterator[int]:
    path = _lock_path(data_dir)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise EmbeddedError(f"{path} cannot be opened: {error.strerror}.") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _open_folder(data_dir: Path) -> Iterator[int]:
    descriptor = os.open(data_dir, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock_path(data_dir: Path) -> Path:
    return data_dir.with_name(data_dir.name + ".lock")


def _sign_lock(lock: int, identity: Identity) -> None:
    """Leave our process id for the messages of those who wait; nobody decides by it on Linux."""
    identity.own(lock)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)


def _tell_why_not(data_dir: Path) -> str:
    owner = _lock_path(data_dir).read_text() or "unknown"
    return f"The database in {data_dir} is still in use by another process (process id {owner})."


def _stop_orphan(data_dir: Path) -> None:
    """Where a server survives its killed owner (not on Linux), ask it to end, so that ours can start."""
    if sys.platform == "linux" or find_running_server(data_dir) is None:
        return
    with suppress(PermissionError, FileNotFoundError):
        try:
            os.kill(int(_lock_path(data_dir).read_text() or 0), 0)
        except ProcessLookupError:
            os.kill(int((data_dir / "postmaster.pid").read_text().splitlines()[0]), signal.SIGINT)
