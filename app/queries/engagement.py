"""Reading what a push of engagement scores depends on: departments, known segments, the minimum group."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, TEXT, ColumnElement, any_, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.codes import code_key
from app.domain.engagement import DEFAULT_MINIMUM_GROUP
from app.domain.permissions import Actor
from app.models.departments import Department
from app.models.engagement import EngagementSegment
from app.queries._find import read_uuid

_LOCK_SOURCE = "select pg_advisory_xact_lock{shared}(hashtextextended('engagement source ' || :source, 0))"


_GROUPING = text("""
select (select minimum_group from organization) as minimum,
       exists (select from departments where parent_id is not null) as is_nested
""")


class Grouping(NamedTuple):
    """The smallest group whose value is kept, and whether any department lies within another."""

    minimum: int
    is_nested: bool


class KnownSegment(NamedTuple):
    """A segment that its source has sent before."""

    department: UUID | None
    name: str | None
    seen_today: bool


def _any(texts: list[str]) -> ColumnElement[Any]:
    """One parameter for any number of texts."""
    return any_(literal(texts, ARRAY(TEXT)))


async def lock_sources(session: AsyncSession, sources: Iterable[str], *, shared: bool) -> None:
    """Keeps pushes (shared) and changes of the segments' departments apart until the transaction ends.

    Without it a score could arrive for a segment while that is being mapped, and stay unmapped.
    """
    statement = text(_LOCK_SOURCE.format(shared="_shared" if shared else ""))
    for source in sorted(sources):
        await session.execute(statement, {"source": source})


async def find_grouping(session: AsyncSession) -> Grouping:
    """What decides about the values of small groups."""
    row = (await session.execute(_GROUPING)).one()
    return Grouping(DEFAULT_MINIMUM_GROUP if row.minimum is None else row.minimum, row.is_nested)


async def find_named_departments(
    session: AsyncSession, names: Collection[str], *, actor: Actor
) -> dict[str, str | None]:
    """Folded code or id → id of each named department that the actor may write to.

    The rows are kept from being deleted until the transaction ends.
    """
    if not names:
        return {}
    ids = [identity for identity in map(read_uuid, names) if identity]
    codes = [code_key(name) for name in names]
    statement = (
        select(col(Department.id), col(Department.code))
        .where(col(Department.id).in_(ids) | (func.lower(Department.code) == _any(codes)))
        .with_for_update(key_share=True, read=True)
    )
    reachable: dict[str, str | None] = {}
    for identity, code in await session.execute(statement):
        if actor.writes is None or identity in actor.writes:
            reachable[code_key(code)] = reachable[str(identity)] = str(identity)
    return reachable


async def find_known_segments(
    session: AsyncSession, source: str, segments: Collection[str]
) -> dict[str, KnownSegment]:
    """The segments of a source that are known already."""
    if not segments:
        return {}
    statement = select(
        col(EngagementSegment.segment),
        col(EngagementSegment.department_id),
        col(EngagementSegment.name),
        col(EngagementSegment.last_seen_at) >= func.date_trunc("day", func.now()),
    ).where(
        col(EngagementSegment.source) == source,
        col(EngagementSegment.segment) == _any(list(segments)),
    )
    return {row[0]: KnownSegment(*row[1:]) for row in await session.execute(statement)}
