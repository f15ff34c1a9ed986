"""Closing a review over the API: frozen once, the same for ever, opened again as a revision."""

import asyncio
from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.models import Event, ReviewSnapshot
from tests.cast import Cast
from tests.factories import make_department, make_kpi, make_owner, make_review, make_target

URL = "/api/v1/reviews/2026-10"


@pytest.fixture(autouse=True)
async def open_october(session: AsyncSession) -> None:
    await make_review(session, code="2026-10")


async def test_closing_keeps_what_was_shown_under_its_hash(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    closed = await ceo.post(f"{URL}/close", json={})
    assert closed.status_code == 200, closed.text
    assert (closed.json()["status"], closed.json()["revision"]) == ("closed", 1)
    (kept,) = (await session.scalars(select(ReviewSnapshot))).all()
    assert kept.sha256 == sha256(kept.body).hexdigest()
    assert (kept.schema_version, kept.closed_by) == (1, ceo.owner.name)  # type: ignore[attr-defined]
    (told,) = (await ceo.get(f"{URL}/snapshots")).json()["items"]
    assert (told["revision"], told["sha256"], told["reason"]) == (1, kept.sha256, None)
    again = await ceo.post(f"{URL}/close", json={})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    events = await session.scalars(select(col(Event.action)).where(col(Event.kind) == "review"))
    assert list(events) == ["created", "closed"]


async def test_a_closed_review_is_opened_again_with_a_reason_and_keeps_its_revisions(
    cast: Cast, session: AsyncSession
) -> None:
    ceo = await cast.ceo()
    early = await ceo.post(f"{URL}/reopen", json={"reason": "A value was wrong."})
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    await ceo.post(f"{URL}/close", json={})
    assert (await ceo.post(f"{URL}/reopen", json={})).status_code == 422
    opened = await ceo.post(f"{URL}/reopen", json={"reason": "A value was wrong."})
    assert opened.json()["status"] == "preparing"
    assert (opened.json()["revision"], opened.json()["reason"]) == (2, "A value was wrong.")
    assert opened.json()["closed_at"] is None
    await ceo.post(f"{URL}/close", json={})
    first, second = (await ceo.get(f"{URL}/snapshots")).json()["items"]
    assert (first["revision"], second["revision"]) == (1, 2)
    assert second["reason"] == "A value was wrong."
    assert first["sha256"] != second["sha256"]


async def test_whoever_may_not_run_reviews_closes_none(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head(await make_department(session))
    assert (await head.post(f"{URL}/close", json={})).status_code == 403
    assert (await head.post(f"{URL}/reopen", json={"reason": "Oh."})).status_code == 403
    assert (await head.get(f"{URL}/snapshots")).status_code == 200


async def test_reopening_lets_values_be_typed_again(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    await make_target(session, kpi, "2026")
    url = f"/api/v1/kpis/{kpi.code}/measurements/2026-10"
    assert (await ceo.post(f"{URL}/close", json={"despite": "One comes late."})).status_code == 200
    assert (await ceo.put(url, json={"value": 95})).status_code == 409
    await ceo.post(f"{URL}/reopen", json={"reason": "A value was missing."})
    assert (await ceo.put(url, json={"value": 95})).status_code == 201


async def test_of_two_who_close_at_once_one_wins(fresh_cast: Cast) -> None:
    assert fresh_cast.database is not None
    async with fresh_cast.database.unit_of_work() as session:
        await make_review(session, code="2026-10")
        await make_owner(session)
    clients = [await fresh_cast.ceo() for _ in range(3)]
    answers = await asyncio.gather(*(each.post(f"{URL}/close", json={}) for each in clients))
    assert sorted(each.status_code for each in answers) == [200, 409, 409]
    async with fresh_cast.database.unit_of_work(read_only=True) as session:
        assert len((await session.scalars(select(ReviewSnapshot))).all()) == 1
