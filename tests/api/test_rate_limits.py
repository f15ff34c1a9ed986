"""Rate limits: never more than the limit in a minute, told in headers, shared by all processes."""

import asyncio
from uuid import uuid4

import pytest

from app.actions.traffic import lease_requests
from app.api.allowances import Allowances
from app.database import Database
from app.domain.permissions import Permission
from app.errors import TooManyRequests
from app.main import create_app
from app.settings import Settings
from tests.cast import Cast

LIMIT = 25


@pytest.fixture
def settings() -> Settings:
    """A limit that a test can reach."""
    return Settings(_env_file=None, rate_limit_per_minute=LIMIT)


async def test_beyond_the_limit_is_429_with_the_time_to_wait(fresh_cast: Cast) -> None:
    reader = await fresh_cast.machine(Permission.GOALS_READ)
    answers = [await reader.get("/api/v1/goals") for _ in range(LIMIT + 3)]
    statuses = [answer.status_code for answer in answers]
    # The minute may turn once while the test runs; then the count begins again.
    assert statuses[:LIMIT] == [200] * LIMIT
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused or len(set(statuses)) == 1
    for answer in refused:
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.json()["code"] == "too_many_requests"
    assert answers[0].headers["ratelimit-policy"] == f'"default";q={LIMIT};w=60'
    assert answers[0].headers["ratelimit"].startswith(f'"default";r={LIMIT - 1};t=')


async def test_a_crowd_larger_than_the_pool_does_not_wait_for_itself(fresh_cast: Cast) -> None:
    reader = await fresh_cast.machine(Permission.GOALS_READ)
    answers = await asyncio.wait_for(
        asyncio.gather(*(reader.get("/api/v1/goals") for _ in range(60))), timeout=8
    )
    assert {answer.status_code for answer in answers} <= {200, 429}


async def test_one_actor_does_not_use_up_the_requests_of_another(fresh_cast: Cast) -> None:
    greedy, modest = (
        await fresh_cast.machine(Permission.GOALS_READ),
        await fresh_cast.machine(Permission.GOALS_READ),
    )
    for _ in range(LIMIT + 1):
        await greedy.get("/api/v1/goals")
    assert (await modest.get("/api/v1/goals")).status_code == 200


async def test_two_processes_together_never_allow_more_than_the_limit(fresh_database: Database) -> None:
    async def lease(actor: object, minute: int, wanted: int, limit: int) -> tuple[int, int]:
        async with fresh_database.unit_of_work() as session:
            return await lease_requests(session, actor, minute, wanted=wanted, limit=limit)  # type: ignore[arg-type]

    processes = [Allowances(100, lease, clock=lambda: 1_800_000_000.0) for _ in range(4)]
    actor = uuid4()
    taken = 0

    async def use(process: Allowances) -> None:
        nonlocal taken
        for _ in range(60):
            try:
                await process.take(actor)
            except TooManyRequests:
                continue
            taken += 1

    await asyncio.gather(*(use(process) for process in processes))
    assert taken == 100


async def test_the_next_minute_starts_again(fresh_database: Database) -> None:
    now = 1_800_000_000.0

    async def lease(actor: object, minute: int, wanted: int, limit: int) -> tuple[int, int]:
        async with fresh_database.unit_of_work() as session:
            return await lease_requests(session, actor, minute, wanted=wanted, limit=limit)  # type: ignore[arg-type]

    allowances = Allowances(2, lease, clock=lambda: now)
    actor = uuid4()
    assert await allowances.take(actor)
    assert await allowances.take(actor)
    with pytest.raises(TooManyRequests):
        await allowances.take(actor)
    now += 60
    assert await allowances.take(actor)


async def test_a_limit_of_zero_counts_nothing(database: Database) -> None:
    app = create_app(Settings(_env_file=None, rate_limit_per_minute=0), database=database)
    assert await app.state.allowances.take(uuid4()) is None
