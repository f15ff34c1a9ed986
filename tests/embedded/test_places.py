"""Odd paths and different users: where a cluster may lie and as whom it runs."""

import os
import pwd
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app.embedded import EmbeddedError, running
from tests.embedded.conftest import ENVIRONMENT, PROJECT, Hold, Holder, User, ask, find_users

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")


@pytest.mark.parametrize(
    "name", ["with space + plus", " at both ends ", 'quote"d', "Über-größe", "per%cent:colon"]
)
def test_a_cluster_may_lie_in_a_folder_named(place: Path, name: str) -> None:
    with running(place / name / "data", durable=False) as server:
        assert server.socket_directory == place / name / "data"
        assert ask(server, "SELECT 1") == "1"


@pytest.mark.parametrize("name", ["a,b", "x" * 120])
def test_a_path_unfit_for_a_socket_gets_a_private_socket_folder(place: Path, name: str) -> None:
    data_dir = place / name / "data"
    with running(data_dir, durable=False) as owned, running(data_dir) as joined:
        assert joined == owned
        assert owned.socket_directory != data_dir
        assert stat.S_IMODE(owned.socket_directory.stat().st_mode) == 0o700
        assert ask(joined, "SELECT 1") == "1"
    assert not owned.socket_directory.exists()


def test_a_folder_with_other_files_is_refused_and_left_alone(place: Path) -> None:
    (place / "papers").mkdir()
    (place / "papers" / "letter.txt").write_text("dear")
    with pytest.raises(EmbeddedError, match="neither empty nor a database"), running(place / "papers"):
        pass
    assert (place / "papers" / "letter.txt").read_text() == "dear"


def test_an_empty_folder_is_taken(place: Path) -> None:
    (place / "data").mkdir()
    with running(place / "data", durable=False) as server:
        assert ask(server, "SELECT 1") == "1"


@pytest.mark.parametrize("text", ["15", "18.1", ""])
def test_a_cluster_of_an_unknown_version_is_refused(place: Path, text: str) -> None:
    (place / "data").mkdir()
    (place / "data" / "PG_VERSION").write_text(text + "\n")
    with pytest.raises(EmbeddedError, match=f"PG_VERSION reads '{text}'"), running(place / "data"):
        pass


def read_user_namespace(process: psutil.Process) -> str:
    return os.readlink(f"/proc/{process.pid}/ns/user")


@only_root
def test_root_runs_a_cluster_as_itself_in_a_user_namespace(place: Path) -> None:
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    with running(place / "data", durable=False):
        postmaster = psutil.Process(int((place / "data" / "postmaster.pid").read_text().split()[0]))
        assert read_user_namespace(postmaster) != read_user_namespace(psutil.Process())
        assert find_users(place / "data") == {0}
    assert {path.lstat().st_uid for path in place.glob("**/*")} == {0}


def find_interpreter(account: pwd.struct_passwd) -> str | None:
    for python in (sys.executable, "/usr/bin/python3"):
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                [python, "-c", "from app.embedded import find_binaries; open(find_binaries() / 'initdb')"],
                cwd=PROJECT,
                env=ENVIRONMENT,
                user=account.pw_uid,
                group=account.pw_gid,
                extra_groups=[],
                capture_output=True,
                check=True,
            )
            return python
    return None


@pytest.fixture
def nobody(place: Path) -> User:
    """An ordinary user with a folder of its own, `place / "home"`."""
    account = pwd.getpwnam("nobody")
    python = find_interpreter(account)
    if python is None:
        pytest.skip(f"other users may read neither the project in {PROJECT} nor start an interpreter for it")
    place.chmod(0o755)
    (place / "home").mkdir(mode=0o700)
    os.chown(place / "home", account.pw_uid, account.pw_gid)
    return User(account.pw_uid, account.pw_gid, python)


@only_root
def test_an_ordinary_user_and_root_share_the_cluster_of_the_user(
    place: Path, hold: Hold, nobody: User
) -> None:
    data_dir = place / "home" / "data"
    owner = hold(data_dir, user=nobody)
    owned = owner.read_server()
    with running(data_dir) as joined:
        assert joined == owned
        owner.release()
    assert owner.process.wait(20) == 0
    with running(data_dir):
        assert find_users(data_dir) == {nobody.uid}
    assert ask(hold(data_dir, user=nobody).read_server(), "SELECT 1") == "1"
    assert {path.lstat().st_uid for path in (place / "home").glob("**/*")} == {nobody.uid}


@only_root
def test_root_makes_the_first_cluster_for_the_owner_of_the_folder(
    place: Path, hold: Hold, nobody: User
) -> None:
    with running(place / "home" / "data", durable=False):
        pass
    assert {path.lstat().st_uid for path in (place / "home").glob("**/*")} == {nobody.uid}
    assert ask(hold(place / "home" / "data", user=nobody).read_server(), "SELECT 1") == "1"


@only_root
def test_a_user_who_may_not_read_the_cluster_is_told_so(place: Path, hold: Hold, nobody: User) -> None:
    with (
        running(place / "data", durable=False),
        pytest.raises(EmbeddedError, match=r"data\.lock cannot be opened"),
    ):
        hold(place / "data", user=nobody).read_server()


# Run by the root of a user namespace of its own. The second shell has the rights of this root, which the
# first one lost, having been started before the namespace knew its users.
WITHOUT_NAMESPACES = """
echo; read go
exec sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"' sh "$@"
"""


@only_root
def test_root_without_user_namespaces_runs_a_cluster_as_another_user(place: Path, nobody: User) -> None:
    data_dir = place / "data"
    program = [sys.executable, "-m", "tests.embedded.hold", str(data_dir), "{}"]
    with subprocess.Popen(
        ["unshare", "--user", "sh", "-c", WITHOUT_NAMESPACES, "sh", *program],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        for mapping in ("uid_map", "gid_map"):
            Path(f"/proc/{process.pid}/{mapping}").write_text("0 0 65536")
        process.stdin.write(b"go\n")
        process.stdin.flush()
        server = Holder(process).read_server()
        assert find_users(data_dir).isdisjoint({0})
        assert ask(server, "SELECT 1") == "1"
