"""What a review says about its rows: each part, in its order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.domain.review.assemble import assemble_facts
from app.domain.review.belonging import Said, draw_timeline
from app.domain.review.changes import tell_changes
from app.domain.review.facts import Named, ReviewFacts, Turn
from app.domain.review.names import Names
from app.domain.review.pulse import find_level_gaps
from app.domain.review.readings import is_green_short_of_target, read_value
from app.domain.review.rows import LevelRow, MoveRow
from app.domain.scoring import Direction, Status
from tests.domain.review_rows import (
    ADA,
    BO,
    DEPOT,
    OCTOBER,
    SEPTEMBER,
    SHOPS,
    TODAY,
    WINTER,
    make_decision,
    make_frame,
    make_promise,
    make_rows,
    make_tile,
    make_value,
    name_kpi,
)

FACTS = assemble_facts(make_rows())


def read_codes(*things: Named) -> list[str]:
    """Codes in their order."""
    return [thing.code for thing in things]


def test_the_head_says_who_is_there_and_what_is_missing_of_whom() -> None:
    header = FACTS.header
    assert [(each.person.name, each.state) for each in header.attendance] == [
        ("Ada", "present"),
        ("bo", "expected"),
    ]
    assert (header.updates_received, header.updates_expected) == (6, 8)
    (missing,) = header.missing
    assert (missing.person.name, missing.department and missing.department.code) == ("Ada", "SHOPS")
    assert read_codes(*missing.kpis) == ["SILENT"]
    assert (header.score, header.score_before, header.previous) == (74.25, 71.5, "2026-09")


def test_changes_are_told_by_kind() -> None:
    told = [
        (each.turn, each.about.code, each.before, each.after, each.better) for each in FACTS.header.changes
    ]
    assert told == [
        (Turn.FINDING_NEW, "L505", None, "warning", False),
        (Turn.FINDING_FIXED, "L505", "warning", None, True),
        (Turn.STATUS, "ENGAGEMENT", "green", "unknown", None),
        (Turn.STATUS, "LOST", "green", "red", False),
        (Turn.STATUS, "QUEUE", "green", "red", False),
        (Turn.STATUS, "SPEED", "amber", "green", True),
        (Turn.STATUS, "WHOLE", "green", "amber", False),
        (Turn.DUE_DATE, "C-9", "2026-10-24", "2026-10-31", False),
        (Turn.OWNER, "QUEUE", "Ada", None, None),
    ]
    assert FACTS.header.changes[4].about.name == "Queue (Shops)"
    assert tell_changes(make_rows(values=(), findings=(), moves=(_move_nothing(),)), Names((), ())) == ()


def test_no_finding_is_told_as_new_where_the_last_review_checked_nothing() -> None:
    unchecked = make_rows(frame=make_frame(score_before=None))
    turns = {each.turn for each in tell_changes(unchecked, Names((), ()))}
    assert turns == {Turn.STATUS, Turn.DUE_DATE, Turn.OWNER}


def _move_nothing() -> MoveRow:
    return MoveRow(about=name_kpi("QUEUE"), noun="kpi")


def test_tiles_stand_in_their_order_with_what_must_be_read_beside_them() -> None:
    assert [tile.kpi.code for tile in FACTS.tiles] == [
        *("ON-TIME", "DECISION-SPEED", "ENGAGEMENT", "CULTURE-UNIFORMITY")
    ]
    old, speed, engagement, empty = FACTS.tiles
    assert (old.reading.value, old.reading.status, old.period) == (70, Status.UNKNOWN, "2026-05")
    assert [(each.kpi.code, each.reading.status) for each in speed.beside] == [
        ("DECISION-QUALITY", Status.AMBER)
    ]
    assert [point.value for point in engagement.points] == [7.1, None, 7.3]
    assert (engagement.reading.change, engagement.reading.coverage, engagement.limits) == (0.2, 1.0, None)
    assert [(each.department.code, each.reading.suppressed) for each in engagement.departments] == [
        ("DEPOT", False),
        ("SHOPS", True),
    ]
    assert (empty.points, empty.reading.value, empty.reading.status) == ((), None, Status.RED)


def test_the_reviewed_month_is_judged_however_long_after_it_is_reviewed() -> None:
    now = make_tile("ON-TIME", periods=("2026-08", "2026-10"))
    before = make_tile("DECISION-SPEED", periods=("2026-08", "2026-09"))
    for day, statuses in (("2026-11-03", ["red", "red"]), ("2027-06-01", ["red", "unknown"])):
        frame = make_frame(today=date.fromisoformat(day))
        tiles = assemble_facts(make_rows(frame=frame, tiles=(now, before))).tiles
        assert [tile.reading.status for tile in tiles] == statuses


def test_a_tile_tells_signal_from_routine_once_there_are_enough_values() -> None:
    months = tuple(f"2026-{month:02}" for month in range(1, 11))
    long = make_tile("ON-TIME", periods=months, values=(50, 52, 49, 51, 50, 52, 49, 51, 50, 95))
    (tile,) = assemble_facts(make_rows(tiles=(long,))).tiles
    assert tile.limits is not None
    assert tile.limits.lower < tile.limits.centre < tile.limits.upper <= 100
    alone = make_tile("ON-TIME", periods=("2025-11", *months[:9:2]), values=(50, 52, 49, 51, 50, 52))
    (tile,) = assemble_facts(make_rows(tiles=(alone,))).tiles
    assert tile.limits is None


@pytest.mark.parametrize(
    ("direction", "value", "green_from", "is_short"),
    [
        (Direction.HIGHER, 7.9, 7.5, True),
        (Direction.HIGHER, 8.0, 7.5, False),
        (Direction.HIGHER, 7.9, None, False),
        (Direction.LOWER, 8.4, 8.5, True),
        (Direction.LOWER, 7.9, 8.5, False),
        (Direction.BAND, 7.9, 7.5, False),
    ],
)
def test_what_is_green_without_reaching_its_target_is_known_by_its_threshold(
    direction: Direction, value: float, green_from: float | None, is_short: bool
) -> None:
    row = make_tile(
        "ON-TIME",
        direction=direction,
        values=(7.0, value),
        status=Status.GREEN,
        green_from=green_from,
    )
    (tile,) = assemble_facts(make_rows(tiles=(row,))).tiles
    assert tile.reading.green_from == green_from
    assert is_green_short_of_target(tile.reading, direction) is is_short
    assert not is_green_short_of_target(replace(tile.reading, status=Status.AMBER), direction)
    assert not is_green_short_of_target(replace(tile.reading, value=None), direction)
    assert not is_green_short_of_target(replace(tile.reading, target=None), direction)


def test_a_decision_names_who_wrote_it_down_for_another() -> None:
    over: dict[str, Any] = {"status": "decided", "ended_on": date(2026, 11, 4)}
    rows = (
        make_decision("D-1", **over, writer=ADA),
        make_decision("D-2", **over, writer=BO),
        make_decision("D-3", **over),
        make_decision("D-4", **over, writer=UUID(int=77)),
    )
    taken = assemble_facts(make_rows(decisions=rows)).decisions.taken
    written = {each.decision.code: each.written_by and each.written_by.name for each in taken}
    assert written == {"D-1": "Ada", "D-2": None, "D-3": None, "D-4": None}


def test_commitments_are_told_with_what_became_of_them() -> None:
    last, made = FACTS.promises.last, FACTS.promises.made
    assert [(each.commitment.code, each.outcome, each.overdue) for each in last] == [
        ("C-7", "partly", 0),
        ("C-8", "missed", 0),
        ("C-9", "open", 10),
        ("C-10", "open", 10),
    ]
    assert last[0].partner is not None
    assert (last[0].made_in, last[1].said, last[0].partner.name) == ("2026-09", "I ask.", "bo")
    assert read_codes(*last[0].about) == ["G1", "QUEUE"]
    assert [(each.commitment.code, each.made_in, each.overdue) for each in made] == [("C-11", "2026-10", 0)]


def test_what_was_promised_in_no_review_and_after_this_one_closed_is_not_of_this_one() -> None:
    between = make_promise("C-1", made_on=date(2026, 10, 20))
    later = make_promise("C-2", made_on=date(2026, 12, 1))
    promises = assemble_facts(
        make_rows(frame=make_frame(timeline=WINTER), promises=(between, later))
    ).promises
    assert [(each.commitment.code, each.made_in) for each in promises.last] == [("C-1", None)]
    assert promises.made == ()


def test_what_was_captured_in_a_review_is_of_that_one_whatever_opened_meanwhile() -> None:
    rows = (
        make_promise("C-1", made_on=date(2026, 12, 1), review="2026-10"),
        make_promise("C-2", made_on=date(2026, 11, 9), review="2026-11"),
        make_promise("C-3", made_on=date(2026, 11, 9), review="2026-09"),
    )
    promises = assemble_facts(make_rows(frame=make_frame(timeline=WINTER), promises=rows)).promises
    assert [(each.commitment.code, each.made_in) for each in promises.made] == [("C-1", "2026-10")]
    assert [(each.commitment.code, each.made_in) for each in promises.last] == [("C-3", "2026-09")]


def test_what_was_said_before_the_last_review_ended_is_of_that_one() -> None:
    ended = datetime(2026, 11, 5, 12, tzinfo=UTC)
    day = ended.date()
    timeline = draw_timeline((SEPTEMBER._replace(closings=(Said(day, ended),)), OCTOBER))
    frame = make_frame(timeline=timeline, since=ended, since_day=day)
    before, after = (ended, ended + timedelta(minutes=1))
    promises = tuple(make_promise(f"C-{at}", made_on=day, made_at=at) for at in (before, after))
    settled: dict[str, Any] = {"made_on": date(2026, 10, 5), "status": "kept", "settled_on": day}
    promises += tuple(make_promise(f"S-{at}", **settled, settled_at=at) for at in (before, after, None))
    opened = {"raised_on": day, "opened_on": day}
    decisions = tuple(make_decision(f"D-{at}", **opened, raised_at=at) for at in (before, after))
    over = {"status": "decided", "ended_on": day}
    decisions += tuple(make_decision(f"E-{at}", **opened, **over, raised_at=at) for at in (before, after))
    early: dict[str, Any] = {"raised_on": date(2026, 9, 20), "opened_on": date(2026, 9, 20)}
    decisions += tuple(make_decision(f"F-{at}", **early, **over, ended_at=at) for at in (before, after))
    facts = assemble_facts(make_rows(frame=frame, promises=promises, decisions=decisions))
    assert {each.commitment.code for each in facts.promises.last} == {f"C-{before}", f"S-{after}"}
    assert {each.commitment.code for each in facts.promises.made} == {f"C-{after}"}
    taken = {f"{letter}-{after}" for letter in "DEF"}
    assert {each.decision.code for each in facts.decisions.taken} == taken


def test_findings_are_those_that_are_new_or_errors() -> None:
    findings = FACTS.findings
    assert [(each.key, each.is_new) for each in findings.shown] == [("two", False), ("one", True)]
    first = findings.shown[1]
    assert (first.title, read_codes(*first.departments)) == ("Shorten queues, Cut queues", ["DEPOT", "SHOPS"])
    assert (findings.open, findings.new, findings.fixed) == (7, 2, 1)


def test_each_open_department_with_a_head_has_a_card_and_calm_ones_come_last() -> None:
    assert [(slot.department.code, slot.calm) for slot in FACTS.slots] == [("DEPOT", False), ("SHOPS", False)]
    depot, shops = FACTS.slots
    assert [each.kpi.code for each in depot.kpis] == ["WHOLE"]
    assert [(each.kpi.code, each.reading.status) for each in shops.kpis] == [
        ("QUEUE", Status.RED),
        ("RETURNS", Status.RED),
    ]
    assert [each.commitment.code for each in shops.kpis[0].actions] == ["C-9", "C-10", "C-11"]
    told = shops.progress
    assert (told.green, told.red, told.unknown, told.commitments_open) == (1, 2, 3, 3)
    assert (shops.challenge, shops.updates_received, shops.updates_expected) == ("Queues.", 3, 5)
    calm = assemble_facts(make_rows(values=(make_value("QUEUE", DEPOT),), promises=())).slots
    assert [(slot.department.code, slot.calm) for slot in calm] == [("SHOPS", False), ("DEPOT", True)]


def test_guards_dependencies_and_claims_are_told() -> None:
    tensions = FACTS.tensions
    assert [each.words for each in tensions.guards] == [
        "Speed got better while Returns, which guards it, is red in Shops."
    ]
    assert [(each.needs.code, each.state, each.late_days) for each in tensions.dependencies] == [
        ("S1", "late", 10),
        ("S4", "declined", 10),
        ("S2", "requested", 0),
    ]
    assert [(each.kind, each.first.code, each.words[-15:]) for each in tensions.overlaps] == [
        ("conflict", "S5", "One needs vans."),
        ("conflict", "S6", "be in conflict."),
        ("owner", "O2", "ad alike (one)."),
    ]


def test_a_guard_is_broken_only_where_its_kpi_got_better() -> None:
    def find_guards(**fields: object) -> int:
        values = (make_value("SPEED", None, **fields), make_value("RETURNS", None, status=Status.RED))
        return len(assemble_facts(make_rows(values=values)).tensions.guards)

    assert find_guards(value=81.0) == 1
    assert find_guards(value=80.0) == find_guards(value=79.0) == find_guards(before=None) == 0
    assert find_guards(value=79.0, direction=Direction.LOWER) == 1
    assert find_guards(value=81.0, suppressed=True) == 0
    values = (make_value("SPEED", None, value=81.0), make_value("RETURNS", None, status=Status.RED))
    (words,) = assemble_facts(make_rows(values=values)).tensions.guards
    assert words.words == "Speed got better while Returns, which guards it, is red."


def test_decisions_are_those_past_their_limit_and_those_taken_or_raised_here() -> None:
    decisions = FACTS.decisions
    assert [(each.decision.code, each.open_days) for each in decisions.overdue] == [("D-1", 70), ("D-2", 70)]
    assert [(each.decision.code, each.state, each.captured) for each in decisions.taken] == [
        ("D-4", "decided", False),
        ("D-10", "decided", False),
        ("D-3", "open", True),
    ]
    assert (decisions.taken[0].concerns, decisions.taken[2].type.code, decisions.open) == (2, "", 3)
    november = make_frame(period="2026-11", since_day=date(2026, 11, 30), timeline=WINTER)
    late = make_decision("D-6", status="decided", ended_on=date(2026, 12, 3))
    raised = make_decision("D-7", raised_on=date(2026, 12, 3), opened_on=date(2026, 12, 3))
    asked = make_decision("D-8", raised_on=date(2026, 11, 5), status="decided", ended_on=date(2026, 11, 6))
    for frame, codes in ((make_frame(timeline=WINTER), ["D-8", "D-6"]), (november, ["D-6", "D-7"])):
        told = assemble_facts(make_rows(frame=frame, decisions=(late, raised, asked))).decisions
        assert [each.decision.code for each in told.taken] == codes


def test_the_pulse_is_the_engagement_tile_and_the_widest_gaps() -> None:
    pulse = FACTS.pulse
    assert pulse.kpi is not None
    assert (pulse.kpi.code, pulse.period, len(pulse.units)) == ("ENGAGEMENT", "2026-10", 2)
    assert [(each.high_level, each.low_level, each.gap) for each in pulse.gaps] == [
        ("executive", "middle", 1.3)
    ]
    assert assemble_facts(make_rows(tiles=(), levels=())).pulse.kpi is None
    alike = [LevelRow(name_kpi("CULTURE"), "score", "2026-09", each, 3.0, 9) for each in ("middle", "senior")]
    assert find_level_gaps(alike) == ()


def test_levels_of_a_few_cases_have_no_gap() -> None:
    def find_gaps(n: int | None) -> list[tuple[str, str, int | None]]:
        rows = [
            LevelRow(name_kpi("DECISION-SPEED"), "days", "2026-09", level, value, cases)
            for level, value, cases in (("board", 9.0, n), ("executive", 3.0, 5), ("middle", 2.0, 40))
        ]
        return [(gap.high_level, gap.low_level, gap.high_n) for gap in find_level_gaps(rows)]

    assert find_gaps(5) == [("board", "middle", 5)]
    assert find_gaps(4) == find_gaps(None) == [("executive", "middle", 5)]


def test_the_checklist_names_what_is_open() -> None:
    told = {check.key: (check.done, read_codes(*check.open)) for check in FACTS.checklist}
    assert told == {
        "updates": (False, ["NOBODYS", "SILENT"]),
        "answers": (False, ["C-10", "C-7", "C-9"]),
        "actions": (False, ["CULTURE-UNIFORMITY", "DECISION-SPEED", "ENGAGEMENT", "LOST", "RETURNS"]),
        "decisions": (False, ["D-1"]),
        "owners": (False, ["C-11"]),
    }
    nothing = make_rows(values=(), tiles=(), promises=(), decisions=())
    assert all(check.done for check in assemble_facts(nothing).checklist)


def test_what_is_parked_stands_in_the_order_of_parking() -> None:
    assert [(each.item.code, each.by.name, each.state) for each in FACTS.parked] == [
        ("PL-9", "bo", "dropped"),
        ("PL-10", "Coxswain", "open"),
    ]


def test_a_department_without_a_head_has_a_card_when_there_is_something_to_tell() -> None:
    kpis = (make_value("QUEUE", SHOPS),)
    headless = tuple(place._replace(head=None) for place in make_rows().places)
    facts: ReviewFacts = assemble_facts(make_rows(places=headless, values=kpis))
    assert [slot.department.code for slot in facts.slots] == ["SHOPS", "DEPOT"]
    assert facts.slots[0].head is None
    assert facts.as_of == TODAY


def test_of_a_suppressed_value_only_that_it_is_there_is_told() -> None:
    told = read_value(make_value("QUEUE", SHOPS, suppressed=True, n=3, note="Three of us.", before=70.0))
    assert (told.suppressed, told.status) == (True, Status.UNKNOWN)
    assert (told.value, told.change, told.n, told.note) == (None, None, None, None)
