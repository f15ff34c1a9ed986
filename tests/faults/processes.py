"""The application as real processes of our own: started, killed, started again, stopped by their ids."""

import compileall
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
import psutil
from sqlalchemy.ext.asyncio import AsyncSession

import app
from app.database import Database, embedded_url
from app.embedded import die_with_parent, running

READY_SECONDS = 30.0
# No limit on requests: the runs count what is lost, not what is refused.
ENVIRONMENT = {"COXSWAIN_RATE_LIMIT_PER_MINUTE": "0", "COXSWAIN_LOG_LEVEL": "warning"}


@cache
def compile_program() -> None:
    """What `make setup` does: without its bytecode, every start would compile all of the program."""
    assert compileall.compile_dir(str(Path(app.__file__).parent), quiet=1)


def free_port() -> int:
    """A port of the loopback address that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class AppProcess:
    """`coxswain serve` on its own embedded PostgreSQL, in a process group of its own."""

    def __init__(self, folder: Path, *, broken: str | None = None, workers: int = 1) -> None:
        self.folder = folder
        self.broken = broken
        self.workers = workers
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        compile_program()

    def __enter__(self) -> Self:
        """Starts and waits until it can work."""
        self.start()
        self.wait_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops it, whatever happened."""
        self.stop()

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it without waiting."""
        place = ["--port", str(self.port), "--workers", str(self.workers)]
        self.process = self.run_command("serve", *place)

    def run_command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts one of our commands on this folder; what it says goes to a file of its name."""
        program = ["-m", "app"] if self.broken is None else ["-m", "tests.faults.broken", self.broken]
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *program, *arguments, "--data-dir", str(self.folder)],
                env=os.environ | ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # Also when the run itself is killed, nothing stays behind.
                preexec_fn=partial(die_with_parent, signal.SIGTERM),
            )

    def read_log(self, command: str = "serve") -> str:
        """What a command has said."""
        return (self.folder / f"{command}.log").read_text()

    def wait_ready(self) -> float:
        """Waits for the first 200 of /readyz; the seconds it took."""
        started = time.monotonic()
        while time.monotonic() - started < READY_SECONDS:
            with suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.base_url}/readyz", timeout=1).status_code == 200:
                    return time.monotonic() - started
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError(f"the application did not start:\n{self.read_log()[-2000:]}")

    def kill(self) -> None:
        """kill -9 of the launcher, as a crash or the kernel would do it."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ends it politely, and by force after a while."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def resident_bytes(self) -> int:
        """Memory of the launcher and its workers: not of PostgreSQL, nor of a check that happens to run."""
        assert self.process is not None
        root = psutil.Process(self.process.pid)
        workers = root.children() if self.workers > 1 else []
        ours = [root, *(child for child in workers if "postgres" not in child.name())]
        return sum(process.memory_info().rss for process in ours)

    def postgres_processes(self) -> list[psutil.Process]:
        """The postmaster and everything it started."""
        line = (self.folder / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        postmaster = psutil.Process(int(line))
        return [postmaster, *postmaster.children(recursive=True)]


@contextmanager
def stopped(processes: list[psutil.Process]) -> Iterator[None]:
    """SIGSTOP for the time of the block: they hang, but live."""
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def kill_all(processes: list[psutil.Process]) -> None:
    """kill -9 of each, by its id."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


@asynccontextmanager
async def look_inside(folder: Path) -> AsyncIterator[AsyncSession]:
    """A session on the database of a running application, or on the same one after it has stopped."""
    with running(folder / "postgres") as server:
        database = Database(embedded_url(server), pool_size=1)
        try:
            async with database.unit_of_work() as session:
                yield session
        finally:
            await database.close()
