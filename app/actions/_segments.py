"""Keeping the segments that pushes bring: new ones go to the inbox, known ones are seen again."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.intake.contract import Row
from app.models.base import new_id
from app.queries.engagement import KnownSegment

# A segment that another push brings at the same moment is found here and only seen again.
_KEEP = text("""
insert into engagement_segments as known (id, source, segment, name, version)
select * from unnest(cast(:ids as uuid[]), cast(:sources as text[]), cast(:segments as text[]),
                     cast(:names as text[]), cast(:versions as integer[]))
order by 2, 3
on conflict (source, segment) do update
set last_seen_at = now(), name = coalesce(excluded.name, known.name), updated_at = now()
""")


async def note_segments(
    session: AsyncSession, rows: list[Row], known: dict[str, dict[str, KnownSegment]]
) -> None:
    """Puts new segments into the inbox, and notes the name and the day of those known before."""
    named = {(row.series.source, row.segment): row.name or None for row in rows if row.place[0] == "s"}
    fresh = [
        (source, segment, name)
        for (source, segment), name in named.items()
        if _is_news(known.get(source, {}).get(segment), name)
    ]
    if not fresh:
        return
    sources, segments, names = zip(*fresh, strict=True)
    values = {
        "ids": [new_id() for _ in fresh],
        "sources": list(sources),
        "segments": list(segments),
        "names": list(names),
        "versions": [1] * len(fresh),
    }
    await session.execute(_KEEP, values)


def _is_news(known: KnownSegment | None, name: str | None) -> bool:
    return known is None or not known.seen_today or (name is not None and name != known.name)
