"""How the server's processes are born: as whom they run, and that they end with us.

PostgreSQL refuses to run as root, so root runs it in a user namespace, or as another account.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from app.embedded.binaries import EmbeddedError, clean_environment

_LINUX = sys.platform.startswith("linux")
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_FALLBACK_ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Identity:
    """As whom a cluster's processes run; nothing set means: as ourselves."""

    uid: int | None = None
    gid: int | None = None
    in_namespace: bool = False

    def own(self, file: Path | int) -> None:
        """Give a file or folder to this identity, never to be led elsewhere by a symbolic link."""
        if self.uid is None or self.gid is None:
            return
        if isinstance(file, int):
            os.fchown(file, self.uid, self.gid)
        else:
            os.lchown(file, self.uid, self.gid)

    def own_tree(self, folder: Path) -> None:
        """Take over a folder that root made when it could still enter a user namespace."""
        if self.uid is not None and folder.stat().st_uid != self.uid:
            for path in (folder, *folder.rglob("*")):
                self.own(path)


def die_with_parent(signum: signal.Signals) -> None:
    """Ask Linux to send us the signal when the thread that started us ends, however it ends; else nothing."""
    if _LINUX:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)


def find_identity(data_dir: Path) -> Identity:
    """Root runs a cluster as the owner of its place, or, where that is root, inside a user namespace."""
    if os.geteuid() != 0:
        return Identity()
    owner = (data_dir if data_dir.exists() else data_dir.parent).stat().st_uid
    if owner != 0 and (account := _find_account(owner)):
        return Identity(account.pw_uid, account.pw_gid)
    if _may_enter_namespace():
        return Identity(in_namespace=True)
    for name in _FALLBACK_ACCOUNTS:
        if account := _find_account(name):
            return Identity(account.pw_uid, account.pw_gid)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and here root can neither make a user namespace nor find "
        "an account named postgres or nobody. Run coxswain as an ordinary user."
    )


def spawn(
    command: Sequence[str | Path],
    identity: Identity,
    *,
    keep: Sequence[int],
    output: IO[bytes] | int,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a program that holds the `keep` descriptors, hears no Ctrl-C and ends with our thread."""
    account: dict[str, Any] = {}
    if identity.uid is not None:
        account = {"user": identity.uid, "group": identity.gid, "extra_groups": []}
    try:
        return subprocess.Popen(  # noqa: S603 - a program of the wheel, arguments as a list
            command,
            cwd="/",
            env=clean_environment(),
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=keep,
            start_new_session=True,
            preexec_fn=partial(_settle_in, os.getpid(), identity.in_namespace),
            **account,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(f"{command[0]} cannot be started: {error}") from error


def _settle_in(parent: int, in_namespace: bool) -> None:
    if in_namespace:
        _enter_namespace()
    # After any change of credentials, which would make the kernel forget the request.
    die_with_parent(signal.SIGINT)
    if os.getppid() != parent:
        os._exit(1)


def _enter_namespace() -> None:
    """Become an ordinary user by name only: on the disk this process still is the one it was."""
    uid, gid = os.geteuid(), os.getegid()
    account = _find_account("nobody")
    shown_uid, shown_gid = (account.pw_uid, account.pw_gid) if account else (65534, 65534)
    if _LIBC.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{shown_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{shown_gid} {gid} 1")


def _may_enter_namespace() -> bool:
    if not _LINUX:
        return False
    child = os.fork()
    if child == 0:
        try:
            _enter_namespace()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _find_account(who: int | str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(who) if isinstance(who, int) else pwd.getpwnam(who)
    except KeyError:
        return None
