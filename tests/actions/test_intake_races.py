"""Pushes that run beside each other and beside the inbox: nothing is lost, nothing is applied twice."""

import asyncio
from typing import Any

import httpx2
from sqlalchemy import select
from sqlmodel import col

from app.database import Database
from app.models import EngagementScore, EngagementScoreRevision, EngagementSegment, Kpi, Measurement
from tests.api.test_engagement import PATH, make_item, make_push
from tests.cast import Cast
from tests.factories import make_department

ROUNDS = 6


async def set_up(cast: Cast, database: Database) -> httpx2.AsyncClient:
    """The department SALES, and an HR system."""
    async with database.unit_of_work() as session:
        await make_department(session, code="SALES")
    return await cast.machine()


async def send(client: httpx2.AsyncClient, *items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A push that is accepted."""
    answer = await client.post(PATH, json=make_push(*items, **fields))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_of_many_equal_pushes_at_once_one_creates(fresh_cast: Cast, fresh_database: Database) -> None:
    robot = await set_up(fresh_cast, fresh_database)
    items = [make_item(metric=f"m{number}") for number in range(50)]
    answers = await asyncio.gather(*(send(robot, *items) for _ in range(ROUNDS)))
    assert sum(answer["summary"]["created"] for answer in answers) == 50
    assert sum(answer["summary"]["unchanged"] for answer in answers) == 50 * (ROUNDS - 1)
    assert len({tuple(item["id"] for item in answer["items"]) for answer in answers}) == 1


async def test_different_pushes_of_one_key_at_once_leave_every_revision(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    robot = await set_up(fresh_cast, fresh_database)
    keys = [f"m{number}" for number in range(20)]
    orders = [keys if number % 2 else keys[::-1] for number in range(ROUNDS)]
    await asyncio.gather(
        *(
            send(robot, *(make_item(metric=key, value=number) for key in order))
            for number, order in enumerate(orders)
        )
    )
    async with fresh_database.unit_of_work() as session:
        scores = (await session.scalars(select(EngagementScore))).all()
        old = (await session.scalars(select(EngagementScoreRevision))).all()
    assert {score.revision for score in scores} == {ROUNDS}
    for score in scores:
        values = [row.value for row in old if row.score_id == score.id] + [score.value]
        assert sorted(int(value) for value in values if value is not None) == list(range(ROUNDS))


async def test_the_latest_of_scores_pushed_at_once_feeds_the_kpi(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    robot = await set_up(fresh_cast, fresh_database)
    await asyncio.gather(
        *(
            send(robot, make_item(value=day, observed_at=f"2026-06-0{day}T00:00:00Z"), round=f"r{day}")
            for day in range(1, ROUNDS + 1)
        )
    )
    async with fresh_database.unit_of_work() as session:
        kpi = select(col(Kpi.id)).where(col(Kpi.code) == "ENGAGEMENT").scalar_subquery()
        current = select(Measurement).where(
            col(Measurement.kpi_id) == kpi,
            col(Measurement.known_to).is_(None),
            col(Measurement.department_id).is_not(None),
        )
        assert [row.value for row in await session.scalars(current)] == [ROUNDS]


async def test_scores_that_arrive_while_their_segment_is_mapped_are_mapped_too(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    robot = await set_up(fresh_cast, fresh_database)
    ceo = await fresh_cast.ceo()
    await send(robot, make_item(department=None, segment="s1", metric="first"))
    async with fresh_database.unit_of_work() as session:
        segment = (await session.scalars(select(col(EngagementSegment.id)))).one()
    url = f"/api/v1/engagement-segments/{segment}"
    mapping = ceo.put(url, json={"department": "SALES"}, headers={"If-Match": "*"})
    pushes = [
        send(robot, make_item(department=None, segment="s1", metric=f"m{number}")) for number in range(ROUNDS)
    ]
    answer, *_ = await asyncio.gather(mapping, *pushes)
    assert answer.status_code == 200, answer.text
    async with fresh_database.unit_of_work() as session:
        homeless = select(EngagementScore).where(col(EngagementScore.department_id).is_(None))
        assert (await session.scalars(homeless)).all() == []
