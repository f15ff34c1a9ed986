"""The answer of `coxswain check --format json`: the form at the end of the checker's specification."""

from typing import Any

import orjson

from app.commands.check_report import Report, describe_object
from app.domain.linkage.findings import Finding
from app.domain.linkage.score import Score


def write_json(report: Report) -> str:
    """The whole report as one JSON object."""
    document = {
        "score": describe_score(report.score),
        "findings": [describe_finding(finding) for finding in report.findings],
        "skipped": [skipped._asdict() for skipped in report.skipped],
        "today": report.today,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def describe_score(score: Score) -> dict[str, Any]:
    """The score with its arithmetic."""
    return {"value": score.value, "groups": [line._asdict() for line in score.lines]}


def describe_finding(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "objects": [describe_object(named) for named in finding.objects],
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
    }
