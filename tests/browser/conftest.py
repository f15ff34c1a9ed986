"""The browser of the journeys, and for each of them a server of its own over the demo organization.

Whatever a page says on its console, and every breach of its content security policy, fails the journey.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, async_playwright
from sqlalchemy import URL

from app.actions.alignment import renew_alignment
from app.actions.linkage import check_linkage
from app.checking import check_apart
from app.commands.demo import load_demo
from app.database import Database
from app.demo.plan import read_demo
from app.domain.permissions import SYSTEM
from app.main import create_app
from app.measuring import measure_apart
from app.queries.organization import today_of
from app.settings import Settings
from tests.browser.site import Site
from tests.conftest import copy_template, run_sql, url_of

NAMES = ("chromium", "chromium-browser", "google-chrome")
FAILED = pytest.StashKey[bool]()
ABSENT = "no Chromium here (Debian: apt install chromium): the journeys through the pages are left out"


def find_chromium() -> str:
    """The browser of this machine."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or pytest.skip(ABSENT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Leaves word of a failure, so that the pages can be pictured before they close."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if report.failed:
        item.stash[FAILED] = True
    return report  # type: ignore[return-value]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all journeys of a worker."""
    executable = find_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable,
            # Root may not use the sandbox, and containers have little shared memory.
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def demo_template(worker_id: str) -> AsyncIterator[str]:
    """A database with the demo organization, checked once, to be copied."""
    name = f"demo_{worker_id}"
    database = Database(await copy_template(name))
    async with database.unit_of_work() as session:
        await load_demo(session, read_demo(await today_of(session)))
    async with database.unit_of_work() as session:
        await check_linkage(session, check_apart, actor=SYSTEM)
        await renew_alignment(session, measure_apart, actor=SYSTEM)
    await database.close()
    yield name
    await run_sql(f"drop database {name} with (force)")


@pytest.fixture
async def demo_url(demo_template: str, worker_id: str) -> AsyncIterator[URL]:
    """A database with the demo organization for one journey."""
    name = f"journey_{worker_id}_{os.urandom(4).hex()}"
    await run_sql(f"create database {name} template {demo_template} strategy file_copy")
    yield url_of(name)
    await run_sql(f"drop database {name} with (force)")


@pytest.fixture
async def site(
    demo_url: URL, chromium: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Site]:
    """The application as it is served, over the demo organization, and browsers to look at it."""
    database = Database(demo_url, pool_size=10)
    app = create_app(Settings(_env_file=None, rate_limit_per_minute=0), database=database)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done(), "the server did not start"
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    site = Site(f"http://127.0.0.1:{port}", chromium, database)
    yield site
    if request.node.stash.get(FAILED, False):
        await site.take_pictures(tmp_path)
    await site.close()
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await task
    assert site.complaints == []
