"""The scores that stand beside each other: of one source, survey, round, metric and period."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('engagement rounds ' || :source, 0))")
_TREE = text("select id, parent_id from departments where parent_id is not null")
_ROUNDS = text("""
select array_agg(s.id), array_agg(s.department_id), array_agg(s.respondents), array_agg(s.withheld), s.metric,
       s.period
from unnest(cast(:sources as text[]), cast(:surveys as text[]), cast(:rounds as text[]),
            cast(:metrics as text[]), cast(:periods as text[])) as w (source, survey, round, metric, period)
join engagement_scores s using (source, survey, round, metric, period)
where s.department_id is not null
group by s.source, s.survey, s.round, s.metric, s.period
""")


class RoundKey(NamedTuple):
    """What scores have in common that stand beside each other; empty text for no survey or round."""

    source: str
    survey: str
    round: str
    metric: str
    period: str


class RoundScores(NamedTuple):
    """The scores of one round that have a department, side by side."""

    ids: list[UUID]
    departments: list[UUID]
    respondents: list[int | None]
    withheld: list[bool]
    metric: str
    period: str


async def lock_rounds(session: AsyncSession, sources: Collection[str]) -> None:
    """Lets one transaction at a time decide which scores of a source stand beside each other.

    Two pushes that each saw the half of a round would both find it safe.
    """
    for source in sorted(sources):
        await session.execute(_LOCK, {"source": source})


async def read_nesting(session: AsyncSession) -> dict[UUID, UUID]:
    """The department above each that has one."""
    return {row[0]: row[1] for row in await session.execute(_TREE)}


async def list_rounds(session: AsyncSession, keys: Collection[RoundKey]) -> list[RoundScores]:
    """The scores of these rounds."""
    columns = zip(*keys, strict=True)
    names = ("sources", "surveys", "rounds", "metrics", "periods")
    rows = await session.execute(_ROUNDS, dict(zip(names, map(list, columns), strict=True)))
    return [RoundScores(*row) for row in rows]
