"""A real plan: the 2011 report of the committee behind StratML, checked as of the day when it came out."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.domain.linkage.checking import find_all, name_findings
from tests.domain.linkage.stratml import read_report

REPORT = Path(__file__).resolve().parents[4] / "shared" / "data" / "stratml" / "annual_report_2011.xml"
needs_the_report = pytest.mark.skipif(
    not REPORT.exists(), reason="the StratML report is not there: ../shared/data/stratml/" + REPORT.name
)

GOALS = ["Part-1", "Part-2", "Part-3"]
OBJECTIVES = ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2"]
INDICATORS = [
    "1.1-1",
    "1.2-1",
    "1.3-1",
    "1.4-1",
    "2.1-1",
    "2.1-2",
    "2.2-1",
    "2.3-1",
    "2.4-1",
    "3.1-1",
    "3.2-1",
]

# Read through one by one against the report, and true.
FOUND = {
    # The report has a vision, but no pillars of it that a goal could belong to.
    "L102": GOALS,
    # It says what each objective is, nowhere how it brings its goal closer.
    "L109": [f"{code}>Part-{code[0]}:contributes" for code in OBJECTIVES],
    # Ten objectives, one committee.
    "L110": ["SMLC"],
    # The stakeholders of goals have no names, two objectives name many performers, three name none;
    # an indicator has no place for anybody.
    "L201": [*INDICATORS, "1.2", "1.3", "2.2", "2.3", "3.2", *GOALS],
    # The only performers named are ANSI, ISO and federal agencies, none of them of the committee.
    "L206": ["1.1", "1.4", "2.1", "3.1"],
    # Targets are sentences: no number is to be reached by any day.
    "L302": INDICATORS,
    # The last result is of December 2009: the standard was published then, the objective is still carried.
    "L401": ["1.1-1"],
    # There is no other department to work with.
    "L603": ["SMLC"],
}


@needs_the_report
def test_a_real_plan_has_the_faults_that_a_reader_finds_in_it() -> None:
    found = defaultdict(list)
    for finding in find_all(read_report(REPORT)):
        found[finding.rule].append(" ".join(each.code for each in finding.objects))
    assert {rule: sorted(codes) for rule, codes in found.items()} == {
        rule: sorted(codes) for rule, codes in FOUND.items()
    }


@needs_the_report
def test_a_real_plan_is_aligned_from_its_indicators_up_to_its_goals() -> None:
    plan = read_report(REPORT)
    assert [row["code"] for row in plan["goals"]] == GOALS
    assert [row["code"] for row in plan["objectives"]] == OBJECTIVES
    assert [row["code"] for row in plan["kpis"]] == INDICATORS
    assert [owner["name"] for owner in plan["owners"]] == [
        "ANSI",
        "ISO",
        "Sylvia Webb",
        "U.S. Federal Agencies",
    ]


def test_a_number_to_be_reached_in_the_year_of_the_report_is_a_target(tmp_path: Path) -> None:
    file = tmp_path / "plan.xml"
    file.write_text(
        """<Plan xmlns="urn:plan"><StrategicPlanCore>
        <Organization><Name>A club</Name><Acronym>CLUB</Acronym></Organization>
        <Goal><Name>Health</Name><SequenceIndicator>1</SequenceIndicator><Objective>
        <Name>Row more often</Name><SequenceIndicator>1.1</SequenceIndicator>
        <PerformanceIndicator><UnitOfMeasurement>Number</UnitOfMeasurement><MeasurementInstance>
        <TargetResult><EndDate>2012-12-31</EndDate><NumberOfUnits>40</NumberOfUnits></TargetResult>
        <ActualResult><NumberOfUnits>31</NumberOfUnits></ActualResult>
        </MeasurementInstance></PerformanceIndicator></Objective></Goal></StrategicPlanCore>
        <AdministrativeInformation><PublicationDate>2012-01-31</PublicationDate></AdministrativeInformation>
        </Plan>"""
    )
    plan = read_report(file)
    [kpi] = plan["kpis"]
    assert kpi["targets"] == [{"from": "2011", "to": "2012", "target": 40.0}]
    assert kpi["last_period"] == {"": "2011"}
    assert name_findings(plan, "L302") == name_findings(plan, "L401") == []
