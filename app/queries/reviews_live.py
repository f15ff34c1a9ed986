"""Reading a review while it is held: how far it is written, what is on, and one's own note about it."""

from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.changes import Kind
from app.domain.permissions import Actor
from app.models.reviews import Review

# What is written in a meeting. Values that machines push would make every edition another one.
CAPTURED = (Kind.REVIEW, Kind.PARKED_ITEM, Kind.COMMITMENT, Kind.DECISION, Kind.PEER_NOTE, Kind.WAIVER)


class Stage(NamedTuple):
    """What is on, since how many seconds by the database's clock, and by whom; None: nothing is.

    `edition` is another word as soon as something was written in this review, or another item is on.
    """

    edition: str
    item: str | None
    seconds: int
    presenter: str | None


# Events are never taken back, so their number tells of a late commit, too, which the last id would not.
_STAGE = text("""
select count(e.id) as captured, s.item, extract(epoch from s.since) as began, o.name as presenter,
       greatest(0, floor(extract(epoch from clock_timestamp() - s.since))) as seconds
from (select 1) as always
left join events e on e.kind = any(:kinds) and e.at >= :begun
left join review_stages s on s.review_id = :review
left join owners o on o.id = s.presenter_id
group by s.item, s.since, o.name
""")


async def read_stage(session: AsyncSession, review: Review) -> Stage:
    """How far the review is, in one statement."""
    values = {"review": review.id, "kinds": [kind.value for kind in CAPTURED], "begun": review.created_at}
    row: Any = (await session.execute(_STAGE, values)).one()
    edition = f"{row.captured}" if row.item is None else f"{row.captured}-{row.began}"
    return Stage(edition, row.item, int(row.seconds or 0), row.presenter)


class OwnNote(NamedTuple):
    """What somebody wrote for themselves. Version 0: nothing yet."""

    body: str
    version: int


_NOTE = text("select body, version from review_notes where review_id = :review and owner_id = :reader")


async def find_own_note(session: AsyncSession, review: Review, *, actor: Actor) -> OwnNote:
    """The note of the person who asks, and of nobody else."""
    row = (await session.execute(_NOTE, {"review": review.id, "reader": actor.id})).one_or_none()
    return OwnNote("", 0) if row is None else OwnNote(row[0], row[1])
