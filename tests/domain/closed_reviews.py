"""A review in which there is something of everything, to be frozen, exported and compared."""

from dataclasses import replace
from datetime import date

from app.domain.linkage.findings import Severity
from app.domain.review.facts import (
    Attendant,
    Beside,
    ChangeSince,
    Check,
    DecisionFact,
    Decisions,
    Dependency,
    FindingFact,
    Findings,
    Guard,
    Header,
    LevelGap,
    Limits,
    Missing,
    Named,
    Overlap,
    Parked,
    Point,
    Progress,
    Promise,
    Promises,
    Pulse,
    Reading,
    ReviewFacts,
    Slot,
    SlotKpi,
    Tensions,
    Tile,
    Turn,
    UnitReading,
)
from app.domain.reviews import Attendance
from app.domain.scoring import Direction, Status, Variation

ADA = Named("p1", "ada@larkmoor.example", "Ada <Byrne>")
BEN = Named("p2", "ben@larkmoor.example", "Ben Cole")
OPS = Named("d1", "OPS", "Operations & Stores")
HR = Named("d2", "HR", "People")
ON_TIME = Named("k1", "ON-TIME", "Initiatives on time")
SPEED = Named("k2", "DECISION-SPEED", "Decision speed")
QUALITY = Named("k3", "DECISION-QUALITY", "Decision quality")
CULTURE = Named("k5", "CULTURE", "Cultural consistency")
ENGAGED = Named("k4", "ENGAGEMENT", "Engagement")
RED = Reading(
    value=58.5,
    target=85.0,
    status=Status.RED,
    change=-3.25,
    n=12,
    coverage=0.5,
    note="=two sites late",
    confidence=2,
)
GREEN = Reading(value=7.4, target=7.0, status=Status.GREEN, change=0.2)
HIDDEN = Reading(value=None, target=None, status=Status.UNKNOWN, suppressed=True)
POINTS = (
    *(
        Point(period="2026-05", value=None),
        Point(period="2026-06", value=64.0),
        Point(period="2026-07", value=61.0),
        Point(period="2026-08", value=None),
    ),
    *(Point(period="2026-09", value=61.75), Point(period="2026-10", value=58.5)),
)
PROMISE = Promise(
    commitment=Named("c1", "C-1", "Name an owner for the returns desk"),
    owner=BEN,
    partner=ADA,
    due_on=date(2026, 10, 30),
    first_due_on=date(2026, 10, 15),
    outcome="missed",
    said="I ask for help in the first week.",
    about=(ON_TIME,),
    made_in="2026-09",
    overdue=3,
)
MADE = replace(
    PROMISE,
    commitment=Named("c2", "C-2", "Publish the price list"),
    partner=None,
    outcome="open",
    said=None,
    made_in="2026-10",
    overdue=0,
)
DECISION = DecisionFact(
    decision=Named("x1", "D-1", "Close Northgate?"),
    type=Named("t1", "SITES", "Sites"),
    decider=ADA,
    raised_on=date(2026, 9, 1),
    open_days=40,
    limit_days=14,
    state="open",
    chosen=None,
    decided_on=None,
    review_on=None,
    concerns=1,
    captured=False,
)
TAKEN = replace(
    DECISION,
    decision=Named("x2", "D-2", "One price list?"),
    decider=None,
    limit_days=None,
    state="decided",
    chosen="One",
    decided_on=date(2026, 10, 20),
    review_on=date(2027, 1, 20),
    captured=True,
)
FINDING = FindingFact(
    key="f1",
    rule="L101",
    severity=Severity.ERROR,
    title="No owner",
    message="Goal G2 has no owner.",
    why="What nobody owns nobody does.",
    fix="Name an owner.",
    owners=(ADA,),
    departments=(OPS,),
    objects=(Named("g2", "G2", "Fewer returns"),),
    is_new=True,
)
WARNING = replace(
    FINDING,
    key="f2",
    rule="L202",
    severity=Severity.WARNING,
    message="No KPI.",
    is_new=False,
    waived_until=date(2026, 12, 31),
)
TILES = (
    Tile(
        kpi=ON_TIME,
        unit="percent",
        direction=Direction.HIGHER,
        period="2026-10",
        reading=RED,
        explanation="7 of 12 finished by their baseline.",
        variation=Variation.SIGNAL,
        points=POINTS,
        limits=Limits(centre=61.3, lower=52.0, upper=70.6),
        departments=(UnitReading(department=OPS, reading=RED), UnitReading(department=HR, reading=HIDDEN)),
    ),
    Tile(
        kpi=SPEED,
        unit="days",
        direction=Direction.LOWER,
        period="2026-09",
        reading=replace(GREEN, change=None),
        explanation=None,
        variation=None,
        points=(Point(period="2026-08", value=8.0), Point(period="2026-09", value=8.0)),
        limits=None,
        departments=(),
        beside=(Beside(kpi=QUALITY, unit="score", period="2026-09", reading=GREEN),),
    ),
    Tile(
        kpi=CULTURE,
        unit="points",
        direction=Direction.HIGHER,
        period="2026-10",
        reading=HIDDEN,
        explanation=None,
        variation=None,
        points=(),
        limits=None,
        departments=(),
    ),
)
SLOTS = (
    Slot(
        department=OPS,
        head=BEN,
        calm=False,
        updates_received=3,
        updates_expected=4,
        progress=Progress(
            green=2,
            amber=0,
            red=1,
            unknown=1,
            initiatives_open=3,
            initiatives_late=1,
            initiatives_finished=0,
            commitments_open=2,
        ),
        kpis=(
            SlotKpi(
                kpi=ON_TIME,
                unit="percent",
                owner=BEN,
                period="2026-10",
                reading=RED,
                variation=Variation.ROUTINE,
                actions=(MADE,),
            ),
        ),
        challenge="Parts are late.",
        ask=None,
    ),
    Slot(
        department=HR,
        head=None,
        calm=True,
        updates_received=0,
        updates_expected=0,
        progress=Progress(
            green=1,
            amber=0,
            red=0,
            unknown=0,
            initiatives_open=0,
            initiatives_late=0,
            initiatives_finished=1,
            commitments_open=0,
        ),
        kpis=(),
        challenge=None,
        ask="Who lends us a trainer?",
    ),
)
FULL = ReviewFacts(
    period="2026-10",
    revision=2,
    organization="Larkmoor & Sons",
    as_of=date(2026, 11, 10),
    header=Header(
        chair=ADA,
        meets_on=date(2026, 11, 10),
        previous="2026-09",
        attendance=(
            Attendant(person=ADA, state=Attendance.PRESENT),
            Attendant(person=BEN, state=Attendance.EXCUSED),
        ),
        updates_received=3,
        updates_expected=4,
        missing=(Missing(person=BEN, department=OPS, kpis=(ON_TIME, SPEED)),),
        score=71.5,
        score_before=68.0,
        changes=(
            ChangeSince(turn=Turn.OWNER, about=ON_TIME, noun="kpi", before=None, after="Ben Cole"),
            ChangeSince(
                turn=Turn.DUE_DATE, about=MADE.commitment, noun="commitment", before="2026-10-15", after=None
            ),
        ),
    ),
    tiles=TILES,
    promises=Promises(last=(PROMISE,), made=(MADE,)),
    findings=Findings(shown=(FINDING, WARNING), open=5, new=1, fixed=2),
    slots=SLOTS,
    tensions=Tensions(
        guards=(Guard(kpi=SPEED, guard=QUALITY, departments=(OPS,), words="faster, but worse"),),
        dependencies=(
            Dependency(
                needs=Named("o1", "O1", "Open in Leeds"),
                needed=Named("o2", "O2", "Hire twenty"),
                from_department=OPS,
                to_department=HR,
                need_by=date(2026, 10, 1),
                state="late",
                late_days=40,
            ),
            Dependency(
                needs=Named("o3", "O3", "Returns desk"),
                needed=Named("o2", "O2", "Hire twenty"),
                from_department=None,
                to_department=None,
                need_by=None,
                state="not_answered",
                late_days=0,
            ),
        ),
        overlaps=(
            Overlap(kind="owner", first=ON_TIME, second=SPEED, people=(ADA, BEN), words="both own it"),
        ),
    ),
    decisions=Decisions(overdue=(DECISION,), taken=(TAKEN,), open=3),
    pulse=Pulse(
        kpi=ENGAGED,
        unit="score",
        period="2026-10",
        whole=GREEN,
        units=(UnitReading(department=OPS, reading=GREEN), UnitReading(department=HR, reading=HIDDEN)),
        gaps=(
            LevelGap(
                kpi=ENGAGED, unit="score", high_level="C-1", high=8.1, low_level="C-3", low=6.0, gap=2.1
            ),
        ),
    ),
    parked=(Parked(item=Named("l1", "PL-1", "Two price lists?"), by=BEN, state="taken_up"),),
    checklist=(
        Check(key="red_actions", title="Every red has an action", done=False, open=(ON_TIME,)),
        Check(key="owners", title="Every commitment has an owner and a day", done=True, open=()),
    ),
    reopened="September was counted twice.",
    despite="Ben names the action tomorrow.",
)
EMPTY = ReviewFacts(
    period="2026-09",
    revision=1,
    organization="Larkmoor",
    as_of=date(2026, 10, 1),
    header=Header(
        chair=None,
        meets_on=None,
        previous=None,
        attendance=(),
        updates_received=0,
        updates_expected=0,
        missing=(),
        score=None,
        score_before=None,
        changes=(),
    ),
    tiles=(),
    promises=Promises(last=(), made=()),
    findings=Findings(shown=(), open=0, new=0, fixed=0),
    slots=(),
    tensions=Tensions(guards=(), dependencies=(), overlaps=()),
    decisions=Decisions(overdue=(), taken=(), open=0),
    pulse=Pulse(kpi=None, unit="", period=None, whole=None, units=(), gaps=()),
    parked=(),
    checklist=(),
)
