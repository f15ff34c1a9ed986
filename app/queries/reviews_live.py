"""Reading a review while it is held: its edition, by which a screen sees that it is behind, and its stage."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.changes import Kind
from app.models.reviews import Review

# What is written in a meeting. Values that machines push would make every edition another one.
CAPTURED = (Kind.REVIEW, Kind.PARKED_ITEM, Kind.COMMITMENT, Kind.DECISION, Kind.PEER_NOTE, Kind.WAIVER)

# Events are never taken back, so their number tells of a late commit, too, which the last id would not.
_EDITION = text("""
select count(*), (select extract(epoch from since) from review_stages where review_id = :review)
from events where kind = any(:kinds) and at >= :begun
""")


async def read_edition(session: AsyncSession, review: Review) -> str:
    """A word that is another one as soon as something was written in this review, or another item is on."""
    values = {"review": review.id, "kinds": [kind.value for kind in CAPTURED], "begun": review.created_at}
    row: Any = (await session.execute(_EDITION, values)).one()
    return f"{row[0]}" if row[1] is None else f"{row[0]}-{row[1]}"
