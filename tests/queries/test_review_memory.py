"""Facts of a review are put together once for all screens, and again as soon as anything changed."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.domain.permissions import SYSTEM
from app.domain.review.canonical import write_canonical
from app.domain.review.facts import ReviewFacts
from app.models import Review
from app.queries import review_memory
from app.queries.review_facts import read_review_facts
from app.queries.review_memory import write_recalled
from app.queries.reviews import find_review
from tests.factories import make_commitment, make_kpi, make_measurement, make_owner, make_review


async def read_facts(database: Database, code: str = "2026-10") -> ReviewFacts:
    """What a screen reads."""
    async with database.unit_of_work() as session:
        return await read_review_facts(session, await find_review(session, code, actor=SYSTEM))


async def prepare(database: Database) -> None:
    """A review with a commitment."""
    async with database.unit_of_work() as session:
        await make_review(session, code="2026-10")
        await make_commitment(session, await make_owner(session), made_on=date(2026, 10, 1))


async def test_screens_share_what_the_first_one_read(fresh_database: Database) -> None:
    await prepare(fresh_database)
    first, *others = await asyncio.gather(*(read_facts(fresh_database) for _ in range(4)))
    assert all(each is first for each in others)
    assert await read_facts(fresh_database) is first
    async with fresh_database.unit_of_work() as session:
        one, two = (write_recalled(session, first) for _ in range(2))
        assert one is two == write_canonical(first)


async def test_what_changed_is_seen_by_the_next_screen(fresh_database: Database) -> None:
    await prepare(fresh_database)
    before = await read_facts(fresh_database)
    async with fresh_database.unit_of_work() as session:
        await make_commitment(session, await make_owner(session), made_on=date(2026, 10, 1))
    after = await read_facts(fresh_database)
    assert (len(before.promises.last), len(after.promises.last)) == (1, 2)


async def test_what_was_taken_back_is_kept_by_nobody(fresh_database: Database) -> None:
    await prepare(fresh_database)
    before = await read_facts(fresh_database)
    async with fresh_database.unit_of_work() as session:
        await make_commitment(session, await make_owner(session), made_on=date(2026, 10, 1))
        review = await find_review(session, "2026-10", actor=SYSTEM)
        assert len((await read_review_facts(session, review)).promises.last) == 2
        await session.rollback()
    assert await read_facts(fresh_database) is before


@pytest.mark.parametrize(
    "change",
    [
        "insert into kpi_computations (the_only, today, snapshot, pairs, written)"
        " values (true, current_date, '1:1:', 0, 0)",
        "insert into linkage_checks (id, today, snapshot, tally, skipped)"
        " values (gen_random_uuid(), current_date, '1:1:', '{}', '[]')",
        "update organization set epoch = gen_random_uuid()",
        "update organization set time_zone = case when extract(hour from now()) < 11"
        " then 'Pacific/Pago_Pago' else 'Pacific/Kiritimati' end",
    ],
)
async def test_what_leaves_no_event_is_noticed(fresh_database: Database, change: str) -> None:
    await prepare(fresh_database)
    before = await read_facts(fresh_database)
    async with fresh_database.unit_of_work() as session:
        await session.execute(text(change))
    assert await read_facts(fresh_database) is not before


async def test_few_reviews_are_kept(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_memory, "MOST_KEPT", 1)
    await prepare(fresh_database)
    async with fresh_database.unit_of_work() as session:
        await make_review(session, code="2026-09")
    before = await read_facts(fresh_database)
    await read_facts(fresh_database, "2026-09")
    after = await read_facts(fresh_database)
    assert (after is before, after == before) == (False, True)


async def test_a_past_day_is_read_as_it_is_asked_for(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await make_measurement(session, kpi, "2026-10")
    review: Review = await make_review(session, code="2026-10")
    told = await read_review_facts(session, review, today=date(2026, 11, 2))
    assert told.as_of == date(2026, 11, 2)
