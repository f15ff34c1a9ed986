"""Which values of a KPI are signals: what `control_chart` finds, with limits that a team can live with.

Limits come from all values until there are 20, then from the first 20: with fewer, locked ones would give
too many false alarms, and limits that never settle would follow every change and hide it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from app.domain.control_chart import FEWEST_VALUES, ControlChart, Value, xmr
from app.domain.scoring import Unit, Variation
from app.domain.states import Board, Point, State

# From so many values on the limits are firm, and stay.
FIRM_VALUES = 20
_NATURAL_RANGES: Mapping[str, tuple[float | None, float | None]] = {
    Unit.PERCENT: (0.0, 100.0),
    Unit.RATIO: (0.0, None),
    Unit.DAYS: (0.0, None),
    Unit.COUNT: (0.0, None),
}


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


def clip_limits(chart: ControlChart, unit: str) -> tuple[float | None, float | None]:
    """Lower and upper limit as they are drawn: not where no value of this unit can be. Rules never ask this.

    >>> clip_limits(ControlChart(95, 88, 102, 9), "percent")
    (88, 100.0)
    """
    low, high = _NATURAL_RANGES.get(unit, (None, None))
    lower, upper = chart.lower, chart.upper
    if lower is not None and low is not None:
        lower = max(lower, low)
    if upper is not None and high is not None:
        upper = min(upper, high)
    return lower, upper


def lay_out(series: Mapping[int, Decimal]) -> tuple[int, list[Decimal | None]]:
    """The first position of a series, and its values from there on, None in the gaps.

    >>> lay_out({3: Decimal(7), 1: Decimal(5)})
    (1, [Decimal('5'), None, Decimal('7')])
    """
    first = min(series, default=0)
    values: list[Decimal | None] = [None] * (max(series, default=-1) - first + 1)
    for position, value in series.items():
        values[position - first] = value
    return first, values


def list_moved_places(board: Board) -> set[UUID | None]:
    """The departments whose numbers are others than before: their whole series has to be read again."""
    moved = set()
    for key in board.before.keys() | board.states.keys():
        was, state = board.before.get(key), board.states.get(key)
        if was is not state and _read_number(was) != _read_number(state):
            moved.add(key.department)
    return moved


def decide_signals(board: Board, places: Collection[UUID | None]) -> dict[UUID | None, list[int]]:
    """Decides what the values of these departments say; names the rows beyond the board that say otherwise.

    They have to be put on the board, and this to be asked again. A board whose KPI is no number has none.
    """
    replaced: dict[UUID | None, set[int]] = {place: set() for place in places}
    for key in board.before:
        if key.department in replaced:
            replaced[key.department].add(key.period.position)
    on_board: dict[UUID | None, dict[int, State]] = {place: {} for place in places}
    for key, state in board.states.items():
        if key.department in on_board:
            on_board[key.department][key.period.position] = state
    wrong = {}
    for place, states in on_board.items():
        stored = board.series.get(place, {})
        beyond = {position: stored[position] for position in stored if position not in replaced[place]}
        wrong[place] = _decide_place(board, states, beyond)
    return {place: rows for place, rows in wrong.items() if rows}


def _read_number(state: State | None) -> tuple[Decimal | None, Variation | None]:
    return (None, None) if state is None else (state.number, state.signal)


def _decide_place(board: Board, states: Mapping[int, State], beyond: Mapping[int, Point]) -> list[int]:
    said = _read_place(states, beyond) if board.is_numeric else {}
    for position, state in states.items():
        if state.signal is not said.get(position):
            board.states[state.key] = replace(state, signal=said.get(position))
    return [point.row for position, point in beyond.items() if point.signal is not said.get(position)]


def _read_place(states: Mapping[int, State], beyond: Mapping[int, Point]) -> dict[int, Variation | None]:
    series = {position: point.value for position, point in beyond.items()}
    series |= {position: state.number for position, state in states.items() if state.number is not None}
    if len(series) < FEWEST_VALUES:
        return {}
    first, values = lay_out(series)
    return dict(enumerate(read_process(values).variations, first))
