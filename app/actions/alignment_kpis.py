"""Computing the alignment KPIs from records, and keeping what comes out as measurements and level figures.

Who asks for it and when is elsewhere. What a figure is made of is in `domain.alignment_kpis`, which periods a
changed record can touch in `domain.recomputing`.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import record_values
from app.actions._write import take_lock
from app.domain.alignment_kpis.compute import compute_figures
from app.domain.alignment_kpis.figures import AlignmentKpi, Figure
from app.domain.alignment_kpis.rows import AlignmentRows
from app.domain.computed_values import write_computed, write_level
from app.domain.periods import Period
from app.domain.permissions import Actor, ActorKind, Permission, require
from app.domain.recomputing import Dirty, find_dirty, find_starts, list_awaited
from app.domain.scoring import Source
from app.domain.states import TYPED, Key, NewValue, State, says_the_same
from app.domain.words import Level
from app.models.alignment_kpis import KpiComputation, LevelFigure
from app.models.kpis import Kpi
from app.queries.alignment_kpis import (
    Moment,
    find_first_computed_day,
    find_first_day,
    find_last_computation,
    list_computed_kpis,
    list_record_news,
    list_told_periods,
    read_alignment_rows,
    read_computed_states,
    read_level_figures,
    read_moment,
)

# In whose name computed values stand in the history.
COMPUTING = Actor(
    id=UUID(int=1),
    kind=ActorKind.SYSTEM,
    name="Coxswain",
    permissions=frozenset(Permission),
)
# The new day, the next minute and every write ask whether there is anything to do: one at a time does it.
_LOCK = "alignment_kpis"


@dataclass(slots=True)
class Work:
    """What one run has to look at, and what it found."""

    kpis: Mapping[AlignmentKpi, Kpi]
    dirty: Dirty
    # The periods of which the whole organization hears something, if only that there is nothing to say.
    awaited: Mapping[AlignmentKpi, set[Period]]
    figures: dict[tuple[AlignmentKpi, Period], list[Figure]] = field(default_factory=dict)

    @property
    def ids(self) -> list[UUID]:
        """The KPIs that are touched at all."""
        return [self.kpis[kpi].id for kpi in {kpi for kpi, _ in self.dirty.pairs}]

    @property
    def periods(self) -> list[Period]:
        """The periods that are touched at all."""
        return sorted({period for _, period in self.dirty.pairs}, key=lambda period: period.text)


async def compute_alignment_kpis(
    session: AsyncSession, *, actor: Actor, always: bool = False
) -> KpiComputation:
    """Computes what records have changed since the last time, and what a new day changes by itself.

    With `always` everything is computed again. Only what comes out differently is stored, as a revision that
    names the records behind it. One run at a time, whatever the number of processes: whoever waited finds
    the work done.
    """
    require(actor, Permission.METRICS_READ)
    await take_lock(session, _LOCK)
    moment = await read_moment(session)
    last = await find_last_computation(session)
    news = await list_record_news(session, last) if last else []
    if last and not news and last.today == moment.today and not always:
        return last
    kpis = await list_computed_kpis(session)
    rows = await read_alignment_rows(session, zone=moment.zone)
    days = (find_first_day(rows), await find_first_computed_day(session, [kpi.id for kpi in kpis.values()]))
    dirty = find_dirty(
        news,
        {kpi: row.cadence for kpi, row in kpis.items()},
        first_day=min((day for day in days if day), default=moment.today),
        today=moment.today,
        last_today=last.today if last and not always else None,
    )
    work = Work(kpis, dirty, _list_all_awaited(kpis, rows, moment.today))
    told = await list_told_periods(session, [kpi.id for kpi in kpis.values()])
    for code, periods in work.awaited.items():
        dirty.add(code, (each for each in periods if (kpis[code].id, each.text) not in told))
    # Seconds of arithmetic, the first time: the event loop serves others meanwhile.
    work.figures = await asyncio.to_thread(_compute_dirty, rows, dirty, moment.today)
    written = await _store_values(session, work) + await _store_levels(session, work, moment)
    return await _note_computation(session, last, moment, pairs=len(dirty.pairs), written=written)


def _list_all_awaited(
    kpis: Mapping[AlignmentKpi, Kpi], rows: AlignmentRows, today: date
) -> dict[AlignmentKpi, set[Period]]:
    starts = find_starts(rows)
    return {code: set(list_awaited(starts.get(code), kpi.cadence, today=today)) for code, kpi in kpis.items()}


def _compute_dirty(
    rows: AlignmentRows, dirty: Dirty, today: date
) -> dict[tuple[AlignmentKpi, Period], list[Figure]]:
    wanted: dict[Period, set[AlignmentKpi]] = {}
    for kpi, period in dirty.pairs:
        wanted.setdefault(period, set()).add(kpi)
    found: dict[tuple[AlignmentKpi, Period], list[Figure]] = {pair: [] for pair in dirty.pairs}
    for period, kpis in wanted.items():
        for figure in compute_figures(rows, period, today, kpis=kpis):
            found[figure.kpi, period].append(figure)
    return found


async def _store_values(session: AsyncSession, work: Work) -> int:
    """Brings the measurements of each KPI to what was computed; says how many changed."""
    stored = await read_computed_states(session, work.ids, work.periods)
    written = 0
    # In the order of their ids, as everybody does who writes values of several KPIs.
    for code, kpi in work.kpis.items():
        items = list(_list_changes(code, work, stored.get(kpi.id, {})))
        if items:
            await record_values(session, kpi, items, actor=COMPUTING, source=Source.COMPUTED)
        written += len(items)
    return written


def _list_changes(code: AlignmentKpi, work: Work, stored: Mapping[Key, State]) -> Iterable[NewValue]:
    """What differs from what stands: new and other values, and what no record speaks for any more."""
    for (kpi, period), figures in work.figures.items():
        if kpi is code:
            why = work.dirty.say_why(kpi, period)
            told = _tell_values(figures, period, is_awaited=period in work.awaited[kpi])
            yield from _list_told(told, stored, why)
            for key, state in stored.items():
                if key.period == period and key not in told and _is_obsolete(state):
                    gone = NewValue(department=key.department, period=period, withdrawn=True)
                    yield replace(gone, reason=why or "No record speaks for it any more.")


def _tell_values(figures: Iterable[Figure], period: Period, *, is_awaited: bool) -> dict[Key, NewValue]:
    told = {}
    for each in figures:
        department: Any = each.scope.department
        waits = is_awaited and department is None
        value = write_computed(each, department=department, period=period, is_awaited=waits)
        if each.scope.level is None and value is not None:
            told[value.key] = value
    return told


def _list_told(
    told: Mapping[Key, NewValue], stored: Mapping[Key, State], why: str | None
) -> Iterable[NewValue]:
    for key, value in told.items():
        state = stored.get(key)
        if state is None:
            yield value
        # A typed value stands until it is withdrawn.
        elif not (state.source in TYPED and state.is_recorded) and _differs(value, state):
            yield replace(value, reason=why)


def _differs(value: NewValue, state: State) -> bool:
    """Is it another value, whatever the reason of the last revision was?"""
    return not says_the_same(value, Source.COMPUTED, state)


def _is_obsolete(state: State) -> bool:
    return state.source is Source.COMPUTED and not state.content.withdrawn


async def _store_levels(session: AsyncSession, work: Work, moment: Moment) -> int:
    """Brings the figures of levels to what was computed, in place; says how many changed."""
    if not work.figures:
        return 0
    stored = {
        (row.kpi_id, row.period, row.level): row
        for row in await read_level_figures(session, work.ids, work.periods)
    }
    touched = {(work.kpis[kpi].id, period.text) for kpi, period in work.figures}
    standing = {key for key in stored if key[:2] in touched}
    written = 0
    for (kpi, period), figures in work.figures.items():
        for figure in figures:
            level = figure.scope.level
            columns = write_level(figure) if level else None
            if level is None or columns is None:
                continue
            key = (work.kpis[kpi].id, period.text, Level(level))
            standing.discard(key)
            written += _keep_level(
                session, stored.get(key), key, period, columns | {"computed_at": moment.at}
            )
    gone = [stored[key].id for key in standing]
    if gone:
        await session.execute(delete(LevelFigure).where(col(LevelFigure.id).in_(gone)))
    await session.flush()
    return written + len(gone)


def _keep_level(
    session: AsyncSession,
    row: LevelFigure | None,
    key: tuple[UUID, str, Level],
    period: Period,
    columns: Mapping[str, Any],
) -> bool:
    if row is None:
        named = {"kpi_id": key[0], "period": key[1], "level": key[2]}
        days = {"first_day": period.first_day, "last_day": period.last_day}
        session.add(LevelFigure.model_validate(named | days | dict(columns)))
        return True
    if all(getattr(row, name) == value for name, value in columns.items() if name != "computed_at"):
        return False
    for name, value in columns.items():
        setattr(row, name, value)
    return True


async def _note_computation(
    session: AsyncSession, last: KpiComputation | None, moment: Moment, *, pairs: int, written: int
) -> KpiComputation:
    row = last or KpiComputation(today=moment.today, snapshot=moment.snapshot)
    row.computed_at, row.today, row.snapshot = moment.at, moment.today, moment.snapshot
    row.pairs, row.written = pairs, written
    session.add(row)
    await session.flush()
    return row
