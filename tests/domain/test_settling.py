"""What new values make of a board: revisions, aggregates of places without a value, trends, and what ends."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.domain.periods import Period, parse_period
from app.domain.scoring import Aggregation, Direction, Source, Status, Thresholds, Trend
from app.domain.settling import Changes, Writer, place_value, renew_awaited, settle_board
from app.domain.states import Board, Key, NewValue, Place, Recorded, TargetRange

TOP, EAST, WEST, SHOP = (UUID(int=number) for number in range(1, 5))
OCTOBER = parse_period("2026-10")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def make_board(aggregation: Aggregation = Aggregation.MEAN, **fields: Any) -> Board:
    """A KPI over TOP with EAST (over SHOP) and WEST below it, EAST and WEST awaited."""
    places = {
        TOP: Place("TOP", None, 100, False),
        EAST: Place("EAST", TOP, 10, True),
        WEST: Place("WEST", TOP, 30, True),
        SHOP: Place("SHOP", EAST, 5, False),
    }
    settings = {"direction": Direction.HIGHER, "unit": "score", "places": places}
    return Board(aggregation=aggregation, **settings | fields)


def ids() -> Iterator[UUID]:
    """Names for what is new."""
    return iter(UUID(int=number) for number in range(1000, 9999))


def tell(board: Board, department: UUID | None, value: float | None, **fields: Any) -> bool:
    """Puts something on the board."""
    number = None if value is None else Decimal(str(value))
    source = fields.pop("source", Source.MANUAL)
    said = NewValue(**{"department": department, "period": OCTOBER, "value": number} | fields)
    writer = Writer(Recorded(None, "Ada", NOW), source)
    return place_value(board, said, writer, new_id=UUID(int=500 + len(board.states)))


def settle(board: Board, *periods: Period) -> Changes:
    """Settles October, or other periods, and takes the outcome for what is stored."""
    changes = settle_board(board, periods or (OCTOBER,), at=NOW, ids=ids())
    board.before = dict(board.states)
    return changes


def value_of(board: Board, department: UUID | None) -> Decimal | None:
    """The number of a place in October."""
    state = board.states.get(Key(department, OCTOBER))
    return None if state is None else state.content.value


def reason_of(board: Board, department: UUID | None) -> str:
    """What is said about a place's status."""
    return board.states[Key(department, OCTOBER)].verdict.reason


def test_places_without_a_value_are_aggregates_of_the_nearest_ones_below() -> None:
    board = make_board()
    tell(board, SHOP, 4)
    tell(board, WEST, 8)
    changes = settle(board)
    assert [value_of(board, place) for place in (EAST, TOP, None)] == [4, 6, 6]
    assert {state.source for state in changes.begun} == {Source.MANUAL, Source.AGGREGATED}
    assert reason_of(board, TOP).endswith("Mean of 2 of 2 departments.")
    tell(board, EAST, 2)
    changes = settle(board)
    assert [value_of(board, place) for place in (EAST, TOP, None)] == [2, 5, 5]
    assert [(state.revision, state.key.department) for state in changes.begun] == [
        (2, EAST),
        (2, TOP),
        (2, None),
    ]


def test_the_reason_counts_awaited_departments_without_a_value() -> None:
    board = make_board()
    tell(board, WEST, 8)
    settle(board)
    assert reason_of(board, TOP) == "No target covers this period. Mean of 1 of 2 departments."
    tell(board, EAST, None, not_applicable=True, note="Closed.")
    settle(board)
    assert reason_of(board, TOP).endswith("Mean of 1 of 2 departments.")
    assert value_of(board, EAST) is None


def test_a_place_that_is_not_applicable_does_not_hide_the_values_below_it() -> None:
    board = make_board()
    tell(board, SHOP, 4)
    tell(board, EAST, None, not_applicable=True, note="No own team.")
    settle(board)
    assert [value_of(board, place) for place in (EAST, TOP)] == [None, 4]


def test_a_suppressed_value_takes_no_part_but_stands_for_all_below_it() -> None:
    board = make_board()
    tell(board, SHOP, 4)
    tell(board, EAST, None, suppressed=True, source=Source.FED)
    tell(board, WEST, 8)
    settle(board)
    assert value_of(board, TOP) == 8
    assert reason_of(board, TOP).endswith("Mean of 1 of 2 departments.")


def test_nothing_is_aggregated_where_nobody_wants_it_or_nothing_honest_can_be_said() -> None:
    for aggregation in (Aggregation.NONE, Aggregation.RATIO_OF_SUMS):
        board = make_board(aggregation)
        tell(board, WEST, 8)
        settle(board)
        assert [key.department for key in board.states] == [WEST]


def test_a_value_of_the_whole_organization_alone_makes_no_aggregate() -> None:
    board = make_board()
    tell(board, None, 8)
    settle(board)
    assert [key.department for key in board.states] == [None]


def test_a_percentage_of_sums_is_scaled_to_a_hundred() -> None:
    board = make_board(Aggregation.RATIO_OF_SUMS, unit="percent")
    tell(board, EAST, 50, numerator=Decimal(1), denominator=Decimal(2))
    tell(board, WEST, 0, numerator=Decimal(0), denominator=Decimal(8))
    settle(board)
    assert value_of(board, TOP) == 10


def test_headcounts_are_those_kept_with_the_values() -> None:
    board = make_board(Aggregation.HEADCOUNT_WEIGHTED_MEAN)
    tell(board, EAST, 4)
    tell(board, WEST, 8)
    board.places[EAST] = board.places[EAST]._replace(headcount=1000)
    tell(board, EAST, 0, reason="Recounted.")
    settle(board)
    assert value_of(board, TOP) == 6


def test_an_aggregate_ends_with_the_last_value_below_and_goes_on_counting_when_it_returns() -> None:
    board = make_board()
    tell(board, WEST, 8)
    settle(board)
    tell(board, WEST, None, withdrawn=True)
    changes = settle(board)
    assert {state.key.department for state in changes.ended} == {WEST, TOP, None}
    assert [state.key.department for state in changes.begun] == [WEST]
    tell(board, WEST, 9)
    settle(board)
    again = board.states[Key(TOP, OCTOBER)]
    assert (again.revision, again.content.value) == (2, Decimal(9))


def test_a_withdrawn_value_of_a_parent_passes_into_the_aggregate_of_those_below() -> None:
    board = make_board()
    tell(board, WEST, 8)
    tell(board, TOP, 1)
    settle(board)
    tell(board, TOP, None, withdrawn=True)
    changes = settle(board)
    (passing,) = changes.passing
    assert (passing.key.department, passing.content.withdrawn, passing.revision) == (TOP, True, 2)
    assert passing.verdict.reason == "The value was withdrawn."
    assert (board.states[Key(TOP, OCTOBER)].revision, value_of(board, TOP)) == (3, Decimal(8))


def test_settling_again_changes_nothing() -> None:
    board = make_board()
    tell(board, WEST, 8)
    settle(board)
    assert not tell(board, WEST, 8)
    changes = settle(board)
    assert (changes.begun, changes.ended, changes.passing) == ([], [], [])


def test_a_new_target_changes_the_reading_and_not_the_revision() -> None:
    board = make_board()
    tell(board, WEST, 8)
    settle(board)
    board.targets = [TargetRange(None, OCTOBER.first_day, None, Thresholds(target=Decimal(9)))]
    changes = settle(board)
    assert {(state.revision, state.verdict.status) for state in changes.begun} == {(1, Status.RED)}
    assert {state.verdict.target for state in changes.begun} == {Decimal(9)}


@pytest.mark.parametrize(("before", "trend"), [(7, Trend.UP), (8, Trend.FLAT), (9, Trend.DOWN), (None, None)])
def test_a_trend_looks_back_one_period(before: float | None, trend: Trend | None) -> None:
    board = make_board()
    tell(board, WEST, 8)
    settle(board)
    if before is not None:
        tell(board, WEST, before, period=OCTOBER.previous())
    settle(board, OCTOBER.previous(), OCTOBER)
    for place in (WEST, TOP, None):
        assert board.states[Key(place, OCTOBER)].verdict.trend is trend


def test_the_first_period_there_is_has_no_trend() -> None:
    board = make_board()
    first = parse_period("1900-01")
    tell(board, WEST, 8, period=first)
    settle(board, first)
    assert board.states[Key(WEST, first)].verdict.trend is None


def test_departments_are_awaited_that_have_a_value_and_are_open() -> None:
    board = make_board()
    board.places[TOP] = board.places[TOP]._replace(is_open=False)
    tell(board, TOP, 4)
    tell(board, SHOP, 4)
    tell(board, WEST, None, withdrawn=True)
    renew_awaited(board)
    assert {department for department, place in board.places.items() if place.is_awaited} == {SHOP}
