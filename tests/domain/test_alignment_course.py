"""Alignment facts of plan and KPIs: effort against priorities, conflicts, signals."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from app.domain.alignment.facts import ConflictKind, Priority
from app.domain.alignment.rows import (
    CourseRows,
    DeclaredRow,
    EffortRow,
    GoalRow,
    ObjectiveRow,
    SeriesRow,
)
from app.domain.alignment.say_do import compare_effort
from app.domain.alignment.stirrings import list_signals, say_signals
from app.domain.alignment.tensions import find_tensions, say_tensions
from tests.domain.test_alignment import IT, OPTIONS, SALES, draw_orders, make_plan, measure

MONTHS = tuple(f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13))


def make_series(kpi: str, values: Sequence[float | None], **fields: Any) -> SeriesRow:
    given: dict[str, Any] = {
        "kpi": kpi,
        "name": f"{kpi.title()} rate",
        "unit": "percent",
        "direction": "higher",
        "cadence": "monthly",
        "department": None,
        "place": "",
        "owner": f"Owner of {kpi}",
        "periods": MONTHS[: len(values)],
        "values": tuple(values),
    }
    return SeriesRow(**given | fields)


def test_effort_is_parted_as_it_is_said_and_the_rest_evenly() -> None:
    course = CourseRows(
        (GoalRow("A", "Goal A"), GoalRow("B", "Goal B"), GoalRow("C", "Goal C")),
        (ObjectiveRow("O1", "SALES", 10), ObjectiveRow("O2", "IT", 10), ObjectiveRow("O3", "IT", 5)),
        (
            EffortRow("O1", "A", 60),
            EffortRow("O1", "B", None),
            EffortRow("O1", "C", None),
            # More than everything is everything.
            EffortRow("O2", "A", 150),
            EffortRow("O2", "B", 50),
        ),
    )
    priorities = measure(draw_orders(SALES, None, 9)).priorities
    found = compare_effort(priorities, course)
    assert {goal.code: goal.share for goal in found.goals} == {"A": 54.0, "B": 18.0, "C": 8.0}
    assert found.nowhere == 20
    assert {goal.code: goal.carried_by for goal in found.goals} == {"A": 2.0, "B": 2.0, "C": 1.0}


def test_what_people_want_most_and_nobody_does_is_named() -> None:
    priorities = [Priority(code, f"Goal {code}", at) for at, code in enumerate(OPTIONS, 1)]
    found = compare_effort(priorities, make_plan(A=1, B=2, C=9, D=9, E=9, F=70))
    assert found.sentence == (
        "People put “Goal A” first, and 1 % of planned effort leads there"
        " and “Goal B” second, and 2 % of planned effort leads there."
    )
    assert found.likeness == -0.771
    followed = compare_effort(priorities, make_plan(A=60, B=20, C=9, D=5, E=4, F=2))
    assert followed.sentence.startswith("Effort follows what people say: “Goal A”, first for them, gets 60 %")
    assert followed.likeness == 1
    far = compare_effort(priorities, make_plan(A=60, B=30, C=1, D=5, E=4, F=2))
    assert far.sentence.startswith("People put “Goal C” third, and 1 %")


def test_without_priorities_or_a_plan_there_is_nothing_to_compare() -> None:
    priorities = measure(draw_orders(SALES, None, 9)).priorities
    assert compare_effort(priorities, CourseRows()).sentence.startswith("No objective is planned yet")
    assert compare_effort((), make_plan(A=1)).sentence.startswith("Nobody has put the goals in order yet")
    gone = CourseRows((GoalRow("A", "Goal A"),), (ObjectiveRow("OA", "IT", 2),), ())
    assert compare_effort(priorities, gone).sentence.startswith("Too few of the goals")
    assert compare_effort(priorities, gone).nowhere == 100


def test_what_owners_declare_comes_before_what_series_show() -> None:
    link = DeclaredRow("link", "O1", "O2", "Cut stock", "Never run out", "Ann", "Ann", (SALES,), "One shelf.")
    bare = DeclaredRow("link", "O1", "O3", "Cut stock", "Buy ahead")
    guard = DeclaredRow("guard", "SPEED", "CARE", "Speed", "Care")
    chance = np.random.default_rng(1)
    wave = chance.normal(0, 1, 24)
    rising = [*wave[:-3], 3, 4, 5]
    course = CourseRows(
        series=(
            make_series("SPEED", rising),
            make_series("CARE", [-value for value in rising]),
        ),
        declared=(guard, link, bare),
    )
    found = find_tensions(course)
    assert [each.kind for each in found] == [ConflictKind.DECLARED, ConflictKind.DECLARED, ConflictKind.GUARD]
    assert found[0].owners == ("Ann",)
    assert found[0].sentence.endswith("declared to be in conflict: One shelf.")
    assert found[1].sentence.endswith("declared to be in conflict.")
    assert found[2].sentence.startswith("Speed rate got better over the last 3 values while Care rate, which")
    assert say_tensions(found, course).startswith("3 conflicts to talk about")


def test_series_that_move_apart_are_found_by_their_direction() -> None:
    chance = np.random.default_rng(1)
    wave = list(chance.normal(0, 1, 24))
    late = make_series("late", wave, direction="lower", department=SALES, place="Sales")
    done = make_series("done", [value + 0.01 for value in wave])
    (conflict,) = find_tensions(CourseRows(series=(late, done)))
    assert conflict.kind is ConflictKind.MOVED_APART
    assert conflict.departments == (SALES,)
    assert conflict.sentence == (
        "Late rate (Sales) and Done rate moved in opposite directions more than chance explains (24 months);"
        " ask both owners."
    )
    assert [max(value for value in line.values if value is not None) for line in conflict.lines] == [1, 1]
    # With its direction turned they move together; a band has no better.
    assert find_tensions(CourseRows(series=(make_series("late", wave), done))) == ()
    assert find_tensions(CourseRows(series=(make_series("late", wave, direction="band"), done))) == ()
    # Of one KPI at two places nothing is said.
    same = make_series("late", [-value for value in wave], department=IT)
    assert find_tensions(CourseRows(series=(make_series("late", wave), same))) == ()


@pytest.mark.parametrize(
    ("shift", "follower"), [(2, "Done rate 2 months after Late rate"), (-1, "Late rate 1 month after")]
)
def test_who_follows_whom_is_told(shift: int, follower: str) -> None:
    wave = list(np.random.default_rng(3).normal(0, 1, 40))
    late = make_series("late", wave[10:34])
    done = make_series("done", [-value for value in wave[10 - shift : 34 - shift]])
    (conflict,) = find_tensions(CourseRows(series=(late, done)))
    assert follower in conflict.sentence


def test_a_guard_is_compared_at_its_place_and_over_three_values() -> None:
    guard = DeclaredRow("guard", "A", "B", "A", "B")
    up, down = [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]

    def find(*series: SeriesRow) -> list[ConflictKind]:
        return [each.kind for each in find_tensions(CourseRows(series=series, declared=(guard,)))]

    here, there = {"department": SALES}, {"department": IT}
    assert find(make_series("A", up, **here), make_series("B", down, **here)) == [ConflictKind.GUARD]
    assert find(make_series("A", up, **here), make_series("B", down, **there)) == [ConflictKind.GUARD]
    assert find(make_series("A", up), make_series("B", down, **here), make_series("B", up, **there)) == []
    assert find(make_series("A", up), make_series("B", up)) == []
    assert find(make_series("A", down), make_series("B", down)) == []
    assert find(make_series("A", up[:2]), make_series("B", down)) == []
    weeks = make_series("B", down, cadence="weekly", periods=("2025-W01", "2025-W02", "2025-W03"))
    (conflict,) = find_tensions(CourseRows(series=(make_series("A", up), weeks), declared=(guard,)))
    assert (conflict.lines, conflict.periods) == ((), ())


def test_a_series_without_movement_is_a_line_in_the_middle() -> None:
    guard = DeclaredRow("guard", "A", "B", "A", "B")
    long = make_series("A", [None, 1.0, 1.5, 2.0])
    course = CourseRows(series=(long, make_series("B", [3.0, 3.0, 2.5, 2.0])), declared=(guard,))
    (conflict,) = find_tensions(course)
    assert conflict.lines[0].values == (None, 0, 0.5, 1)
    assert say_tensions((), course).endswith("KPIs need 24 periods each: too few to say.")
    quiet = CourseRows(series=(make_series("A", [1.0] * 24), make_series("B", [2.0, 1.0] * 12)))
    assert find_tensions(quiet) == ()
    assert say_tensions((), quiet).startswith("No conflict is declared, and no two KPIs")


def test_signals_are_those_of_the_last_values() -> None:
    steady = [5.0, 6.0] * 6
    series = (
        make_series("new", [*steady, 30.0], direction="lower"),
        make_series("old", [*[5.0, 9.0] * 5, 30.0, *[5.0, 9.0] * 4]),
        make_series("still", steady),
        make_series("short", [1.0, 2.0]),
        make_series("holes", [*steady, None, 40.0]),
    )
    found = list_signals(series)
    assert [(signal.kpi, signal.period) for signal in found] == [("holes", "2025-02"), ("new", "2025-01")]
    assert (
        found[1].sentence
        == "January 2025 lies above the upper limit: something really changed, for the worse."
    )
    assert say_signals(found, series) == "2 of 4 KPIs changed for real lately; the rest is routine."
    assert say_signals((), series[2:3]).startswith("Nothing but routine")
    assert say_signals((), ()).startswith("No KPI has six values yet")


def test_a_kpi_that_changed_at_many_places_is_told_once() -> None:
    values = [*[5.0, 6.0] * 6, 30.0]
    places = (make_series("late", values, department=IT, place="IT"), make_series("late", values))
    (signal,) = list_signals(places)
    assert (signal.place, signal.elsewhere) == ("", 1)
    assert say_signals((signal,), places) == "1 of 1 KPI changed for real lately; the rest is routine."
