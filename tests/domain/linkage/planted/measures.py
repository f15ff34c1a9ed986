"""Measures: L301, L302, L303, L305."""

from collections.abc import Iterator
from typing import Any

from tests.domain.linkage.planted.plans import (
    Edit,
    case,
    error,
    goal,
    kpi,
    objective,
    on,
    target,
    warning,
)


def aimed(*targets: dict[str, Any], **fields: Any) -> list[Edit]:
    """A KPI of OPS-1 with these targets."""
    return [kpi("K-1", targets=list(targets), **fields)]


def judged(
    direction: str = "higher", *, baseline: float | None = None, **thresholds: float | None
) -> list[Edit]:
    """A KPI with these thresholds all year."""
    return [
        kpi(
            "K-1",
            direction=direction,
            baseline=baseline,
            targets=[target("2026-01", "2026-12", **thresholds)],
        )
    ]


def named(*names: str, **fields: Any) -> Iterator[Edit]:
    """KPIs K-1, K-2 … of these names: percent, higher, mean; the last one differs in these fields."""
    for number, name in enumerate(names, 1):
        yield kpi(f"K-{number}", name=name)
    yield kpi(f"K-{len(names)}", **fields)


UNMEASURED = [
    case("L301", "an objective without KPI", [objective("OPS-2")], error(objective="OPS-2")),
    case(
        "L301",
        "an objective whose only KPI was set aside",
        [kpi("K-OPS", active=False)],
        error(objective="OPS-1"),
    ),
    case(
        "L301",
        "an objective whose KPI measures what it contributes to",
        [objective("OPS-2"), kpi("K-OPS", measures=["G1"]), kpi("K-LINE", measures=["OPS-2", "T1"])],
        *(error(objective="OPS-1"), error(objective="LINE-1")),
    ),
    case(
        "L301",
        "a KPI that measures several",
        [objective("OPS-2"), kpi("K-OPS", measures=["OPS-1", "G1", "OPS-2"])],
    ),
    case("L301", "a KPI of the product", [objective("OPS-2"), kpi("ENGAGEMENT", measures=["OPS-2"])]),
    case(
        "L301",
        "a KPI without target, value and owner",
        [kpi("K-OPS", targets=[], last_period={}, owner=None)],
    ),
    case(
        "L301",
        "objectives that are not live",
        [objective("OPS-2", status="draft"), objective("OPS-3", status="achieved")],
    ),
    case("L301", "a goal without KPI", [goal("G3")]),
]

NO_TARGET = [
    case("L302", "a KPI without targets", aimed(), error(kpi="K-1")),
    case("L302", "a target that ended last month", aimed(target("2026-01", "2026-10")), error(kpi="K-1")),
    case("L302", "a target that begins next month", aimed(target("2026-12", None)), error(kpi="K-1")),
    case(
        "L302",
        "a gap between two targets",
        aimed(target("2026-12", "2027-06"), target("2026-01", "2026-10")),
        error(kpi="K-1"),
    ),
    case(
        "L302",
        "a target that names no number",
        aimed(target("2026-01", None, target=None, amber=None, red=None)),
        error(kpi="K-1"),
    ),
    case(
        "L302",
        "the KPI of a goal whose quarter has passed",
        [kpi("K-G1", targets=[target("2026-Q1", "2026-Q3")])],
        error(kpi="K-G1"),
    ),
    case(
        "L302",
        "a KPI on a live node among others",
        [kpi("K-1", measures=["T1", "SALES-9", "SALES-1", "G1"], targets=[])],
        error(kpi="K-1"),
    ),
    case("L302", "a KPI of the product", [kpi("ENGAGEMENT", measures=["G1"])], error(kpi="ENGAGEMENT")),
    case(
        "L302",
        "the first day of a week without target",
        [
            on("2027-01-04"),
            *aimed(target("2026-W01", "2026-W53"), cadence="weekly"),
            kpi("K-G1", active=False),
        ]
        + [kpi(code, targets=[target("2027-01", None)]) for code in ("K-OPS", "K-SALES")]
        + [kpi("K-LINE", targets=[target("2027-W01", "2027-W01")])],
        error(kpi="K-1"),
    ),
    case("L302", "a target for this month alone", aimed(target("2026-11", "2026-11"))),
    case("L302", "a target without end", aimed(target("2026-11", None))),
    case("L302", "a target that mentions no end", aimed({"from": "2026-01", "target": 90})),
    case("L302", "a target without amber and red", aimed({"from": "2026-01", "to": "2026-12", "target": 90})),
    case("L302", "one target of several", aimed(target("2025-01", "2025-12"), target("2026-01", "2026-12"))),
    case(
        "L302",
        "a band",
        aimed(target("2026-01", None, target=None, amber=None, red=None, low=5, high=7), direction="band"),
    ),
    case("L302", "the year of a yearly KPI", aimed(target("2026", "2026"), cadence="yearly")),
    case("L302", "a week that its Sunday ends", aimed(target("2026-W47", "2026-W47"), cadence="weekly")),
    case("L302", "a KPI that is not active", aimed(active=False)),
    case("L302", "KPIs on no live node", [kpi("K-1", measures=["T1", "SALES-9", "G9"], targets=[])]),
    case("L302", "a KPI that measures nothing", aimed(measures=[])),
]

IMPOSSIBLE_RANGES = [
    case("L303", "amber above the target of a KPI that is to be high", judged(amber=91), error(kpi="K-1")),
    case("L303", "red above amber", judged(red=86), error(kpi="K-1")),
    case("L303", "red above the target where amber is missing", judged(amber=None, red=91), error(kpi="K-1")),
    case("L303", "amber above the target where red is missing", judged(amber=91, red=None), error(kpi="K-1")),
    case(
        "L303", "red above amber where the target is missing", judged(target=None, red=86), error(kpi="K-1")
    ),
    case("L303", "the order of high for a KPI that is to be low", judged("lower"), error(kpi="K-1")),
    case(
        "L303",
        "red below amber of a KPI that is to be low",
        judged("lower", amber=95, red=94),
        error(kpi="K-1"),
    ),
    case("L303", "amber below the target of one", judged("lower", amber=89, red=None), error(kpi="K-1")),
    case("L303", "a baseline that is the target", judged(baseline=90), error(kpi="K-1")),
    case("L303", "a baseline that is the target, written otherwise", judged(baseline=90.0), error(kpi="K-1")),
    case(
        "L303",
        "a band whose baseline is its target",
        judged("band", baseline=6, target=6, amber=None, red=None),
        error(kpi="K-1"),
    ),
    case(
        "L303",
        "a target of last year, once however many are wrong",
        aimed(
            *(target("2026-01", "2026-12"), target("2025-01", "2025-12", amber=99)),
            target("2024-01", "2024-12", target=70, red=99),
            baseline=70,
        ),
        error(kpi="K-1"),
    ),
    case(
        "L303",
        "a KPI on no live node",
        [*judged(amber=91), kpi("K-1", measures=["SALES-9"])],
        error(kpi="K-1"),
    ),
    case("L303", "equal neighbours", judged(amber=90, red=90)),
    case("L303", "equal neighbours of a KPI that is to be low", judged("lower", amber=90, red=90)),
    case("L303", "the order of low", judged("lower", amber=95, red=99)),
    case("L303", "thresholds below zero", judged(target=-1, amber=-2, red=-2.5)),
    case("L303", "amber and red in order where the target is missing", judged(target=None)),
    case("L303", "a target alone", judged(amber=None, red=None)),
    case("L303", "thresholds of a band", judged("band", target=6, amber=9, red=3)),
    case("L303", "a band without a target and a baseline", judged("band", target=None, amber=None, red=None)),
    case("L303", "a baseline that is nearly the target", judged(baseline=90.000001)),
    case("L303", "a baseline beyond the target", judged(baseline=95)),
    case("L303", "a KPI that is not active", [*judged(amber=91, baseline=90), kpi("K-1", active=False)]),
    case("L303", "a KPI without targets", aimed(baseline=90)),
]

TWO_DEFINITIONS = [
    case("L305", "another unit", named("On time", "on-time", unit="count"), warning(kpi="K-1 K-2")),
    case(
        "L305", "another direction", named("On time", "ON  TIME!", direction="lower"), warning(kpi="K-1 K-2")
    ),
    case(
        "L305",
        "another aggregation",
        named("ﬁrst ﬁx", "First fix", aggregation="sum"),
        warning(kpi="K-1 K-2"),
    ),
    case(
        "L305",
        "one of three: the set is all that are called so",
        named("On time", "on time", "On Time", unit="days"),
        warning(kpi="K-1 K-2 K-3"),
    ),
    case(
        "L305",
        "two names that are each defined twice",
        [
            *named("On time", "on time", unit="count"),
            *(kpi("K-3", name="Late"), kpi("K-4", name="late", direction="lower")),
        ],
        *(warning(kpi="K-1 K-2"), warning(kpi="K-3 K-4")),
    ),
    case("L305", "the same definition", named("On time", "on time")),
    case(
        "L305",
        "what may differ",
        named(
            "On time",
            "on time",
            cadence="weekly",
            department="SALES",
            owner="cho@x.org",
            metric="late",
            measures=[],
        ),
    ),
    case("L305", "a KPI that is not active", named("On time", "on time", unit="count", active=False)),
    case("L305", "other names", named("On time", "Ontime", unit="count")),
    case("L305", "names of which one begins the other", named("On time", "On time arrivals", unit="count")),
]

CASES = [*UNMEASURED, *NO_TARGET, *IMPOSSIBLE_RANGES, *TWO_DEFINITIONS]
