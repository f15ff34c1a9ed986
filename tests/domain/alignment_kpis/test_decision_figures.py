"""Decisions: open ones count as open, re-opened ones begin anew, few are told as few."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.alignment_kpis.figures import AlignmentKpi
from app.domain.alignment_kpis.rows import DecisionRow, RoundEnd, RoundRow
from tests.domain.alignment_kpis.records import (
    decided,
    find_figure,
    find_figures,
    make_decision,
    make_rows,
    make_year,
    on,
    opened,
    read_seconds,
)

SPEED, QUALITY = AlignmentKpi.DECISION_SPEED, AlignmentKpi.DECISION_QUALITY


def take(*decisions: DecisionRow, kpi: AlignmentKpi = SPEED, **changes: Any) -> Any:
    return find_figure(make_rows(decisions=decisions), kpi, **changes)


def test_open_decisions_count_as_open() -> None:
    done = [make_decision(decided(on(1), on(1 + days)), code=f"D-{days}") for days in (2, 4, 6)]
    figure = take(*done, make_decision(opened(on(1)), title="Payroll"), make_decision(opened(on(21))))
    assert (figure.value, figure.n) == (6, 5)
    assert figure.explanation == (
        "Median 6 days; 3 of 5 decisions across departments decided; 2 still open; "
        "longest: Payroll (30 days); so few say little."
    )


def test_enough_decisions_are_told_without_a_warning() -> None:
    done = [make_decision(decided(on(1), on(1 + days)), limit_days=5) for days in range(1, 9)]
    figure = take(*done)
    assert (figure.value, figure.low, figure.high) == (4, 1, 7)
    assert figure.explanation == "Median 4 days; 8 of 8 decisions across departments decided."
    assert read_seconds(figure) == {"within_limit": 62.5}


def test_a_median_that_is_not_reached_says_so() -> None:
    figure = take(make_decision(opened(on(1))), make_decision(opened(on(2))))
    assert figure.value is None
    assert figure.explanation.startswith("More than half were not decided yet; 0 of 2 decisions")


def test_without_decisions_there_is_nothing_to_say() -> None:
    figure = take(make_decision(opened(on(1)), departments=("HR", "HR")))
    assert (figure.value, figure.n) == (None, 0)
    assert figure.explanation == "No decision across departments waited."


@pytest.mark.parametrize(
    ("rounds", "n", "median"),
    [
        # Decided before, opened after: not of this period.
        ((decided(on(1, 9), on(30, 9)),), 0, None),
        ((opened(on(1, 11)),), 0, None),
        # It was open through the period, whatever became of it later.
        ((decided(on(1, 9), on(3, 11)),), 1, None),
        ((decided(on(1, 9), on(1)),), 1, 30),
        # Opened again: a new round with its own clock.
        ((decided(on(1), on(4)), decided(on(20), on(22))), 2, 2),
        ((decided(on(1), on(4)), opened(on(5, 11))), 1, 3),
        ((RoundRow(opened_on=on(1), end=RoundEnd.WITHDRAWN, ended_on=on(9)),), 1, None),
    ],
)
def test_which_rounds_are_waits_of_the_period(
    rounds: tuple[RoundRow, ...], n: int, median: float | None
) -> None:
    figure = take(make_decision(*rounds))
    assert (figure.n, figure.value) == (n, median)


def test_a_withdrawn_decision_is_counted_apart() -> None:
    gone = RoundRow(opened_on=on(1), end=RoundEnd.WITHDRAWN, ended_on=on(9))
    figure = take(make_decision(gone, limit_days=3), make_decision(decided(on(1), on(2)), limit_days=3))
    assert "1 withdrawn" in figure.explanation
    assert "open" not in figure.explanation
    assert figure.seconds[0].denominator == 1


def test_within_the_limit_are_kept_of_kept_and_broken_ones() -> None:
    figure = take(
        make_decision(decided(on(1), on(11)), limit_days=10),
        make_decision(decided(on(1), on(12)), limit_days=10),
        make_decision(opened(on(1)), limit_days=10),
        make_decision(opened(on(25)), limit_days=10),
        make_decision(decided(on(1), on(2))),
    )
    (second,) = figure.seconds
    assert (second.name, second.numerator, second.denominator) == ("within_limit", 1, 3)


def test_a_period_under_way_is_known_until_today() -> None:
    row = make_decision(decided(on(1), on(20)))
    assert take(row, today=on(10)).value is None
    assert take(row, today=on(20)).value == 19
    assert find_figure(make_rows(decisions=[row]), SPEED, on(1, 9)).n == 0
    assert find_figure(make_rows(decisions=[make_decision(opened(on(1, 8)))]), SPEED, on(1, 9)).n == 0


def test_speed_is_told_of_every_department_that_is_touched_and_of_the_level_that_decides() -> None:
    rows = make_rows(decisions=[make_decision(decided(on(1), on(4)), level="senior")])
    assert {place: figure.value for place, figure in find_figures(rows, SPEED).items()} == dict.fromkeys(
        [None, "EAST", "OPS", "HR", "senior"], 3
    )


def test_outcomes_are_rated_when_they_were_reviewed() -> None:
    reviewed = [
        make_decision(
            decided(on(1, 9), on(5, 9), reviewed_on=on(7), rating=rating, as_expected=rating > 2, forecast=80)
        )
        for rating in (2, 4, 4, 5, 5)
    ]
    figure = take(*reviewed, kpi=QUALITY)
    assert (figure.value, figure.n) == (4, 5)
    assert figure.low == pytest.approx(2.479, abs=0.001)
    assert figure.high == 5
    assert figure.explanation == "5 outcomes reviewed; 4 rated 4 or 5."
    seconds = read_seconds(figure)
    assert seconds["as_expected"] == 80
    assert seconds["brier"] == pytest.approx((4 * 0.04 + 0.64) / 5)
    assert seconds["not_reopened"] == 100


def test_a_review_without_a_rating_or_a_forecast_says_what_it_can() -> None:
    figure = take(
        make_decision(decided(on(1, 9), on(5, 9), reviewed_on=on(7), as_expected=True)),
        make_decision(decided(on(1, 9), on(5, 9), reviewed_on=on(7, 9), rating=5)),
        kpi=QUALITY,
    )
    assert (figure.value, figure.n) == (None, 0)
    assert figure.explanation == "No outcome was reviewed."
    assert read_seconds(figure) == {"as_expected": 100.0, "not_reopened": 100.0}


def test_decisions_that_are_opened_again_did_not_hold() -> None:
    again = make_decision(decided(on(1, 9), on(5, 9)), decided(on(25, 9), on(2)))
    held = [make_decision(decided(on(1, 6), on(5, 6))) for _ in range(3)]
    figure = take(again, *held, kpi=QUALITY)
    # Five times something was decided; one of them was opened again, after 20 days.
    assert read_seconds(figure) == {"not_reopened": 80.0}
    assert figure.seconds[0].n == 5


def test_what_was_decided_long_ago_or_later_says_nothing_of_holding() -> None:
    old = make_decision(decided(on(1, 9).replace(year=2025), on(5, 9).replace(year=2025)))
    late = make_decision(decided(on(1, 9), on(5, 11)))
    open_one = make_decision(opened(on(1, 9)))
    figures = find_figures(make_rows(decisions=[old, late, open_one]), QUALITY)
    assert list(figures) == [None]
    assert figures[None].seconds == ()


def test_reopening_after_the_period_is_not_known_in_it() -> None:
    row = make_decision(decided(on(1), on(5)), opened(on(3, 11)))
    assert read_seconds(take(row, kpi=QUALITY)) == {"not_reopened": 100.0}


def test_reopening_after_ninety_days_is_late_enough_to_have_held() -> None:
    row = make_decision(decided(on(1, 3), on(5, 3)), opened(on(3)))
    assert read_seconds(take(row, kpi=QUALITY)) == {"not_reopened": 100.0}


@given(st.integers(0, 10_000), st.integers(0, 120))
def test_adding_an_open_decision_never_lowers_the_median(seed: int, days: int) -> None:
    rows = make_year(Random(seed))
    one_more = make_decision(opened(on(31) - timedelta(days=days)), departments=("EAST", "IT"))
    before = find_figures(rows, SPEED)
    after = find_figures(replace(rows, decisions=[*rows.decisions, one_more]), SPEED)
    for place, figure in before.items():
        value = after[place].value
        assert value is None or (figure.value is not None and value >= figure.value) or not figure.n


@given(st.integers(0, 10_000))
def test_the_order_of_records_changes_no_figure(seed: int) -> None:
    random = Random(seed)
    rows = make_year(random)
    shuffled = replace(
        rows,
        decisions=random.sample(rows.decisions, len(rows.decisions)),
        initiatives=random.sample(rows.initiatives, len(rows.initiatives)),
        answers=random.sample(rows.answers, len(rows.answers)),
    )
    for kpi in AlignmentKpi:
        one, other = find_figures(rows, kpi), find_figures(shuffled, kpi)
        assert {place: (f.n, f.seconds) for place, f in one.items()} == {
            place: (f.n, f.seconds) for place, f in other.items()
        }
        assert {place: f.value for place, f in one.items()} == pytest.approx(
            {place: f.value for place, f in other.items()}
        )
