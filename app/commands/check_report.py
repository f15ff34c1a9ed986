"""What `coxswain check` tells, whatever its form: one check of one plan on one day, with its score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.linkage.assembly import Plan
from app.domain.linkage.catalogue import RULE_OF
from app.domain.linkage.check import check_plan
from app.domain.linkage.findings import Finding, Named, Severity, Skipped
from app.domain.linkage.score import Score, compute_score

WHOLE = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One check, ready to be written. `source` says in words what was checked."""

    source: str
    today: date
    findings: list[Finding]
    skipped: list[Skipped]
    score: Score

    @property
    def has_errors(self) -> bool:
        """Is an error open?"""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def make_report(plan: Plan, source: str) -> Report:
    """Checks a plan. Everything that is found is open: a plan has no waivers."""
    check = check_plan(plan)
    weighed = ((RULE_OF[finding.rule].group, finding.severity) for finding in check.findings)
    score = compute_score(weighed, check.checked[WHOLE])
    return Report(source, plan.today, check.findings, check.skipped, score)


def describe_object(named: Named) -> Mapping[str, str]:
    """An object of a finding for programs; `id` only where one is known."""
    known = {} if named.key == named.code else {"id": named.key}
    return {"kind": named.kind.value, "code": named.code, "title": named.title} | known
