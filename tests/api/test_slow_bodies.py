"""Attacks by slowness: bodies that never end must not keep others from being answered."""

import asyncio
from contextlib import suppress
from typing import Any

from app.api.envelope import Envelope
from app.api.problems import answer_problem
from app.settings import Settings
from tests.cast import Cast

PLACES = Settings(_env_file=None).max_in_flight
POST = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "POST",
    "scheme": "http",
    "path": "/api/v1/goals",
    "raw_path": b"/api/v1/goals",
    "query_string": b"",
    "root_path": "",
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"100")],
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 80),
}


async def receive_never_all() -> dict[str, Any]:
    """The first bytes of a body, after which nothing comes."""
    await asyncio.sleep(0.01)
    return {"type": "http.request", "body": b"", "more_body": True}


async def send_nowhere(_: Any) -> None:
    """What the sender of such a body reads: nothing."""


async def test_slow_bodies_take_no_place_from_other_requests(cast: Cast) -> None:
    viewer = await cast.viewer()
    slow = [asyncio.create_task(cast.app(dict(POST), receive_never_all, send_nowhere)) for _ in range(PLACES)]
    try:
        await asyncio.sleep(0.05)
        assert (await viewer.get("/api/v1/goals")).status_code == 200
        assert (await viewer.get("/healthz")).status_code == 200
        refused = await viewer.post("/api/v1/goals", json={})
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    finally:
        for task in slow:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    assert (await viewer.post("/api/v1/goals", json={})).status_code != 503


async def test_a_body_that_does_not_end_is_given_up(cast: Cast) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    envelope = Envelope(
        cast.app, voice=answer_problem, max_body_bytes=100, max_in_flight=1, body_seconds=0.05
    )
    await asyncio.wait_for(envelope(dict(POST), receive_never_all, send), timeout=10)
    start, body = sent
    assert start["status"] == 400
    assert (b"connection", b"close") in start["headers"]
    assert b'"code":"body_too_slow"' in body["body"]
