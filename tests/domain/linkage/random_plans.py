"""Random plan files for properties of the checker: small, crowded and often wrong in several ways at once."""

from datetime import date

from hypothesis import strategies as st

from app.domain.scoring import Direction
from app.domain.words import LinkType, NodeStatus
from tests.domain.linkage.checking import Document

Draw = st.DrawFn

DAY = date(2026, 11, 22)
DAYS = [None, "2026-10-31", "2026-11-22", "2026-12-31", "2027-06-30"]
MOMENTS = [None, "2026-01-05T00:00:00Z", "2026-03-01T12:00:00+02:00", "2026-06-01T00:00:00Z"]
TITLES = [
    "Cut unplanned downtime",
    "cut UNPLANNED down-time",
    "Unplanned downtime: cut",
    "Cut unplanned downtime of all lifts",
    "Teach new drivers",
    "Teach all new drivers twice",
    "On time",
    "on-time",
]
PERIODS = {
    "weekly": ["2026-W44", "2026-W45", "2026-W46", "2026-W47"],
    "monthly": ["2026-08", "2026-09", "2026-10", "2026-11"],
    "quarterly": ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"],
    "yearly": ["2024", "2025", "2026", "2027"],
}
# Live more often than not, else hardly anything is left to find.
STATUSES = st.sampled_from([NodeStatus.ACTIVE.value] * 4 + [status.value for status in NodeStatus])
TYPES = st.sampled_from([LinkType.CONTRIBUTES.value] * 4 + [kind.value for kind in LinkType])
NUMBERS = st.sampled_from([None, 70, 80, 90, 90.0, 95.5])


@st.composite
def goal_graphs(draw: Draw) -> Document:
    """Goals, objectives of one department and links between them; of the rest only what must be there."""
    goals = [f"G{number}" for number in range(draw(st.integers(0, 3)))]
    objectives = [f"D0-{number}" for number in range(draw(st.integers(0, 8)))]
    return {
        "today": DAY.isoformat(),
        "departments": [{"code": "D0", "name": "Works", "parent": None, "active": True}],
        "goals": [{"code": code, "title": code, "status": draw(STATUSES)} for code in goals],
        "objectives": [
            {"code": code, "title": code, "status": draw(STATUSES), "department": "D0"} for code in objectives
        ],
        "links": _draw_links(draw, objectives, [*goals, *objectives], most=16),
    }


@st.composite
def plan_files(draw: Draw) -> Document:
    """Plans with every noun."""
    departments = _draw_departments(draw)
    places = [row["code"] for row in departments]
    owners = [_draw_owner(draw, number, places) for number in range(draw(st.integers(1, 3)))]
    emails = [None, *(row["code"] for row in owners)]
    goals = [_draw_goal(draw, number, emails) for number in range(draw(st.integers(0, 3)))]
    objectives = [_draw_objective(draw, number, emails, places) for number in range(draw(st.integers(0, 7)))]
    nodes = [row["code"] for row in [*goals, *objectives]]
    initiatives = [_draw_initiative(draw, number, emails, nodes) for number in range(draw(st.integers(0, 2)))]
    return {
        "today": DAY.isoformat(),
        "themes": [{"code": "T1", "name": "Service"}],
        "departments": departments,
        "owners": owners,
        "goals": goals,
        "objectives": objectives,
        "links": [
            *_draw_links(draw, [row["code"] for row in objectives], nodes, most=10),
            *_draw_dependencies(draw, [row["code"] for row in initiatives], nodes),
        ],
        "initiatives": initiatives,
        "kpis": [
            _draw_kpi(draw, number, emails=emails, places=places, nodes=["T1", *nodes])
            for number in range(draw(st.integers(0, 5)))
        ],
    }


def _draw_departments(draw: Draw) -> list[Document]:
    rows: list[Document] = []
    for number in range(draw(st.integers(1, 4))):
        parent = draw(st.sampled_from([None, *(row["code"] for row in rows)]))
        active = draw(st.integers(0, 3)) > 0
        rows.append({"code": f"D{number}", "name": f"Place {number}", "parent": parent, "active": active})
    return rows


def _draw_owner(draw: Draw, number: int, places: list[str]) -> Document:
    place, active = draw(st.sampled_from(places)), draw(st.integers(0, 3)) > 0
    return {"code": f"o{number}@x.org", "name": f"Owner {number}", "department": place, "active": active}


def _draw_node(draw: Draw, emails: list[str | None]) -> Document:
    return {
        "title": draw(st.sampled_from(TITLES)),
        "owner": draw(st.sampled_from(emails)),
        "status": draw(STATUSES),
        "ends_on": draw(st.sampled_from(DAYS)),
        "changed_at": draw(st.sampled_from(MOMENTS)),
    }


def _draw_goal(draw: Draw, number: int, emails: list[str | None]) -> Document:
    theme, wide = draw(st.sampled_from([None, "T1"])), draw(st.booleans())
    return {"code": f"G{number}", "theme": theme, "cross_functional": wide, **_draw_node(draw, emails)}


def _draw_objective(draw: Draw, number: int, emails: list[str | None], places: list[str]) -> Document:
    place = draw(st.sampled_from(places))
    return {"code": f"{place}-{number}", "department": place, **_draw_node(draw, emails)}


def _draw_links(draw: Draw, sources: list[str], targets: list[str], *, most: int) -> list[Document]:
    if not sources:
        return []
    ends = st.tuples(st.sampled_from(sources), st.sampled_from(targets), TYPES)
    return [
        {
            "code": f"{source}>{target}:{kind}",
            **{"source": source, "target": target, "type": kind},
            "weight": draw(st.sampled_from([None, None, 30, 70, 100])),
            "rationale": draw(st.sampled_from([None, " ", "So that it can.", "Because it must."])),
            "affirmed_at": draw(st.sampled_from(MOMENTS)),
        }
        for source, target, kind in draw(st.lists(ends, max_size=most, unique=True))
    ]


def _draw_dependencies(draw: Draw, initiatives: list[str], nodes: list[str]) -> list[Document]:
    """What initiatives need, of each other or of the rest of the plan."""
    if not initiatives:
        return []
    ends = st.tuples(st.sampled_from(initiatives), st.sampled_from([*nodes, *initiatives]))
    return [
        {
            "code": f"{source}>{target}:depends_on",
            **{"source": source, "target": target, "type": "depends_on"},
            "state": draw(st.sampled_from([None, "requested", "accepted", "declined", "delivered"])),
            "need_by": draw(st.sampled_from(DAYS)),
            "requested_on": draw(st.sampled_from(DAYS)),
        }
        for source, target in draw(st.lists(ends, max_size=3, unique=True))
    ]


def _draw_initiative(draw: Draw, number: int, emails: list[str | None], nodes: list[str]) -> Document:
    return {
        "code": f"I{number}",
        "title": f"Initiative {number}",
        "owner": draw(st.sampled_from(emails)),
        "status": draw(STATUSES),
        "ends_on": draw(st.sampled_from(DAYS)),
        "supports": _draw_some(draw, nodes),
    }


def _draw_kpi(
    draw: Draw, number: int, *, emails: list[str | None], places: list[str], nodes: list[str]
) -> Document:
    cadence = draw(st.sampled_from(list(PERIODS)))
    periods = st.sampled_from(PERIODS[cadence])
    return {
        "code": f"K{number}",
        "name": draw(st.sampled_from(["On time", "on-time", "Late", "Faults"])),
        "metric": draw(st.sampled_from([None, "late", "faults"])),
        "unit": draw(st.sampled_from(["percent", "days"])),
        "direction": draw(st.sampled_from(list(Direction))).value,
        "cadence": cadence,
        "grace_days": draw(st.sampled_from([0, 5, 22])),
        "aggregation": "mean",
        "active": draw(st.integers(0, 3)) > 0,
        "built_in": draw(st.integers(0, 4)) == 0,
        "owner": draw(st.sampled_from(emails)),
        "measures": _draw_some(draw, nodes),
        "department": draw(st.sampled_from([None, *places])),
        "baseline": draw(NUMBERS),
        "targets": [
            {"from": draw(periods), "to": None, "target": 90, "amber": draw(NUMBERS), "red": draw(NUMBERS)}
            for _ in range(draw(st.integers(0, 2)))
        ],
        "last_period": {place: draw(periods) for place in _draw_some(draw, ["", *places])},
    }


def _draw_some(draw: Draw, codes: list[str]) -> list[str]:
    return draw(st.lists(st.sampled_from(codes), max_size=2, unique=True)) if codes else []
