"""Storing what a board has become: states that end, states that begin, and an event for each of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, insert, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import BigInteger

from app.actions._audit import plain_value
from app.database import reach_driver, to_json
from app.domain.permissions import Actor
from app.domain.scoring import Source
from app.domain.settling import Changes
from app.domain.states import Board, State
from app.models.events import Event
from app.models.kpis import Kpi
from app.models.measurements import Measurement
from app.queries.boards import CONTENT

MANY = 100
# A state that begins after one that ended in the same step begins a moment later.
_MOMENT = timedelta(microseconds=1)
_END = text('update measurements set known_to = :at where "row" = any(:rows)').bindparams(
    bindparam("rows", type_=ARRAY(BigInteger))
)
# The plain tables: rows of one call become one statement, whatever is null in them.
_MEASUREMENTS: Table = Measurement.__table__  # type: ignore[attr-defined]
_EVENTS: Table = Event.__table__  # type: ignore[attr-defined]
Json = dict[str, Any]


async def write_changes(
    session: AsyncSession, kpi: Kpi, board: Board, changes: Changes, *, actor: Actor
) -> None:
    """Ends, begins and tells: three statements whatever their number."""
    if changes.ended:
        await session.execute(_END, {"at": changes.at, "rows": [state.row for state in changes.ended]})
    passing = {state.key for state in changes.passing}
    rows = [_write_row(kpi, state, changes.at, until=changes.at + _MOMENT) for state in changes.passing]
    rows += [
        _write_row(kpi, state, changes.at + _MOMENT if state.key in passing else changes.at)
        for state in changes.begun
    ]
    if rows:
        await _insert_rows(session, _MEASUREMENTS, rows)
    events = [_write_event(session, kpi, board, each, actor) for each in _tell(board, changes)]
    if events:
        await _insert_rows(session, _EVENTS, events)


async def _insert_rows(session: AsyncSession, table: Table, rows: Sequence[Json]) -> None:
    """Few rows by INSERT, many by COPY, which costs a fraction for each."""
    if len(rows) < MANY:
        await session.execute(insert(table), rows)
        return
    await session.flush()
    columns = list(rows[0])
    records = [[_write_cell(row[name]) for name in columns] for row in rows]
    driver = await reach_driver(session)
    await driver.copy_records_to_table(table.name, records=records, columns=columns)


def _write_cell(value: Any) -> Any:
    return to_json(value) if type(value) in (dict, list) else value


def _write_row(kpi: Kpi, state: State, since: datetime, *, until: datetime | None = None) -> Json:
    content, verdict = state.content, state.verdict
    return {name: getattr(content, name) for name in CONTENT} | {
        "id": state.id,
        "kpi_id": kpi.id,
        "department_id": content.department,
        "period": content.period.text,
        "first_day": content.period.first_day,
        "last_day": content.period.last_day,
        "revision": state.revision,
        "source": state.source,
        "headcount": state.headcount,
        "target": verdict.target,
        "status": verdict.status,
        "status_reason": verdict.reason,
        "trend": verdict.trend,
        "signal": state.signal,
        "recorded_by": state.recorded.by,
        "recorded_by_name": state.recorded.by_name,
        "recorded_at": state.recorded.at,
        "known_from": since,
        "known_to": until,
    }


def _tell(board: Board, changes: Changes) -> Iterable[tuple[str, State | None, State | None]]:
    """What happened, with the state before and the state after."""
    passed = {state.key: state for state in changes.passing}
    for state in changes.passing:
        yield _name_action(board.before.get(state.key), state), board.before.get(state.key), state
    for state in changes.begun:
        before = passed.get(state.key) or board.before.get(state.key)
        yield _name_action(before, state), before, state
    for state in changes.ended:
        if state.key not in board.states:
            yield "removed", state, None


def _name_action(before: State | None, after: State) -> str:
    if before is not None and before.revision == after.revision:
        return "assessed"
    if after.source is Source.AGGREGATED:
        return "aggregated"
    if after.content.withdrawn:
        return "withdrawn"
    return "created" if before is None or before.source is Source.AGGREGATED else "revised"


def _write_event(
    session: AsyncSession,
    kpi: Kpi,
    board: Board,
    told: tuple[str, State | None, State | None],
    actor: Actor,
) -> Json:
    action, before, after = told
    state = after or before
    assert state is not None  # noqa: S101  (nothing is told of nothing)
    department = state.key.department
    place = f"/{board.places[department].code}" if department else ""
    return {
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "request_id": session.info.get("request_id"),
        "kind": Measurement.noun,
        "object_id": state.id,
        "code": f"{kpi.code}/{state.key.period}{place}",
        "action": action,
        "version": state.revision,
        "department_id": department,
        "before": before and _snapshot(before),
        "after": after and _snapshot(after),
    }


def _snapshot(state: State) -> Json:
    told = {
        name: plain_value(value)
        for name in CONTENT
        if (value := getattr(state.content, name)) is not None and value is not False
    }
    return told | {
        "revision": state.revision,
        "source": state.source,
        "target": plain_value(state.verdict.target),
        "status": state.verdict.status,
        "status_reason": state.verdict.reason,
        "trend": state.verdict.trend,
        "signal": state.signal,
    }
