"""F8, F9, F11: many editors of one thing, a thousand pushes in one instant, one key used by fifty at once."""

import asyncio
import json
import time
import uuid
from collections import Counter
from typing import Any

import httpx2
from sqlalchemy import text

from tests.faults.processes import AppProcess, look_inside
from tests.faults.pushing import score_of
from tests.faults.setting import make_key

_APPLIED = text("select count(*) from events where kind = 'theme' and code = 'ONCE' and action = 'created'")
GOAL = {"code": "RACE", "title": "Before the race", "status": "active"}


def open_client(app: AppProcess, key: str) -> httpx2.AsyncClient:
    """A client that may hold many connections."""
    limits = httpx2.Limits(max_connections=50)
    headers = {"Authorization": f"Bearer {key}"}
    return httpx2.AsyncClient(base_url=app.base_url, headers=headers, timeout=30, limits=limits)


async def edit_together(app: AppProcess, *, editors: int, edits: int) -> dict[str, Any]:
    """F8: each editor reads, edits with the ETag it saw, and counts; nobody's edit may be lost."""
    statuses: Counter[int] = Counter()
    won: dict[int, str] = {}
    overwritten = 0
    async with open_client(app, await make_key(app)) as client:
        await client.post("/api/v1/goals", json=GOAL)
        first = (await client.get("/api/v1/goals/RACE")).json()["version"]

        async def edit(editor: int) -> None:
            nonlocal overwritten
            for number in range(edits):
                seen = await client.get("/api/v1/goals/RACE")
                title = f"by {editor}, edit {number}"
                etag = {"If-Match": seen.headers.get("etag", "*")}
                answer = await client.patch("/api/v1/goals/RACE", json={"title": title}, headers=etag)
                statuses[answer.status_code] += 1
                if answer.status_code == 200:
                    won[answer.json()["version"]] = title
                    overwritten += answer.json()["version"] != seen.json()["version"] + 1

        await asyncio.gather(*(edit(editor) for editor in range(editors)))
        last = (await client.get("/api/v1/goals/RACE")).json()
        unguarded = (await client.patch("/api/v1/goals/RACE", json={"title": "x"})).status_code
    return {
        "edits": editors * edits,
        "statuses": dict(statuses),
        "versions_made": last["version"] - first,
        "overwritten_unseen": overwritten,
        "lost_updates": statuses[200] - len(won) + abs(last["version"] - first - statuses[200]),
        "last_winner_stands": won.get(last["version"]) == last["title"],
        "without_if_match": unguarded,
    }


async def push_at_once(app: AppProcess, *, connections: int) -> dict[str, Any]:
    """F9: all connections are open before the first byte is sent on any of them."""
    key = await make_key(app)
    statuses: Counter[str] = Counter()
    seconds: list[float] = []
    pairs = [await asyncio.open_connection("127.0.0.1", app.port) for _ in range(connections)]

    async def push(number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = json.dumps(score_of(number)).encode()
        head = (
            f"POST /api/v1/engagement-scores HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {uuid.uuid4()}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        started = time.perf_counter()
        writer.write(head.encode() + body)
        answer = await asyncio.wait_for(reader.read(), 60)
        seconds.append(time.perf_counter() - started)
        status = answer[9:12].decode("latin1")
        statuses[status] += 1
        if status in ("429", "503") and b"retry-after" not in answer.lower():
            statuses[f"{status} without Retry-After"] += 1
        writer.close()

    await asyncio.gather(*(push(number, *pair) for number, pair in enumerate(pairs)))
    seconds.sort()
    return {
        "connections": connections,
        "statuses": dict(statuses),
        "p50_s": round(seconds[connections // 2], 3),
        "p99_s": round(seconds[int(connections * 0.99)], 3),
    }


async def repeat_one_key(app: AppProcess, *, clients: int) -> dict[str, Any]:
    """F11: fifty clients send the same request with the same key at the same time."""
    key = await make_key(app)
    statuses: Counter[str] = Counter()
    bodies: set[bytes] = set()
    async with open_client(app, key) as client:
        token = {"Idempotency-Key": str(uuid.uuid4())}
        body = {"code": "ONCE", "name": "Applied once"}

        async def send() -> None:
            answer = await client.post("/api/v1/themes", json=body, headers=token)
            code = answer.json()["code"] if answer.status_code >= 400 else "done"
            statuses[f"{answer.status_code} {code}"] += 1
            if answer.status_code == 201:
                bodies.add(answer.content)

        await asyncio.gather(*(send() for _ in range(clients)))
    async with look_inside(app.folder) as session:
        applied = await session.scalar(_APPLIED)
    return {"statuses": dict(statuses), "different_bodies": len(bodies), "applied": applied}
