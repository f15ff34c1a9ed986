"""Coverage: L501, L505, L601-L603."""

from collections.abc import Iterator
from typing import Any

from tests.domain.linkage.planted.plans import (
    Edit,
    case,
    department,
    error,
    goal,
    initiative,
    kpi,
    link,
    objective,
    warning,
    without,
)


def metered(
    *places: str | None, last: str = "lower", metric: str | None = "late", **fields: Any
) -> Iterator[Edit]:
    """KPIs K-1, K-2 … of these departments on one metric: higher is better, but for the last one."""
    for number, place in enumerate(places, 1):
        yield kpi(f"K-{number}", department=place, metric=metric, last_period={})
    yield kpi(f"K-{len(places)}", direction=last, **fields)


def titled(ops: str, sales: str, line: str | None = None) -> Iterator[Edit]:
    """OPS-2 and SALES-2, and maybe LINE-2, of these titles."""
    yield from (objective("OPS-2", title=ops), objective("SALES-2", title=sales))
    if line is not None:
        yield objective("LINE-2", title=line)


def objectives(*codes: str) -> Iterator[Edit]:
    """Objectives of these codes, nothing tied to them yet."""
    return (objective(code) for code in codes)


def crossing(*codes: str) -> Iterator[Edit]:
    """A goal that wants several departments, and these objectives that contribute to it."""
    yield goal("G3", cross_functional=True)
    for code in codes:
        yield from (objective(code), link(code, "G3"))


def paused(*codes: str) -> Iterator[Edit]:
    """These objectives are no longer live."""
    return (objective(code, status="paused") for code in codes)


SAME = "Cut unplanned downtime"

OPPOSITE_DIRECTIONS = [
    case("L501", "two departments that pull at one metric", metered("OPS", "SALES"), error(kpi="K-1 K-2")),
    case("L501", "a department and the one below it", metered("OPS", "PLANT"), error(kpi="K-1 K-2")),
    case(
        "L501",
        "each pair of three",
        metered("OPS", "SALES", "LINE"),
        *(error(kpi="K-1 K-3"), error(kpi="K-2 K-3")),
    ),
    case(
        "L501",
        "pairs of two departments only, where one is at odds with itself",
        metered("OPS", "SALES", "OPS"),
        error(kpi="K-2 K-3"),
    ),
    case(
        "L501",
        "a KPI of the healthy plan",
        [kpi("K-1", metric="signal_faults", direction="lower", department="SALES")],
        error(kpi="K-OPS K-1"),
    ),
    case("L501", "one department", metered("OPS", "OPS")),
    case(
        "L501", "the whole organization", [*metered(None, "OPS"), kpi("K-3", department=None, metric="late")]
    ),
    case("L501", "the same direction", metered("OPS", "SALES", last="higher")),
    case("L501", "a band", metered("OPS", "SALES", last="band")),
    case("L501", "KPIs without a metric", metered("OPS", "SALES", metric=None)),
    case("L501", "two metrics", [*metered("OPS", "SALES"), kpi("K-2", metric="early")]),
    case("L501", "a KPI that is not active", metered("OPS", "SALES", active=False)),
]

DUPLICATE_EFFORTS = [
    case(
        "L505",
        "the same title",
        titled(SAME, "CUT: unplanned  downtime!"),
        warning(objective="OPS-2 SALES-2"),
    ),
    case(
        "L505",
        "the same words in another order",
        titled(SAME, "Unplanned downtime: cut"),
        warning(objective="OPS-2 SALES-2"),
    ),
    case(
        "L505",
        "a title that holds the other",
        titled(SAME, "Cut the unplanned downtime of all the lifts and doors"),
        warning(objective="OPS-2 SALES-2"),
    ),
    case(
        "L505", "nine tenths", titled(SAME, "Reduce unplanned downtime"), warning(objective="OPS-2 SALES-2")
    ),
    case(
        "L505",
        "a department and one below it",
        [objective("OPS-2", title=SAME), objective("LINE-2", title=SAME)],
        warning(objective="OPS-2 LINE-2"),
    ),
    case(
        "L505",
        "three words of which a hyphen parts two",
        titled("Cut down-time", "Cut down time"),
        warning(objective="OPS-2 SALES-2"),
    ),
    case(
        "L505",
        "three of one title as one set",
        titled(SAME, SAME, SAME),
        warning(objective="OPS-2 SALES-2 LINE-2"),
    ),
    case(
        "L505",
        "two of one department that one of another is near to",
        [*titled(SAME, SAME), objective("OPS-3", title=SAME)],
        warning(objective="OPS-2 OPS-3 SALES-2"),
    ),
    case(
        "L505",
        "a chain of which the ends are not alike",
        titled("Cut unplanned downtime", "Cut unplanned downtime and teach new drivers", "Teach new drivers"),
        warning(objective="OPS-2 SALES-2 LINE-2"),
    ),
    case(
        "L505",
        "two that are linked, both near to a third",
        [*titled(SAME, SAME, SAME), link("OPS-2", "SALES-2")],
        warning(objective="OPS-2 SALES-2 LINE-2"),
    ),
    case(
        "L505",
        "two that contribute to the same",
        [*titled(SAME, SAME), link("OPS-2", "OPS-1"), link("SALES-2", "OPS-1")],
        warning(objective="OPS-2 SALES-2"),
    ),
    case(
        "L505",
        "two with a link of another type",
        [*titled(SAME, SAME), link("OPS-2", "SALES-2", "supports"), link("SALES-2", "OPS-2", "depends_on")],
        warning(objective="OPS-2 SALES-2"),
    ),
    case(
        "L505",
        "two sets",
        [
            *(*titled(SAME, SAME), objective("OPS-3", title="Teach new drivers")),
            objective("LINE-3", title="Teach all new drivers"),
        ],
        *(warning(objective="OPS-2 SALES-2"), warning(objective="OPS-3 LINE-3")),
    ),
    case(
        "L505",
        "a little less than nine tenths",
        titled("Raise first call resolution", "Raise first contact resolution"),
    ),
    case("L505", "one department", [objective("OPS-2", title=SAME), objective("OPS-3", title=SAME)]),
    case("L505", "titles of two words", titled("Cut downtime", "Cut -- downtime!")),
    case("L505", "a title of two words that another holds", titled("Unplanned downtime", SAME)),
    case("L505", "a draft", [*titled(SAME, SAME), objective("OPS-2", status="draft")]),
    case("L505", "two that are linked", [*titled(SAME, SAME), link("SALES-2", "OPS-2")]),
    case(
        "L505",
        "two with a way from one to the other in any state",
        [
            *(*titled(SAME, SAME), objective("LINE-2", status="abandoned"), objective("LINE-3")),
            *(link("OPS-2", "LINE-2"), link("LINE-2", "LINE-3"), link("LINE-3", "SALES-2")),
        ],
    ),
    case("L505", "a goal", [goal("G3", title=SAME), objective("OPS-2", title=SAME)]),
]

UNSUPPORTED_GOALS = [
    case("L601", "a goal that nothing is linked to", [goal("G3")], error(goal="G3")),
    case(
        "L601",
        "goals with links of other types",
        [
            *(goal("G3"), goal("G4"), goal("G5"), link("OPS-1", "G3", "supports")),
            *(link("OPS-1", "G4", "depends_on"), link("OPS-1", "G5", "conflicts_with")),
        ],
        *(error(goal="G3"), error(goal="G4"), error(goal="G5")),
    ),
    case(
        "L601",
        "a goal that only what is not live contributes to",
        [goal("G3"), link("SALES-9", "G3"), objective("OPS-2", status="paused"), link("OPS-2", "G3")],
        error(goal="G3"),
    ),
    case(
        "L601",
        "a goal that live objectives reach only through one that is not",
        [goal("G3"), link("SALES-9", "G3"), link("OPS-1", "SALES-9")],
        error(goal="G3"),
    ),
    case(
        "L601",
        "a goal with initiatives and KPIs",
        [goal("G3"), initiative("I2", supports=["G3"]), kpi("K-1", measures=["G3"])],
        error(goal="G3"),
    ),
    case("L601", "a goal with one objective", [goal("G3"), link("LINE-1", "G3")]),
    case(
        "L601",
        "a goal that is reached through a cycle",
        [
            *(goal("G3"), objective("OPS-2"), objective("OPS-3"), link("OPS-2", "OPS-3")),
            *(link("OPS-3", "OPS-2"), link("OPS-3", "G3")),
        ],
    ),
    case("L601", "goals that are not live", [goal("G3", status="draft"), goal("G4", status="paused")]),
]

SINGLE_THREADS = [
    case("L602", "a goal with one objective", crossing("OPS-2"), warning(goal="G3")),
    case(
        "L602", "a goal with two objectives of one department", crossing("OPS-2", "OPS-3"), warning(goal="G3")
    ),
    case(
        "L602",
        "a goal that a whole chain within one department reaches",
        [*crossing("OPS-2"), objective("OPS-3"), link("OPS-3", "OPS-2")],
        warning(goal="G3"),
    ),
    case(
        "L602",
        "a goal whose other departments are not live",
        [*crossing("OPS-2", "SALES-2", "LINE-2"), *paused("SALES-2", "LINE-2")],
        warning(goal="G3"),
    ),
    case(
        "L602",
        "a goal whose other departments only support",
        [*crossing("OPS-2"), link("SALES-1", "G3", "supports"), link("SALES-1", "OPS-2", "depends_on")],
        warning(goal="G3"),
    ),
    case(
        "L602",
        "a goal that is not cross-functional",
        [*crossing("OPS-2"), goal("G3", cross_functional=False)],
    ),
    case("L602", "a goal of two departments", crossing("OPS-2", "SALES-2")),
    case("L602", "a goal of a department and the one below it", crossing("OPS-2", "PLANT-2")),
    case(
        "L602",
        "a goal that a second department reaches from further away",
        [*crossing("OPS-2"), link("SALES-1", "OPS-2")],
    ),
    case("L602", "a goal that nothing reaches", crossing()),
    case("L602", "a goal that only a draft would reach", [*crossing(), link("SALES-9", "G3")]),
    case("L602", "a goal that is not live", [*crossing("OPS-2"), goal("G3", status="paused")]),
]

SILOS = [
    case(
        "L603",
        "a department whose objectives are linked to goals alone",
        [department("HR"), *objectives("HR-1", "HR-2"), link("HR-1", "G1"), link("HR-2", "G2", "supports")],
        warning(department="HR"),
    ),
    case(
        "L603",
        "a department whose objectives are linked among themselves",
        [
            department("HR"),
            *objectives("HR-1", "HR-2"),
            link("HR-1", "HR-2"),
            link("HR-2", "HR-1", "depends_on"),
        ],
        warning(department="HR"),
    ),
    case(
        "L603",
        "each of two that lost the link between them",
        [without("LINE-1>OPS-1:contributes", "SALES-1>OPS-1:depends_on")],
        *(warning(department="OPS"), warning(department="LINE"), warning(department="SALES")),
    ),
    case(
        "L603",
        "a department that is closed",
        [objective("OLD-1"), link("OLD-1", "G1")],
        warning(department="OLD"),
    ),
    case(
        "L603",
        "a department that initiatives and KPIs tie to others",
        [
            *(department("HR"), objective("HR-1"), initiative("I2", supports=["HR-1", "OPS-1"])),
            kpi("K-1", measures=["HR-1", "SALES-1"]),
        ],
        warning(department="HR"),
    ),
    case("L603", "a link that contributes", [department("HR"), objective("HR-1"), link("HR-1", "OPS-1")]),
    case(
        "L603",
        "a link from another department",
        [department("HR"), objective("HR-1"), link("SALES-1", "HR-1", "supports")],
    ),
    case(
        "L603",
        "one link of several objectives",
        [*objectives("HR-1", "HR-2"), link("HR-2", "OPS-1", "supports"), department("HR")],
    ),
    case(
        "L603", "a conflict", [department("HR"), objective("HR-1"), link("HR-1", "SALES-1", "conflicts_with")]
    ),
    case(
        "L603",
        "a link to a department below",
        [department("HR", parent="SALES"), objective("HR-1"), link("SALES-1", "HR-1")],
    ),
    case(
        "L603",
        "a link to what is not live",
        [department("HR"), objective("HR-1"), link("HR-1", "SALES-9", "depends_on")],
    ),
    case(
        "L603",
        "a department whose objectives are not live",
        [department("HR"), objective("HR-1", status="draft")],
    ),
]

CASES = [*OPPOSITE_DIRECTIONS, *DUPLICATE_EFFORTS, *UNSUPPORTED_GOALS, *SINGLE_THREADS, *SILOS]
