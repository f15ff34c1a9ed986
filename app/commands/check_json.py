"""The answer of `coxswain check --format json`: the form at the end of the checker's specification."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.commands.check_report import Report, describe_object
from app.domain.linkage.findings import Finding
from app.domain.linkage.score import Score
from app.domain.linkage.states import FindingStatus
from app.models.linkage import Waiver


def write_json(report: Report) -> str:
    """The whole report as one JSON object."""
    document = {
        "score": describe_score(report.score),
        "findings": [describe_finding(finding, report.waived) for finding in report.findings],
        "skipped": [skipped._asdict() for skipped in report.skipped],
        "today": report.today,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def describe_score(score: Score) -> dict[str, Any]:
    """The score with its arithmetic."""
    return {"value": score.value, "groups": [line._asdict() for line in score.lines]}


def describe_finding(finding: Finding, waived: Mapping[str, Waiver]) -> dict[str, Any]:
    """One finding; it is open unless a waiver in force says otherwise."""
    waiver = waived.get(finding.fingerprint)
    status: dict[str, Any] = {"status": FindingStatus.OPEN}
    if waiver is not None:
        told = {"reason": waiver.reason, "expires_on": waiver.expires_on, "made_by": waiver.made_by}
        status = {"status": FindingStatus.WAIVED, "waiver": told}
    return status | {
        "rule": finding.rule,
        "severity": finding.severity,
        "objects": [describe_object(named) for named in finding.objects],
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
    }
