"""Rate limits: what a caller over the limit is told, and that all processes together keep to it."""

from uuid import UUID

import pytest

from app.actions.traffic import lease_requests
from app.api.allowances import Allowances
from app.database import Database
from app.errors import TooManyRequests
from app.main import create_app
from app.models.base import new_id
from app.settings import Settings
from tests.cast import Cast

GOALS = "/api/v1/goals"
NOON = 1_800_000_000 - 1_800_000_000 % 60


async def test_requests_over_the_limit_are_told_when_to_come_back(fresh_cast: Cast) -> None:
    limited = Settings(_env_file=None, rate_limit_per_minute=3)
    assert fresh_cast.database is not None
    fresh_cast.app = create_app(limited, database=fresh_cast.database)
    viewer, other = await fresh_cast.viewer(), await fresh_cast.viewer()
    # Seven requests reach over the turn of a minute at most once, so at least one is refused.
    answers = [await viewer.get(GOALS) for _ in range(7)]
    assert answers[0].status_code == 200
    assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"default";r=2;t=')
    (over, *_) = [answer for answer in answers if answer.status_code == 429]
    assert over.json()["code"] == "too_many_requests"
    assert 1 <= int(over.headers["retry-after"]) <= 60
    assert (await other.get(GOALS)).status_code == 200


@pytest.mark.parametrize("limit", [1, 19, 100, 1_000])
async def test_all_processes_together_grant_the_limit_and_no_more(
    fresh_database: Database, limit: int
) -> None:
    now = [NOON]

    async def lease(actor: UUID, minute: int, wanted: int, most: int) -> tuple[int, int]:
        async with fresh_database.unit_of_work() as session:
            return await lease_requests(session, actor, minute, wanted=wanted, limit=most)

    processes = [Allowances(limit, lease, clock=lambda: now[0]) for _ in range(3)]
    actor = new_id()

    async def take_all() -> int:
        """Takes in turn until every process refuses."""
        granted, open_ones = 0, list(processes)
        while open_ones:
            for process in list(open_ones):
                try:
                    await process.take(actor)
                    granted += 1
                except TooManyRequests:
                    open_ones.remove(process)
        return granted

    assert await take_all() == limit
    assert await take_all() == 0
    now[0] += 60
    assert await take_all() == limit


async def test_what_is_left_counts_down(fresh_database: Database) -> None:
    async def lease(actor: UUID, minute: int, wanted: int, most: int) -> tuple[int, int]:
        async with fresh_database.unit_of_work() as session:
            return await lease_requests(session, actor, minute, wanted=wanted, limit=most)

    allowances, actor = Allowances(50, lease, clock=lambda: NOON + 18), new_id()
    told = [await allowances.take(actor) for _ in range(50)]
    assert [allowance and allowance.remaining for allowance in told] == list(range(49, -1, -1))
    assert {allowance and allowance.reset_seconds for allowance in told} == {42}


async def test_a_limit_of_none_counts_nothing(fresh_database: Database) -> None:
    async def lease(actor: UUID, minute: int, wanted: int, most: int) -> tuple[int, int]:
        raise AssertionError((actor, minute, wanted, most))

    assert await Allowances(0, lease).take(new_id()) is None
