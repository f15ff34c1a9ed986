"""What new values, targets or a changed tree make of a board: revisions, aggregates, statuses and trends.

Pure: the board that comes in holds the current states, the one that is left holds those to be. Which
periods have to be settled again is the caller's knowledge.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from app.domain.aggregation import Recorded as Part
from app.domain.aggregation import aggregate, aggregation_reason, count_missing, nearest_recorded
from app.domain.periods import BadPeriod, Period
from app.domain.scoring import Aggregation, Source, Status, Unit, trend
from app.domain.states import (
    Board,
    Key,
    NewValue,
    Recorded,
    State,
    Verdict,
    assess_value,
    find_thresholds,
    says_the_same,
)

UNREAD = Verdict(None, Status.UNKNOWN, "", None)
_HUNDRED = Decimal(100)


class Writer(NamedTuple):
    """Who writes values and when, and how they came about."""

    recorded: Recorded
    source: Source


@dataclass(slots=True)
class Changes:
    """What has to be stored, as of one moment: states that end, and states that begin.

    `passing` begin and end at once: a withdrawn value whose place is an aggregate again.
    """

    at: datetime
    ended: list[State] = field(default_factory=list)
    passing: list[State] = field(default_factory=list)
    begun: list[State] = field(default_factory=list)


def place_value(board: Board, value: NewValue, writer: Writer, *, new_id: UUID) -> bool:
    """Puts a value on the board as the next revision. False: it repeats what is there, nothing changes."""
    key = value.key
    current = board.states.get(key)
    if current is not None and says_the_same(value, writer.source, current):
        return False
    identity, revision = _next_revision(board, key, new_id)
    board.states[key] = State(
        id=identity,
        revision=revision,
        content=value,
        source=writer.source,
        headcount=_headcount_of(board, key, current),
        recorded=writer.recorded,
        verdict=UNREAD,
    )
    return True


def renew_awaited(board: Board) -> None:
    """Awaits values from the departments that have one: for a whole board whose KPI names no department."""
    told = {key.department for key, state in board.states.items() if state.is_awaited_again}
    for department, place in board.places.items():
        board.places[department] = place._replace(is_awaited=place.is_open and department in told)


def settle_board(board: Board, periods: Iterable[Period], *, at: datetime, ids: Iterator[UUID]) -> Changes:
    """Renews aggregates, statuses and trends of these periods, and says what has changed.

    Periods are settled in their order, because a trend looks back at the period before. `ids` names new
    aggregates, which carry the time `at`.
    """
    changes = Changes(at)
    board.covering.clear()
    by_period = _group_by_period(board.states)
    for period in sorted(set(periods)):
        notes = _renew_aggregates(board, period, by_period, changes=changes, ids=ids)
        for key in by_period.get(period, ()):
            board.states[key] = read_state(board, key, board.states[key], notes.get(key))
    compare_states(board, changes)
    return changes


def compare_states(board: Board, changes: Changes) -> None:
    """Says anew what ends and what begins, from the states as they were and as they shall be."""
    before, after = board.before, board.states
    changes.ended = [state for key, state in before.items() if after.get(key) is not state]
    changes.begun = [state for key, state in after.items() if before.get(key) is not state]


def read_state(board: Board, key: Key, state: State, made_of: str | None = None) -> State:
    """The state with its verdict: by the target of its department, against the value one period before."""
    thresholds = find_thresholds(board, key)
    status, reason = assess_value(state.content, board.direction, thresholds)
    verdict = Verdict(
        target=None if thresholds is None else thresholds.target,
        status=status,
        reason=f"{reason} {made_of}" if made_of else reason,
        trend=trend(_previous_value(board, key), state.content.value),
    )
    return state if verdict == state.verdict else replace(state, verdict=verdict)


def _previous_value(board: Board, key: Key) -> Decimal | None:
    try:
        previous = board.states.get(Key(key.department, key.period.previous()))
    except BadPeriod:
        return None
    return None if previous is None else previous.content.value


def _next_revision(board: Board, key: Key, new_id: UUID) -> tuple[UUID, int]:
    current = board.states.get(key)
    if current is not None:
        return current.id, current.revision + 1
    identity, revision = board.ended.get(key, (new_id, 0))
    return identity, revision + 1


def _headcount_of(board: Board, key: Key, current: State | None) -> int | None:
    """A correction keeps the headcount of the first telling, so that it changes the value alone."""
    if current is not None and current.headcount is not None:
        return current.headcount
    place = None if key.department is None else board.places.get(key.department)
    return None if place is None else place.headcount


def _group_by_period(states: Iterable[Key]) -> dict[Period, list[Key]]:
    by_period: dict[Period, list[Key]] = {}
    for key in states:
        by_period.setdefault(key.period, []).append(key)
    return by_period


def _renew_aggregates(
    board: Board,
    period: Period,
    by_period: dict[Period, list[Key]],
    *,
    changes: Changes,
    ids: Iterator[UUID],
) -> dict[Key, str]:
    """Makes and ends the aggregates of a period; says what each is made of."""
    keys = by_period.setdefault(period, [])
    made = _aggregate_places(board, [board.states[key] for key in keys], period)
    for key in [key for key in keys if board.states[key].source is Source.AGGREGATED and key not in made]:
        state = board.states.pop(key)
        board.ended[key] = (state.id, state.revision)
        keys.remove(key)
    for key, (value, _) in made.items():
        current = board.states.get(key)
        if current is None:
            keys.append(key)
        elif current.source is Source.AGGREGATED and current.content == value:
            continue
        elif board.before.get(key) is not current:
            changes.passing.append(read_state(board, key, current))
        identity, revision = _next_revision(board, key, next(ids))
        board.states[key] = State(
            id=identity,
            revision=revision,
            content=value,
            source=Source.AGGREGATED,
            headcount=None,
            recorded=Recorded(None, None, changes.at),
            verdict=UNREAD,
        )
    return {key: note for key, (_, note) in made.items()}


def _aggregate_places(
    board: Board, states: Collection[State], period: Period
) -> dict[Key, tuple[NewValue, str]]:
    """The aggregate of each place without a word of its own, and what it is made of."""
    if board.aggregation is Aggregation.NONE or not board.places:
        return {}
    own = {state.key.department: state for state in states if state.is_recorded}
    parts = {department: state for department, state in own.items() if not state.content.not_applicable}
    if not parts.keys() - {None}:
        return {}
    parents = {department: place.parent for department, place in board.places.items()}
    awaited = [department for department, place in board.places.items() if place.is_awaited]
    missing = count_missing(parents, parts, awaited=awaited)
    scale = _HUNDRED if board.unit == Unit.PERCENT else Decimal(1)
    made: dict[Key, tuple[NewValue, str]] = {}
    for place, departments in nearest_recorded(parents, parts).items():
        if place in own:
            continue
        result = aggregate(
            [_as_part(parts[department]) for department in departments], board.aggregation, scale=scale
        )
        if result is None:
            continue
        value = NewValue(
            department=place,
            period=period,
            value=result.value,
            numerator=result.numerator,
            denominator=result.denominator,
        )
        awaited_here = len(departments) + missing[place]
        made[value.key] = (value, aggregation_reason(board.aggregation, result.n_recorded, m=awaited_here))
    return made


def _as_part(state: State) -> Part:
    content = state.content
    value = None if content.suppressed else content.value
    return Part(state.key.department, value, content.numerator, content.denominator, state.headcount)
