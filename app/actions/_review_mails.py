"""Mails about a review, in the transaction of its change: to whom they go, each at most once."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.mails import post_mail
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM
from app.domain.review.facts import ReviewFacts
from app.domain.review.letters import Opening, compose_review_opened, compose_review_summary
from app.models.mails import MailKind
from app.models.reviews import Review, read_attendance
from app.queries.mails import list_digest_readers, list_slots_of
from app.queries.organization import find_organization, today_of

# What is entered long afterwards, as history, is no news.
NEWS_DAYS = 60


async def post_review_opened(session: AsyncSession, review: Review) -> None:
    """Tells everybody who is expected, unless the review is entered as history."""
    today = await today_of(session)
    if (review.meets_on is not None and review.meets_on < today) or not _is_news(review, today):
        return
    organization = await find_organization(session, actor=SYSTEM)
    readers = {each.actor.id: each for each in await list_digest_readers(session)}
    slots = await list_slots_of(session)
    chair = readers.get(review.chair_id) if review.chair_id else None
    opening = Opening(review.code, organization.name, review.meets_on, chair.actor.name if chair else None)
    for owner in sorted(read_attendance(review).keys() & readers.keys()):
        letter = compose_review_opened(opening, slots=slots.get(owner, ()))
        await post_mail(
            session,
            to=owner,
            kind=MailKind.REVIEW_OPENED,
            subject=letter.subject,
            text=letter.text,
            dedupe_key=f"review opened {review.code} {owner}",
        )


async def post_review_summary(session: AsyncSession, review: Review, facts: ReviewFacts) -> None:
    """Tells those who were expected, and the chair, what came of it; once for each revision."""
    if not _is_news(review, await today_of(session)):
        return
    readers = {each.actor.id for each in await list_digest_readers(session)}
    for owner in sorted(_list_told(review) & readers):
        letter = compose_review_summary(facts, reader=str(owner))
        await post_mail(
            session,
            to=owner,
            kind=MailKind.REVIEW_SUMMARY,
            subject=letter.subject,
            text=letter.text,
            dedupe_key=f"review closed {review.code} {facts.revision} {owner}",
        )


def _list_told(review: Review) -> set[UUID]:
    """Everybody who was expected, whether they came or not: who was missing needs it most."""
    chair = {review.chair_id} if review.chair_id else set()
    return chair | set(read_attendance(review))


def _is_news(review: Review, today: date) -> bool:
    return today <= parse_period(review.code).last_day + timedelta(days=NEWS_DAYS)
