"""The inbox: saying which department a segment of a source is. Its scores follow, the past ones too."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._feeding import feed_kpis
from app.actions._withholding import withhold_scores
from app.actions._write import change_record
from app.domain.permissions import Actor, Permission, Place, require
from app.errors import Invalid
from app.models.engagement import EngagementScore, EngagementSegment, SegmentInput
from app.queries._find import resolve_references
from app.queries.engagement import find_grouping
from app.queries.engagement_rounds import RoundKey
from app.queries.feeds import FedPlace, list_fed_kpis


async def map_segment(
    session: AsyncSession, segment: EngagementSegment, data: SegmentInput, *, actor: Actor
) -> EngagementSegment:
    """Maps a segment to a department, to another one, or to none again; or leaves it out of the inbox.

    All its scores move along, and the measurements of the department it leaves and of the one it joins are
    decided again. Only people do this: what a name in another system means is a judgement. The segment was
    found with its lock, so no push of its source runs beside this.
    """
    require(actor, Permission.SEGMENTS_WRITE, on=Place(segment.department_id))
    if data.department is not None and data.ignored:
        raise Invalid.at("/ignored", "mapped_and_ignored", "What is a department of ours is not ignored.")
    values = await resolve_references(session, EngagementSegment, data, actor=actor)
    before, after = segment.department_id, values["department_id"]
    if before == after and data.ignored == segment.ignored:
        return segment
    now = datetime.now(UTC)
    times = {"mapped_at": now if after else None, "ignored_at": now if data.ignored else None}
    action = "ignored" if data.ignored else "mapped" if after else "unmapped"
    await change_record(session, segment, values | times, actor=actor, action=action)
    if before != after:
        await _feed_moved(session, segment, before, actor=actor)
    return segment


async def _feed_moved(
    session: AsyncSession, segment: EngagementSegment, before: UUID | None, *, actor: Actor
) -> None:
    """Moves the scores, and decides the values of the department that they leave and of the one they join.

    Beside other scores now, some that were shown may have to be withheld, and the other way round.
    """
    moved = await _move_scores(session, segment)
    homes = [home for home in (before, segment.department_id) if home]
    places = {FedPlace(key.metric, home, key.period) for key in moved for home in homes}
    places |= await withhold_scores(session, moved, await find_grouping(session))
    kpis = await list_fed_kpis(session, {place.metric for place in places})
    await feed_kpis(session, kpis, sorted(places), actor=actor)


async def _move_scores(session: AsyncSession, segment: EngagementSegment) -> set[RoundKey]:
    """Gives the segment's scores its department; those that named a department themselves keep theirs.

    Answers the rounds they belong to. What is in no department is withheld from nobody.
    """
    table = EngagementScore
    moved = await session.execute(
        update(table)
        .where(
            col(table.source) == segment.source,
            col(table.segment) == segment.segment,
            col(table.place) == f"s:{segment.segment}",
        )
        .values(department_id=segment.department_id, withheld=False)
        .returning(
            col(table.source), col(table.survey), col(table.round), col(table.metric), col(table.period)
        )
        .execution_options(synchronize_session=False)
    )
    return {RoundKey(*row) for row in moved}
