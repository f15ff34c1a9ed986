"""Reading what closed reviews showed: one snapshot with its bytes, and which there are."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.review.canonical import hash_canonical, read_canonical
from app.domain.review.facts import ReviewFacts
from app.domain.reviews import ReviewStatus
from app.errors import NotFound
from app.models.reviews import Review, ReviewSnapshot
from app.queries.review_facts import read_review_facts
from app.queries.review_memory import write_recalled


class SnapshotRow(NamedTuple):
    """A snapshot without its bytes."""

    revision: int
    sha256: str
    schema_version: int
    closed_at: datetime
    closed_by: str
    reason: str | None


class ReviewBody(NamedTuple):
    """What a review shows, as canonical JSON, and its hash."""

    body: bytes
    sha256: str
    revision: int
    is_frozen: bool


class FrozenReview(NamedTuple):
    """A snapshot, and what it says."""

    snapshot: ReviewSnapshot
    facts: ReviewFacts


async def read_review_body(
    session: AsyncSession, review: Review, *, revision: int | None = None
) -> ReviewBody:
    """What a review shows: as it was frozen where it is closed or a revision is named, else as of now."""
    if revision is not None or review.status is ReviewStatus.CLOSED:
        kept = await find_snapshot(session, review, revision)
        return ReviewBody(kept.body, kept.sha256, kept.revision, is_frozen=True)
    body = write_recalled(session, await read_review_facts(session, review))
    return ReviewBody(body, hash_canonical(body), review.revision, is_frozen=False)


async def find_snapshot(session: AsyncSession, review: Review, revision: int | None = None) -> ReviewSnapshot:
    """What a review showed when it closed: the last time, or as the revision of that number."""
    wanted = select(ReviewSnapshot).where(col(ReviewSnapshot.review_id) == review.id)
    if revision is not None:
        wanted = wanted.where(col(ReviewSnapshot.revision) == revision)
    newest = wanted.order_by(col(ReviewSnapshot.revision).desc()).limit(1)
    found = (await session.scalars(newest)).first()
    if found is None:
        which = "has not been closed yet" if revision is None else f"has no frozen revision {revision}"
        raise NotFound(f"The review of {review.code} {which}.")
    return found


async def read_frozen_review(
    session: AsyncSession, review: Review, revision: int | None = None
) -> FrozenReview:
    """The same, read."""
    snapshot = await find_snapshot(session, review, revision)
    return FrozenReview(snapshot, read_canonical(snapshot.body))


async def list_snapshots(session: AsyncSession, review: Review) -> Sequence[SnapshotRow]:
    """Every frozen revision of a review, the first one first."""
    columns = [getattr(ReviewSnapshot, name) for name in SnapshotRow._fields]
    mine = select(*columns).where(col(ReviewSnapshot.review_id) == review.id)
    rows = await session.execute(mine.order_by(col(ReviewSnapshot.revision)))
    return [SnapshotRow(*row) for row in rows]
