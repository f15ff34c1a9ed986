"""One running PostgreSQL server and its end: start, wait until it answers, restart when it is killed, stop.

Whoever makes a Postmaster holds the cluster's lock, see `sharing`.
"""

import logging
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.embedded.binaries import EmbeddedError, Server
from app.embedded.children import Identity, spawn
from app.embedded.cluster import remove_leftovers, says_ready

_log = logging.getLogger(__name__)

_START_LIMIT_SECONDS = 300.0
_MAX_LOG_BYTES = 10_000_000
_SHOWN_LOG_BYTES = 8_000
_POLL_SECONDS = 0.005
_LONGEST_PAUSE_SECONDS = 1.0
# Fast shutdown, then one without a checkpoint, then none at all; the log of writes repairs the last two.
_STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))


@dataclass(frozen=True)
class Tuning:
    """What the operator or a test may choose about a server."""

    durable: bool = True
    max_connections: int = 100
    # Done between the start of the server and its first answer.
    meanwhile: Callable[[], object] = int


class Postmaster:
    """The server's first process as our child.

    Every process of the server inherits the lock and the writing end of a pipe. The pipe's end of file
    therefore says that the last of them is gone, also after kill -9 of the first, and only then may the next
    server start.
    """

    def __init__(
        self, data_dir: Path, server: Server, identity: Identity, *, lock: int, tuning: Tuning
    ) -> None:
        self.server = server
        self._data_dir = data_dir
        self._identity = identity
        self._lock = lock
        self._command = _build_command(data_dir, server, tuning)
        self._meanwhile = tuning.meanwhile
        self._log_path = data_dir / "postgres.log"
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._last_of_them = -1
        self._launching = threading.Lock()
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    def start(self) -> None:
        """Start the server and return when it accepts connections."""
        self._launch()
        self._meanwhile()
        deadline = time.monotonic() + _START_LIMIT_SECONDS
        while not says_ready(self._data_dir):
            if self._is_gone(_POLL_SECONDS):
                raise EmbeddedError(f"PostgreSQL ended while it started:\n{self._read_log()}")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL does not accept connections, see {self._log_path}.")

    def keep_up(self) -> None:
        """From now on start the server again whenever it dies without being asked to."""
        # The kernel ties a server's life to the thread that starts it: this one lives as long as we do.
        self._keeper = threading.Thread(
            target=self._restart_until_stopped, name="postgres-keeper", daemon=True
        )
        self._keeper.start()

    def stop(self) -> None:
        """End the server; when this returns, no process of it lives."""
        with self._launching:
            self._stopping.set()
        if self._process is None:
            return
        for signum, limit in _STOP_STEPS:
            self._process.send_signal(signum)
            if self._is_gone(limit):
                break
            _log.warning("PostgreSQL has not ended %.0f s after %s", limit, signum.name)
        if self._keeper is not None:
            self._keeper.join()
        self._process.wait()
        os.close(self._last_of_them)

    def _launch(self) -> None:
        remove_leftovers(self._data_dir)
        reading, writing = os.pipe()
        try:
            with open(self._open_log(), "wb") as log:
                process = spawn(self._command, self._identity, keep=[self._lock, writing], output=log)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._process, self._last_of_them = process, reading

    def _open_log(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        descriptor = os.open(self._log_path, flags, 0o600)
        self._identity.own(descriptor)
        if os.fstat(descriptor).st_size > _MAX_LOG_BYTES:
            os.ftruncate(descriptor, 0)
        self._log_start = os.fstat(descriptor).st_size
        return descriptor

    def _read_log(self) -> str:
        with self._log_path.open("rb") as log:
            log.seek(self._log_start)
            return log.read(_SHOWN_LOG_BYTES).decode(errors="replace").strip()

    def _is_gone(self, limit: float | None) -> bool:
        return bool(select.select([self._last_of_them], [], [], limit)[0])

    def _restart_until_stopped(self) -> None:
        pause = 0.0
        while True:
            started = time.monotonic()
            self._is_gone(None)
            died_young = time.monotonic() - started < _LONGEST_PAUSE_SECONDS
            pause = min(max(2 * pause, 0.05), _LONGEST_PAUSE_SECONDS) if died_young else 0.0
            if self._stopping.wait(pause) or not self._restart():
                return

    def _restart(self) -> bool:
        """Start anew in place of a server that is gone; False when we are to stop instead."""
        with self._launching:
            if self._stopping.is_set():
                return False
            _log.error("PostgreSQL ended by itself, starting it again; its log is %s", self._log_path)
            gone, ended = self._process, self._last_of_them
            try:
                self._launch()
            except (OSError, EmbeddedError) as error:
                _log.error("PostgreSQL cannot be started again yet: %s", error)
                return True
            if gone is not None:
                gone.wait()
            os.close(ended)
            return True


def _build_command(data_dir: Path, server: Server, tuning: Tuning) -> list[str | Path]:
    # Quoted, because the setting is a list in which blanks at the ends do not count.
    quoted_socket = '"' + str(server.socket_directory).replace('"', '""') + '"'
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": quoted_socket,
        "unix_socket_permissions": "0700",
        "max_connections": str(tuning.max_connections),
        "shared_buffers": "128MB",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        # Errors reach the app; here they would repeat the rows and statements of people in a file.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "cluster_name": "coxswain",
    }
    if not tuning.durable:
        settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [server.bin / "postgres", "-D", data_dir, "-p", str(server.port), *flags]
