"""Which values of a KPI are signals: what `control_chart` finds, with limits that a team can live with.

Limits come from all values until there are 20, then from the first 20: with fewer, locked ones would give
too many false alarms, and limits that never settle would follow every change and hide it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from app.domain.control_chart import FEWEST_VALUES, ControlChart, Value, xmr
from app.domain.periods import Period, periods_apart
from app.domain.scoring import Variation
from app.domain.states import Board, Key, State

# From so many values on the limits are firm, and stay.
FIRM_VALUES = 20


class ProcessReading(NamedTuple):
    """A series read as a process: its chart, where its limits were taken from, and what each value says.

    `locked_after`: the number of positions from whose values the limits come; None: from all of them.
    """

    chart: ControlChart
    locked_after: int | None
    variations: list[Variation | None]


def read_process(values: Sequence[Value]) -> ProcessReading:
    """Reads a series in the order of its periods, None where there is no value.

    A value is a signal where a rule of `xmr` ends, routine where none does although six values were known
    by then, else nothing: the first five of a series are too few to call routine.

    >>> read_process([5, 6, 5, 6, 5, 6, 9.9]).variations[4:]
    [None, <Variation.ROUTINE: 'routine'>, <Variation.ROUTINE: 'routine'>]
    """
    known = [index for index, value in enumerate(values) if value is not None]
    locked_after = known[FIRM_VALUES - 1] + 1 if len(known) > FIRM_VALUES else None
    chart = xmr(values) if locked_after is None else xmr(values, xmr(values[:locked_after]))
    ends = {signal.index for signal in chart.signals}
    variations: list[Variation | None] = [None] * len(values)
    for rank, index in enumerate(known):
        if index in ends:
            variations[index] = Variation.SIGNAL
        elif rank + 1 >= FEWEST_VALUES:
            variations[index] = Variation.ROUTINE
    return ProcessReading(chart, locked_after, variations)


def lay_out(series: Mapping[Period, Decimal]) -> tuple[list[Decimal | None], dict[Period, int]]:
    """The values from the first period to the last, None in the gaps, and where each period stands.

    All periods of one cadence.

    >>> from app.domain.periods import parse_period
    >>> lay_out({parse_period("2026-03"): Decimal(7), parse_period("2026-01"): Decimal(5)})[0]
    [Decimal('5'), None, Decimal('7')]
    """
    apart = {period: periods_apart(next(iter(series)), period) for period in series}
    first = min(apart.values(), default=0)
    places = {period: steps - first for period, steps in apart.items()}
    values: list[Decimal | None] = [None] * (max(places.values(), default=-1) + 1)
    for period, place in places.items():
        values[place] = series[period]
    return values, places


def list_moved_places(board: Board) -> set[UUID | None]:
    """The departments whose numbers are others than before: their whole series has to be read again."""
    moved = set()
    for key in board.before.keys() | board.states.keys():
        was, state = board.before.get(key), board.states.get(key)
        if was is not state and _read_number(was) != _read_number(state):
            moved.add(key.department)
    return moved


def decide_signals(board: Board, places: Collection[UUID | None]) -> list[int]:
    """Decides what the values of these departments say; names the rows beyond the board that say otherwise.

    They have to be put on the board, and this to be asked again. A board whose KPI is no number has none.
    """
    on_board: dict[UUID | None, list[State]] = {place: [] for place in places}
    for key, state in board.states.items():
        if key.department in on_board:
            on_board[key.department].append(state)
    beyond: list[int] = []
    for place, states in on_board.items():
        said = _read_place(board, place, states) if board.is_numeric else {}
        for state in states:
            signal = said.get(state.key.period)
            if state.signal is not signal:
                board.states[state.key] = replace(state, signal=signal)
        beyond += _list_wrong(board, place, said)
    return beyond


def _read_number(state: State | None) -> tuple[Decimal | None, Variation | None]:
    return (None, None) if state is None else (state.number, state.signal)


def _read_place(board: Board, place: UUID | None, states: Sequence[State]) -> dict[Period, Variation | None]:
    stored = board.series.get(place, {})
    series = {
        period: point.value for period, point in stored.items() if Key(place, period) not in board.before
    }
    series |= {state.key.period: state.number for state in states if state.number is not None}
    if len(series) < FEWEST_VALUES:
        return {}
    values, places = lay_out(series)
    variations = read_process(values).variations
    return {period: variations[index] for period, index in places.items()}


def _list_wrong(board: Board, place: UUID | None, said: Mapping[Period, Variation | None]) -> Iterator[int]:
    for period, point in board.series.get(place, {}).items():
        if Key(place, period) not in board.before and point.signal is not said.get(period):
            yield point.row
