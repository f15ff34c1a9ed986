"""The review of an ended month opens by itself while servers run, once however many look at a time."""

import asyncio

from sqlalchemy import select
from sqlmodel import col

from app.database import Database
from app.domain.reminders import ReminderRule
from app.domain.reviews import due_review
from app.looks import write_with
from app.models import Event, Review
from app.queries.organization import today_of
from tests.factories import make_department, make_owner


async def test_of_several_processes_one_opens_it(fresh_database: Database) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_department(session, head_id=(await make_owner(session)).id)
    looks = [write_with(fresh_database, ReminderRule(hour=24), leaves=True) for _ in range(8)]
    await asyncio.gather(*(look() for look in looks))
    async with fresh_database.unit_of_work() as session:
        codes = (await session.scalars(select(col(Review.code)))).all()
        events = (await session.scalars(select(col(Event.action)).where(col(Event.kind) == "review"))).all()
        assert codes == [due_review(await today_of(session)).text]
    assert events == ["created"]
