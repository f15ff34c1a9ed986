"""Time: L401, L402, L403, L407, L408."""

from collections.abc import Iterator
from typing import Any

from tests.domain.linkage.checking import Document, Found
from tests.domain.linkage.planted.plans import (
    Edit,
    case,
    department,
    error,
    goal,
    info,
    initiative,
    kpi,
    link,
    objective,
    on,
    target,
    warning,
)


def valued(last: str | None, *, today: str = "2026-11-22", **fields: Any) -> Iterator[Edit]:
    """The only active KPI, of OPS, with a latest value; `first` is where its target begins."""
    first = fields.pop("first", "2020-01")
    yield on(today)
    yield _set_aside_kpis
    values = {"last_period": {} if last is None else {"OPS": last}, "targets": [target(first, None)]}
    yield kpi("K-1", **(values | fields))


def _set_aside_kpis(document: Document) -> None:
    for row in document["kpis"]:
        row["active"] = False


def late(place: str = "OPS") -> Found:
    """One period behind."""
    return warning(kpi="K-1", **_name_place(place))


def very_late(place: str = "OPS") -> Found:
    """Two periods behind, or more."""
    return error(kpi="K-1", **_name_place(place))


def _name_place(place: str) -> dict[str, str]:
    return {"department": place} if place else {}


def cadences(source: str, *targets: str, via: str = "contributes") -> Iterator[Edit]:
    """OPS-2 with a KPI of one cadence, linked to OPS-3 with KPIs of others."""
    yield from (objective("OPS-2"), objective("OPS-3"), link("OPS-2", "OPS-3", via))
    yield kpi("K-2", measures=["OPS-2"], cadence=source)
    for number, cadence in enumerate(targets):
        yield kpi(f"K-3{number}", measures=["OPS-3"], cadence=cadence)


STALE_VALUES = [
    case("L401", "one month behind", valued("2026-09"), late()),
    case("L401", "two months behind", valued("2026-08"), very_late()),
    case("L401", "a year behind", valued("2025-10"), very_late()),
    case("L401", "a month whose grace ended yesterday", valued("2026-09", grace_days=21), late()),
    case("L401", "the month before one whose grace ends today", valued("2026-08", grace_days=22), late()),
    case(
        "L401",
        "a month that ended yesterday, without grace",
        valued("2026-10", today="2026-12-01", grace_days=0),
        late(),
    ),
    case("L401", "one quarter behind", valued("2026-Q2", cadence="quarterly", first="2020-Q1"), late()),
    case(
        "L401",
        "two quarters behind, across the year",
        valued("2025-Q3", cadence="quarterly", first="2020-Q1", today="2026-04-20"),
        very_late(),
    ),
    case("L401", "one year behind", valued("2024", cadence="yearly", first="2020"), late()),
    case("L401", "one week behind", valued("2026-W45", cadence="weekly", first="2020-W01"), late()),
    case(
        "L401",
        "the last week of a long year",
        valued("2026-W52", cadence="weekly", first="2020-W01", today="2027-01-10"),
        late(),
    ),
    case(
        "L401",
        "two weeks behind, across a long year",
        valued("2026-W52", cadence="weekly", first="2020-W01", today="2027-01-17"),
        very_late(),
    ),
    case(
        "L401",
        "weeks whose grace is longer than they are",
        valued("2026-W43", cadence="weekly", first="2020-W01", grace_days=14),
        late(),
    ),
    case(
        "L401", "never a value, one month after the first target began", valued(None, first="2026-10"), late()
    ),
    case("L401", "never a value, two months after", valued(None, first="2026-09"), very_late()),
    case(
        "L401",
        "never a value, from the first of its targets, not the first in the list",
        valued(
            None,
            targets=[target("2026-10", "2026-12"), target("2026-08", "2026-09"), target("2027-01", None)],
        ),
        very_late(),
    ),
    case("L401", "never a value, from the first month of a quarter", valued(None, first="2026-Q4"), late()),
    case("L401", "a value without any target", valued("2026-09", targets=[]), late()),
    case(
        "L401", "a target that has ended", valued("2026-09", targets=[target("2026-01", "2026-09")]), late()
    ),
    case("L401", "a KPI on no live node", valued("2026-09", measures=["SALES-9"]), late()),
    case(
        "L401",
        "every department that is named, where the KPI has none",
        valued(None, department=None, last_period={"OPS": "2026-09", "SALES": "2026-07", "LINE": "2026-10"}),
        *(late(), very_late("SALES")),
    ),
    case(
        "L401", "the whole organization", valued(None, department=None, last_period={"": "2026-09"}), late("")
    ),
    case(
        "L401", "the whole organization that never had a value", valued(None, department=None), very_late("")
    ),
    case(
        "L401",
        "the department of a KPI, whatever others have",
        valued(None, last_period={"OPS": "2026-09", "SALES": "2026-01", "": "2026-10"}),
        late(),
    ),
    case(
        "L401",
        "a department that never had one of its own",
        valued(None, last_period={"": "2026-10"}),
        very_late(),
    ),
    case("L401", "a value for the last closed month", valued("2026-10")),
    case("L401", "values ahead of time", valued("2026-11")),
    case("L401", "a month whose grace ends today", valued("2026-09", grace_days=22)),
    case(
        "L401", "a month that ends today, without grace", valued("2026-10", today="2026-11-30", grace_days=0)
    ),
    case("L401", "a quarter that has not ended", valued("2026-Q3", cadence="quarterly", first="2020-Q1")),
    case("L401", "a year that has not ended", valued("2025", cadence="yearly", first="2020")),
    case(
        "L401", "a week that ends today", valued("2026-W46", cadence="weekly", first="2020-W01", grace_days=0)
    ),
    case(
        "L401",
        "a long year's last week",
        valued("2026-W53", cadence="weekly", first="2020-W01", today="2027-01-10"),
    ),
    case("L401", "never a value where the first target has just begun", valued(None, first="2026-11")),
    case("L401", "never a value where the first target is still to begin", valued(None, first="2027-06")),
    case("L401", "neither value nor target", valued(None, targets=[])),
    case("L401", "neither value nor target of the organization", valued(None, targets=[], department=None)),
    case("L401", "a KPI that is not active", valued("2026-01", active=False)),
    case(
        "L401",
        "an old value of the organization beside those of departments",
        valued(None, department=None, last_period={"": "2026-01", "OPS": "2026-10"}),
    ),
]

OUTLIVING = [
    case(
        "L402",
        "a source that ends a day later",
        [goal("G1", ends_on="2026-12-30")],
        warning(link="OPS-1>G1:contributes"),
    ),
    case(
        "L402",
        "each link of an objective that ends late",
        [objective("OPS-1", ends_on="2027-06-30")],
        *(warning(link="OPS-1>G1:contributes"), warning(link="OPS-1>G2:contributes")),
    ),
    case(
        "L402",
        "a target that ended in the past",
        [objective("OPS-1", ends_on="2026-03-31")],
        warning(link="LINE-1>OPS-1:contributes"),
    ),
    case(
        "L402",
        "a source that ends on the same day",
        [goal("G1", ends_on="2027-03-31"), objective("OPS-1", ends_on="2026-12-31")],
    ),
    case("L402", "a source that ends before", [objective("LINE-1", ends_on="2026-06-30")]),
    case("L402", "a target without end", [goal("G1", ends_on=None), goal("G2", ends_on=None)]),
    case("L402", "a source without end", [objective("LINE-1", ends_on=None)]),
    case("L402", "a link to itself", [link("OPS-1", "OPS-1")]),
    case(
        "L402",
        "ends that are not live",
        [
            *(objective("SALES-9", ends_on="2028-12-31"), link("SALES-9", "G1")),
            *(
                link("OPS-1", "G9"),
                objective("OPS-2", status="paused", ends_on="2026-01-31"),
                link("LINE-1", "OPS-2"),
            ),
        ],
    ),
    case(
        "L402",
        "links of other types",
        [
            goal("G3", ends_on="2026-11-30"),
            link("OPS-1", "G3", "supports"),
            link("OPS-1", "G3", "conflicts_with"),
        ],
    ),
]

PAST_DUE = [
    case(
        "L403",
        "one of each noun that ended yesterday",
        [
            *(goal("G3", ends_on="2026-11-21"), objective("OPS-2", ends_on="2026-11-21")),
            initiative("I2", ends_on="2026-11-21"),
        ],
        *(error(goal="G3"), error(objective="OPS-2"), error(initiative="I2")),
    ),
    case(
        "L403",
        "everything on the first day of the next year",
        [on("2027-01-01")],
        *(error(goal="G1"), error(goal="G2"), error(objective="OPS-1"), error(objective="LINE-1")),
        *(error(objective="SALES-1"), error(initiative="I1")),
    ),
    case("L403", "everything on its last day", [on("2026-12-31")]),
    case(
        "L403",
        "what is not live",
        [
            *(
                goal("G3", ends_on="2026-11-21", status="paused"),
                initiative("I2", ends_on="2026-11-21", status="draft"),
            ),
            objective("OPS-2", ends_on="2026-11-21", status="achieved"),
        ],
    ),
    case(
        "L403",
        "what has no end",
        [goal("G3", ends_on=None), objective("OPS-2", ends_on=None), initiative("I2", ends_on=None)],
    ),
]

SILENT_DEPARTMENTS = [
    case("L407", "a department without objectives", [department("HR")], warning(department="HR")),
    case(
        "L407",
        "a department whose objectives are not live",
        [department("HR"), objective("HR-1", status="paused"), objective("HR-2", status="draft")],
        warning(department="HR"),
    ),
    case(
        "L407",
        "the topmost of a silent tree",
        [
            department("PAY", parent="HR"),
            department("HR"),
            department("TAX", parent="PAY"),
            department("LAW", parent="HR"),
        ],
        warning(department="HR"),
    ),
    case(
        "L407",
        "the silent ones beside one that is not",
        [
            *(
                department("HR"),
                department("PAY", parent="HR"),
                department("LAW", parent="HR"),
                objective("LAW-1"),
            ),
            *(department("TAX", parent="PAY"), department("ART", parent="HR")),
        ],
        *(warning(department="PAY"), warning(department="ART")),
    ),
    case(
        "L407",
        "one below a department that speaks",
        [department("YARD", parent="OPS")],
        warning(department="YARD"),
    ),
    case(
        "L407",
        "an active one below a department that is closed",
        [department("PAY", parent="OLD"), department("TAX", parent="PAY")],
        warning(department="PAY"),
    ),
    case(
        "L407",
        "the topmost, over a closed one and an active one below that",
        [department("HR"), department("PAY", parent="HR", active=False), department("TAX", parent="PAY")],
        warning(department="HR"),
    ),
    case(
        "L407",
        "an objective two levels below",
        [
            department("HR"),
            department("PAY", parent="HR"),
            department("TAX", parent="PAY"),
            objective("TAX-1"),
        ],
    ),
    case(
        "L407",
        "an objective of a closed department below",
        [department("HR"), department("PAY", parent="HR", active=False), objective("PAY-1")],
    ),
    case(
        "L407",
        "a closed department",
        [department("HR", active=False), department("PAY", parent="HR", active=False)],
    ),
]

SLOWER_CHILDREN = [
    case("L408", "monthly under weekly", cadences("monthly", "weekly"), info(kpi="K-2 K-30")),
    case("L408", "quarterly under monthly", cadences("quarterly", "monthly"), info(kpi="K-2 K-30")),
    case("L408", "yearly under quarterly", cadences("yearly", "quarterly"), info(kpi="K-2 K-30")),
    case(
        "L408",
        "a pair for each that is faster",
        cadences("quarterly", "weekly", "yearly", "monthly", "quarterly"),
        *(info(kpi="K-2 K-30"), info(kpi="K-2 K-32")),
    ),
    case(
        "L408",
        "a KPI of a goal",
        [kpi("K-OPS", cadence="yearly")],
        info(kpi="K-OPS K-G1"),
    ),
    case(
        "L408",
        "a pair once, by however many links",
        [*cadences("quarterly", "monthly"), kpi("K-30", measures=["OPS-3", "OPS-1"]), link("OPS-2", "OPS-1")],
        *(info(kpi="K-2 K-30"), info(kpi="K-2 K-OPS")),
    ),
    case("L408", "the same cadence", cadences("monthly", "monthly")),
    case("L408", "a shorter one", cadences("weekly", "monthly", "quarterly", "yearly")),
    case(
        "L408",
        "what is two links away",
        [
            *cadences("yearly"),
            kpi("K-4", measures=["OPS-4"], cadence="weekly"),
            objective("OPS-4"),
            link("OPS-3", "OPS-4"),
        ],
    ),
    case("L408", "one node with two KPIs", [kpi("K-1", cadence="quarterly"), link("OPS-1", "OPS-1")]),
    case("L408", "a KPI that is not active", [*cadences("monthly", "weekly"), kpi("K-30", active=False)]),
    case(
        "L408", "a slower KPI that is not active", [*cadences("monthly", "weekly"), kpi("K-2", active=False)]
    ),
    case(
        "L408",
        "a source that is not live",
        [*cadences("monthly", "weekly"), objective("OPS-2", status="paused")],
    ),
    case(
        "L408",
        "a target that is not live",
        [*cadences("monthly", "weekly"), objective("OPS-3", status="draft")],
    ),
    case("L408", "links of other types", cadences("monthly", "weekly", via="supports")),
    case("L408", "the other direction", cadences("weekly", "monthly")),
]

CASES = [*STALE_VALUES, *OUTLIVING, *PAST_DUE, *SILENT_DEPARTMENTS, *SLOWER_CHILDREN]
