"""Which values are signals: where limits come from, which values are too few, and what a change reaches."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.control_chart import ControlChart, xmr
from app.domain.periods import Period, parse_period, periods_between
from app.domain.scoring import Aggregation, Variation
from app.domain.signals import clip_limits, decide_signals, lay_out, list_moved_places, read_process
from app.domain.states import Board, Key, Point
from tests.domain.test_settling import make_board, settle, tell

SIGNAL, ROUTINE = Variation.SIGNAL, Variation.ROUTINE
EAST = UUID(int=2)
STEADY = [5.0, 6.0] * 10
VALUES = st.lists(st.none() | st.decimals(-100, 100, places=1), max_size=45)


def list_months(number: int, first: str = "2025-01") -> list[Period]:
    start = parse_period(first)
    return list(periods_between(start, start.next(number - 1)))


def fill_board(board: Board, values: Sequence[float | None], department: UUID | None = None) -> list[Period]:
    """Puts a series on the board as if it were stored."""
    months = list_months(len(values))
    for month, value in zip(months, values, strict=True):
        if value is not None:
            tell(board, department, value, period=month)
    settle(board, *months)
    return months


def list_signals(board: Board, department: UUID | None = None) -> list[Variation | None]:
    found = [state for key, state in sorted(board.states.items(), key=lambda each: each[0].period)]
    return [state.signal for state in found if state.key.department == department]


def test_the_first_five_values_are_too_few_to_call_routine() -> None:
    assert read_process(STEADY[:5]).variations == [None] * 5
    assert read_process(STEADY[:8]).variations == [None] * 5 + [ROUTINE] * 3
    assert read_process([5, None, 6, 5, 6, None, 5, 6]).variations == [None] * 7 + [ROUTINE]


def test_an_early_value_is_a_signal_as_soon_as_the_limits_say_so() -> None:
    said = read_process([50, *STEADY[:12]]).variations
    assert said[0] is SIGNAL
    assert said[1:5] == [None] * 4


def test_limits_are_renewed_until_there_are_twenty_values_and_stay_then() -> None:
    young, firm = read_process(STEADY[:19]), read_process(STEADY)
    assert (young.locked_after, firm.locked_after) == (None, None)
    old = read_process([*STEADY, 90, 90])
    assert old.locked_after == 20
    assert (old.chart.centre, old.chart.upper) == (firm.chart.centre, firm.chart.upper)
    assert old.variations[-2:] == [SIGNAL, SIGNAL]
    gaps = read_process([*STEADY[:10], None, *STEADY[:10], None, 90])
    assert gaps.locked_after == 21
    assert gaps.variations[-2:] == [None, SIGNAL]


@given(VALUES, st.none() | st.decimals(-100, 100, places=1))
def test_from_twenty_values_on_what_was_said_stays_said(
    values: list[Decimal | None], following: Decimal | None
) -> None:
    if sum(value is not None for value in values) >= 20:
        assert read_process([*values, following]).variations[:-1] == read_process(values).variations


@given(VALUES)
def test_what_has_no_value_says_nothing_and_signals_are_those_of_the_chart(
    values: list[Decimal | None],
) -> None:
    reading = read_process(values)
    said = reading.variations
    assert len(said) == len(values)
    assert all(each is None for each, value in zip(said, values, strict=True) if value is None)
    ends = {signal.index for signal in reading.chart.signals}
    assert {index for index, each in enumerate(said) if each is SIGNAL} == ends
    if reading.locked_after is None:
        assert reading.chart == xmr(values)


def test_a_series_is_laid_out_with_its_gaps() -> None:
    assert lay_out({}) == (0, [])
    march, january = parse_period("2026-03").position, parse_period("2026-01").position
    assert lay_out({march: Decimal(3), january: Decimal(1)}) == (january, [Decimal(1), None, Decimal(3)])


@pytest.mark.parametrize(
    ("chart", "unit", "drawn"),
    [
        (ControlChart(50, -5, 120, 9), "percent", (0.0, 100.0)),
        (ControlChart(50, -5, 120, 9), "days", (0.0, 120)),
        (ControlChart(50, -5, 120, 9), "score", (-5, 120)),
        (ControlChart(50, 10, 90, 9), "percent", (10, 90)),
        (ControlChart(5, None, None, None), "percent", (None, None)),
    ],
)
def test_limits_are_drawn_within_what_the_unit_can_be(
    chart: ControlChart, unit: str, drawn: tuple[float | None, float | None]
) -> None:
    assert clip_limits(chart, unit) == drawn


def test_a_board_reads_each_department_for_itself() -> None:
    board = make_board(aggregation=Aggregation.NONE)
    fill_board(board, STEADY[:7])
    fill_board(board, [9.0] * 6, EAST)
    assert decide_signals(board, {None, EAST}) == {}
    assert list_signals(board) == [None] * 5 + [ROUTINE] * 2
    assert list_signals(board, EAST) == [None] * 5 + [ROUTINE]


def test_only_departments_whose_numbers_moved_are_read_again() -> None:
    board = make_board(aggregation=Aggregation.NONE)
    (month, *_) = fill_board(board, [5.0, 6.0])
    fill_board(board, [5.0, 6.0], EAST)
    assert list_moved_places(board) == set()
    tell(board, EAST, 5, period=month, note="The same number, explained.")
    assert list_moved_places(board) == set()
    tell(board, EAST, 7, period=month)
    assert list_moved_places(board) == {EAST}


def test_a_note_does_not_take_a_signal_away() -> None:
    board = make_board(aggregation=Aggregation.NONE)
    months = fill_board(board, STEADY[:7])
    decide_signals(board, {None})
    board.before = dict(board.states)
    tell(board, None, STEADY[6], period=months[6], note="Explained.")
    assert list_moved_places(board) == {None}
    decide_signals(board, {None})
    assert list_signals(board)[-1] is ROUTINE


def test_stored_values_beyond_the_board_count_and_those_that_change_are_named() -> None:
    board = make_board(aggregation=Aggregation.NONE)
    months = list_months(7)
    stored = {month.position: Point(Decimal(str(STEADY[row])), None, row) for row, month in enumerate(months)}
    # The last one is on the board as it was stored, and gone now: it counts no more.
    fill_board(board, [*[None] * 6, 6.0])
    board.series[None] = stored
    board.states.clear()
    assert decide_signals(board, {None}) == {None: [5]}
    board.series[None] = {
        month: point._replace(signal=ROUTINE if point.row == 5 else None) for month, point in stored.items()
    }
    assert decide_signals(board, {None}) == {}


def test_values_that_may_not_be_known_do_not_count() -> None:
    board = make_board(aggregation=Aggregation.NONE)
    months = fill_board(board, STEADY[:7])
    tell(board, None, 99, period=months[6], suppressed=True)
    decide_signals(board, {None})
    assert list_signals(board) == [None] * 5 + [ROUTINE, None]


@pytest.mark.parametrize("said", [SIGNAL, ROUTINE])
def test_a_kpi_that_is_no_number_has_no_signals(said: Variation) -> None:
    board = make_board(aggregation=Aggregation.NONE, is_numeric=False)
    fill_board(board, STEADY[:7])
    for key, state in board.states.items():
        board.states[key] = replace(state, signal=said)
    board.series[EAST] = {parse_period("2026-01").position: Point(Decimal(1), said, 77)}
    assert decide_signals(board, {None, EAST}) == {EAST: [77]}
    assert set(list_signals(board)) == {None}
    assert Key(None, parse_period("2025-01")) in board.states


def test_departments_that_were_not_asked_about_are_left_alone() -> None:
    board = make_board(aggregation=Aggregation.NONE)
    fill_board(board, STEADY[:7])
    fill_board(board, STEADY[:7], EAST)
    board.before = dict(board.states)
    assert decide_signals(board, {None}) == {}
    assert list_signals(board)[-1] is ROUTINE
    assert set(list_signals(board, EAST)) == {None}
