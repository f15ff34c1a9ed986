"""What `coxswain check` tells, whatever its form: one check of one plan on one day, with its score."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.commands.plan_source import PlanSource
from app.domain.linkage.assembly import Plan
from app.domain.linkage.check import check_plan
from app.domain.linkage.findings import Finding, Named, Severity, Skipped
from app.domain.linkage.score import Score, compute_score
from app.domain.linkage.states import still_covers
from app.models.linkage import Waiver

WHOLE = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One check, ready to be written. `source` says in words what was checked.

    `waived`: the waivers in force, by fingerprint; their findings cost nothing and fail nobody.
    """

    source: str
    today: date
    findings: list[Finding]
    skipped: list[Skipped]
    score: Score
    waived: Mapping[str, Waiver] = field(default_factory=dict)

    @property
    def open_findings(self) -> list[Finding]:
        """What nobody has waived."""
        return [finding for finding in self.findings if finding.fingerprint not in self.waived]

    @property
    def has_errors(self) -> bool:
        """Is an error open?"""
        return any(finding.severity is Severity.ERROR for finding in self.open_findings)


def make_report(plan: Plan, source: PlanSource) -> Report:
    """Checks a plan."""
    check = check_plan(plan)
    waived = {
        finding.fingerprint: source.waived[finding.fingerprint]
        for finding in check.findings
        if finding.fingerprint in source.waived
        and still_covers(source.waived[finding.fingerprint].severity, found=finding.severity)
    }
    weighed = (
        (finding.group, finding.severity) for finding in check.findings if finding.fingerprint not in waived
    )
    score = compute_score(weighed, check.checked[WHOLE])
    return Report(source.name, plan.today, check.findings, check.skipped, score, waived)


def describe_object(named: Named) -> Mapping[str, str]:
    """An object of a finding for programs; `id` only where one is known."""
    known = {} if named.key == named.code else {"id": named.key}
    return {"kind": named.kind.value, "code": named.code, "title": named.title} | known
