"""Several processes and one cluster: who owns it, who joins, who waits."""

import signal
import subprocess
from pathlib import Path

import pytest

from app.embedded import EmbeddedError, running
from tests.embedded.conftest import Hold, ask, find_processes, is_abandoned, wait_until

FAILING = """
import sys
from tests.embedded import hold
hold.main(ending=lambda: sys.exit(7))
"""
STARTED = "SELECT pg_postmaster_start_time()"


def test_a_second_process_joins_the_server_of_the_first(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    serve = hold(data_dir, resident=True)
    owned = serve.read_server()
    with running(data_dir) as joined:
        assert joined == owned
        started = ask(joined, STARTED)
    with running(data_dir) as joined:
        assert ask(joined, STARTED) == started
    serve.release()
    serve.process.wait(20)
    assert find_processes(data_dir) == []


def test_a_cluster_is_joined_under_every_name_of_its_folder(place: Path) -> None:
    (place / "alias").symlink_to(place / "data")
    with running(place / "alias") as owned, running(place / "data") as joined:
        assert joined == owned


def test_many_who_start_at_once_share_one_new_cluster(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    holders = [hold(data_dir, durable=False) for _ in range(5)]
    assert len({ask(holder.read_server(), STARTED) for holder in holders}) == 1
    for holder in holders:
        holder.release()
    assert [holder.process.wait(20) for holder in holders] == [0] * 5
    assert find_processes(data_dir) == []


def test_commands_that_come_and_go_always_meet_a_server(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    for _ in range(3):
        holders = [hold(data_dir, durable=False) for _ in range(3)]
        for holder in holders:
            holder.release()
        for holder in holders:
            assert holder.read_server().socket_directory == data_dir


def test_a_short_owner_ends_after_those_who_joined(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    command = hold(data_dir)
    command.read_server()
    with running(data_dir) as joined:
        command.release()
        with pytest.raises(subprocess.TimeoutExpired):
            command.process.wait(0.3)
        assert ask(joined, "SELECT 1") == "1"
    assert command.process.wait(20) == 0
    assert find_processes(data_dir) == []


def test_a_short_owner_that_is_interrupted_does_not_wait(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    command = hold(data_dir)
    command.read_server()
    with running(data_dir):
        command.send(signal.SIGINT)
        assert is_abandoned(data_dir)


def test_a_short_owner_that_fails_waits_all_the_same(place: Path, hold: Hold) -> None:
    failing = hold(place / "data", program=("-c", FAILING))
    failing.read_server()
    with running(place / "data") as joined:
        failing.release()
        with pytest.raises(subprocess.TimeoutExpired):
            failing.process.wait(0.3)
        assert ask(joined, "SELECT 1") == "1"
    assert failing.process.wait(20) == 7


def test_a_resident_waits_for_a_short_command_and_then_starts_its_own(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    command = hold(data_dir)
    first = ask(command.read_server(), STARTED)
    serve = hold(data_dir, resident=True)
    assert not serve.is_ready(0.3)
    command.release()
    assert ask(serve.read_server(), STARTED) != first


def test_a_resident_that_waits_in_vain_says_who_runs_the_cluster(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    serve = hold(data_dir, resident=True)
    serve.read_server()
    with (
        pytest.raises(EmbeddedError, match=rf"still in use .*process id {serve.process.pid}\)"),
        running(data_dir, resident=True, patience=0.1),
    ):
        pass


def test_a_resident_stops_without_regard_to_those_who_joined(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    serve = hold(data_dir, resident=True)
    serve.read_server()
    with running(data_dir) as joined:
        serve.release()
        assert serve.process.wait(20) == 0
        with pytest.raises(EmbeddedError, match=r"psql failed \(2\): .*No such file or directory"):
            ask(joined, "SELECT 1")
        next_one = hold(data_dir, resident=True)
        assert ask(next_one.read_server(), "SELECT 1") == "1"


def test_a_deleted_lock_file_does_not_start_a_second_server(place: Path, hold: Hold) -> None:
    data_dir = place / "data"
    serve = hold(data_dir, resident=True)
    started = ask(serve.read_server(), STARTED)
    (place / "data.lock").unlink()
    with running(data_dir) as joined:
        assert ask(joined, STARTED) == started
    with pytest.raises(EmbeddedError, match="still in use"), running(data_dir, resident=True, patience=0.1):
        pass
    wait_until(
        lambda: ask(joined, "SELECT count(*) FROM pg_stat_activity") >= "1", "the first server's answer"
    )


def test_a_second_resident_says_for_whom_it_waits(
    place: Path, hold: Hold, caplog: pytest.LogCaptureFixture
) -> None:
    data_dir = place / "data"
    first = hold(data_dir, resident=True)
    first.read_server()
    with pytest.raises(EmbeddedError, match="still in use"), running(data_dir, resident=True, patience=2):
        pass
    (told,) = caplog.messages
    assert f"process id {first.process.pid}" in told
    assert "Waiting up to 2 seconds" in told
