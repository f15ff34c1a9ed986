"""Telling open screens that a part of a review changed, in the transaction of the change."""

from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "coxswain_reviews"
# Instead of a month: whichever is open on a screen.
EVERY_REVIEW = "*"
_NOTIFY = text("select pg_notify(:channel, :payload)")


class Part(StrEnum):
    """What of a review changed; each is a part of the page that can be read again by itself."""

    HEADER = "header"
    COMMITMENTS = "commitments"
    DECISIONS = "decisions"
    PARKED = "parked"
    SLOTS = "slots"
    PRESENTING = "presenting"
    STATUS = "status"


async def tell_review(session: AsyncSession, period: str, part: Part) -> None:
    """Everybody who has this review open reads that part again, once this transaction is committed."""
    await session.execute(_NOTIFY, {"channel": CHANNEL, "payload": f"{period} {part.value}"})
