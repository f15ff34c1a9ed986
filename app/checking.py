"""One check in a process of its own: the plan goes in as JSON, findings come out. No rule and no SQL is here.

A check needs numpy, scipy and a second of a processor for a large plan. A serving process has none of these
to spare: the short-lived child gives its memory back and leaves the event loop alone.
"""

import asyncio
import os
import signal
import sys
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from app.domain.linkage.findings import Finding, Skipped
from app.domain.linkage.score import Tally
from app.embedded import die_with_parent

if TYPE_CHECKING:
    from app.domain.linkage.rule import Rule

LONGEST_SECONDS = 300
_NICENESS = 10


class CheckFailed(RuntimeError):
    """The child ended without an answer; the message is what it said last."""


class CheckResult(msgspec.Struct):
    """What came out: findings in order, rules left out, and how much was looked at."""

    findings: list[Finding]
    skipped: list[Skipped]
    checked: Tally


async def check_apart(plan: str, today: date) -> CheckResult:
    """Checks a plan in a child process, which ends with this one."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app.checking",
        today.isoformat(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # Ctrl-C in a terminal is for the parent, which stops us.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            answer, said = await child.communicate(plan.encode())
    except BaseException:
        if child.returncode is None:
            child.kill()
            await child.wait()
        raise
    if child.returncode != 0:
        raise CheckFailed(said.decode(errors="replace")[-2000:])
    return msgspec.json.decode(answer, type=CheckResult)


def check_here(plan: bytes, today: date) -> CheckResult:
    """The same in this process; what it needs is loaded now, because a serving process must not carry it."""
    from app.domain.linkage.assembly import assemble_plan
    from app.domain.linkage.check import check_plan
    from app.domain.linkage.plan_file import read_plan_file

    check = check_plan(assemble_plan(read_plan_file(plan), today=today))
    return CheckResult(check.findings, check.skipped, check.checked)


@cache
def load_rules() -> "tuple[Rule, ...]":
    """The catalogue; loaded when somebody asks, for the same reason."""
    from app.domain.linkage.catalogue import RULES

    return RULES


def _serve_one() -> None:
    die_with_parent(signal.SIGKILL)
    os.nice(_NICENESS)
    result = check_here(sys.stdin.buffer.read(), date.fromisoformat(sys.argv[1]))
    sys.stdout.buffer.write(msgspec.json.encode(result))


if __name__ == "__main__":
    _serve_one()
