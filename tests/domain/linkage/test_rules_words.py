"""What the rules about owners, measures, time and coverage say, and the edges that their tables leave out."""

from collections.abc import Iterable
from typing import Any

import pytest

from app.domain.linkage.catalogue import RULE_OF
from app.domain.linkage.check import check_plan
from app.domain.linkage.findings import Severity, Skipped
from app.domain.periods import Cadence
from app.errors import Invalid
from tests.domain.linkage.checking import Found, assemble, find_all, name_findings
from tests.domain.linkage.planted.plans import (
    Edit,
    department,
    error,
    goal,
    info,
    initiative,
    kpi,
    link,
    make_plan,
    objective,
    owner,
    target,
    warning,
)

SAME = "Cut unplanned downtime"


def stale(last: dict[str, str | None], **fields: Any) -> Edit:
    """A KPI without a department of its own, with these latest periods."""
    return kpi("K-1", **({"department": None, "last_period": last} | fields))


def load(count: int) -> Iterable[Edit]:
    """An owner of so many objectives."""
    return [
        owner("fay@x.org", name="Fay"),
        *(objective(f"OPS-5{n}", owner="fay@x.org") for n in range(count)),
    ]


SENTENCES: dict[str, tuple[list[Edit], str]] = {
    "L201": (
        [goal("G3", title="Grow", owner=None)],
        "“Grow” (G3) has no owner, so nobody answers for it.",
    ),
    "L202": (
        [initiative("I2", title="Lifts", owner="eve@x.org")],
        "“Lifts” (I2) is owned by eve (eve@x.org), who is not active any more.",
    ),
    "L206": (
        [objective("OPS-2", title="Lifts", owner="cho@x.org")],
        "“Lifts” (OPS-2) is an objective of Department OPS (OPS), "
        "but its owner cho (cho@x.org) belongs to Department SALES (SALES).",
    ),
    "L207": (
        [*load(8)],
        "Fay (fay@x.org) owns 8 goals, objectives and initiatives in force; more than 7 are too many.",
    ),
    "L301": (
        [objective("OPS-2", title="Lifts")],
        "No active KPI measures “Lifts” (OPS-2), so nobody can tell whether it is being reached.",
    ),
    "L302": (
        [kpi("K-1", name="Rides", cadence="weekly", targets=[])],
        "“Rides” (K-1) has no target for week 47 of 2026.",
    ),
    "L303": (
        [kpi("K-1", name="Rides", targets=[target("2026-Q1", None, amber=95.5)])],
        "The figures of “Rides” (K-1) contradict each other: "
        "in the target from quarter 1 of 2026, amber 95.5 must be at or below target 90.",
    ),
    "L305": (
        [kpi("K-1", name="Rides"), kpi("K-2", name="rides", unit="count", aggregation="sum")],
        "“Rides” (K-1) and “rides” (K-2) carry the same name, but differ in unit and aggregation.",
    ),
    "L401": (
        [kpi("K-1", name="Rides", last_period={"OPS": "2026-07"})],
        "“Rides” (K-1) lacks the value of Department OPS (OPS) for 3 months, August 2026 to October 2026; "
        "the last one is of July 2026.",
    ),
    "L402": (
        [objective("LINE-1", ends_on="2027-03-31")],
        "“Inspect points twice a week” (LINE-1) runs until 31 March 2027, "
        "but “Fewer signal faults on every line” (OPS-1), which it contributes to, ends on 31 December 2026.",
    ),
    "L403": (
        [goal("G3", title="Grow", ends_on="2026-06-30")],
        "“Grow” (G3) should have ended on 30 June 2026, 145 days ago, but is still active.",
    ),
    "L407": (
        [department("HR", name="People")],
        "People (HR) has no objective in force, nor has any department below it.",
    ),
    "L408": (
        [kpi("K-1", name="Rides", cadence="yearly", targets=[target("2026", None)], last_period={})],
        "“Rides” (K-1) of “Fewer signal faults on every line” (OPS-1) comes every year, "
        "but “K-G1” (K-G1) of “Every train on time” (G1), which it serves, comes every quarter.",
    ),
    "L501": (
        [
            kpi("K-1", name="Stock", metric="stock", department="SALES", last_period={"SALES": "2026-10"}),
            kpi("K-2", name="Store", metric="stock", direction="lower", baseline=None),
        ],
        "“Stock” (K-1) of Department SALES (SALES) is to rise, "
        "“Store” (K-2) of Department OPS (OPS) to fall, but both are “stock”.",
    ),
    "L505": (
        [objective("OPS-2", title=SAME), objective("SALES-2", title="Downtime, unplanned: cut")],
        "“Cut unplanned downtime” (OPS-2) and “Downtime, unplanned: cut” (SALES-2) say nearly the same "
        "in different departments, but are not all linked.",
    ),
    "L602": (
        [goal("G3", title="Grow", cross_functional=True), objective("OPS-2"), link("OPS-2", "G3")],
        "“Grow” (G3) is meant for several departments, but only Department OPS (OPS) works on it.",
    ),
    "L603": (
        [department("HR", name="People"), objective("HR-1"), objective("HR-2")],
        "People (HR) works alone: none of its live objectives (2) is linked with another department’s.",
    ),
}


@pytest.mark.parametrize("rule", SENTENCES)
def test_a_finding_says_in_plain_words_what_is_wrong(rule: str) -> None:
    edits, sentence = SENTENCES[rule]
    assert [each.message for each in find_all(make_plan(edits)) if each.rule == rule] == [sentence]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            stale({"OPS": "2026-09"}),
            "the value of Department OPS (OPS) for October 2026; the last one is of September 2026.",
        ),
        (
            stale({"": "2026-08"}, cadence="quarterly", targets=[]),
            None,
        ),
        (
            stale({"": "2026-06"}, cadence="quarterly", targets=[]),
            "the value of the whole organization for quarter 3 of 2026; the last one is of June 2026.",
        ),
        (
            stale({"": None}, targets=[target("2026-W40", None)]),
            "the value of the whole organization for 2 months, September 2026 to October 2026; "
            "it never had one.",
        ),
        (
            stale({"SALES": None}, targets=[target("2026-10", None)]),
            "the value of Department SALES (SALES) for October 2026; it never had one.",
        ),
        # A target of another department obliges nobody else.
        (stale({"SALES": None}, targets=[target("2026-01", None, department="ops")]), None),
        (
            stale({"SALES": None}, targets=[target("2026-10", None, department="sales")]),
            "the value of Department SALES (SALES) for October 2026; it never had one.",
        ),
        # One department under two spellings of its code.
        (stale({"SALES": "2026-08", "sales": "2026-10"}), None),
    ],
)
def test_a_stale_value_says_whose_it_is_what_is_missing_and_what_was_last(
    edit: Edit, said: str | None
) -> None:
    messages = [each.message for each in find_all(make_plan([edit])) if each.rule == "L401"]
    assert messages == ([] if said is None else [f"“K-1” (K-1) lacks {said}"])


EDGES: list[tuple[str, list[Edit], list[Found]]] = [
    # The alignment KPIs of the product need no owner.
    ("L201", [kpi("ENGAGEMENT", owner=None)], []),
    (
        "L206",
        [owner("gus@x.org", department=None), objective("OPS-2", owner="gus@x.org")],
        [info(objective="OPS-2")],
    ),
    # A row without any figure is no target.
    (
        "L302",
        [kpi("K-1", targets=[target("2026-01", None, target=None, amber=None, red=None)])],
        [error(kpi="K-1")],
    ),
    # Nobody is above in a circle.
    (
        "L407",
        [
            *(department("A", parent="B"), department("B", parent="A")),
            *(department("C", parent="B"), department("D", parent="D")),
        ],
        [warning(department="A"), warning(department="B"), warning(department="D")],
    ),
    # What a draft is linked to says nothing of the live objectives beside it.
    (
        "L603",
        [
            *(department("HR"), objective("HR-1"), objective("HR-2", status="draft")),
            link("HR-2", "OPS-1"),
        ],
        [warning(department="HR")],
    ),
]


@pytest.mark.parametrize(("rule", "edits", "found"), EDGES)
def test_edges_are_decided_as_the_rule_says(rule: str, edits: list[Edit], found: list[Found]) -> None:
    assert name_findings(make_plan(edits), rule) == found


def wait_for_ever(cadence: str) -> dict[str, Any]:
    """A KPI of a cadence that always lacks a value, with the longest grace."""
    late = {"name": "K", "unit": "days", "direction": "lower", "grace_days": 366, "last_period": {"": "1900"}}
    return {"code": f"K-{cadence}", "cadence": cadence, **late}


@pytest.mark.parametrize("day", ["1903-01-01", "2200-12-28"])
def test_a_plan_can_be_checked_for_the_first_and_the_last_day_there_is(day: str) -> None:
    kpis = [wait_for_ever(cadence) for cadence in Cadence]
    found = name_findings({"today": day, "kpis": kpis}, "L401")
    assert len(found) == len(Cadence) - (day == "1903-01-01")


@pytest.mark.parametrize("day", ["0001-01-01", "1902-12-31", "2200-12-29", "9999-12-31"])
def test_a_plan_cannot_be_checked_for_a_day_whose_periods_nobody_knows(day: str) -> None:
    with pytest.raises(Invalid, match="days from 1903-01-01 to 2200-12-28") as refusal:
        assemble({"today": day})
    assert [fault.pointer for fault in refusal.value.faults] == ["/today"]


def test_titles_are_not_compared_in_a_plan_of_too_many_live_objectives() -> None:
    twins = [objective("OPS-A", title=SAME), objective("SALES-A", title=SAME)]
    document = make_plan(twins)
    shape = {"title": "Rest", "department": "OPS", "status": "active"}
    live = sum(row["status"] == "active" for row in document["objectives"])
    document["objectives"] += [{"code": f"X{number}", **shape} for number in range(20_000 - live)]
    full = check_plan(assemble(document), [RULE_OF["L505"]])
    assert [each.severity for each in full.findings] == [Severity.WARNING]
    assert full.skipped == []
    document["objectives"].append({"code": "X", **shape})
    over = check_plan(assemble(document), [RULE_OF["L505"]])
    reason = "Titles are compared up to 20,000 live objectives; this plan has 20,001."
    assert (over.findings, over.skipped) == ([], [Skipped("L505", reason)])
