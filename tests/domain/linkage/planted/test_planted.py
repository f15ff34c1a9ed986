"""Every rule finds what is planted for it, all of it and nothing else; a near-miss leaves it silent."""

from collections import Counter
from collections.abc import Iterable
from functools import cache

import pytest

from app.domain.linkage.catalogue import RULES
from tests.domain.linkage.checking import Found, find_all, name_finding, name_findings
from tests.domain.linkage.planted import (
    commitments,
    coverage,
    deadlines,
    decisions,
    dependencies,
    measures,
    ownership,
    rituals,
    structure_links,
    structure_nodes,
)
from tests.domain.linkage.planted.plans import Case, Edit, make_plan, on
from tests.domain.linkage.planted.sick import SICK, SICK_RULES

PARTS = (
    *(structure_nodes, structure_links, ownership, measures, deadlines, coverage),
    *(dependencies, decisions, commitments, rituals),
)
ORGANIZATION = ("organization", "ORGANIZATION")
CASES: list[Case] = [case for part in PARTS for case in part.CASES]


def tally(edits: Iterable[Edit]) -> Counter[tuple[str, Found]]:
    """How often each finding is told, but for those of the whole organization, which any goal may change."""
    told = [(finding.rule, name_finding(finding)) for finding in find_all(make_plan(edits))]
    return Counter((rule, found) for rule, found in told if rule != "L114" and found[1] != {ORGANIZATION})


@cache
def tally_without_a_case(day: str) -> tuple[Counter[tuple[str, Found]], Counter[tuple[str, Found]]]:
    """What is found on a day in the sick plan and in the healthy one."""
    return tally([on(day), *SICK]), tally([on(day)])


def test_nothing_is_found_in_the_healthy_plan() -> None:
    assert find_all(make_plan()) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_rule_finds_what_is_planted_and_nothing_else(case: Case) -> None:
    assert Counter(name_findings(make_plan(case.edits), case.rule)) == Counter(case.found)


def test_a_sick_organization_has_something_of_most_rules() -> None:
    assert {finding.rule for finding in find_all(make_plan(SICK))} == SICK_RULES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_fault_that_is_mended_disappears_and_no_other_finding_changes(case: Case) -> None:
    alone, together = tally(case.edits), tally([*case.edits, *SICK])
    mended, healthy = tally_without_a_case(make_plan(case.edits)["today"])
    assert together + healthy == mended + alone


def test_every_rule_has_two_planted_faults_and_two_near_misses_or_more() -> None:
    faults = Counter(case.rule for case in CASES if case.found)
    near_misses = Counter(case.rule for case in CASES if not case.found)
    rules = [rule.code for rule in RULES]
    assert [rule for rule in rules if faults[rule] < 2 or near_misses[rule] < 2] == []
    assert sorted({case.rule for case in CASES}) == rules


def test_no_two_cases_are_called_the_same() -> None:
    labels = Counter(case.label for case in CASES)
    assert [label for label, count in labels.items() if count > 1] == []
