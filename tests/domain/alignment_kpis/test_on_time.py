"""Initiatives on time: the first due date counts, for ever."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.alignment_kpis.figures import AlignmentKpi
from tests.domain.alignment_kpis.records import (
    find_figure,
    find_figures,
    make_initiative,
    make_rows,
    make_year,
    on,
    read_seconds,
)

ON_TIME = AlignmentKpi.ON_TIME


def test_finished_of_due_is_told_with_the_names_of_the_late() -> None:
    done = [make_initiative(f"Done {number}", finished_on=on(10)) for number in range(7)]
    late = [make_initiative("Payroll move", finished_on=on(16)), make_initiative("Depot map")]
    figure = find_figure(make_rows(initiatives=[*done, *late]), ON_TIME)
    assert figure.value == pytest.approx(700 / 9)
    assert (figure.numerator, figure.denominator, figure.n) == (7, 9, 9)
    assert figure.explanation == "7 of 9 due; 2 late: Payroll move, Depot map."
    assert figure.low == pytest.approx(45.26, abs=0.01)
    assert figure.high == pytest.approx(93.68, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({"finished_on": on(15)}, (1, 1)),
        ({"finished_on": on(16)}, (0, 1)),
        ({}, (0, 1)),
        ({"due": on(30, 9)}, (0, 0)),
        ({"due": on(1, 11)}, (0, 0)),
        ({"due": on(31), "finished_on": on(1, 9)}, (1, 1)),
        ({"cancelled_on": on(2)}, (0, 1)),
        ({"cancelled_on": on(2), "cancelled_by": "D-7"}, (0, 0)),
        # Moved by re-dating: late by the first date, on time by the current one.
        ({"due_on": on(20), "finished_on": on(18)}, (0, 1)),
    ],
)
def test_what_counts_as_due_and_as_on_time(changes: dict[str, date | str], counted: tuple[int, int]) -> None:
    figure = find_figure(make_rows(initiatives=[make_initiative(**changes)]), ON_TIME)  # type: ignore[arg-type]
    assert (figure.numerator, figure.denominator) == counted


def test_a_moved_due_date_shows_on_current_dates_only() -> None:
    moved = make_initiative("Depot map", due_on=on(20, 11), finished_on=on(18, 11))
    kept = make_initiative("Shop", finished_on=on(14))
    figure = find_figure(make_rows(initiatives=[moved, kept]), ON_TIME)
    assert figure.value == 50
    assert read_seconds(figure) == {"on_current_dates": 100.0}


def test_what_is_due_today_is_not_late_yet() -> None:
    rows = make_rows(initiatives=[make_initiative(due=on(15))])
    assert find_figure(rows, ON_TIME, on(15)).n == 0
    assert find_figure(rows, ON_TIME, on(16)).n == 1
    assert find_figure(rows, ON_TIME, on(15)).explanation == "Nothing was due."


def test_a_decision_that_cancelled_is_named() -> None:
    gone = make_initiative("Old shop", cancelled_on=on(2), cancelled_by="D-7")
    done = make_initiative("New shop", finished_on=on(3))
    figure = find_figure(make_rows(initiatives=[gone, done]), ON_TIME)
    assert figure.explanation == ("1 of 1 due on time; not counted, cancelled by a decision: Old shop (D-7).")


def test_every_department_has_what_lies_below_it_and_every_level_its_own() -> None:
    rows = make_rows(
        initiatives=[
            make_initiative("A", department="EAST", level="middle", finished_on=on(1)),
            make_initiative("B", department="OPS", level="senior"),
            make_initiative("C", department="HR", departments=("EAST",), level="middle"),
            make_initiative("D", department="GONE"),
        ]
    )
    told = {place: (f.numerator, f.denominator) for place, f in find_figures(rows, ON_TIME).items()}
    assert told == {
        None: (1, 4),
        "EAST": (1, 1),
        "OPS": (1, 2),
        "HR": (0, 1),
        "middle": (1, 2),
        "senior": (0, 1),
    }


def test_a_circle_of_departments_is_walked_once() -> None:
    rows = make_rows(
        parent_of={"A": "B", "B": "A"}, initiatives=[make_initiative(department="A", finished_on=on(1))]
    )
    assert list(find_figures(rows, ON_TIME)) == [None, "A", "B"]


@given(st.integers(0, 10_000), st.integers(-200, 200))
def test_moving_due_dates_never_changes_the_figure_on_the_baseline(seed: int, days: int) -> None:
    rows = make_year(Random(seed))
    moved = [replace(row, due_on=row.due_on + timedelta(days=days)) for row in rows.initiatives]
    before = find_figures(rows, ON_TIME)
    for place, figure in find_figures(replace(rows, initiatives=moved), ON_TIME).items():
        counted = before.get(place)
        assert (figure.numerator, figure.denominator) == (
            (counted.numerator, counted.denominator) if counted else (0, 0)
        )


@given(st.integers(0, 10_000))
def test_departments_add_up_and_nothing_is_counted_twice(seed: int) -> None:
    told = find_figures(make_year(Random(seed)), ON_TIME)
    assert sum(told[place].denominator or 0 for place in ("OPS", "HR", "IT") if place in told) == (
        told[None].denominator
    )
