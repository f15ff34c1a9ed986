"""Measuring alignment and keeping the facts.

It leaves no event: it changes nothing but what the product itself knows about the records.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._write import take_lock
from app.domain.alignment.facts import AlignmentFacts, Consensus
from app.domain.alignment.rows import AlignmentRows
from app.domain.permissions import Actor, Permission, require
from app.models.alignment import AlignmentMeasure
from app.queries.alignment import (
    find_last_alignment,
    find_latest_ranking,
    is_alignment_stale,
    list_ranked_departments,
    read_course,
    read_moment,
    read_ranking,
)

Measurer = Callable[[AlignmentRows, Consensus | None], Awaitable[AlignmentFacts]]


async def renew_alignment(
    session: AsyncSession, measure: Measurer, *, actor: Actor, always: bool = False
) -> AlignmentMeasure:
    """Measures alignment as it is now, unless nothing has changed since the last time.

    One at a time, whatever the number of processes. What was said of the answers of a survey is kept:
    measured again in another tree of departments, the two could be subtracted.
    """
    require(actor, Permission.METRICS_READ)
    await take_lock(session, "alignment")
    last = await find_last_alignment(session)
    if last is not None and not always and not await is_alignment_stale(session, last):
        return last
    moment = await read_moment(session)
    survey = await find_latest_ranking(session)
    earlier = await _find_consensus(session, survey.id) if survey is not None else None
    is_fresh = survey is not None and earlier is None
    rows = AlignmentRows(
        await read_ranking(session, survey) if survey is not None and is_fresh else None,
        await list_ranked_departments(session, survey) if survey is not None and is_fresh else (),
        await read_course(session, moment.today),
    )
    facts = await measure(rows, earlier)
    kept = AlignmentMeasure(
        measured_at=moment.now,
        today=moment.today,
        snapshot=moment.snapshot,
        survey_id=None if survey is None else survey.id,
        facts=msgspec.to_builtins(facts),
    )
    await _replace_measure(session, kept)
    return kept


async def _find_consensus(session: AsyncSession, survey_id: UUID) -> Consensus | None:
    facts = await session.scalar(
        select(col(AlignmentMeasure.facts)).where(col(AlignmentMeasure.survey_id) == survey_id)
    )
    return None if facts is None else msgspec.convert(facts, AlignmentFacts).consensus


async def _replace_measure(session: AsyncSession, kept: AlignmentMeasure) -> None:
    same = col(AlignmentMeasure.survey_id).is_not_distinct_from(kept.survey_id)
    await session.execute(delete(AlignmentMeasure).where(same))
    session.add(kept)
    await session.flush()
