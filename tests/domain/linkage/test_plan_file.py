"""Plan files: what is refused is named with its pointer, and nothing else is refused."""

import json
from datetime import date
from typing import Any

import pytest

from app.domain.linkage.assembly import FIRST_DAY, LAST_DAY, assemble_plan
from app.domain.linkage.check import check_plan
from app.domain.linkage.plan_file import IDENTITY, PlanFile, read_plan_file
from app.domain.periods import Cadence
from app.errors import Invalid
from tests.domain.linkage.checking import find_all
from tests.domain.linkage.planted.plans import (
    Edit,
    commitment,
    decision,
    department,
    goal,
    initiative,
    kpi,
    link,
    make_plan,
    objective,
    owner,
    ritual,
    target,
    theme,
)
from tests.domain.linkage.planted.sick import SICK
from tests.domain.linkage.relabelling import relabel


def refuse(data: bytes) -> Invalid:
    """How a file is refused."""
    with pytest.raises(Invalid) as refusal:
        read_plan_file(data)
    return refusal.value


def refuse_plan(document: dict[str, Any]) -> list[tuple[str, str]]:
    """The pointers and codes of the faults of a plan."""
    return [(fault.pointer, fault.code) for fault in refuse(json.dumps(document).encode()).faults]


def read_plan(document: dict[str, Any]) -> PlanFile:
    return read_plan_file(json.dumps(document).encode())


REFERENCES = [
    ([department("OPS", parent="X")], "/departments/0/parent"),
    ([owner("ann@x.org", department="X")], "/owners/0/department"),
    ([goal("G1", theme="G2")], "/goals/0/theme"),
    ([goal("G1", owner="x@x.org")], "/goals/0/owner"),
    ([objective("OPS-1", department="T1")], "/objectives/0/department"),
    ([objective("OPS-1", owner="OPS")], "/objectives/0/owner"),
    ([initiative("I1", owner="x@x.org")], "/initiatives/0/owner"),
    ([initiative("I1", supports=["G1", "K-OPS"])], "/initiatives/0/supports/1"),
    ([initiative("I1", supports=["T1"])], "/initiatives/0/supports/0"),
    ([kpi("K-OPS", owner="x@x.org")], "/kpis/0/owner"),
    ([kpi("K-OPS", measures=["T1", "G1", "I1"])], "/kpis/0/measures/2"),
    ([kpi("K-OPS", department="X")], "/kpis/0/department"),
    ([decision("D-7", decider="x@x.org")], "/decisions/0/decider"),
    ([decision("D-7", departments=["OPS", "X"])], "/decisions/0/departments/1"),
    ([commitment("C-7", owner="x@x.org")], "/commitments/0/owner"),
    ([commitment("C-7", department="X")], "/commitments/0/department"),
    ([commitment("C-7", kpi="X")], "/commitments/0/kpi"),
    ([ritual("R-7", host="x@x.org")], "/rituals/0/host"),
    ([kpi("K-OPS", last_period={"X/Y~Z": "2026-10"})], "/kpis/0/last_period/X~1Y~0Z"),
    ([kpi("K-OPS", targets=[target("2026-01", None, department="X")])], "/kpis/0/targets/0/department"),
]


@pytest.mark.parametrize(("edits", "pointer"), REFERENCES, ids=[pointer for _, pointer in REFERENCES])
def test_a_reference_to_nothing_is_refused_with_its_pointer(edits: list[Edit], pointer: str) -> None:
    assert refuse_plan(make_plan(edits)) == [(pointer, "unknown_reference")]


def test_a_link_from_or_to_nothing_is_refused() -> None:
    document = make_plan([link("X", "G1"), link("OPS-1", "Y"), link("OPS-1", "T1")])
    at = len(document["links"]) - 3
    places = [f"/links/{at}/source", f"/links/{at + 1}/target", f"/links/{at + 2}/target"]
    assert refuse_plan(document) == [(place, "unknown_reference") for place in places]


def test_a_link_from_a_goal_is_refused() -> None:
    document = make_plan([link("G1", "OPS-1"), link("g2", "G1", "supports")])
    at = len(document["links"]) - 2
    assert refuse_plan(document) == [(f"/links/{place}/source", "link_from_goal") for place in (at, at + 1)]


@pytest.mark.parametrize(
    "noun",
    ["decisions", "themes", "departments", "owners", "goals", "objectives", "links", "initiatives", "kpis"],
)
def test_a_code_that_stands_twice_is_refused_however_it_is_written(noun: str) -> None:
    document = make_plan()
    document[noun].append({**document[noun][0], "code": document[noun][0]["code"].lower()})
    assert refuse_plan(document) == [(f"/{noun}/{len(document[noun]) - 1}/code", "duplicate")]


def test_links_without_codes_are_called_by_their_ends_and_type() -> None:
    ends = {"source": "OPS-1", "target": "G1", "type": "contributes"}
    document = make_plan()
    document["links"] = [ends, {**ends, "type": "supports"}, {**ends, "source": "ops-1"}]
    assert refuse_plan(document) == [("/links/2/code", "duplicate")]
    del document["links"][2]
    dangling = find_all(
        {**document, "goals": [*document["goals"][1:], {**document["goals"][0], "status": "draft"}]}
    )
    assert [each.code for finding in dangling if finding.rule == "L104" for each in finding.objects] == [
        "OPS-1>G1:contributes"
    ]


def test_themes_goals_and_objectives_share_their_codes() -> None:
    document = make_plan([theme("OPS-1"), goal("SALES-1")])
    pointers = ["/objectives/0/code", "/objectives/2/code"]
    faults = refuse_plan(document)
    assert [(pointer, "duplicate") for pointer in pointers] == [
        each for each in faults if each[1] == "duplicate"
    ]


def test_other_nouns_may_share_a_code() -> None:
    assert find_all(make_plan([theme("OPS"), department("SALES", parent=None)])) == []


@pytest.mark.parametrize(
    ("first", "last", "pointer"),
    [
        ("2026-13", None, "/kpis/0/targets/0/from"),
        ("2026-01", "soon", "/kpis/0/targets/0/to"),
    ],
)
def test_a_target_of_no_period_is_refused(first: str, last: str | None, pointer: str) -> None:
    assert refuse_plan(make_plan([kpi("K-OPS", targets=[target(first, last)])])) == [(pointer, "bad_period")]


def test_a_value_of_no_period_is_refused() -> None:
    document = make_plan([kpi("K-OPS", last_period={"OPS": "2026-10", "": "2026-W54"})])
    assert refuse_plan(document) == [("/kpis/0/last_period/", "bad_period")]


def test_a_rule_that_is_none_is_refused() -> None:
    document = make_plan([ritual("R-7", rrule="every Tuesday")])
    assert refuse_plan(document) == [("/rituals/0/rrule", "bad_rule")]


def test_all_faults_are_told_at_once_up_to_a_thousand() -> None:
    few = make_plan([goal("G1", theme="X"), objective("OPS-1", owner="x@x.org"), link("G1", "G2")])
    assert len(refuse_plan(few)) == 3
    many = make_plan([goal(f"G{number}", theme="X") for number in range(3, 1500)])
    assert len(refuse_plan(many)) == 1000


@pytest.mark.parametrize(
    ("edits", "pointer"),
    [
        ([goal("G1", status="done")], "/goals/0/status"),
        ([objective("OPS-1", department=None)], "/objectives/0/department"),
        ([link("OPS-1", "G1", type="helps")], "/links/5/type"),
        ([kpi("K-OPS", cadence="daily")], "/kpis/0/cadence"),
        ([goal("G1", ends_on="2026-02-30")], "/goals/0/ends_on"),
        ([kpi("K-OPS", last_period={"OPS": 2026})], "/kpis/0/last_period"),
    ],
)
def test_another_shape_is_refused_at_its_place(edits: list[Edit], pointer: str) -> None:
    assert refuse_plan(make_plan(edits)) == [(pointer, "bad_shape")]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"today": "2026-11-22"', b'{"x":' * 100_000])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    assert [fault.code for fault in refuse(data).faults] == ["not_json"]


def test_a_file_that_says_nothing_has_nothing_wrong() -> None:
    assert find_all({"today": "2026-11-22"}) == []


NOUNS = (
    *("themes", "departments", "owners", "goals", "objectives", "links", "initiatives", "kpis"),
    "decisions",
)


def test_what_the_form_does_not_know_is_left_alone_even_what_is_called_id() -> None:
    document = make_plan(SICK)
    told = find_all(document)
    document["mood"] = "good"
    for number, row in enumerate(row for noun in NOUNS for row in document[noun]):
        row |= {"id": number, "note": {"any": ["thing"]}}
    assert find_all(document) == told


def test_the_keys_of_a_database_outlive_new_codes() -> None:
    plain, keyed, renamed = make_plan(SICK), make_plan(SICK), make_plan(SICK)
    codes = [row["code"] for noun in NOUNS for row in plain[noun]]
    renamed = relabel(
        renamed, {code: f"NEW-{number}" for number, code in enumerate(codes) if ">" not in code}
    )
    for document in (keyed, renamed):
        for number, row in enumerate(row for noun in NOUNS for row in document[noun]):
            row[IDENTITY] = f"{number:04}"
    prints = [sorted(finding.fingerprint for finding in find_all(each)) for each in (plain, keyed, renamed)]
    assert prints[1] == prints[2] != prints[0]


def test_references_are_read_without_case() -> None:
    document = make_plan([goal("G1", owner="ANN@X.ORG", theme="t1"), objective("OPS-1", department="ops")])
    document["links"][0] |= {"source": "ops-1", "target": "g1"}
    document["kpis"][0] |= {"measures": ["ops-1"], "last_period": {"ops": "2026-10"}}
    assert find_all(document) == []


def test_departments_above_each_other_are_read_and_checked_to_the_end() -> None:
    document = make_plan(
        [department("OPS", parent="LINE"), department("A", parent="B"), department("B", parent="A")]
    )
    assert {finding.rule for finding in find_all(document)} <= {"L108", "L407"}


def test_the_day_of_the_caller_goes_before_the_day_of_the_file() -> None:
    file = read_plan(make_plan())
    assert assemble_plan(file).today == date(2026, 11, 22)
    assert assemble_plan(file, today=date(2027, 1, 1)).today == date(2027, 1, 1)


def test_a_plan_of_no_day_cannot_be_checked() -> None:
    with pytest.raises(ValueError, match="which day"):
        assemble_plan(read_plan({"goals": []}))


@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY])
@pytest.mark.parametrize("cadence", list(Cadence))
def test_rules_look_back_from_the_first_and_the_last_day_that_can_be_checked(
    day: date, cadence: Cadence
) -> None:
    late = kpi("LATE", cadence=cadence, grace_days=366, last_period={}, targets=[target("1900", None)])
    plan = assemble_plan(read_plan(make_plan([late])), today=day)
    assert any(finding.rule == "L401" for finding in check_plan(plan).findings)
