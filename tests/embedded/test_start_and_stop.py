"""A cluster's life in one process: made, started, used, stopped, started again."""

import os
import stat
from pathlib import Path

import pytest

from app.embedded import EmbeddedError, find_binaries, running
from tests.embedded.conftest import ask, find_processes


@pytest.mark.parametrize("version", [16, 18])
def test_the_first_start_makes_a_cluster_and_the_next_one_keeps_its_rows(place: Path, version: int) -> None:
    data_dir = place / "data"
    with running(data_dir, version=version) as server:
        assert ask(server, "SHOW server_version").startswith(f"{version}.")
        ask(server, "CREATE TABLE goal (name text); INSERT INTO goal VALUES ('Zürich'), ('Ärmel'), ('Zug')")
    assert find_processes(data_dir) == []
    with running(data_dir) as server:
        assert ask(server, "SELECT string_agg(name, ' ' ORDER BY name) FROM goal") == "Zug Zürich Ärmel"
    assert sorted(path.name for path in place.iterdir()) == ["data", "data.lock"]


@pytest.mark.parametrize("version", [16, 18])
def test_the_server_is_set_up_for_one_user_on_one_socket(place: Path, version: int) -> None:
    with running(place / "data", version=version, max_connections=37) as server:
        for name, value in {
            "listen_addresses": "",
            "max_connections": "37",
            "shared_buffers": "128MB",
            "jit": "off",
            "timezone": "UTC",
            "fsync": "on",
            "data_checksums": "on",
            "server_encoding": "UTF8",
        }.items():
            assert ask(server, f"SHOW {name}") == value, name
        assert ask(server, "SELECT current_user, current_database()") == "app|app"
        socket = server.socket_directory / ".s.PGSQL.5432"
        assert stat.S_IMODE(os.stat(socket).st_mode) == 0o700
        assert stat.S_IMODE(os.stat(server.socket_directory).st_mode) == 0o700


def test_a_server_for_tests_does_not_wait_for_the_disk(place: Path) -> None:
    with running(place / "data", durable=False) as server:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(server, f"SHOW {name}") == "off", name


def test_an_existing_cluster_decides_the_version(place: Path) -> None:
    with running(place / "data", version=16):
        pass
    with running(place / "data", version=18) as server:
        assert ask(server, "SHOW server_version").startswith("16.")


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(
        EmbeddedError, match="PostgreSQL 17 is asked for, but the embedded PostgreSQL is 16 or 18"
    ):
        find_binaries(17)


def test_the_time_of_a_start_is_used_for_other_work(place: Path) -> None:
    done: list[str] = []
    with running(place / "data", durable=False, meanwhile=lambda: done.append("by the owner")):
        assert done == ["by the owner"]
        with running(place / "data", meanwhile=lambda: done.append("by one who joins")):
            assert done == ["by the owner"]
