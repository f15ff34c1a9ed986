"""A serving process checks by itself: nobody asks, and a second later the finding is there."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx2

from tests.faults.processes import AppProcess
from tests.faults.setting import make_key

PATIENCE_SECONDS = 30.0


async def test_a_write_is_followed_by_a_check_that_nobody_asked_for(tmp_path: Path) -> None:
    with AppProcess(tmp_path, workers=2) as app:
        key = {"Authorization": f"Bearer {await make_key(app)}"}
        async with httpx2.AsyncClient(base_url=app.base_url, headers=key) as client:
            goal = {"code": "G1", "title": "Grow", "status": "active"}
            made = await client.post("/api/v1/goals", json=goal)
            assert made.status_code == 201, made.text
            assert [item["rule"] for item in await wait_for_findings(client)].count("L601") == 1


async def wait_for_findings(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """The findings once a check has seen every change."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE_SECONDS:
        if not (await client.get("/api/v1/linkage")).json()["stale"]:
            items: list[dict[str, Any]] = (await client.get("/api/v1/linkage/findings")).json()["items"]
            return items
        await asyncio.sleep(0.1)
    raise AssertionError("no check ran")
