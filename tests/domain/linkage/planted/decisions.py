"""Planted faults of decisions. Today is 22 November 2026."""

from tests.domain.linkage.planted.plans import case, decision, department, on, warning

LATE = [
    case("L804", "one of a day too long", [decision("D-1", opened_on="2026-11-07")], warning(decision="D-1")),
    case(
        "L804",
        "each that is too long",
        [decision("D-1", opened_on="2025-11-07"), decision("D-2", opened_on="2026-01-01", departments=[])],
        warning(decision="D-1"),
        warning(decision="D-2"),
    ),
    case(
        "L804",
        "one that was opened again too long ago",
        [decision("D-1", opened_on="2026-10-01", reopened=1)],
        warning(decision="D-1"),
    ),
    case("L804", "the last day of the limit", [decision("D-1", opened_on="2026-11-08")]),
    case("L804", "one without a limit", [decision("D-1", opened_on="2020-01-01", limit_days=None)]),
    case("L804", "one that is decided", [decision("D-1", opened_on="2020-01-01", status="decided")]),
    case("L804", "one that was withdrawn", [decision("D-1", opened_on="2020-01-01", status="withdrawn")]),
    case("L804", "the day before", [on("2026-11-21"), decision("D-1", opened_on="2026-11-07")]),
]
DECIDED = {"status": "decided", "review_on": "2026-11-21"}
UNREVIEWED = [
    case("L806", "a review of yesterday", [decision("D-1", **DECIDED)], warning(decision="D-1")),
    case(
        "L806",
        "a review of last year",
        [department("NEW"), decision("D-1", **DECIDED | {"review_on": "2025-11-21", "departments": ["NEW"]})],
        warning(decision="D-1"),
    ),
    case("L806", "a review of today", [decision("D-1", **DECIDED | {"review_on": "2026-11-22"})]),
    case("L806", "a decision without a day of review", [decision("D-1", **DECIDED | {"review_on": None})]),
    case("L806", "what was reviewed late", [decision("D-1", **DECIDED, reviewed_on="2026-11-22")]),
    case("L806", "one that is open again", [decision("D-1", **DECIDED | {"status": "open"})]),
]
REOPENED = [
    case("L807", "one that was opened again twice", [decision("D-1", reopened=2)], warning(decision="D-1")),
    case(
        "L807",
        "one that is decided for the fourth time",
        [decision("D-1", reopened=3, status="decided")],
        warning(decision="D-1"),
    ),
    case("L807", "one that was opened again once", [decision("D-1", reopened=1)]),
    case("L807", "one that was withdrawn in the end", [decision("D-1", reopened=2, status="withdrawn")]),
    case(
        "L807",
        "one that held in the end",
        [decision("D-1", reopened=2, status="decided", reviewed_on="2026-11-01")],
    ),
]
CASES = LATE + UNREVIEWED + REOPENED
