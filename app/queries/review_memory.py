"""Facts of reviews as they were put together last, kept in this process until something changes.

In a meeting every capture makes each open screen read the review again: the first one reads, the others take
what it read. Whether that still holds is asked of the database every time, in one statement.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.changes import BEGINNING, PRIVATE_ACTIONS, Kind
from app.domain.review.canonical import write_canonical
from app.domain.review.facts import ReviewFacts
from app.models.reviews import Review

# Reviews that are not closed are few.
MOST_KEPT = 8
# What facts are made of. What leaves no event (checks, computed values) has a mark of its own.
WATCHED = (
    *(Kind.ORGANIZATION, Kind.DEPARTMENT, Kind.OWNER, Kind.GOAL, Kind.OBJECTIVE, Kind.INITIATIVE, Kind.LINK),
    *(Kind.KPI, Kind.TARGET, Kind.MEASUREMENT, Kind.ENGAGEMENT_PUSH, Kind.ENGAGEMENT_SCORE),
    *(Kind.ENGAGEMENT_SEGMENT, Kind.WAIVER, Kind.COMMITMENT, Kind.PEER_NOTE, Kind.DECISION_TYPE),
    *(Kind.DECISION, Kind.REVIEW, Kind.PARKED_ITEM),
)
# A transaction that has written sees what nobody else does, and may yet take it back.
_MARK = text("""
select pg_current_snapshot()::text as snapshot, pg_current_xact_id_if_assigned() is null as is_clean,
       o.epoch::text as epoch, (now() at time zone o.time_zone)::date::text as today,
       (select c.id::text from linkage_checks c order by c.id desc limit 1) as checked,
       (select k.computed_at::text from kpi_computations k) as computed,
       exists (select from events e
               where e.transaction >= pg_snapshot_xmin(cast(cast(:since as text) as pg_snapshot))
                 and not pg_visible_in_snapshot(e.transaction, cast(cast(:since as text) as pg_snapshot))
                 and e.kind = any(:kinds) and e.action <> all(:private)) as has_events
from organization o
""")


class _Mark(NamedTuple):
    """Where everything stands that leaves no event."""

    epoch: str
    today: str
    checked: str | None
    computed: str | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """Facts, with what they have seen of all changes."""

    snapshot: str
    mark: _Mark
    facts: ReviewFacts
    bodies: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class _Memory:
    """What is kept of one database. One at a time puts facts together; the others wait for it."""

    kept: dict[UUID, _Kept] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class _Look(NamedTuple):
    """What the database says now; `facts`: those that are kept and still hold."""

    is_clean: bool
    snapshot: str
    mark: _Mark
    facts: ReviewFacts | None


_memories: WeakKeyDictionary[Engine, _Memory] = WeakKeyDictionary()


async def recall_facts(
    session: AsyncSession, review: Review, read: Callable[[], Awaitable[ReviewFacts]]
) -> ReviewFacts:
    """The facts that are kept, if they still hold; else what `read` puts together now."""
    memory = _find_memory(session)
    look = await _look(session, memory, review.id)
    if look.facts is not None:
        return look.facts
    if not look.is_clean:
        return await read()
    async with memory.turn:
        look = await _look(session, memory, review.id)
        if look.facts is not None:
            return look.facts
        facts = await read()
        _keep(memory, review.id, _Kept(look.snapshot, look.mark, facts))
        return facts


def write_recalled(session: AsyncSession, facts: ReviewFacts) -> bytes:
    """The canonical bytes of facts: those that are kept are written once."""
    for kept in _find_memory(session).kept.values():
        if kept.facts is facts:
            if not kept.bodies:
                kept.bodies.append(write_canonical(facts))
            return kept.bodies[0]
    return write_canonical(facts)


def _find_memory(session: AsyncSession) -> _Memory:
    engine = session.get_bind().engine
    return _memories.setdefault(engine, _Memory())


async def _look(session: AsyncSession, memory: _Memory, review: UUID) -> _Look:
    kept = memory.kept.get(review)
    parameters: dict[str, Any] = {
        "since": kept.snapshot if kept else BEGINNING,
        "kinds": [kind.value for kind in WATCHED],
        "private": list(PRIVATE_ACTIONS),
    }
    row = (await session.execute(_MARK, parameters)).one()
    mark = _Mark(row.epoch, row.today, row.checked, row.computed)
    holds = kept is not None and row.is_clean and not row.has_events and kept.mark == mark
    return _Look(row.is_clean, row.snapshot, mark, kept.facts if kept and holds else None)


def _keep(memory: _Memory, review: UUID, kept: _Kept) -> None:
    memory.kept.pop(review, None)
    memory.kept[review] = kept
    while len(memory.kept) > MOST_KEPT:
        memory.kept.pop(next(iter(memory.kept)))
