"""The answer of `coxswain check --format sarif`: SARIF 2.1.0, the form that code hosts and editors show.

Addresses are left out on purpose: where the pages of the rules are served is known to their readers only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from app.commands.check_json import describe_score
from app.commands.check_report import Report, describe_object
from app.commands.plan_places import PlanPlaces
from app.domain.linkage.catalogue import RULES
from app.domain.linkage.findings import Finding, Named, Severity
from app.domain.linkage.in_general import tell_in_general
from app.domain.linkage.rule import Rule
from app.models.linkage import Waiver
from app.schema import program_version

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
FINGERPRINT = "coxswainFinding/v1"
_INDEX_OF = {rule.code: index for index, rule in enumerate(RULES)}
Part = dict[str, Any]


@dataclass(frozen=True)
class Artifact:
    """The file that was checked: its address, and where its objects stand."""

    uri: str
    places: PlanPlaces


def write_uri(file: Path) -> str:
    """The address of a file: relative to the working folder where it is inside, else absolute."""
    if not file.is_absolute():
        return quote(file.as_posix())
    try:
        return quote(file.relative_to(Path.cwd()).as_posix())
    except ValueError:
        return file.as_uri()


def write_sarif(report: Report, artifact: Artifact | None) -> str:
    """The whole report as one SARIF log with one run."""
    run: Part = {
        "tool": {"driver": _describe_driver()},
        "invocations": [_describe_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_describe_result(finding, artifact, report.waived) for finding in report.findings],
        "properties": {"today": report.today, "score": describe_score(report.score)},
    }
    if artifact is not None:
        run["artifacts"] = [
            {
                "location": {"uri": artifact.uri},
                "mimeType": "application/json",
                "encoding": "utf-8",
                "roles": ["analysisTarget"],
            }
        ]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(log, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _describe_driver() -> Part:
    return {
        "name": "Coxswain",
        "version": program_version(),
        "semanticVersion": program_version(),
        "shortDescription": _say("Does everything we do reach the strategy, and is all of it being done?"),
        "rules": [_describe_rule(rule) for rule in RULES],
    }


def _describe_rule(rule: Rule) -> Part:
    advice = [tell_in_general(rule, rule.fix), f"Example: {rule.example}"]
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": _say(tell_in_general(rule, rule.message)),
        "fullDescription": _say(f"{rule.finds} {rule.why}"),
        "help": _say("\n\n".join(advice)),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["linkage", rule.group], "slug": rule.slug},
    }


def _describe_invocation(report: Report) -> Part:
    notes = [
        {
            "level": "note",
            "message": _say(f"{skipped.rule} was not checked. {skipped.reason}"),
            "associatedRule": {"id": skipped.rule, "index": _INDEX_OF[skipped.rule]},
        }
        for skipped in report.skipped
    ]
    return {"executionSuccessful": True, "toolConfigurationNotifications": notes}


def _describe_result(finding: Finding, artifact: Artifact | None, waived: Mapping[str, Waiver]) -> Part:
    first, *others = _locate_objects(finding, artifact)
    result = {
        "ruleId": finding.rule,
        "ruleIndex": _INDEX_OF[finding.rule],
        "level": LEVELS[finding.severity],
        "message": _say(f"{finding.message} {finding.fix}"),
        "locations": [first],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {
            "severity": finding.severity,
            "objects": [describe_object(named) for named in finding.objects],
            "why": finding.why,
            "fix": finding.fix,
        },
    }
    if waiver := waived.get(finding.fingerprint):
        told = {"kind": "external", "status": "accepted", "justification": waiver.reason}
        result["suppressions"] = [told | {"properties": {"expires_on": waiver.expires_on}}]
    return result | ({"relatedLocations": others} if others else {})


def _locate_objects(finding: Finding, artifact: Artifact | None) -> Iterator[Part]:
    for number, named in enumerate(finding.objects):
        location: Part = {
            "id": number,
            "logicalLocations": [
                {
                    "name": named.code,
                    "fullyQualifiedName": f"{named.kind}/{named.code}",
                    "kind": named.kind,
                }
            ],
        }
        if artifact is not None:
            location["physicalLocation"] = _locate_in_file(named, artifact)
        yield location


def _locate_in_file(named: Named, artifact: Artifact) -> Part:
    file = {"artifactLocation": {"uri": artifact.uri, "index": 0}}
    place = artifact.places.find(named)
    if place is None:
        return file
    line, column, end = place
    return file | {"region": {"startLine": line, "startColumn": column, "endColumn": end}}


def _say(text: str) -> Part:
    """A message. Braces would be placeholders, and `[…](…)` a link, of whoever wrote the plan."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "\\](")}
