"""Places for clusters that must end up without processes, and other processes that hold a cluster."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

import app
from app.embedded import EmbeddedError, Server, find_binaries, run_tool

PROJECT = Path(app.__file__).parents[1]
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own inside it


# Another interpreter than ours, see `User`, finds the packages by this.
ENVIRONMENT = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(find_binaries().parents[2])}


HOLD = ("-m", "tests.embedded.hold")


@dataclass(frozen=True)
class User:
    """An ordinary user, and an interpreter it may start: ours may lie in a folder of root's."""

    uid: int
    gid: int
    python: str


def ask(server: Server, statement: str) -> str:
    return run_tool(server, "psql", "-XAtc", statement).strip()


def find_processes(data_dir: Path) -> list[psutil.Process]:
    """The server's processes on this cluster: each of them works in its data directory."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.cwd() == str(data_dir):
                found.append(process)
    return found


def find_users(data_dir: Path) -> set[int]:
    """As whom the server runs; a session may end while it is looked at."""
    users = set()
    for process in find_processes(data_dir):
        with suppress(psutil.NoSuchProcess):
            users.add(process.uids().real)
    return users


def is_abandoned(data_dir: Path) -> bool:
    return not find_processes(data_dir)


def wait_until(condition: Callable[[], object], what: str, limit: float = 10.0) -> None:
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {limit} s"
        time.sleep(0.005)


@dataclass
class Holder:
    """Another process that runs, or waits to run, a cluster."""

    process: subprocess.Popen[bytes]

    def is_ready(self, limit: float = 0.0) -> bool:
        assert self.process.stdout is not None
        return bool(select.select([self.process.stdout], [], [], limit)[0])

    def read_server(self, limit: float = 20.0) -> Server:
        assert self.process.stdout is not None
        assert self.is_ready(limit), "the other process has said nothing"
        told = json.loads(self.process.stdout.readline() or '{"error": "the other process ended"}')
        if "error" in told:
            raise EmbeddedError(told["error"])
        return Server(Path(told["socket"]), Path(told["bin"]))

    def release(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def send(self, signum: signal.Signals) -> None:
        self.process.send_signal(signum)
        self.process.wait(20)


Hold = Callable[..., Holder]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for clusters; at the end of the test no process of theirs may live."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None))
    try:
        yield folder
        for data_dir in folder.glob("**/"):
            assert find_processes(data_dir) == []
    finally:
        for data_dir in folder.glob("**/"):
            for process in find_processes(data_dir):
                process.kill()
        shutil.rmtree(folder)


@pytest.fixture
def hold(place: Path) -> Iterator[Hold]:
    """Start another process that holds a cluster; keyword arguments are those of `running`."""
    started: list[subprocess.Popen[bytes]] = []

    def start(
        data_dir: Path, *, user: User | None = None, program: Sequence[str] = HOLD, **options: Any
    ) -> Holder:
        account: dict[str, Any] = {}
        if user is not None:
            account = {"user": user.uid, "group": user.gid, "extra_groups": []}
        python = user.python if user else sys.executable
        process = subprocess.Popen(
            [python, *program, data_dir, json.dumps(options)],
            cwd=PROJECT,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **account,
        )
        started.append(process)
        return Holder(process)

    yield start
    for process in started:
        with process:
            process.kill()
    for data_dir in place.glob("**/"):
        wait_until(partial(is_abandoned, data_dir), "the end of the server")
