"""Screens that follow a review through several processes, and processes that stop while they do."""

import signal
import time
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import URL

from app.actions.keys import issue_person_key
from app.database import Database
from app.domain.permissions import SYSTEM, Role
from app.models import Owner
from tests.factories import make_owner, make_review
from tests.web.following import follow, open_screen, serve_apart

# The server itself would wait for ten.
AT_ONCE_SECONDS = 8.0


async def prepare(database: Database) -> tuple[Owner, str]:
    """A review, somebody who follows it, and their key."""
    async with database.unit_of_work() as session:
        chief = await make_owner(session, role=Role.EXECUTIVE)
        await make_review(session, code="2026-10")
        return chief, await issue_person_key(session, chief, actor=SYSTEM)


async def test_what_one_process_writes_is_told_by_the_other(fresh_database: Database, fresh_url: URL) -> None:
    chief, key = await prepare(fresh_database)
    async with AsyncExitStack() as stack:
        one, _ = await stack.enter_async_context(serve_apart(fresh_url))
        other, _ = await stack.enter_async_context(serve_apart(fresh_url))
        here = await stack.enter_async_context(await open_screen(fresh_database, chief, one))
        there = await stack.enter_async_context(await open_screen(fresh_database, chief, other))
        heard_here = await stack.enter_async_context(follow(here))
        heard_there = await stack.enter_async_context(follow(there))
        said = await here.post(
            "/api/v1/reviews/2026-10/parked-items",
            json={"what": "The canteen"},
            headers={"Authorization": f"Bearer {key}"},
        )
        assert said.status_code == 201, said.text
        assert await heard_here.read_names(1) == ["parked"]
        assert await heard_there.read_names(1) == ["parked"]


@pytest.mark.parametrize(("number", "workers"), [(signal.SIGINT, 1), (signal.SIGTERM, 2)])
async def test_streams_do_not_hold_up_a_stop(
    fresh_database: Database, fresh_url: URL, number: signal.Signals, workers: int
) -> None:
    chief, _ = await prepare(fresh_database)
    async with serve_apart(fresh_url, "--workers", str(workers)) as (url, process):
        screen = await open_screen(fresh_database, chief, url)
        async with screen, follow(screen) as first, follow(screen) as second:
            started = time.monotonic()
            process.send_signal(number)
            assert await first.read_event() is None
            assert await second.read_event() is None
        assert await process.wait() == 0
        assert time.monotonic() - started < AT_ONCE_SECONDS
