"""The one path by which values enter: typed, fed, computed and imported ones, and all that follows from them.

Every step holds the lock of its KPI, so that revisions never collide; whoever writes values of several
KPIs takes them in the order of their ids. Whether an actor may write does not live here.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._states import write_changes
from app.domain.measurements import needs_note
from app.domain.period_locks import PeriodLock, find_lock_fault
from app.domain.periods import BadPeriod, Period
from app.domain.permissions import Actor
from app.domain.reviews import reviewing_month
from app.domain.scoring import Aggregation, Source
from app.domain.settling import Changes, Writer, compare_states, place_value, renew_awaited, settle_board
from app.domain.signals import decide_signals, list_moved_places
from app.domain.states import (
    TYPED,
    Board,
    NewValue,
    Recorded,
    Result,
    State,
    assess_value,
    find_thresholds,
    says_the_same,
)
from app.errors import Fault
from app.models.base import new_id
from app.models.kpis import Kpi
from app.queries.boards import (
    list_aggregated_kpis,
    lock_aggregated_kpis,
    read_board,
    read_clock,
    read_series,
    read_states_beyond,
)
from app.queries.period_locks import read_period_lock

_NOTE_REQUIRED = Fault("/note", "note_required", "A red value needs a note that says why.")
_REASON_REQUIRED = Fault(
    "/reason",
    "reason_required",
    "This value is computed from records: a typed one stands against it and needs a reason.",
)
_TICK = timedelta(microseconds=1)


class Outcome(NamedTuple):
    """What became of one value; the measurement as it now stands, or the fault that kept the value out."""

    result: Result
    measurement: State | None
    fault: Fault | None = None


async def record_values(
    session: AsyncSession, kpi: Kpi, items: Sequence[NewValue], *, actor: Actor, source: Source
) -> list[Outcome]:
    """Stores values of one KPI, at most one per department and period, and answers each in its place.

    A typed red value without a note is rejected with its fault, and so is what is typed or imported into a
    period that a closed review locks; the caller who wants all or nothing raises. The number of statements
    does not depend on the number of items.
    """
    at = await lock_kpi(session, kpi)
    touched = {item.period for item in items}
    lock = await _read_lock(session, touched, source, actor)
    has_places = any(item.department for item in items)
    board = await read_board(session, kpi, _with_neighbours(touched), places=has_places)
    if is_whole := source is not Source.COMPUTED and _changes_awaited(board, items):
        board = await read_board(session, kpi)
        touched |= {key.period for key in board.states}
    writer = Writer(Recorded(actor.id, actor.name, _after(at, board)), source)
    results = [_place_item(board, item, writer, lock) for item in items]
    if any(result in (Result.CREATED, Result.REVISED) for result, _ in results):
        if is_whole:
            renew_awaited(board)
        periods = touched | {following for period in touched if (following := _step(period, 1))}
        changes = settle_board(board, periods, at=writer.recorded.at, ids=iter(new_id, None))
        await _settle_signals(session, kpi, board, changes)
        await write_changes(session, kpi, board, changes, actor=actor)
    return [
        Outcome(result, board.states.get(item.key), fault)
        for item, (result, fault) in zip(items, results, strict=True)
    ]


async def reassess(session: AsyncSession, kpi: Kpi, *, actor: Actor) -> None:
    """Decides the whole KPI again: its definition, a target or the tree has changed."""
    at = await lock_kpi(session, kpi)
    board = await read_board(session, kpi)
    periods = {key.period for key in board.states}
    changes = settle_board(board, periods, at=_after(at, board), ids=iter(new_id, None))
    decide_signals(board, {key.department for key in board.states})
    compare_states(board, changes)
    await write_changes(session, kpi, board, changes, actor=actor)


async def refresh_tree(session: AsyncSession, *, actor: Actor) -> None:
    """Makes the aggregates of every KPI again: departments moved, or are not awaited any more."""
    await lock_aggregated_kpis(session)
    for kpi in await list_aggregated_kpis(session):
        await reassess(session, kpi, actor=actor)


async def lock_kpi(session: AsyncSession, kpi: Kpi) -> datetime:
    """Waits for every other writer of the KPI, reads its definition again, and tells the time after that."""
    await session.refresh(kpi, with_for_update={"key_share": True})
    return await read_clock(session)


async def _settle_signals(session: AsyncSession, kpi: Kpi, board: Board, changes: Changes) -> None:
    """Reads the whole series of what moved: one statement, and one more where older ones say otherwise."""
    places = list_moved_places(board)
    if not places:
        return
    await read_series(session, kpi, board, places)
    if wrong := decide_signals(board, places):
        await read_states_beyond(session, board, [row for rows in wrong.values() for row in rows])
        decide_signals(board, wrong)
    compare_states(board, changes)


async def _read_lock(
    session: AsyncSession, periods: Iterable[Period], source: Source, actor: Actor
) -> PeriodLock:
    if source not in TYPED:
        return PeriodLock()
    return await read_period_lock(session, {reviewing_month(each.last_day) for each in periods}, actor=actor)


def _place_item(
    board: Board, item: NewValue, writer: Writer, lock: PeriodLock
) -> tuple[Result, Fault | None]:
    key = item.key
    current = board.states.get(key)
    recorded = current if current is not None and current.source is not Source.AGGREGATED else None
    if recorded and says_the_same(item, writer.source, recorded):
        return Result.UNCHANGED, None
    if recorded and recorded.is_recorded and recorded.source in TYPED and writer.source not in TYPED:
        return Result.OVERRIDDEN, None
    if locked := find_lock_fault(lock, item, writer.source):
        return Result.REJECTED, locked
    if recorded and recorded.source is Source.COMPUTED and writer.source in TYPED and not item.reason:
        return Result.REJECTED, _REASON_REQUIRED
    if writer.source is Source.MANUAL:
        status, _ = assess_value(item, board.direction, find_thresholds(board, key))
        if needs_note(status, item.note, source=writer.source):
            return Result.REJECTED, _NOTE_REQUIRED
    place_value(board, item, writer, new_id=new_id())
    return (Result.REVISED if recorded else Result.CREATED), None


def _changes_awaited(board: Board, items: Iterable[NewValue]) -> bool:
    """Whether these values may make a department awaited in every period, or end that."""
    if not board.awaits_all or board.aggregation is Aggregation.NONE:
        return False
    told = [item for item in items if item.department]
    return any(item.withdrawn or not board.places[item.department].is_awaited for item in told)  # type: ignore[index]


def _with_neighbours(periods: Iterable[Period]) -> set[Period]:
    """The periods with those before, which decide their trends, and those after, whose trends they decide."""
    wide = {period: (_step(period, -1), period, _step(period, 1)) for period in periods}
    return {each for around in wide.values() for each in around if each}


def _step(period: Period, n: int) -> Period | None:
    try:
        return period.next(n)
    except BadPeriod:
        return None


def _after(at: datetime, board: Board) -> datetime:
    """The time of a change: never before that of what it changes, even if the clock was set back."""
    latest = (state.known_from + _TICK for state in board.before.values() if state.known_from)
    return max((at, *latest))
