"""Work across departments: what is carried together, delivered, talked about and tied."""

import pytest

from app.domain.alignment_kpis.figures import AlignmentKpi
from app.domain.alignment_kpis.rows import DependencyRow, TalkRow, TieRow
from tests.domain.alignment_kpis.records import (
    find_figure,
    find_figures,
    make_initiative,
    make_rows,
    on,
    read_seconds,
)

TOGETHER = AlignmentKpi.COLLABORATION


def test_initiatives_of_two_departments_or_more_are_carried_together() -> None:
    rows = make_rows(
        initiatives=[
            make_initiative("A", department="EAST", departments=("HR",), level="middle"),
            make_initiative("B", department="EAST", departments=("EAST",)),
            make_initiative("C", department="WEST"),
        ]
    )
    told = {place: (f.numerator, f.denominator) for place, f in find_figures(rows, TOGETHER).items()}
    assert told == {
        None: (1, 3),
        "EAST": (1, 2),
        "OPS": (1, 3),
        "HR": (1, 1),
        "WEST": (0, 1),
        "middle": (1, 1),
    }
    figure = find_figure(rows, TOGETHER)
    assert figure.explanation == "1 of 3 initiatives under way are carried together."
    assert figure.value == pytest.approx(100 / 3)


@pytest.mark.parametrize(
    ("begun", "finished", "cancelled", "counts"),
    [
        (on(1, 3), None, None, True),
        (on(31), None, None, True),
        (on(1, 11), None, None, False),
        (on(1, 3), on(1), None, True),
        (on(1, 3), on(30, 9), None, False),
        (on(1, 3), None, on(30, 9), False),
        (on(1, 3), None, on(2), True),
    ],
)
def test_which_initiatives_are_under_way(
    begun: object, finished: object, cancelled: object, counts: bool
) -> None:
    row = make_initiative(begun_on=begun, finished_on=finished, cancelled_on=cancelled)
    figure = find_figure(make_rows(initiatives=[row]), TOGETHER)
    assert figure.denominator == counts
    single = "0 of 1 initiative under way is carried together."
    assert figure.explanation == (single if counts else "No initiative was under way.")


def test_dependencies_between_departments_are_kept_or_not() -> None:
    def need(**changes: object) -> DependencyRow:
        fields = {"name": "Tills", "department": "EAST", "other_department": "IT", "need_by": on(15)}
        return DependencyRow(**(fields | changes))  # type: ignore[arg-type]

    rows = make_rows(
        dependencies=[
            need(delivered_on=on(15)),
            need(delivered_on=on(16)),
            need(),
            need(declined=True),
            need(other_department="EAST", delivered_on=on(1)),
            need(need_by=on(1, 11), delivered_on=on(1)),
        ]
    )
    figures = find_figures(rows, TOGETHER)
    assert list(figures) == [None, "EAST", "OPS", "IT"]
    for figure in figures.values():
        (second,) = figure.seconds
        assert (second.name, second.numerator, second.denominator) == ("delivered_in_time", 1, 4)


def test_talks_count_where_both_partners_are() -> None:
    rows = make_rows(
        talks=[
            TalkRow(department="EAST", other_department="HR", planned_on=on(1), held=True),
            TalkRow(department="EAST", other_department="IT", planned_on=on(2)),
            TalkRow(department="EAST", other_department="IT", planned_on=on(2, 11)),
        ]
    )
    figures = find_figures(rows, TOGETHER)
    assert {place: read_seconds(figure) for place, figure in figures.items()} == {
        None: {"talks_held": 50.0},
        "EAST": {"talks_held": 50.0},
        "OPS": {"talks_held": 50.0},
        "HR": {"talks_held": 100.0},
        "IT": {"talks_held": 0.0},
    }


def test_ties_are_compared_with_chance_from_twenty_on() -> None:
    people = {f"{place}{number}": place for place in ("HR", "IT") for number in range(10)}
    across = [TieRow(a=f"HR{number}", b=f"IT{number}", from_day=on(1, 2)) for number in range(10)]
    inside = [TieRow(a="HR0", b=f"HR{number}", from_day=on(1, 2)) for number in range(1, 10)]
    over = TieRow(a="HR1", b="HR2", from_day=on(1, 2), until=on(30, 9))
    last = TieRow(a="IT1", b="IT2", from_day=on(31))
    few = make_rows(department_of=people, ties=[*across, *inside, over])
    assert find_figure(few, TOGETHER).seconds == ()
    enough = make_rows(department_of=people, ties=[*across, *inside, over, last])
    (second,) = find_figure(enough, TOGETHER).seconds
    assert (second.name, second.n) == ("e_i_difference", 20)
    assert second.value == pytest.approx(0 - 1 / 19)
    assert find_figure(make_rows(ties=[last] * 20), TOGETHER).seconds == ()
