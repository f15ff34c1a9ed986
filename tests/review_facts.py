"""Facts of a review made by hand: as many departments, KPIs and findings as asked, the same every time."""

from datetime import date, timedelta

from app.domain.linkage.findings import Severity
from app.domain.review.facts import (
    Attendant,
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

MEETING = date(2026, 11, 10)
STATUSES = (Status.GREEN, Status.AMBER, Status.GREEN, Status.RED, Status.GREEN, Status.UNKNOWN)
_TILES = ("On-time initiatives", "Engagement", "Decision days", "Role clarity", "Goal coverage", "Trust")
_NAMES = ("Stores", "Logistics", "Finance", "People", "Technology", "Buying", "Marketing", "Legal")
_PEOPLE = ("Gareth Lowell", "Amy Ford", "Dana Price", "Ines Okafor", "Theo Brandt", "Mira Salah", "Jon Beck")


def write_id(kind: str, number: int) -> str:
    """The id of the thing of that kind (a hexadecimal digit) and number."""
    return f"00000000-0000-7000-800{kind}-{number:012d}"


def name_department(number: int) -> Named:
    """A department by its number."""
    name = _NAMES[number % len(_NAMES)]
    more = number // len(_NAMES)
    return Named(write_id("d", number), f"{name.upper()}{more or ''}", f"{name} {more}" if more else name)


def name_person(number: int) -> Named:
    """The head of the department of that number."""
    name = _PEOPLE[number % len(_PEOPLE)]
    more = number // len(_PEOPLE)
    code = f"{name.lower().replace(' ', '.')}{more or ''}@coxswain.test"
    return Named(write_id("0", number), code, f"{name} {more}" if more else name)


def name_kpi(number: int) -> Named:
    """A KPI by its number."""
    return Named(write_id("a", number), f"KPI-{number}", f"Share of orders on time, line {number}")


def make_reading(number: int, status: Status = Status.GREEN, **fields: object) -> Reading:
    """A value of a KPI against a target of 85."""
    values = {"value": 80.0 + number % 13, "target": 85.0, "status": status, "change": (number % 5) - 2.0}
    return Reading(**(values | fields))  # type: ignore[arg-type]


def make_promise(number: int, outcome: str = "open", **fields: object) -> Promise:
    """A commitment that fell due at the end of the month."""
    values = {
        "commitment": Named(write_id("c", number), f"C-{number}", f"Bring queue {number} under four minutes"),
        "owner": name_person(number),
        "partner": name_person(number + 1),
        "due_on": date(2026, 10, 31),
        "first_due_on": date(2026, 10, 31 - number % 2 * 16),
        "outcome": outcome,
        "said": "I start a week earlier next time." if outcome in ("partly", "missed") else None,
        "about": (Named(write_id("a", 1), "KPI-1", "Queue time"),),
        "made_in": "2026-09",
        "overdue": 10 if outcome == "open" else 0,
    }
    return Promise(**(values | fields))  # type: ignore[arg-type]


def make_facts(*, departments: int = 50, kpis: int = 6, findings: int = 200) -> ReviewFacts:
    """A review of October 2026 in which one finding in four is new or an error."""
    return ReviewFacts(
        period="2026-10",
        revision=1,
        organization="Larkmoor Stores",
        as_of=MEETING,
        header=_make_header(departments),
        tiles=tuple(_make_tile(at, departments) for at in range(len(_TILES))),
        promises=Promises(
            last=tuple(
                make_promise(at, ("kept", "open", "partly", "kept", "missed")[at % 5])
                for at in range(departments)
            ),
            made=(make_promise(900, due_on=date(2026, 11, 30), overdue=0, made_in="2026-10"),),
        ),
        findings=Findings(
            shown=tuple(_make_finding(at) for at in range(findings // 4)), open=findings, new=12, fixed=9
        ),
        slots=tuple(_make_slot(at, kpis) for at in range(departments)),
        tensions=_make_tensions(),
        decisions=_make_decisions(departments),
        pulse=_make_pulse(departments),
        parked=(Parked(item=Named("p-1", "PL-1", "Two price lists?"), by=name_person(1), state="open"),),
        checklist=(
            Check(key="reds", title="Every red KPI has an action", done=False, open=(name_kpi(3),)),
            Check(key="commitments", title="Every commitment has an owner and a date", done=True, open=()),
        ),
    )


def _make_header(departments: int) -> Header:
    missing = tuple(
        Missing(
            person=name_person(at), department=name_department(at), kpis=(name_kpi(at), name_kpi(at + 50))
        )
        for at in range(0, departments, 6)
    )
    return Header(
        chair=name_person(0),
        meets_on=MEETING,
        previous="2026-09",
        attendance=tuple(
            Attendant(person=name_person(at), state=list(Attendance)[at % 4]) for at in range(departments)
        ),
        updates_received=departments * 6 - 2 * len(missing),
        updates_expected=departments * 6,
        missing=missing,
        score=78.4,
        score_before=76.3,
        changes=tuple(_make_change(at) for at in range(departments)),
    )


def _make_change(number: int) -> ChangeSince:
    turn = list(Turn)[number % len(Turn)]
    told: dict[Turn, tuple[str, str | None, str | None, bool | None]] = {
        Turn.FINDING_NEW: ("finding", None, None, False),
        Turn.FINDING_FIXED: ("finding", None, None, True),
        Turn.STATUS: ("KPI", "green", "red", False),
        Turn.DUE_DATE: ("initiative", "2026-10-31", "2026-11-30", False),
        Turn.OWNER: ("goal", "Amy Ford", "Dana Price", None),
    }
    noun, before, after, better = told[turn]
    about = Named(f"x-{number}", f"X-{number}", f"Opening of line {number}")
    return ChangeSince(turn=turn, about=about, noun=noun, before=before, after=after, better=better)


def _make_tile(number: int, departments: int) -> Tile:
    status = STATUSES[(number + 1) % 6]
    points = tuple(
        Point(period=f"{2025 + at // 12}-{at % 12 + 1:02}", value=None if at == 4 else 78.0 + (at * 7 % 11))
        for at in range(22)
    )
    lower = number == 2
    return Tile(
        kpi=Named(write_id("e", number), _TILES[number].upper().replace(" ", "-"), _TILES[number]),
        unit="days" if lower else "percent",
        direction=Direction.LOWER if lower else Direction.HIGHER,
        period="2026-10",
        reading=make_reading(number, status, n=38, coverage=0.94),
        explanation="22 of 31 initiatives were finished by their first date.",
        variation=(Variation.SIGNAL, Variation.ROUTINE, None)[number % 3],
        points=points,
        limits=Limits(centre=83.0, lower=74.0, upper=92.0) if number % 3 != 2 else None,
        departments=tuple(
            UnitReading(department=name_department(at), reading=make_reading(at, STATUSES[at % 6]))
            for at in range(departments)
        ),
    )


def _make_finding(number: int) -> FindingFact:
    error = number % 3 == 0
    return FindingFact(
        key=f"{number:032x}",
        rule=f"L{(101, 201, 301, 401, 601)[number % 5]}",
        severity=Severity.ERROR if error else Severity.WARNING,
        title=f"Objective {number} leads to no goal",
        message=f"Objective LINE-{number} “Shorter queues {number}” is linked to no goal.",
        why="What leads nowhere costs effort that goals miss.",
        fix="Link it to the goal it serves, or end it.",
        owners=(name_person(number),),
        departments=(name_department(number),),
        objects=(Named(f"o-{number}", f"LINE-{number}", f"Shorter queues {number}"),),
        is_new=not error or number % 2 == 0,
    )


def _make_slot(number: int, kpis: int) -> Slot:
    calm = number % 3 == 2
    told = [STATUSES[(number + at) % 6] for at in range(kpis)]
    statuses = [Status.GREEN] * kpis if calm else told
    shown = [(at, each) for at, each in enumerate(statuses) if each in (Status.RED, Status.AMBER)]
    count = statuses.count
    return Slot(
        department=name_department(number),
        head=name_person(number),
        calm=calm,
        updates_received=kpis if calm else kpis - 1,
        updates_expected=kpis,
        progress=Progress(
            green=count(Status.GREEN),
            amber=count(Status.AMBER),
            red=count(Status.RED),
            unknown=count(Status.UNKNOWN),
            initiatives_open=3,
            initiatives_late=0 if calm else number % 2,
            initiatives_finished=1,
            commitments_open=1,
        ),
        kpis=tuple(
            SlotKpi(
                kpi=name_kpi(number * kpis + at),
                unit="percent",
                owner=name_person(number),
                period="2026-10",
                reading=make_reading(
                    at,
                    status,
                    note="Two lorries broke down; hired ones came late." if status is Status.RED else None,
                    confidence=3,
                ),
                variation=None,
                actions=(make_promise(number * 10, due_on=date(2026, 12, 1), overdue=0),) if at % 2 else (),
            )
            for at, status in shown
        ),
        challenge=None if calm else "Two lorries of seven are out of service until the middle of November.",
        ask=None if calm or number % 2 else "Logistics: lend us one lorry on Fridays.",
    )


def _make_tensions() -> Tensions:
    return Tensions(
        guards=(
            Guard(
                kpi=name_kpi(1),
                guard=name_kpi(2),
                departments=(name_department(1),),
                words="Cost per parcel improved while damage turned red.",
            ),
        ),
        dependencies=(
            Dependency(
                needs=Named("i-1", "SELF-TILLS", "Self-service tills"),
                needed=Named("i-2", "NETWORK", "New store network"),
                from_department=name_department(0),
                to_department=name_department(4),
                need_by=date(2026, 10, 20),
                state="accepted",
                late_days=21,
            ),
        ),
        overlaps=(
            Overlap(
                kind="owner",
                first=Named("o-1", "STORES-1", "Shorter queues"),
                second=Named("o-2", "TECH-1", "Fewer tills"),
                people=(name_person(1), name_person(2)),
                words="Both say they own the queue.",
            ),
        ),
    )


def _make_decisions(departments: int) -> Decisions:
    def make(number: int, state: str) -> DecisionFact:
        is_open = state == "open"
        return DecisionFact(
            decision=Named(f"x-{number}", f"D-{number}", f"Close depot {number}?"),
            type=Named("t-1", "PRICING", "Pricing"),
            decider=name_person(number),
            raised_on=MEETING - timedelta(days=40),
            open_days=40,
            limit_days=14,
            state=state,
            chosen=None if is_open else "Close it by spring.",
            decided_on=None if is_open else MEETING,
            review_on=None if is_open else date(2027, 2, 10),
            concerns=number % 2,
            captured=not is_open,
        )

    overdue = tuple(make(at, "open") for at in range(max(1, departments // 10)))
    return Decisions(overdue=overdue, taken=(make(90, "decided"),), open=len(overdue) + 3)


def _make_pulse(departments: int) -> Pulse:
    few = Reading(value=None, target=None, status=Status.UNKNOWN, suppressed=True)
    return Pulse(
        kpi=Named(write_id("e", 1), "ENGAGEMENT", "Engagement"),
        unit="score",
        period="2026-Q3",
        whole=make_reading(3, Status.AMBER, value=7.3, n=412),
        units=tuple(
            UnitReading(
                department=name_department(at),
                reading=few if at % 7 == 0 else make_reading(at, STATUSES[at % 6], value=6 + at % 3, n=30),
            )
            for at in range(departments)
        ),
        gaps=(
            LevelGap(
                kpi=Named(write_id("e", 3), "ROLE-CLARITY", "Role clarity"),
                unit="score",
                high_level="executive",
                high=8.1,
                low_level="staff",
                low=6.2,
                gap=1.9,
            ),
        ),
    )
