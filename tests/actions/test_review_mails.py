"""Who gets a mail when a review opens or closes: whoever is expected and may come in, once, if it is news."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._review_mails import post_review_summary
from app.actions.reviews import open_review
from app.actions.reviews_closing import close_review
from app.domain.permissions import SYSTEM, Role
from app.domain.reviews import due_review
from app.models import Mail, Owner
from app.models.mails import MailKind
from app.models.reviews import ReviewClosing, ReviewInput
from app.queries.organization import today_of
from tests.domain.test_review_letters import FACTS
from tests.factories import make_department, make_owner, make_review


async def read_mails(session: AsyncSession) -> dict[Any, Mail]:
    """What was written, by person."""
    return {mail.owner_id: mail for mail in await session.scalars(select(Mail).order_by(col(Mail.id)))}


async def make_leaders(session: AsyncSession) -> tuple[Owner, Owner]:
    """An executive, and a head of a department."""
    chief = await make_owner(session, role=Role.EXECUTIVE, name="Chief Boss")
    head = await make_owner(session, role=Role.HEAD)
    await make_department(session, code="OPS", head_id=head.id)
    return chief, head


async def test_everybody_who_is_expected_and_may_come_in_hears_that_a_review_is_open(
    session: AsyncSession,
) -> None:
    chief, head = await make_leaders(session)
    await make_department(session, head_id=(await make_owner(session, role=None)).id)
    await make_owner(session, role=Role.CONTRIBUTOR)
    today = await today_of(session)
    month = due_review(today).text
    data = ReviewInput(period=month, meets_on=today + timedelta(days=3))
    await open_review(session, data, actor=SYSTEM)
    mails = await read_mails(session)
    assert mails.keys() == {chief.id, head.id}
    assert f"  /reviews/{month}#slot-OPS\n" in mails[head.id].body
    assert "slot" not in mails[chief.id].body
    assert {mail.kind for mail in mails.values()} == {MailKind.REVIEW_OPENED}


async def test_a_review_that_is_entered_as_history_is_no_news(session: AsyncSession) -> None:
    await make_leaders(session)
    today = await today_of(session)
    data = ReviewInput(period=due_review(today).text, meets_on=today - timedelta(days=1))
    await open_review(session, data, actor=SYSTEM)
    review = await make_review(session, code="2025-01", meets_on=date(2025, 2, 11))
    await post_review_summary(session, review, FACTS)
    assert await read_mails(session) == {}


async def test_a_summary_goes_once_for_each_revision_to_whoever_was_expected(session: AsyncSession) -> None:
    chief, head = await make_leaders(session)
    left = await make_owner(session, role=Role.HEAD, active=False)
    attendance = {str(head.id): "absent", str(left.id): "expected"}
    month = due_review(await today_of(session)).text
    review = await make_review(session, code=month, chair_id=chief.id, attendance=attendance)
    facts = replace(FACTS, period=month)
    for revision in (1, 1, 2):
        await post_review_summary(session, review, replace(facts, revision=revision))
    keys = list(await session.scalars(select(col(Mail.dedupe_key)).order_by(col(Mail.dedupe_key))))
    assert keys == sorted(f"review closed {month} {n} {who.id}" for n in (1, 2) for who in (chief, head))


async def test_closing_a_review_writes_its_summary(session: AsyncSession) -> None:
    chief, head = await make_leaders(session)
    attendance = {str(head.id): "present"}
    month = due_review(await today_of(session)).text
    review = await make_review(session, code=month, chair_id=chief.id, attendance=attendance)
    await close_review(session, review, ReviewClosing(despite="A test."), actor=SYSTEM)
    mails = await read_mails(session)
    assert mails.keys() == {chief.id, head.id}
    assert {mail.kind for mail in mails.values()} == {MailKind.REVIEW_SUMMARY}
