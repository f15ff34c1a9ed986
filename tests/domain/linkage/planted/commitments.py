"""Planted faults of commitments. Today is 22 November 2026."""

from tests.domain.linkage.planted.plans import case, commitment, kpi, on, warning

RED = [
    case("L801", "one that is red", [kpi("K-OPS", red_in=["OPS"])], warning(kpi="K-OPS")),
    case(
        "L801",
        "one that is red in two places, once",
        [kpi("K-OPS", red_in=["OPS", "SALES"])],
        warning(kpi="K-OPS"),
    ),
    case(
        "L801",
        "a commitment about another one",
        [kpi("K-OPS", red_in=["OPS"]), commitment("C-1", kpi="K-G1")],
        warning(kpi="K-OPS"),
    ),
    case("L801", "one with a commitment", [kpi("K-OPS", red_in=["OPS"]), commitment("C-1", kpi="k-ops")]),
    case(
        "L801",
        "one with a commitment that is due today",
        [kpi("K-OPS", red_in=["OPS"]), commitment("C-1", kpi="K-OPS", due_on="2026-11-22")],
    ),
    case("L801", "one that is not active", [kpi("K-OLD", red_in=["OPS"])]),
    case("L801", "one that is red nowhere", [kpi("K-OPS", red_in=[])]),
]
SILENT = [
    case(
        "L803",
        "one of a day more than a week",
        [commitment("C-1", due_on="2026-11-14")],
        warning(commitment="C-1"),
    ),
    case(
        "L803",
        "one of nobody's department",
        [commitment("C-1", due_on="2025-11-14", department=None, owner=None)],
        warning(commitment="C-1"),
    ),
    case("L803", "one that was due a week ago", [commitment("C-1", due_on="2026-11-15")]),
    case("L803", "one that is due today", [commitment("C-1", due_on="2026-11-22")]),
    case("L803", "the day before", [on("2026-11-21"), commitment("C-1", due_on="2026-11-14")]),
]
CASES = RED + SILENT
