"""Reading what decides about the measurements of one KPI: their current states, its targets, today's tree."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, TEXT, BigInteger, Uuid, any_, bindparam, exists, func, literal, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.periods import Period, parse_period, read_position
from app.domain.scoring import Aggregation, KpiKind, Source, Status, Thresholds, Trend, Variation
from app.domain.states import Board, Key, NewValue, Place, Point, Recorded, State, TargetRange, Verdict
from app.models.kpis import Kpi
from app.models.measurements import Measurement
from app.models.targets import Target

CONTENT = tuple(field.name for field in fields(NewValue) if field.name not in ("department", "period"))
_VARIATIONS: dict[str | None, Variation | None] = {None: None, **{each.value: each for each in Variation}}
_THRESHOLDS = tuple(field.name for field in fields(Thresholds))

# A department is awaited as `due_departments` says; whether it ever had a value is looked up only then.
# What is closed or archived is not awaited any more.
_PLACES = text("""
with listed as (select department_id from kpi_departments where kpi_id = :kpi)
select d.id, d.code, d.parent_id, d.headcount,
       d.active and d.archived_at is null as is_open,
       not exists (select from listed) and cast(:home as uuid) is null as awaits_all,
       d.active and d.archived_at is null and
       case when exists (select from listed) then d.id in (select department_id from listed)
            when cast(:home as uuid) is not null then d.id = :home
            else exists (select from measurements m where m.kpi_id = :kpi and m.department_id = d.id
                         and m.known_to is null and not m.withdrawn
                         and m.source not in ('aggregated', 'computed'))
       end as is_awaited
from departments d
""")


_SERIES = text("""
select department_id, array_agg(period), array_agg(value), array_agg(signal), array_agg("row")
from measurements
where kpi_id = :kpi and known_to is null and value is not null and not suppressed
  and (department_id = any(:places) or cast(:whole as boolean) and department_id is null)
group by department_id
""").bindparams(bindparam("places", type_=ARRAY(Uuid)))


async def read_clock(session: AsyncSession) -> datetime:
    """The time now, not that of the transaction's start: after a lock it follows what it waited for."""
    now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return now


async def read_board(
    session: AsyncSession, kpi: Kpi, periods: Collection[Period] | None = None, *, places: bool = True
) -> Board:
    """The board of a KPI: of some periods, or of all. Three statements whatever its size.

    `places` says whether departments matter even if no state is of one.
    """
    board = Board(
        direction=kpi.direction,
        aggregation=kpi.aggregation,
        unit=kpi.unit,
        is_numeric=kpi.kind is KpiKind.NUMERIC,
    )
    await _read_states(session, kpi, board, periods)
    board.before = dict(board.states)
    board.targets = await read_targets(session, kpi.id)
    if places or any(key.department for key in board.states):
        await _read_places(session, kpi, board)
    return board


async def read_series(session: AsyncSession, kpi: Kpi, board: Board, places: Collection[UUID | None]) -> None:
    """Puts the stored numbers of these departments on the board: a row for each, however long it is."""
    found = await session.execute(
        _SERIES, {"kpi": kpi.id, "places": [place for place in places if place], "whole": None in places}
    )
    for row in found:
        board.series[row.department_id] = {
            read_position(period): Point(value, _VARIATIONS[signal], number)
            for period, value, signal, number in zip(*row[1:], strict=True)
        }


async def read_states_beyond(session: AsyncSession, board: Board, rows: Collection[int]) -> None:
    """Puts stored states of other periods on the board."""
    table = Measurement.__table__  # type: ignore[attr-defined]
    wanted = select(table).where(table.c.row == any_(literal(list(rows), ARRAY(BigInteger))))
    for row in await session.execute(wanted):
        key = Key(row.department_id, parse_period(row.period))
        board.before[key] = board.states[key] = read_state_row(row, key)


async def read_targets(session: AsyncSession, kpi_id: UUID) -> list[TargetRange]:
    """The live targets of a KPI."""
    live = select(Target).where(col(Target.kpi_id) == kpi_id, col(Target.archived_at).is_(None))
    rows = await session.scalars(live.order_by(col(Target.first_day)))
    return [TargetRange(row.department_id, row.first_day, row.last_day, read_thresholds(row)) for row in rows]


def read_thresholds(row: Any) -> Thresholds:
    """The thresholds in a row or an input."""
    return Thresholds(**{name: getattr(row, name) for name in _THRESHOLDS})


async def lock_aggregated_kpis(session: AsyncSession) -> None:
    """Waits for the values that are being written, so that the next look at the KPIs sees them."""
    locked = select(col(Kpi.id)).where(col(Kpi.aggregation) != Aggregation.NONE).order_by(col(Kpi.id))
    await session.execute(locked.with_for_update(key_share=True))


async def list_aggregated_kpis(session: AsyncSession) -> Sequence[Kpi]:
    """The KPIs whose numbers depend on the tree, in the order in which they are locked."""
    has_parts = exists().where(
        col(Measurement.kpi_id) == col(Kpi.id),
        col(Measurement.department_id).is_not(None),
        col(Measurement.known_to).is_(None),
    )
    kpis = select(Kpi).where(col(Kpi.aggregation) != Aggregation.NONE, has_parts)
    return (await session.scalars(kpis.order_by(col(Kpi.id)))).all()


async def _read_places(session: AsyncSession, kpi: Kpi, board: Board) -> None:
    rows = await session.execute(_PLACES, {"kpi": kpi.id, "home": kpi.department_id})
    for row in rows:
        board.places[row.id] = Place(row.code, row.parent_id, row.headcount, row.is_awaited, row.is_open)
        board.awaits_all = row.awaits_all


async def _read_states(
    session: AsyncSession, kpi: Kpi, board: Board, periods: Collection[Period] | None
) -> None:
    table = Measurement.__table__  # type: ignore[attr-defined]
    latest = select(table).ext(distinct_on(table.c.period, table.c.department_id))
    latest = latest.where(table.c.kpi_id == kpi.id)
    if periods is not None:
        texts = literal([period.text for period in periods], ARRAY(TEXT))
        latest = latest.where(table.c.period == any_(texts))
    order = (table.c.period, table.c.department_id, table.c.known_from.desc(), table.c.row.desc())
    for row in await session.execute(latest.order_by(*order)):
        key = Key(row.department_id, parse_period(row.period))
        if row.known_to is None:
            board.states[key] = read_state_row(row, key)
        else:
            board.ended[key] = (row.id, row.revision)


def read_state_row(row: Any, key: Key) -> State:
    """A stored state."""
    content = {name: getattr(row, name) for name in CONTENT}
    return State(
        id=row.id,
        revision=row.revision,
        content=NewValue(department=key.department, period=key.period, **content),
        source=Source(row.source),
        headcount=row.headcount,
        recorded=Recorded(row.recorded_by, row.recorded_by_name, row.recorded_at),
        verdict=Verdict(
            row.target, Status(row.status), row.status_reason, None if row.trend is None else Trend(row.trend)
        ),
        signal=None if row.signal is None else Variation(row.signal),
        row=row.row,
        known_from=row.known_from,
    )
