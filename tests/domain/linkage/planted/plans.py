"""A healthy plan, the edits that make it sick, and how a case says what is to be found.

Which edit brings which finding is said in the tables beside; nothing here knows a rule.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from tests.domain.linkage.checking import Document, Found

Edit = Callable[[Document], None]

TODAY = date(2026, 11, 22)  # a Sunday: the week 2026-W47 ends with it
NOUNS = (
    "themes",
    "departments",
    "owners",
    "goals",
    "objectives",
    "links",
    "initiatives",
    "kpis",
    "decisions",
    "commitments",
    "rituals",
)


class Case(NamedTuple):
    """One plan in a sentence, the edits that make it from the healthy one, and what one rule finds in it."""

    rule: str
    name: str
    edits: list[Edit]
    found: frozenset[Found]

    @property
    def label(self) -> str:
        """How the case is called in a test report."""
        return f"{self.rule} {'finds' if self.found else 'is silent about'} {self.name}"


def case(rule: str, name: str, edits: Iterable[Edit], *found: Found) -> Case:
    """A case of the table: a near-miss where nothing is to be found."""
    return Case(rule, name, list(edits), frozenset(found))


def error(**objects: str) -> Found:
    """An error about these objects: codes by kind, several of a kind parted by spaces."""
    return "error", _name_objects(objects)


def warning(**objects: str) -> Found:
    """A warning about these objects."""
    return "warning", _name_objects(objects)


def info(**objects: str) -> Found:
    """An information about these objects."""
    return "info", _name_objects(objects)


def theme(code: str, **fields: Any) -> Edit:
    """Add a theme, or change the one that is there; so do the next ten with their noun."""
    return _put("themes", code, {"name": f"Theme {code}"}, fields)


def department(code: str, **fields: Any) -> Edit:
    return _put("departments", code, {"name": f"Department {code}", "parent": None, "active": True}, fields)


def owner(code: str, **fields: Any) -> Edit:
    return _put("owners", code, {"name": code.partition("@")[0], "department": "OPS", "active": True}, fields)


def goal(code: str, **fields: Any) -> Edit:
    return _put("goals", code, {"theme": "T1", "cross_functional": False, **_node(code)}, fields)


def objective(code: str, **fields: Any) -> Edit:
    """The department is the one the code begins with."""
    return _put("objectives", code, {"department": code.rpartition("-")[0], **_node(code)}, fields)


def link(source: str, target: str, type: str = "contributes", **fields: Any) -> Edit:
    ends = {"source": source, "target": target, "type": type}
    rest = {"weight": None, "rationale": "Fewer faults, fewer late trains.", "affirmed_at": at("2026-02-01")}
    return _put("links", f"{source}>{target}:{type}", ends | rest, fields)


def initiative(code: str, **fields: Any) -> Edit:
    healthy = {"title": code, "owner": "ann@x.org", "status": "active", "ends_on": "2026-12-31"}
    return _put("initiatives", code, healthy | {"supports": ["OPS-1"]}, fields)


def kpi(code: str, **fields: Any) -> Edit:
    definition = {
        "name": code,
        "metric": None,
        "unit": "percent",
        "direction": "higher",
        "aggregation": "mean",
    }
    duty = {"cadence": "monthly", "grace_days": 5, "active": True, "built_in": False, "owner": "ann@x.org"}
    place = {"measures": ["OPS-1"], "department": "OPS", "baseline": None}
    values = {"targets": [target("2026-01", "2026-12")], "last_period": {"OPS": "2026-10"}}
    return _put("kpis", code, definition | duty | place | values, fields)


def decision(code: str, **fields: Any) -> Edit:
    """An open decision of yesterday that may take two weeks."""
    healthy = {
        "title": f"{code}?",
        "status": "open",
        "opened_on": "2026-11-21",
        "departments": ["OPS", "SALES"],
    }
    rest = {"decider": "ann@x.org", "limit_days": 14, "review_on": None, "reviewed_on": None, "reopened": 0}
    return _put("decisions", code, healthy | rest, fields)


def commitment(code: str, **fields: Any) -> Edit:
    """An open commitment that is due in a week, about no KPI."""
    healthy = {"what": f"Do {code}", "owner": "ann@x.org", "department": "OPS", "due_on": "2026-11-29"}
    return _put("commitments", code, healthy | {"kpi": None}, fields)


def ritual(code: str, **fields: Any) -> Edit:
    """A meeting on the second Tuesday of each month, which took place this month."""
    healthy = {
        "name": f"Meeting {code}",
        "host": "ann@x.org",
        "rrule": "FREQ=MONTHLY;BYDAY=2TU",
        "starts_on": "2026-01-13",
        "ruled_from": "2026-01-01",
        "occurrences": [occurrence("2026-11-10", "kept")],
    }
    return _put("rituals", code, healthy, fields)


def occurrence(day: str, state: str, *, on: str | None = None) -> dict[str, Any]:
    """What was said of an occurrence of a ritual."""
    return {"day": day, "on": on or day, "state": state}


def target(first: str, last: str | None, **thresholds: Any) -> dict[str, Any]:
    """A target of a KPI for a range of periods."""
    return {"from": first, "to": last, "target": 90, "amber": 85, "red": 75} | thresholds


def without(*codes: str) -> Edit:
    """Take the rows of these codes away."""

    def edit(document: Document) -> None:
        for noun in NOUNS:
            document[noun] = [row for row in document[noun] if row["code"] not in codes]

    return edit


def lacking(field: str, *, of: str) -> Edit:
    """Take a field away from the row of this code."""

    def edit(document: Document) -> None:
        [row] = [row for noun in NOUNS for row in document[noun] if row["code"] == of]
        del row[field]

    return edit


def on(day: str) -> Edit:
    """Let the plan be checked on another day."""

    def edit(document: Document) -> None:
        document["today"] = day

    return edit


def at(day: str) -> str:
    """Midnight of a day, as a moment of the plan file."""
    return f"{day}T00:00:00Z"


def make_plan(edits: Iterable[Edit] = ()) -> Document:
    """The healthy plan after these edits."""
    document: Document = {"today": TODAY.isoformat(), **{noun: [] for noun in NOUNS}}
    for edit in [*_HEALTHY, *edits]:
        edit(document)
    return document


def _name_objects(objects: dict[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((kind, code) for kind, codes in objects.items() for code in codes.split())


def _node(code: str) -> dict[str, Any]:
    named = {"title": code, "why": "Because.", "owner": "ann@x.org", "status": "active"}
    return named | {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "changed_at": at("2026-01-05")}


def _put(noun: str, code: str, healthy: dict[str, Any], fields: dict[str, Any]) -> Edit:
    def edit(document: Document) -> None:
        for row in document[noun]:
            if row["code"] == code:
                row.update(fields)
                return
        document[noun].append({"code": code, **healthy, **fields})

    return edit


_HEALTHY = [
    *(theme("T1"), theme("T2")),
    # PLANT has no objective of its own, OLD is closed.
    *(department("OPS"), department("PLANT", parent="OPS"), department("LINE", parent="PLANT")),
    *(department("SALES"), department("OLD", active=False)),
    *(owner("ann@x.org"), owner("dan@x.org", department="PLANT"), owner("bob@x.org", department="LINE")),
    *(owner("cho@x.org", department="SALES"), owner("eve@x.org", active=False)),
    goal("G1", title="Every train on time"),
    goal("G2", title="Twice the travellers", theme="T2", owner="cho@x.org", cross_functional=True),
    objective("OPS-1", title="Fewer signal faults on every line"),
    objective("LINE-1", title="Inspect points twice a week", owner="bob@x.org"),
    objective("SALES-1", title="Win back commuters", owner="cho@x.org"),
    *(link("OPS-1", "G1"), link("LINE-1", "OPS-1"), link("SALES-1", "OPS-1", "depends_on")),
    *(link("SALES-1", "G2", weight=60), link("OPS-1", "G2", weight=40)),
    initiative("I1", title="New points", owner="dan@x.org"),
    kpi("K-OPS", baseline=70, metric="signal_faults"),
    kpi("K-LINE", measures=["LINE-1"], owner="bob@x.org", cadence="weekly", department="LINE"),
    kpi("K-LINE", targets=[target("2026-W01", "2026-W53")], last_period={"LINE": "2026-W46"}),
    kpi(
        "K-SALES", measures=["SALES-1"], owner="cho@x.org", department=None, last_period={"SALES": "2026-10"}
    ),
    kpi("K-G1", measures=["G1"], department=None, cadence="quarterly", last_period={"": "2026-Q3"}),
    kpi("K-G1", targets=[target("2026-Q1", "2026-Q4")]),
    decision("D-7"),
    commitment("C-7"),
    ritual("R-7"),
    decision("D-8", opened_on="2026-10-01", status="decided", review_on="2026-12-31", reopened=1),
    # Not live, and full of what would be wrong with live ones.
    goal("G9", theme=None, owner=None, status="achieved", ends_on="2025-12-31"),
    objective("SALES-9", owner="eve@x.org", status="draft", ends_on="2026-06-30"),
    initiative("I9", owner=None, status="abandoned", ends_on="2026-06-30", supports=[]),
    decision("D-9", opened_on="2026-01-01", status="withdrawn", review_on="2026-06-30", reopened=3),
    kpi("K-OLD", active=False, owner=None, measures=[], targets=[target("2025-01", None, amber=99)]),
    # A KPI of the product that nobody uses.
    kpi("ENGAGEMENT", built_in=True, measures=[], department=None, targets=[], last_period={}),
]
