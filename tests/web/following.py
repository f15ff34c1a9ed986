"""Screens of the tests that follow a review: a served application, real streams, and what they were told."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import httpx2
import uvicorn
from fastapi import FastAPI
from sqlalchemy import URL

from app.actions.sign_ins import act_as, start_sign_in
from app.database import Database
from app.embedded import die_with_parent
from app.models import Owner
from tests.faults.processes import READY_SECONDS, free_port

# Long enough for a busy machine, short enough for somebody who waits for a test that fails.
PATIENCE_SECONDS = 10.0


@asynccontextmanager
async def serve_app(app: FastAPI) -> AsyncIterator[str]:
    """An application on a port of its own, as `coxswain serve` runs it; where it is."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done(), "the server did not start"
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        app.state.hearing.end()
        server.should_exit = True
        await task


async def open_screen(database: Database, owner: Owner, url: str) -> httpx2.AsyncClient:
    """A browser of somebody who is signed in."""
    async with database.unit_of_work() as session:
        token = await start_sign_in(session, owner, browser="tests", actor=act_as(owner))
    return httpx2.AsyncClient(base_url=url, cookies={"coxswain": token}, timeout=PATIENCE_SECONDS)


class Stream:
    """What one screen is told."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def read_event(self) -> tuple[str, str] | None:
        """The next event and its data; None when the stream is over. Comments are passed over."""
        name = ""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self._lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                if line.startswith("data: "):
                    return name, line.removeprefix("data: ")
        return None

    async def read_names(self, count: int) -> list[str]:
        """The names of the next events."""
        events = [await self.read_event() for _ in range(count)]
        return [event[0] if event else "over" for event in events]


@asynccontextmanager
async def follow(screen: httpx2.AsyncClient, period: str = "2026-10") -> AsyncIterator[Stream]:
    """A stream that has begun: its first event is read."""
    async with screen.stream("GET", f"/reviews/{period}/live") as answer:
        assert answer.status_code == 200, await answer.aread()
        stream = Stream(answer)
        assert (await stream.read_names(1)) == ["edition"]
        yield stream


@asynccontextmanager
async def serve_apart(
    url: URL, *words: str, port: int | None = None
) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """`coxswain serve` as a process of its own over a database: where it is, and the process."""
    port = port or free_port()
    settings = {"DATABASE_URL": url.render_as_string(hide_password=False), "ALLOW_FORGETFUL_DATABASE": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "serve", "--port", str(port), *words),
        env=os.environ | {f"COXSWAIN_{name}": value for name, value in settings.items()},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=partial(die_with_parent, signal.SIGTERM),
    )
    try:
        await wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def wait_until_ready(url: str, process: asyncio.subprocess.Process) -> None:
    """Returns with the first good answer."""
    async with asyncio.timeout(READY_SECONDS), httpx2.AsyncClient(base_url=url) as client:
        while True:
            assert process.returncode is None, "the server did not start"
            with suppress(httpx2.HTTPError):
                if (await client.get("/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
