"""One check apart: the plan goes in as JSON, findings come out. Neither rules nor SQL are here."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from app.apart import run_apart, serve_one
from app.domain.linkage.findings import Finding, Skipped
from app.domain.linkage.score import Tally

if TYPE_CHECKING:
    from app.domain.linkage.rule import Rule


class CheckResult(msgspec.Struct):
    """What came out: findings in order, rules left out, and how much was looked at."""

    findings: list[Finding]
    skipped: list[Skipped]
    checked: Tally


async def check_apart(plan: str, today: date) -> CheckResult:
    """Checks a plan in a child process, which ends with this one."""
    answer = await run_apart("app.checking", plan.encode(), today.isoformat())
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


def _check_words(plan: bytes, words: Sequence[str]) -> bytes:
    return msgspec.json.encode(check_here(plan, date.fromisoformat(words[0])))


if __name__ == "__main__":
    serve_one(_check_words)
