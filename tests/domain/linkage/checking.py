"""How the tests of the checker read a plan file, check it, and write down what was found."""

import json
from typing import Any

from app.domain.linkage.assembly import Plan, assemble_plan
from app.domain.linkage.check import check_plan
from app.domain.linkage.findings import Finding
from app.domain.linkage.plan_file import read_plan_file

Document = dict[str, Any]
# The severity, and the kind and code of each object.
Found = tuple[str, frozenset[tuple[str, str]]]


def assemble(document: Document) -> Plan:
    """The plan of a plan file."""
    return assemble_plan(read_plan_file(json.dumps(document).encode()))


def find_all(document: Document) -> list[Finding]:
    """What the checker finds in a plan file, in its order."""
    return check_plan(assemble(document)).findings


def name_finding(finding: Finding) -> Found:
    """A finding as tables of cases write it."""
    return str(finding.severity), frozenset((str(each.kind), each.code) for each in finding.objects)


def name_findings(document: Document, rule: str) -> list[Found]:
    """What one rule finds in a plan file: a list, so that a finding told twice is seen."""
    return [name_finding(finding) for finding in find_all(document) if finding.rule == rule]
