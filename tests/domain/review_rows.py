"""A review as rows, with something of everything in it: the same whenever it is made."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from app.domain.linkage.findings import Severity
from app.domain.review.belonging import ReviewDays, Said, draw_timeline
from app.domain.review.facts import Named
from app.domain.review.rows import (
    DecisionRow,
    EndRow,
    FindingCounts,
    FindingRow,
    Frame,
    GuardRow,
    LevelRow,
    LinkRow,
    MoveRow,
    ParkedRow,
    PersonRow,
    PlaceRow,
    PromiseRow,
    ReviewRows,
    TileRow,
    ValueRow,
)
from app.domain.scoring import Direction, Status, Variation
from app.domain.words import DependencyState

TODAY = date(2026, 11, 10)
SINCE = datetime(2026, 10, 13, 12, tzinfo=UTC)
SEPTEMBER = ReviewDays("2026-09", Said(date(2026, 10, 1)), (Said(SINCE.date(), SINCE),))
OCTOBER = ReviewDays("2026-10", Said(date(2026, 11, 2)))
# Once October has closed and November is being prepared.
WINTER = draw_timeline(
    (
        SEPTEMBER,
        OCTOBER._replace(closings=(Said(date(2026, 11, 30)),)),
        ReviewDays("2026-11", Said(date(2026, 12, 1))),
    )
)
ADA, BO, GONE = (UUID(int=number) for number in (1, 2, 3))
SHOPS, DEPOT, EMPTY, SHUT = (UUID(int=number) for number in (11, 12, 13, 14))


def name_kpi(code: str) -> Named:
    """A KPI, its id made of its code."""
    return Named(f"kpi-{code}", code, code.title())


def make_frame(**fields: Any) -> Frame:
    """The review of October, opened on 2 November, after one of September."""
    told: dict[str, Any] = {
        "period": "2026-10",
        "revision": 1,
        "organization": "Larkmoor",
        "today": TODAY,
        "since": SINCE,
        "since_day": SINCE.date(),
        "previous": "2026-09",
        "score_before": 71.5,
        "chair": ADA,
        "meets_on": TODAY,
        "attendance": {ADA: "present", BO: "expected", UUID(int=99): "absent"},
        "timeline": draw_timeline((SEPTEMBER, OCTOBER)),
        "guards": (GuardRow("kpi-SPEED", "kpi-RETURNS"), GuardRow("kpi-RETURNS", "kpi-SPEED")),
        "parked": (
            ParkedRow("p-10", "PL-10", "Two price lists?", None, "open"),
            ParkedRow("p-9", "PL-9", "A new till?", BO, "dropped"),
        ),
        "minimum_group": 5,
    }
    return Frame(**told | fields)


def make_value(code: str, place: UUID | None, **fields: Any) -> ValueRow:
    """A value of 80 that is green, was 80, and that Ada owes."""
    told: dict[str, Any] = {
        "kpi": name_kpi(code),
        "unit": "percent",
        "direction": Direction.HIGHER,
        "owner": ADA,
        "place": place,
        "period": "2026-10",
        "owes": ADA,
        "is_there": True,
        "is_fed": False,
        "value": 80.0,
        "target": 90.0,
        "status": Status.GREEN,
        "n": None,
        "suppressed": False,
        "note": None,
        "confidence": None,
        "variation": Variation.ROUTINE,
        "before": 80.0,
        "status_before": Status.GREEN,
    }
    return ValueRow(**told | fields)


def make_tile(code: str, place: UUID | None = None, **fields: Any) -> TileRow:
    """An alignment KPI with values of the last three months, one of them missing."""
    told: dict[str, Any] = {
        "kpi": name_kpi(code),
        "unit": "percent",
        "direction": Direction.HIGHER,
        "grace_days": 5,
        "place": place,
        "period": "2026-10",
        "periods": ("2026-08", "2026-10"),
        "values": (7.1, 7.3),
        "target": 8.0,
        "status": Status.RED,
        "n": 40,
        "suppressed": False,
        "note": None,
        "confidence": None,
        "explanation": "11 of 15.",
        "variation": None,
    }
    return TileRow(**told | fields)


def make_promise(code: str, **fields: Any) -> PromiseRow:
    """What Ada promised in September's review, due in October, not answered for."""
    told: dict[str, Any] = {
        "commitment": Named(f"id-{code}", code, "Open a third till"),
        "owner": ADA,
        "partner": BO,
        "department": SHOPS,
        "due_on": date(2026, 10, 31),
        "first_due_on": date(2026, 10, 24),
        "status": "open",
        "said": None,
        "made_on": date(2026, 10, 13),
        "settled_on": None,
        "about": (name_kpi("QUEUE"), Named("g", "G1", "Grow")),
        "kpi": "kpi-QUEUE",
    }
    return PromiseRow(**told | fields)


def make_finding(key: str, **fields: Any) -> FindingRow:
    """A new warning about two objectives of Ada and Bo."""
    told: dict[str, Any] = {
        "key": key,
        "rule": "L505",
        "severity": Severity.WARNING,
        "message": f"They read alike ({key}).",
        "why": "Two do the same.",
        "fix": "Talk.",
        "objects": (Named("o1", "O1", "Shorten queues"), Named("o2", "O2", "Cut queues")),
        "departments": (SHOPS, DEPOT),
        "owners": (ADA, BO),
        "is_open": True,
        "is_new": True,
    }
    return FindingRow(**told | fields)


def make_link(number: int, state: DependencyState | None, **fields: Any) -> LinkRow:
    """What the shops need of the depot by the end of October."""
    told: dict[str, Any] = {
        "id": UUID(int=100 + number),
        "source": EndRow(Named(f"s{number}", f"S{number}", "Fill shelves"), SHOPS, ADA),
        "target": EndRow(Named(f"t{number}", f"T{number}", "Deliver daily"), DEPOT, BO),
        "state": state,
        "need_by": date(2026, 10, 31),
        "rationale": "One needs vans.",
    }
    return LinkRow(**told | fields)


def make_decision(code: str, **fields: Any) -> DecisionRow:
    """An open decision of Bo, past its two weeks."""
    told: dict[str, Any] = {
        "decision": Named(f"id-{code}", code, "Buy vans?"),
        "type": Named("dt", "MONEY", "Money"),
        "decider": BO,
        "raised_on": date(2026, 9, 1),
        "opened_on": date(2026, 9, 1),
        "ended_on": None,
        "status": "open",
        "limit_days": 14,
        "chosen": None,
        "review_on": None,
        "concerns": 0,
        "is_moving": False,
    }
    return DecisionRow(**told | fields)


_TAKEN: dict[str, Any] = {"status": "decided", "chosen": "Yes", "ended_on": date(2026, 11, 4)}
_PEOPLE = (
    PersonRow(ADA, "ada@example.org", "Ada", True),
    PersonRow(BO, "bo@example.org", "bo", True),
    PersonRow(GONE, "gone@example.org", "Gil", False),
)
_PLACES = (
    PlaceRow(SHOPS, "SHOPS", "Shops", ADA, True, "Queues.", None, 3, 1, 1),
    PlaceRow(DEPOT, "DEPOT", "Depot", BO, True, None, None, 1, 0, 0),
    PlaceRow(EMPTY, "EMPTY", "Empty", None, True, None, None, 0, 0, 0),
    PlaceRow(SHUT, "SHUT", "Shut", ADA, False, None, None, 0, 0, 0),
)
_VALUES = (
    make_value("QUEUE", SHOPS, value=70.0, status=Status.RED),
    make_value("QUEUE", DEPOT),
    make_value("SPEED", SHOPS, value=82.0, status_before=Status.AMBER),
    make_value("RETURNS", SHOPS, value=60.0, status=Status.RED, status_before=None),
    make_value("SILENT", SHOPS, is_there=False, value=None, status=Status.UNKNOWN),
    make_value("NOBODYS", SHOPS, is_there=False, value=None, status=Status.UNKNOWN, owes=None),
    make_value("ENGAGEMENT", SHOPS, is_fed=True, suppressed=True, status=Status.RED, owner=BO),
    make_value("WHOLE", None, status=Status.AMBER, owner=BO),
    make_value("LOST", None, status=Status.RED, owner=None),
)
_TILES = (
    make_tile("ENGAGEMENT"),
    make_tile("ENGAGEMENT", SHOPS, suppressed=True),
    make_tile("ENGAGEMENT", DEPOT),
    make_tile("DECISION-SPEED"),
    make_tile("DECISION-QUALITY", status=Status.AMBER),
    make_tile("CULTURE-UNIFORMITY", periods=(), values=()),
    make_tile("ON-TIME", periods=("2026-05",), values=(70.0,), period="2026-05"),
)
_LEVELS = (
    LevelRow(name_kpi("CULTURE"), "score", "2026-09", "middle", 3.1, 20),
    LevelRow(name_kpi("CULTURE"), "score", "2026-09", "executive", 4.4, 6),
    LevelRow(name_kpi("CULTURE"), "score", "2026-09", "frontline", None, None),
    LevelRow(name_kpi("COMMUNICATION"), "percent", "2026-10", "middle", 60.0, 9),
)
_PROMISES = (
    make_promise("C-9"),
    make_promise("C-10"),
    make_promise("C-8", status="missed", said="I ask.", settled_on=date(2026, 11, 3)),
    make_promise("C-7", status="partly", settled_on=date(2026, 11, 3)),
    make_promise("C-6", status="kept", settled_on=date(2026, 10, 13)),
    make_promise("C-11", made_on=TODAY, due_on=date(2026, 12, 1), owner=GONE),
)
_FINDINGS = (
    make_finding("one"),
    make_finding("two", severity=Severity.ERROR, is_new=False, rule="L201"),
    make_finding("three", is_new=False, objects=(Named("o1", "O1", "Shorten queues"),)),
    make_finding("four", is_new=False, is_open=False),
)
_LINKS = (
    make_link(1, DependencyState.ACCEPTED),
    make_link(2, DependencyState.REQUESTED, need_by=None),
    make_link(3, DependencyState.ACCEPTED, need_by=date(2026, 12, 24)),
    make_link(4, DependencyState.DECLINED),
    make_link(5, None),
    make_link(6, None, rationale=None),
)
_DECISIONS = (
    make_decision("D-1"),
    make_decision("D-2", is_moving=True),
    make_decision("D-3", limit_days=None, type=None, raised_on=TODAY, opened_on=TODAY),
    make_decision("D-4", **_TAKEN, concerns=2),
    make_decision("D-10", **_TAKEN),
    make_decision("D-5", status="withdrawn", ended_on=date(2026, 11, 4)),
)
_MOVES = (
    MoveRow(about=name_kpi("QUEUE"), noun="kpi", owner_before=ADA, owner=None, is_owner=True),
    MoveRow(
        about=Named("id-C-9", "C-9", "Open a third till"),
        noun="commitment",
        due_before=date(2026, 10, 24),
        due_on=date(2026, 10, 31),
    ),
)


def make_rows(**parts: Any) -> ReviewRows:
    """A whole review; `parts` replace its lists."""
    told: dict[str, Any] = {
        "frame": make_frame(),
        "people": _PEOPLE,
        "places": _PLACES,
        "values": _VALUES,
        "tiles": _TILES,
        "levels": _LEVELS,
        "promises": _PROMISES,
        "findings": _FINDINGS,
        "links": _LINKS,
        "decisions": _DECISIONS,
        "moves": _MOVES,
        "counts": FindingCounts(7, 2, 1),
        "score": 74.25,
    }
    return ReviewRows(**told | parts)
