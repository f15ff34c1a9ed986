"""Ownership: L201, L202, L206, L207."""

from collections.abc import Iterator

from tests.domain.linkage.planted.plans import (
    Edit,
    case,
    department,
    error,
    goal,
    info,
    initiative,
    kpi,
    lacking,
    objective,
    owner,
    warning,
)


def owned_by(code: str, *, not_live: bool = False) -> Iterator[Edit]:
    """One of each noun that has an owner."""
    status = "paused" if not_live else "active"
    yield from (goal("G3", owner=code, status=status), objective("OPS-2", owner=code, status=status))
    yield from (initiative("I2", owner=code, status=status), kpi("K-1", owner=code, active=not not_live))


def load(count: int, **fields: str) -> Iterator[Edit]:
    """As many live objectives of an owner who had nothing before."""
    yield owner("fay@x.org", **fields)
    yield from (objective(f"OPS-5{number}", owner="fay@x.org") for number in range(count))


NO_OWNER = [
    case(
        "L201",
        "one of each noun",
        [
            *(goal("G3", owner=None), objective("OPS-2", owner=None), initiative("I2", owner=None)),
            kpi("K-1", owner=None),
        ],
        *(error(goal="G3"), error(objective="OPS-2"), error(initiative="I2"), error(kpi="K-1")),
    ),
    case(
        "L201",
        "what does not mention an owner",
        [lacking("owner", of="OPS-1"), lacking("owner", of="K-OPS")],
        *(error(objective="OPS-1"), error(kpi="K-OPS")),
    ),
    case("L201", "a KPI that measures nothing", [kpi("K-1", owner=None, measures=[])], error(kpi="K-1")),
    case(
        "L201",
        "what is not live",
        [
            *(goal("G3", owner=None, status="draft"), objective("OPS-2", owner=None, status="paused")),
            *(initiative("I2", owner=None, status="achieved"), kpi("K-1", owner=None, active=False)),
        ],
    ),
    case("L201", "a KPI of the product, which needs none", [kpi("ENGAGEMENT", owner=None)]),
    case("L201", "an owner who is deactivated", owned_by("eve@x.org")),
    case(
        "L201",
        "an owner who sits in no department",
        [owner("gus@x.org", department=None), *owned_by("gus@x.org")],
    ),
]

INACTIVE_OWNERS = [
    case(
        "L202",
        "one of each noun",
        owned_by("eve@x.org"),
        *(error(goal="G3"), error(objective="OPS-2"), error(initiative="I2"), error(kpi="K-1")),
    ),
    case(
        "L202",
        "everything that somebody leaves behind",
        [owner("cho@x.org", active=False)],
        *(error(goal="G2"), error(objective="SALES-1"), error(kpi="K-SALES")),
    ),
    case("L202", "a KPI of the product", [kpi("ENGAGEMENT", owner="eve@x.org")], error(kpi="ENGAGEMENT")),
    case("L202", "what is not live", owned_by("eve@x.org", not_live=True)),
    case("L202", "what has no owner", [goal("G1", owner=None), objective("OPS-1", owner=None)]),
    case("L202", "a colleague who is deactivated", [owner("eve@x.org"), owner("gus@x.org", active=False)]),
]

OWNERS_OUTSIDE = [
    case(
        "L206", "an owner in another tree", [objective("OPS-2", owner="cho@x.org")], info(objective="OPS-2")
    ),
    case(
        "L206",
        "an owner in a department beside",
        [department("YARD", parent="PLANT"), objective("YARD-1", owner="bob@x.org")],
        info(objective="YARD-1"),
    ),
    case(
        "L206",
        "an owner who sits in no department",
        [owner("gus@x.org", department=None), objective("OPS-2", owner="gus@x.org")],
        info(objective="OPS-2"),
    ),
    case(
        "L206",
        "an owner outside who is deactivated",
        [objective("SALES-2", owner="eve@x.org")],
        info(objective="SALES-2"),
    ),
    case(
        "L206",
        "everything of one who moved away",
        [owner("bob@x.org", department="SALES")],
        info(objective="LINE-1"),
    ),
    case(
        "L206",
        "owners above",
        [objective("LINE-2", owner="dan@x.org"), objective("LINE-3", owner="ann@x.org")],
    ),
    case(
        "L206", "owners below", [objective("OPS-2", owner="dan@x.org"), objective("OPS-3", owner="bob@x.org")]
    ),
    case(
        "L206",
        "an owner above a department that is closed",
        [department("PLANT", active=False), objective("LINE-2", owner="ann@x.org")],
    ),
    case("L206", "an objective without owner", [objective("OPS-2", owner=None)]),
    case("L206", "a draft", [objective("OPS-2", owner="cho@x.org", status="draft")]),
    case(
        "L206",
        "what has no department to be outside of",
        [goal("G1", owner="cho@x.org"), initiative("I1", owner="cho@x.org"), kpi("K-OPS", owner="cho@x.org")],
    ),
]

OVERLOADED_OWNERS = [
    case("L207", "the owner of eight objectives", load(8), warning(owner="fay@x.org")),
    case(
        "L207",
        "the owner of eight things of three kinds",
        [
            *(*load(3), goal("G3", owner="fay@x.org"), goal("G4", owner="fay@x.org")),
            *(initiative(f"I{number}", owner="fay@x.org") for number in (2, 3, 4)),
        ],
        warning(owner="fay@x.org"),
    ),
    case("L207", "an owner who sits elsewhere", load(8, department="SALES"), warning(owner="fay@x.org")),
    case("L207", "the owner of seven", load(7)),
    case(
        "L207",
        "things that are not live",
        [
            *(*load(7), goal("G3", owner="fay@x.org", status="draft")),
            *(objective("OPS-2", owner="fay@x.org", status="paused"), initiative("I9", owner="fay@x.org")),
        ],
    ),
    case("L207", "KPIs", [*load(7), kpi("K-1", owner="fay@x.org"), kpi("K-2", owner="fay@x.org")]),
    case("L207", "the owner of eight who is deactivated", [*load(8), owner("fay@x.org", active=False)]),
    case("L207", "what has no owner", [objective(f"OPS-5{number}", owner=None) for number in range(9)]),
]

CASES = [*NO_OWNER, *INACTIVE_OWNERS, *OWNERS_OUTSIDE, *OVERLOADED_OWNERS]
