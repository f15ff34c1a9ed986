"""What is said and what is known: which target holds, how a state is read, and what repeats it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.domain.periods import parse_period
from app.domain.scoring import Aggregation, Direction, Source, Status, Thresholds
from app.domain.settling import UNREAD
from app.domain.states import (
    Board,
    Key,
    NewValue,
    Recorded,
    State,
    TargetRange,
    assess_value,
    find_thresholds,
    says_the_same,
)

EAST, WEST = UUID(int=1), UUID(int=2)
OCTOBER = parse_period("2026-10")


def say(**fields: Any) -> NewValue:
    """Something about October."""
    return NewValue(**dict[str, Any](department=EAST, period=OCTOBER) | fields)


def state_of(value: NewValue, source: Source = Source.MANUAL) -> State:
    """A state in which something was said."""
    recorded = Recorded(None, None, datetime(2026, 11, 1, tzinfo=UTC))
    return State(
        id=UUID(int=9),
        revision=1,
        content=value,
        source=source,
        headcount=None,
        recorded=recorded,
        verdict=UNREAD,
    )


def target_of(
    department: UUID | None, number: int, first: str = "2026", last: str | None = None
) -> TargetRange:
    """A target from the first day of a period to the last day of another."""
    end = last and parse_period(last).last_day
    return TargetRange(
        department, parse_period(first).first_day, end or None, Thresholds(target=Decimal(number))
    )


def board_of(*targets: TargetRange) -> Board:
    """A board with these targets."""
    return Board(direction=Direction.HIGHER, aggregation=Aggregation.MEAN, unit="score", targets=targets)


def test_a_department_is_held_against_its_own_target_and_others_against_the_general_one() -> None:
    board = board_of(target_of(None, 80), target_of(EAST, 90))
    assert find_thresholds(board, Key(EAST, OCTOBER)) == Thresholds(target=Decimal(90))
    assert find_thresholds(board, Key(WEST, OCTOBER)) == Thresholds(target=Decimal(80))
    assert find_thresholds(board, Key(None, OCTOBER)) == Thresholds(target=Decimal(80))
    assert find_thresholds(board_of(target_of(EAST, 90)), Key(None, OCTOBER)) is None


def test_a_target_of_a_department_that_covers_another_time_leaves_the_general_one_standing() -> None:
    board = board_of(target_of(None, 80), target_of(EAST, 90, "2026-01", "2026-09"))
    assert find_thresholds(board, Key(EAST, OCTOBER)) == Thresholds(target=Decimal(80))
    assert find_thresholds(board, Key(EAST, parse_period("2026-09"))) == Thresholds(target=Decimal(90))


@pytest.mark.parametrize(
    ("period", "covered"),
    [("2025-12", False), ("2026-01", True), ("2026-W01", True), ("2026-W14", False), ("2026-04", False)],
)
def test_a_range_covers_the_periods_whose_deciding_day_lies_in_it(period: str, covered: bool) -> None:
    target = target_of(None, 80, "2026-Q1", "2026-Q1")
    assert target.covers(parse_period(period)) is covered
    assert target._replace(last_day=None, first_day=date(1900, 1, 1)).covers(parse_period(period))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"withdrawn": True}, "The value was withdrawn."),
        ({"suppressed": True}, "The value is suppressed, to protect the people who answered."),
        ({"not_applicable": True, "note": "Closed."}, "Not applicable: Closed."),
        ({"not_applicable": True}, "Not applicable: no reason is given"),
        ({}, "No value is recorded."),
    ],
)
def test_what_is_no_number_has_no_status(fields: dict[str, Any], reason: str) -> None:
    thresholds = Thresholds(target=Decimal(1))
    assert assess_value(say(**fields), Direction.HIGHER, thresholds) == (Status.UNKNOWN, reason)


def test_a_number_is_assessed_by_its_thresholds() -> None:
    status, _ = assess_value(say(value=Decimal(2)), Direction.LOWER, Thresholds(target=Decimal(1)))
    assert status is Status.RED


@pytest.mark.parametrize(
    ("fields", "source", "same"),
    [
        ({}, Source.MANUAL, True),
        ({}, Source.IMPORTED, True),
        ({"reason": "Recounted."}, Source.MANUAL, True),
        ({"reason": "Another reason."}, Source.MANUAL, False),
        ({"value": Decimal("7.40")}, Source.MANUAL, True),
        ({"value": Decimal(8)}, Source.MANUAL, False),
        ({"note": "x"}, Source.MANUAL, False),
        ({"n": 5}, Source.MANUAL, False),
        ({"withdrawn": True}, Source.MANUAL, False),
        ({}, Source.FED, False),
    ],
)
def test_the_same_content_from_the_same_kind_of_source_is_a_repetition(
    fields: dict[str, Any], source: Source, same: bool
) -> None:
    known = state_of(say(value=Decimal("7.4"), reason="Recounted."))
    assert says_the_same(say(**{"value": Decimal("7.4")} | fields), source, known) is same


def test_nothing_repeats_an_aggregate_and_a_feed_repeats_itself() -> None:
    value = say(value=Decimal(1))
    assert not says_the_same(value, Source.FED, state_of(value, Source.AGGREGATED))
    assert says_the_same(value, Source.FED, state_of(value, Source.FED))


def test_a_withdrawn_or_aggregated_state_is_no_recorded_value() -> None:
    assert state_of(say(value=Decimal(1))).is_recorded
    assert state_of(say(not_applicable=True)).is_recorded
    assert not state_of(say(withdrawn=True)).is_recorded
    assert not state_of(say(value=Decimal(1)), Source.AGGREGATED).is_recorded
