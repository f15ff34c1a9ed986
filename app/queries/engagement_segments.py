"""Reading the inbox: the segments that sources sent, and which department each is."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.errors import NotFound
from app.models.engagement import EngagementSegment, SegmentFilter
from app.queries._find import find_one, list_page, read_uuid
from app.queries.engagement import lock_sources


def visible_segments(actor: Actor) -> Select[EngagementSegment]:
    """Every segment; to a key that is bound to departments, those that are mapped to them."""
    require(actor, Permission.METRICS_READ)
    statement = select(EngagementSegment)
    if actor.sees is not None:
        statement = statement.where(col(EngagementSegment.department_id).in_(actor.sees))
    return statement


async def find_segment(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.METRICS_READ,
    lock: bool = False,
) -> EngagementSegment:
    """One segment by id; its own name may repeat between sources.

    Pushes take the lock of their source before that of any segment, so the same is done here.
    """
    statement = visible_segments(actor)
    if (identity := read_uuid(reference)) is None:
        raise NotFound(f"There is no {EngagementSegment.noun} {reference}.")
    if lock:
        sources = select(col(EngagementSegment.source)).where(col(EngagementSegment.id) == identity)
        await lock_sources(session, await session.scalars(sources), shared=False)
    segment = await find_one(session, statement, EngagementSegment, reference, lock=lock)
    require(actor, to, on=Place(segment.department_id))
    return segment


async def list_segments(
    session: AsyncSession, filters: SegmentFilter, *, actor: Actor
) -> tuple[Sequence[EngagementSegment], str | None]:
    """A page of segments."""
    table, statement = EngagementSegment, visible_segments(actor)
    if filters.mapped is True:
        statement = statement.where(col(table.department_id).is_not(None))
    if filters.mapped is False:
        statement = statement.where(col(table.department_id).is_(None), col(table.ignored_at).is_(None))
    if filters.ignored is not None:
        ignored = col(table.ignored_at)
        statement = statement.where(ignored.is_not(None) if filters.ignored else ignored.is_(None))
    plain = filters.model_copy(update={"mapped": None, "ignored": None})
    return await list_page(session, statement, table, plain, actor=actor)


class SegmentCounts(NamedTuple):
    """How many segments wait in the inbox, are mapped, and are ignored."""

    waiting: int
    mapped: int
    ignored: int


async def count_segments(session: AsyncSession, *, actor: Actor) -> SegmentCounts:
    """How much waits, and how much does not."""
    department, ignored = col(EngagementSegment.department_id), col(EngagementSegment.ignored_at)
    statement = visible_segments(actor).with_only_columns(
        func.count().filter(department.is_(None), ignored.is_(None)),
        func.count().filter(department.is_not(None)),
        func.count().filter(ignored.is_not(None)),
    )
    return SegmentCounts(*(await session.execute(statement)).one())
