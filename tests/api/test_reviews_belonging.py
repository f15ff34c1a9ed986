"""Two reviews that are open at once: each promise and each decision is told by one of them alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from app.actions.commitments import create_commitment
from app.actions.decisions import create_decision
from app.actions.decisions_steps import take_decision
from app.actions.reviews_closing import close_review
from app.database import Database
from app.domain.permissions import SYSTEM
from app.models import Review
from app.models.commitments import CommitmentInput
from app.models.decisions import DecisionChoice, DecisionInput
from app.models.reviews import ReviewClosing
from tests.cast import Cast
from tests.factories import make_commitment, make_decision, make_owner, make_review

OCTOBER, NOVEMBER = "2026-10", "2026-11"
DESPITE = {"despite": "It is late."}
_WAITING = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and state = 'active'")


@pytest.fixture
async def ceo(fresh_cast: Cast, fresh_database: Database) -> httpx2.AsyncClient:
    """October meets, November has been opened by hand; something was promised and raised before both."""
    async with fresh_database.unit_of_work() as session:
        for days, code in ((9, OCTOBER), (3, NOVEMBER)):
            await make_review(session, code=code, created_at=datetime.now(UTC) - timedelta(days=days))
        owner = await make_owner(session)
        made = {"made_on": today() - timedelta(days=20), "due_on": today() - timedelta(days=1)}
        await make_commitment(session, owner, code="C-1", **made)
        await make_decision(session, code="D-1", raised_on=today() - timedelta(days=20))
    return await fresh_cast.ceo()


def today() -> date:
    """Where the organization of these tests is."""
    return datetime.now(UTC).date()


def promise(ceo: httpx2.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A promise of the chief executive."""
    due_on = str(today() + timedelta(days=9))
    return {"what": "Call the yard", "owner": ceo.owner.email, "due_on": due_on} | fields  # type: ignore[attr-defined]


async def post(ceo: httpx2.AsyncClient, path: str, told: dict[str, Any]) -> str:
    """Posts, and answers the code of what there is now."""
    answer = await ceo.post(f"/api/v1/{path}", json=told)
    assert answer.is_success, answer.text
    return str(answer.json().get("code"))


async def read_told(ceo: httpx2.AsyncClient, month: str) -> dict[str, list[str]]:
    """What a review tells as promised and raised in it, as answered for, and as decided."""
    facts = (await ceo.get(f"/api/v1/reviews/{month}")).json()
    taken = facts["decisions"]["taken"]
    return {
        "made": [each["commitment"]["code"] for each in facts["promises"]["made"]],
        "raised": [each["decision"]["code"] for each in taken if each["captured"]],
        "settled": [
            each["commitment"]["code"] for each in facts["promises"]["last"] if each["outcome"] != "open"
        ],
        "decided": [each["decision"]["code"] for each in taken if each["state"] == "decided"],
    }


async def close_both(ceo: httpx2.AsyncClient, *months: str) -> list[dict[str, list[str]]]:
    """Closes reviews in an order: what October and November told when they were frozen."""
    for month in months:
        await post(ceo, f"reviews/{month}/close", DESPITE)
    return [await read_told(ceo, month) for month in (OCTOBER, NOVEMBER)]


async def test_what_names_no_review_is_of_the_earlier_month_alone(ceo: httpx2.AsyncClient) -> None:
    first = await post(ceo, "commitments", promise(ceo))
    raised = await post(ceo, "decisions", {"title": "One price list?"})
    named = await post(ceo, "commitments", promise(ceo, review=NOVEMBER))
    asked = await post(ceo, "decisions", {"title": "Two?", "review": NOVEMBER})
    await post(ceo, f"decisions/{asked}/decide", {"chosen": "Two."})
    both = {"made": [first], "raised": [raised]}, {"made": [named], "raised": [asked]}
    for month, told in zip((OCTOBER, NOVEMBER), both, strict=True):
        assert (await read_told(ceo, month)) | told == await read_told(ceo, month)
    october, november = await close_both(ceo, OCTOBER, NOVEMBER)
    assert october == {"made": [first], "raised": [raised], "settled": [], "decided": []}
    assert november == {"made": [named], "raised": [asked], "settled": [], "decided": [asked]}


@pytest.mark.parametrize("months", [(OCTOBER, NOVEMBER), (NOVEMBER, OCTOBER)])
async def test_what_ended_is_told_by_the_first_of_them_to_close(
    ceo: httpx2.AsyncClient, months: tuple[str, str]
) -> None:
    await post(ceo, "commitments/C-1/settle", {"outcome": "kept"})
    await post(ceo, "decisions/D-1/decide", {"chosen": "One."})
    told = dict(zip((OCTOBER, NOVEMBER), await close_both(ceo, *months), strict=True))
    assert [(told[each]["settled"], told[each]["decided"]) for each in months] == [
        (["C-1"], ["D-1"]),
        ([], []),
    ]


@pytest.mark.parametrize("days", [0, 1])
async def test_what_ends_after_closing_is_told_by_the_next_whatever_day_is_given(
    ceo: httpx2.AsyncClient, days: int
) -> None:
    day = str(today() - timedelta(days=days))
    await post(ceo, f"reviews/{OCTOBER}/close", DESPITE)
    await post(ceo, "commitments/C-1/settle", {"outcome": "missed", "said": "I ask.", "on": day})
    await post(ceo, "decisions/D-1/decide", {"chosen": "One.", "decided_on": day})
    october, november = await close_both(ceo, NOVEMBER)
    assert (october["settled"], october["decided"]) == ([], [])
    assert (november["settled"], november["decided"]) == (["C-1"], ["D-1"])


async def test_a_month_that_is_opened_again_tells_what_ends_until_it_closes_again(
    ceo: httpx2.AsyncClient,
) -> None:
    first = await post(ceo, "commitments", promise(ceo))
    await post(ceo, f"reviews/{OCTOBER}/close", DESPITE)
    await post(ceo, f"reviews/{OCTOBER}/reopen", {"reason": "A value was wrong."})
    between = await post(ceo, "commitments", promise(ceo))
    raised = await post(ceo, "decisions", {"title": "One price list?"})
    captured = await post(ceo, "commitments", promise(ceo, review=OCTOBER))
    await post(ceo, "commitments/C-1/settle", {"outcome": "kept"})
    assert (await read_told(ceo, NOVEMBER))["settled"] == ["C-1"]
    october, november = await close_both(ceo, OCTOBER, NOVEMBER)
    assert october == {"made": [first, captured], "raised": [], "settled": ["C-1"], "decided": []}
    assert november == {"made": [between], "raised": [raised], "settled": [], "decided": []}


async def test_what_was_captured_in_a_review_stays_there_once_it_is_closed(ceo: httpx2.AsyncClient) -> None:
    told = {"title": "One price list?", "review": OCTOBER}
    code = await post(ceo, "decisions", told)
    made = await post(ceo, "commitments", promise(ceo, review=OCTOBER))
    await post(ceo, f"reviews/{OCTOBER}/close", DESPITE)
    for path in (f"decisions/{code}", f"commitments/{made}"):
        for review in (NOVEMBER, None):
            headers = {"If-Match": (await ceo.get(f"/api/v1/{path}")).headers["ETag"]}
            moved = await ceo.patch(f"/api/v1/{path}", json={"review": review}, headers=headers)
            assert (moved.status_code, moved.json()["code"]) == (409, "review_closed")
    late = await ceo.post("/api/v1/decisions", json=told)
    assert (late.status_code, late.json()["code"]) == (409, "review_closed")
    listed = (await ceo.get(f"/api/v1/decisions?review={OCTOBER}")).json()["items"]
    assert [(each["code"], each["review"]["code"]) for each in listed] == [(code, OCTOBER)]


@asynccontextmanager
async def meanwhile(database: Database) -> AsyncIterator[AsyncSession]:
    """Another transaction, committed at the end."""
    async with database.unit_of_work() as session:
        yield session


async def wait_until_blocked(database: Database, requests: list[asyncio.Task[httpx2.Response]]) -> None:
    """Until each waits for a lock; one that is through already has not waited."""
    for _ in range(100):
        assert not any(each.done() for each in requests), "it did not wait"
        async with database.unit_of_work(read_only=True) as session:
            if (await session.scalar(_WAITING) or 0) >= len(requests):
                return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing waits")


async def test_closing_waits_for_what_is_being_made_and_tells_it(
    ceo: httpx2.AsyncClient, fresh_database: Database
) -> None:
    async with meanwhile(fresh_database) as session:
        data = CommitmentInput.model_validate(promise(ceo))
        await create_commitment(session, data, actor=SYSTEM)
        decision = await create_decision(session, DecisionInput(title="One price list?"), actor=SYSTEM)
        await take_decision(session, decision, DecisionChoice(chosen="One."), actor=SYSTEM)
        closing = asyncio.create_task(ceo.post(f"/api/v1/reviews/{OCTOBER}/close", json=DESPITE))
        await wait_until_blocked(fresh_database, [closing])
    assert (await closing).status_code == 200
    october, november = await close_both(ceo, NOVEMBER)
    assert october == {"made": ["C-2"], "raised": ["D-2"], "settled": [], "decided": ["D-2"]}
    assert november == {"made": [], "raised": [], "settled": [], "decided": []}


async def test_what_is_made_while_it_closes_waits_and_is_of_the_next_month(
    ceo: httpx2.AsyncClient, fresh_database: Database
) -> None:
    said = (("commitments", promise(ceo)), ("decisions", {"title": "One price list?"}))
    said += (("decisions/D-1/decide", {"chosen": "One."}),)  # type: ignore[assignment]
    async with meanwhile(fresh_database) as session:
        review = (await session.scalars(select(Review).where(col(Review.code) == OCTOBER))).one()
        await close_review(session, review, ReviewClosing(**DESPITE), actor=SYSTEM)
        requests = [asyncio.create_task(ceo.post(f"/api/v1/{path}", json=told)) for path, told in said]
        await wait_until_blocked(fresh_database, requests)
    assert [(await each).status_code for each in requests] == [201, 201, 200]
    october, november = await close_both(ceo, NOVEMBER)
    assert october == {"made": [], "raised": [], "settled": [], "decided": []}
    assert november == {"made": ["C-2"], "raised": ["D-2"], "settled": [], "decided": ["D-1"]}


async def test_what_was_begun_before_it_closed_and_made_afterwards_is_of_the_next_month(
    ceo: httpx2.AsyncClient, fresh_database: Database
) -> None:
    async with meanwhile(fresh_database) as session:
        await session.execute(text("select now()"))
        await post(ceo, f"reviews/{OCTOBER}/close", DESPITE)
        data = CommitmentInput.model_validate(promise(ceo))
        await create_commitment(session, data, actor=SYSTEM)
        await create_decision(session, DecisionInput(title="One price list?"), actor=SYSTEM)
    october, november = await close_both(ceo, NOVEMBER)
    assert october == {"made": [], "raised": [], "settled": [], "decided": []}
    assert november == {"made": ["C-2"], "raised": ["D-2"], "settled": [], "decided": []}
