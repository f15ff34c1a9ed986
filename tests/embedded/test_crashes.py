"""Processes killed at bad moments: nothing stays, nothing acknowledged is lost, no stranger is touched."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from app.embedded import EmbeddedError, Server, running
from tests.embedded.conftest import PROJECT, Hold, ask, find_processes, is_abandoned, wait_until

BUSY = "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"
VERSIONS = pytest.mark.parametrize("version", [16, 18])


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("resident", [True, False])
def test_an_owner_that_is_killed_leaves_no_process(
    place: Path, hold: Hold, signum: signal.Signals, resident: bool
) -> None:
    data_dir = place / "data"
    owner = hold(data_dir, resident=resident)
    owner.read_server()
    assert find_processes(data_dir)
    owner.send(signum)
    wait_until(lambda: is_abandoned(data_dir), "the end of the server", limit=5.0)
    with running(data_dir) as server:
        assert ask(server, "SELECT 1") == "1"


def kill_server(data_dir: Path) -> None:
    for process in find_processes(data_dir):
        with suppress(psutil.NoSuchProcess):
            process.kill()


async def insert_until_cut(server: Server, first: int) -> list[int]:
    """Commit row after row on one connection; the numbers of those the server acknowledged."""
    acknowledged: list[int] = []
    connection = await asyncpg.connect(**server.asyncpg_arguments())
    try:
        for number in range(first, first + 1_000_000):
            await connection.execute("INSERT INTO push VALUES ($1)", number)
            acknowledged.append(number)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        return acknowledged
    finally:
        connection.terminate()
    raise AssertionError("the server was not killed")


@VERSIONS
async def test_a_killed_server_comes_back_with_every_acknowledged_row(
    place: Path, hold: Hold, version: int
) -> None:
    data_dir = place / "data"
    server = hold(data_dir, resident=True, version=version).read_server()
    ask(server, "CREATE TABLE push (number int)")
    acknowledged = [0]
    ask(server, "INSERT INTO push VALUES (0)")
    for _ in range(3):
        pushing = asyncio.create_task(insert_until_cut(server, acknowledged[-1] + 1_000))
        await asyncio.sleep(random.uniform(0.05, 0.2))
        kill_server(data_dir)
        acknowledged += await pushing
        await asyncio.to_thread(wait_until, lambda: is_answering(server), "the server's return", 5.0)
    kept = set(ask(server, "SELECT number FROM push").splitlines())
    assert len(acknowledged) > 10
    assert {str(number) for number in acknowledged} - kept == set()


def is_answering(server: Server) -> bool:
    try:
        return ask(server, "SELECT 1") == "1"
    except EmbeddedError:
        return False


@VERSIONS
async def test_the_next_owner_finds_every_acknowledged_row_after_all_were_killed(
    place: Path, hold: Hold, version: int
) -> None:
    data_dir = place / "data"
    owner = hold(data_dir, version=version)
    server = owner.read_server()
    ask(server, "CREATE TABLE push (number int)")
    pushing = asyncio.create_task(insert_until_cut(server, 1))
    await asyncio.sleep(0.1)
    kill_server(data_dir)
    owner.send(signal.SIGKILL)
    acknowledged = await pushing
    with running(data_dir) as server:
        kept = set(ask(server, "SELECT number FROM push").splitlines())
    assert len(acknowledged) > 10
    assert {str(number) for number in acknowledged} - kept == set()


Sessions = Callable[[Server], psutil.Process]


@pytest.fixture
def open_busy_session() -> Iterator[Sessions]:
    """Start a session that is too busy to notice the end of its postmaster; its process in the server."""
    clients: list[subprocess.Popen[bytes]] = []

    def start(server: Server) -> psutil.Process:
        command: list[str | Path] = [
            server.bin / "psql",
            "-XAt",
            "-h",
            server.socket_directory,
            "-U",
            "app",
            "-c",
            BUSY,
        ]
        clients.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        find = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'DO%' AND state = 'active'"
        wait_until(lambda: ask(server, find), "the session")
        return psutil.Process(int(ask(server, find)))

    yield start
    for client in clients:
        with client:
            client.kill()


def kill_postmaster(data_dir: Path) -> None:
    psutil.Process(int((data_dir / "postmaster.pid").read_text().split()[0])).kill()


def test_a_resident_starts_a_killed_postmaster_again_when_its_last_session_is_gone(
    place: Path, hold: Hold, open_busy_session: Sessions
) -> None:
    data_dir = place / "data"
    server = hold(data_dir, resident=True).read_server()
    session = open_busy_session(server)
    kill_postmaster(data_dir)
    wait_until(lambda: find_processes(data_dir) == [session], "the end of the idle processes")
    time.sleep(0.3)
    assert find_processes(data_dir) == [session]
    log = (data_dir / "postgres.log").read_text().splitlines()
    assert [line for line in log if "FATAL" in line and "is starting up" not in line] == []
    session.kill()
    wait_until(lambda: is_answering(server), "the server's return", limit=5.0)


def test_the_last_session_of_a_killed_server_keeps_others_from_starting(
    place: Path, hold: Hold, open_busy_session: Sessions
) -> None:
    data_dir = place / "data"
    owner = hold(data_dir)
    session = open_busy_session(owner.read_server())
    kill_postmaster(data_dir)
    owner.send(signal.SIGKILL)
    with pytest.raises(EmbeddedError, match="another process"), running(data_dir, patience=0.3):
        pass
    session.kill()
    with running(data_dir) as server:
        assert ask(server, "SELECT 1") == "1"


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


@VERSIONS
def test_a_stale_postmaster_file_that_names_a_stranger_is_not_believed(
    place: Path, stranger: subprocess.Popen[bytes], version: int
) -> None:
    data_dir = place / "data"
    with running(data_dir, version=version):
        kept = (data_dir / "postmaster.pid").read_text().splitlines()
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (data_dir / name).write_text("\n".join([str(stranger.pid), *kept[1:]]) + "\n")
    (data_dir / ".s.PGSQL.5432").touch()
    with running(data_dir) as server:
        assert ask(server, "SELECT 1") == "1"
    assert stranger.poll() is None


@pytest.mark.parametrize("moment", ["PG_VERSION", "global/pg_control", "global/pg_filenode.map"])
def test_half_a_cluster_is_never_believed(place: Path, hold: Hold, moment: str) -> None:
    data_dir = place / "data"
    owner = hold(data_dir)
    wait_until(lambda: (place / "data.new" / moment).exists(), moment)
    owner.send(signal.SIGKILL)
    assert not data_dir.exists()
    with running(data_dir) as server:
        assert ask(server, "SELECT current_database()") == "app"
    assert not (place / "data.new").exists()


def test_an_initdb_that_is_killed_is_reported_and_the_next_start_works(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    owner = hold(data_dir)
    wait_until(lambda: (place / "data.new" / "PG_VERSION").exists(), "the begin of initdb")
    for child in psutil.Process(owner.process.pid).children():
        child.kill()
    with pytest.raises(EmbeddedError, match=r"initdb failed \(-9\)"):
        owner.read_server()
    with running(data_dir) as server:
        assert ask(server, "SELECT current_database()") == "app"


def test_a_server_that_cannot_start_says_why(place: Path) -> None:
    data_dir = place / "data"
    with running(data_dir):
        pass
    (data_dir / "postgresql.conf").write_text("no_such_setting = 1\n")
    with (
        pytest.raises(EmbeddedError, match=r'(?s)ended while it started:.*parameter "no_such_setting"'),
        running(data_dir),
    ):
        pass


CHILD = """
import signal, time
from app.embedded import die_with_parent
die_with_parent(signal.SIGTERM)
print("ready", flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""


def test_a_program_can_ask_to_end_with_its_parent() -> None:
    command = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        assert psutil.wait_procs([child], 10)[1] == []


# A system whose kernel ends no child with its parent; what else differs there is not pretended.
WITHOUT_DEATH_SIGNAL = """
import subprocess, sys, tempfile
sys.platform = "darwin"
from tests.embedded import hold
hold.main()
"""


def test_where_servers_outlive_a_killed_owner_the_next_one_takes_over(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    place.chmod(0o755)
    with running(data_dir):
        pass
    program = ("-c", WITHOUT_DEATH_SIGNAL)
    owner = hold(data_dir, program=program, resident=True)
    started = ask(owner.read_server(), "SELECT pg_postmaster_start_time()")
    owner.send(signal.SIGKILL)
    with pytest.raises(EmbeddedError, match="still in use"), running(data_dir, resident=True, patience=0.1):
        pass
    assert find_processes(data_dir)
    next_one = hold(data_dir, program=program, resident=True)
    assert ask(next_one.read_server(), "SELECT pg_postmaster_start_time()") != started
    next_one.release()
    assert next_one.process.wait(20) == 0
