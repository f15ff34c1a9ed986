"""What is said while somebody closes a review: the closed review tells it, or it is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from app.actions.commitments import settle_commitment
from app.actions.reviews import park_item
from app.actions.reviews_closing import close_review
from app.database import Database
from app.domain.permissions import SYSTEM
from app.models import Commitment, Review
from app.models.commitments import CommitmentSettling
from app.models.reviews import ParkedItemInput, ReviewClosing
from tests.cast import Cast
from tests.factories import make_commitment, make_owner, make_review

URL = "/api/v1/reviews/2026-10"
_WAITING = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and state = 'active'")


@pytest.fixture
async def ceo(fresh_cast: Cast, fresh_database: Database) -> httpx2.AsyncClient:
    """The review of October is open, and somebody owes a till."""
    today = datetime.now(UTC).date()
    async with fresh_database.unit_of_work() as session:
        owner = await make_owner(session)
        days = {"made_on": today - timedelta(days=9), "due_on": today - timedelta(days=1)}
        await make_commitment(session, owner, code="C-1", **days)
        await make_review(session, code="2026-10")
    return await fresh_cast.ceo()


@asynccontextmanager
async def meanwhile(database: Database) -> AsyncIterator[tuple[AsyncSession, Review]]:
    """Another transaction, and the review as it sees it; committed at the end."""
    async with database.unit_of_work() as session:
        review = (await session.scalars(select(Review).where(col(Review.code) == "2026-10"))).one()
        yield session, review


async def wait_until_blocked(database: Database, request: asyncio.Task[httpx2.Response]) -> None:
    """Until a statement waits for a lock; a request that is through already has not waited."""
    for _ in range(100):
        assert not request.done(), "it did not wait"
        async with database.unit_of_work(read_only=True) as session:
            if await session.scalar(_WAITING):
                return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing waits")


async def settle(session: AsyncSession) -> Commitment:
    """Says that the till is there."""
    row = (await session.scalars(select(Commitment).with_for_update(key_share=True))).one()
    return await settle_commitment(session, row, CommitmentSettling(outcome="kept"), actor=SYSTEM)  # type: ignore[arg-type]


async def close(session: AsyncSession, review: Review) -> None:
    """Closes the review, not committed yet."""
    await close_review(session, review, ReviewClosing(despite="It is late."), actor=SYSTEM)


async def test_closing_waits_for_what_is_being_said_and_tells_it(
    ceo: httpx2.AsyncClient, fresh_database: Database
) -> None:
    async with meanwhile(fresh_database) as (session, review):
        await settle(session)
        closing = asyncio.create_task(ceo.post(f"{URL}/close", json={"despite": "It is late."}))
        await wait_until_blocked(fresh_database, closing)
        await park_item(session, review, ParkedItemInput(what="Two price lists?"), actor=SYSTEM)
    assert (await closing).status_code == 200
    told = (await ceo.get(URL)).json()
    assert [each["item"]["name"] for each in told["parked"]] == ["Two price lists?"]
    assert [each["outcome"] for each in told["promises"]["last"]] == ["kept"]
    again = await ceo.post("/api/v1/commitments/C-1/settle", json={"outcome": "missed", "said": "No."})
    assert (again.status_code, again.json()["code"]) == (409, "told_already")


async def test_what_is_said_once_it_closes_waits_and_is_refused_or_not_told(
    ceo: httpx2.AsyncClient, fresh_database: Database
) -> None:
    promise = {"what": "Call the yard", "owner": ceo.owner.email, "review": "2026-10"}  # type: ignore[attr-defined]
    promise["due_on"] = str(datetime.now(UTC).date() + timedelta(days=9))
    async with meanwhile(fresh_database) as (session, review):
        await close(session, review)
        parked = asyncio.create_task(ceo.post(f"{URL}/parked-items", json={"what": "Two price lists?"}))
        await wait_until_blocked(fresh_database, parked)
        made = asyncio.create_task(ceo.post("/api/v1/commitments", json=promise))
        kept = {"outcome": "kept"}
        settled = asyncio.create_task(ceo.post("/api/v1/commitments/C-1/settle", json=kept))
        await asyncio.sleep(0.3)
        assert [each.done() for each in (parked, made, settled)] == [False] * 3
    for refused in (await parked, await made):
        assert (refused.status_code, refused.json()["code"]) == (409, "review_closed")
    assert (await settled).status_code == 200
    told = (await ceo.get(URL)).json()
    assert [each["outcome"] for each in told["promises"]["last"]] == ["open"]
    better = await ceo.post("/api/v1/commitments/C-1/settle", json={"outcome": "missed", "said": "No."})
    assert better.status_code == 200, "no closed review told that it was kept"
