"""Structure, as far as it is about nodes, initiatives and KPIs: L101-L103, L105-L107, L110, L114."""

from collections.abc import Iterator
from itertools import pairwise

from tests.domain.linkage.planted.plans import (
    Edit,
    case,
    error,
    goal,
    info,
    initiative,
    kpi,
    lacking,
    link,
    objective,
    theme,
    warning,
    without,
)


def objectives(*codes: str, **fields: str) -> Iterator[Edit]:
    """Objectives of these codes, nothing tied to them yet."""
    return (objective(code, **fields) for code in codes)


def chain(*codes: str) -> Iterator[Edit]:
    """Each of these contributes to the next."""
    return (link(source, target) for source, target in pairwise(codes))


def goals(count: int) -> Iterator[Edit]:
    """As many live goals more."""
    return (goal(f"G3{number}") for number in range(count))


def supporters(count: int, *targets: str, of: str = "LINE-5") -> Iterator[Edit]:
    """As many objectives more that contribute to each of these."""
    for number in range(count):
        code = f"{of}{number}"
        yield objective(code)
        yield from (link(code, target) for target in targets)


def kpis(count: int, measures: str) -> Iterator[Edit]:
    """As many active KPIs more on a node."""
    return (kpi(f"K-{number}", measures=[measures]) for number in range(count))


ORPHAN_OBJECTIVES = [
    case("L101", "an objective without any link", [objective("OPS-2")], error(objective="OPS-2")),
    case(
        "L101",
        "objectives whose links are all of other types",
        [
            *objectives("OPS-2", "OPS-3", "OPS-4"),
            *(link("OPS-2", "G1", "supports"), link("OPS-3", "OPS-1", "depends_on")),
            link("OPS-4", "G1", "conflicts_with"),
        ],
        *(error(objective="OPS-2"), error(objective="OPS-3"), error(objective="OPS-4")),
    ),
    case(
        "L101",
        "an objective that others contribute to, itself to nothing",
        [*objectives("OPS-2", "OPS-3"), link("OPS-3", "OPS-2")],
        error(objective="OPS-2"),
    ),
    case(
        "L101",
        "the healthy objectives once their links are gone",
        [without("OPS-1>G1:contributes", "OPS-1>G2:contributes")],
        error(objective="OPS-1"),
    ),
    case(
        "L101",
        "objectives that are not live",
        [
            *(objective("OPS-2", status="draft"), objective("OPS-3", status="paused")),
            *(objective("OPS-4", status="achieved"), objective("OPS-5", status="abandoned")),
        ],
    ),
    case("L101", "a link to a goal that is not live", [objective("OPS-2"), link("OPS-2", "G9")]),
    case("L101", "a link to itself", [objective("OPS-2"), link("OPS-2", "OPS-2")]),
    case(
        "L101",
        "one link that contributes beside others that do not",
        [objective("OPS-2"), link("OPS-2", "G1", "supports"), link("OPS-2", "OPS-1")],
    ),
]

ROOTLESS_GOALS = [
    case("L102", "a goal whose theme is null", [goal("G1", theme=None)], warning(goal="G1")),
    case("L102", "a goal that does not mention a theme", [lacking("theme", of="G2")], warning(goal="G2")),
    case(
        "L102",
        "each of two goals",
        [goal("G1", theme=None), goal("G3", theme=None)],
        *(warning(goal="G1"), warning(goal="G3")),
    ),
    case(
        "L102",
        "goals that are not live",
        [
            *(goal("G3", theme=None, status="draft"), goal("G4", theme=None, status="paused")),
            *(goal("G5", theme=None, status="achieved"), goal("G6", theme=None, status="abandoned")),
        ],
    ),
    case("L102", "a theme with other goals", [goal("G3", theme="T2")]),
    case("L102", "a theme without a goal", [theme("T3")]),
]

ISLANDS = [
    case(
        "L103",
        "an objective that contributes to one which leads nowhere",
        [*objectives("OPS-2", "OPS-3"), link("OPS-3", "OPS-2")],
        error(objective="OPS-3"),
    ),
    case(
        "L103",
        "every objective of a chain to nowhere but its end",
        [*objectives("OPS-2", "OPS-3", "OPS-4"), *chain("OPS-4", "OPS-3", "OPS-2")],
        *(error(objective="OPS-3"), error(objective="OPS-4")),
    ),
    case(
        "L103",
        "objectives that only contribute to each other",
        [*objectives("OPS-2", "OPS-3"), *chain("OPS-2", "OPS-3", "OPS-2")],
        *(error(objective="OPS-2"), error(objective="OPS-3")),
    ),
    case(
        "L103",
        "an objective that contributes to itself: it is a live node, too",
        [objective("OPS-2"), link("OPS-2", "OPS-2")],
        error(objective="OPS-2"),
    ),
    case(
        "L103",
        "an objective whose way leads through a paused one",
        [
            *(*objectives("OPS-2", "OPS-3"), objective("OPS-4", status="paused")),
            *chain("OPS-2", "OPS-3", "OPS-4", "G1"),
        ],
        error(objective="OPS-2"),
    ),
    case(
        "L103",
        "an objective whose way ends at a goal that is not live",
        [*objectives("OPS-2", "OPS-3"), *chain("OPS-2", "OPS-3", "G9")],
        error(objective="OPS-2"),
    ),
    case(
        "L103",
        "an objective whose way ends with a link of another type",
        [*objectives("OPS-2", "OPS-3"), link("OPS-2", "OPS-3"), link("OPS-3", "G1", "supports")],
        error(objective="OPS-2"),
    ),
    case(
        "L103",
        "an objective below two that are not aligned",
        [*objectives("OPS-2", "OPS-3", "OPS-4"), *chain("OPS-4", "OPS-2"), *chain("OPS-4", "OPS-3")],
        error(objective="OPS-4"),
    ),
    case("L103", "an objective without links", [objective("OPS-2")]),
    case(
        "L103",
        "an objective all of whose targets are not live",
        [
            *(objective("OPS-2"), objective("OPS-3", status="paused"), link("OPS-3", "G1")),
            *(link("OPS-2", "OPS-3"), link("OPS-2", "G9")),
        ],
    ),
    case(
        "L103",
        "a second way that reaches a goal",
        [*objectives("OPS-2", "OPS-3"), *chain("OPS-3", "OPS-2"), *chain("OPS-3", "LINE-1")],
    ),
    case(
        "L103",
        "a cycle with a way out",
        [*objectives("OPS-2", "OPS-3"), *chain("OPS-2", "OPS-3", "OPS-2"), link("OPS-3", "G1")],
    ),
    case(
        "L103",
        "a paused objective that leads nowhere",
        [objective("OPS-2"), objective("OPS-3", status="paused"), link("OPS-3", "OPS-2")],
    ),
    case(
        "L103",
        "a link of another type to nowhere",
        [*objectives("OPS-2", "OPS-3"), link("OPS-2", "OPS-3", "supports")],
    ),
]

ORPHAN_INITIATIVES = [
    case(
        "L105",
        "an initiative that supports nothing",
        [initiative("I2", supports=[])],
        warning(initiative="I2"),
    ),
    case(
        "L105",
        "each of two, overdue or not",
        [initiative("I1", supports=[]), initiative("I2", supports=[], ends_on="2026-01-31")],
        *(warning(initiative="I1"), warning(initiative="I2")),
    ),
    case("L105", "an initiative that is tied to a goal", [initiative("I2", supports=["G1"])]),
    case("L105", "an initiative that is tied to a draft", [initiative("I2", supports=["SALES-9"])]),
    case(
        "L105",
        "initiatives that are not live",
        [
            *(initiative("I2", supports=[], status="draft"), initiative("I3", supports=[], status="paused")),
            initiative("I4", supports=[], status="achieved"),
        ],
    ),
]

ORPHAN_KPIS = [
    case("L106", "a KPI that measures nothing", [kpi("K-1", measures=[])], warning(kpi="K-1")),
    case(
        "L106",
        "a KPI that measures nothing any more, without values",
        [kpi("K-OPS", measures=[], last_period={}, targets=[])],
        warning(kpi="K-OPS"),
    ),
    case("L106", "a KPI that measures a theme", [kpi("K-1", measures=["T1"])]),
    case("L106", "KPIs of goals and drafts", [kpi("K-1", measures=["G1"]), kpi("K-2", measures=["SALES-9"])]),
    case("L106", "a KPI that is not active", [kpi("K-1", measures=[], active=False)]),
    case("L106", "a KPI of the product", [kpi("ON-TIME", measures=[], built_in=True)]),
]

CYCLES = [
    case(
        "L107",
        "two objectives that contribute to each other",
        [*objectives("OPS-2", "OPS-3"), *chain("OPS-2", "OPS-3", "OPS-2")],
        error(objective="OPS-2 OPS-3"),
    ),
    case("L107", "a link to itself", [link("OPS-1", "OPS-1")], error(objective="OPS-1")),
    case(
        "L107",
        "a cycle of objectives in any state",
        [
            *(objective("OPS-2", status="draft"), objective("OPS-3", status="abandoned"), objective("OPS-4")),
            *chain("OPS-2", "OPS-3", "OPS-4", "OPS-2"),
        ],
        error(objective="OPS-2 OPS-3 OPS-4"),
    ),
    case(
        "L107",
        "a paused objective with a link to itself",
        [objective("OPS-2", status="paused"), link("OPS-2", "OPS-2")],
        error(objective="OPS-2"),
    ),
    case(
        "L107",
        "cycles that share an objective as one set",
        [
            *objectives("OPS-2", "OPS-3", "OPS-4", "OPS-5"),
            *chain("OPS-2", "OPS-3", "OPS-2"),
            *chain("OPS-3", "OPS-4", "OPS-3"),
            *(link("OPS-3", "OPS-3"), link("OPS-5", "OPS-2"), link("OPS-4", "G1")),
        ],
        error(objective="OPS-2 OPS-3 OPS-4"),
    ),
    case(
        "L107",
        "two cycles, one of which leads to the other, as two sets",
        [
            *objectives("OPS-2", "OPS-3", "OPS-4", "OPS-5"),
            *chain("OPS-2", "OPS-3", "OPS-2", "OPS-4", "OPS-5", "OPS-4"),
        ],
        *(error(objective="OPS-2 OPS-3"), error(objective="OPS-4 OPS-5")),
    ),
    case(
        "L107",
        "two ways to the same place",
        [*objectives("OPS-2", "OPS-3"), *chain("OPS-3", "OPS-2", "OPS-1"), link("OPS-3", "OPS-1")],
    ),
    case(
        "L107",
        "a circle that links of other types close",
        [
            *(link("OPS-1", "LINE-1", "supports"), link("OPS-1", "SALES-1", "depends_on")),
            link("OPS-1", "OPS-1", "conflicts_with"),
        ],
    ),
]

TOO_MANY = [
    case("L110", "six live goals", goals(4), warning(organization="ORGANIZATION")),
    case(
        "L110",
        "six live objectives in each of two departments",
        [*supporters(5, "G1", of="OPS-5"), *supporters(5, "G1", of="LINE-5")],
        *(warning(department="OPS"), warning(department="LINE")),
    ),
    case(
        "L110",
        "six active KPIs on one objective, of whatever department",
        [*kpis(5, "OPS-1"), kpi("K-1", department="SALES"), kpi("K-2", department=None, built_in=True)],
        warning(objective="OPS-1"),
    ),
    case("L110", "five live goals", goals(3)),
    case(
        "L110",
        "goals that are not live",
        [*goals(3), goal("G8", status="paused"), goal("G7", status="draft")],
    ),
    case("L110", "five objectives in a department", supporters(4, "G1", of="OPS-5")),
    case(
        "L110",
        "objectives that are not live",
        [
            *supporters(4, "G1", of="OPS-5"),
            objective("OPS-6", status="paused"),
            objective("OPS-7", status="draft"),
        ],
    ),
    case(
        "L110",
        "departments that have six only together with those below",
        [*supporters(4, "G1", of="OPS-5"), *objectives("PLANT-1", "PLANT-2")],
    ),
    case("L110", "five active KPIs", [*kpis(4, "OPS-1"), kpi("K-9", active=False)]),
    case("L110", "six KPIs on a goal", kpis(6, "G1")),
    case("L110", "six KPIs on a theme", kpis(6, "T1")),
    case("L110", "six KPIs on a draft", kpis(6, "SALES-9")),
    case(
        "L110",
        "a KPI that names its objective twice",
        [*kpis(4, "OPS-1"), kpi("K-1", measures=["OPS-1", "OPS-1"])],
    ),
]

# The healthy plan: two live goals; G1 is reached by OPS-1 and LINE-1, G2 by those and SALES-1.
MEGA_HUBS = [
    case(
        "L114",
        "a goal that four of six aligned objectives reach",
        [
            goal("G3"),
            without("OPS-1>G2:contributes"),
            *supporters(2, "OPS-1"),
            *supporters(1, "G3", of="SALES-5"),
        ],
        info(goal="G1"),
    ),
    case(
        "L114",
        "two goals that more than half of all reach",
        [goal("G3"), *supporters(3, "LINE-1")],
        *(info(goal="G1"), info(goal="G2")),
    ),
    case(
        "L114",
        "a goal that objectives reach through a cycle",
        [
            *(goal("G3"), without("OPS-1>G2:contributes"), *supporters(3, "G3", of="SALES-5")),
            *(
                *objectives("OPS-2", "OPS-3", "OPS-4"),
                *chain("OPS-2", "OPS-3", "OPS-4", "OPS-2"),
                link("OPS-4", "G1"),
            ),
        ],
        info(goal="G1"),
    ),
    case(
        "L114",
        "a goal that exactly half of them reach",
        [
            goal("G3"),
            without("OPS-1>G2:contributes"),
            *supporters(1, "G1"),
            *supporters(2, "G3", of="SALES-5"),
        ],
    ),
    case(
        "L114",
        "goals that exactly half of them reach, where all hang together",
        [goal("G3"), *supporters(3, "G3", of="SALES-5"), link("SALES-50", "G1")],
    ),
    case("L114", "a plan with two live goals", [*supporters(9, "G1"), goal("G3", status="paused")]),
    case("L114", "a plan with five aligned objectives", [goal("G3"), *supporters(2, "G1")]),
    case(
        "L114",
        "objectives that are not aligned: they are no part of the half nor of the whole",
        [
            *(goal("G3"), without("OPS-1>G2:contributes"), *supporters(2, "G1")),
            *(objective("OPS-2", status="paused"), link("OPS-2", "G1"), link("SALES-9", "G1")),
            *(*objectives("OPS-3", "OPS-4"), link("OPS-3", "OPS-4"), link("OPS-4", "OPS-2")),
        ],
    ),
    case(
        "L114",
        "a goal that is not live",
        [goal("G3"), goal("G4"), *supporters(6, "G9"), *supporters(3, "G3", of="SALES-5")],
    ),
    case(
        "L114",
        "half of them, counted once however many ways they have",
        [
            *(goal("G3"), without("OPS-1>G2:contributes"), *supporters(1, "G1", "OPS-1", "LINE-1")),
            *supporters(2, "G3", of="SALES-5"),
        ],
    ),
]

CASES = [
    *(*ORPHAN_OBJECTIVES, *ROOTLESS_GOALS, *ISLANDS, *ORPHAN_INITIATIVES),
    *(*ORPHAN_KPIS, *CYCLES, *TOO_MANY, *MEGA_HUBS),
]
