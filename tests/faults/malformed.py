"""F10: a flood of requests that no honest client would send; each is refused, and nothing grows."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.faults.processes import AppProcess
from tests.faults.setting import make_key

SENDERS = 32
PATIENCE_SECONDS = 15
WARM_UP_REQUESTS = 1_000

ITEM = (
    b'{"segment":"s","metric":"engagement","period":"2026-05",'
    b'"scale":{"kind":"mean","min":0,"max":10},"value":%s,"respondents":9}'
)
BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"0",
    b'"x"',
    b"{}",
    b'{"items":[]}',
    b'{"source":"x","items":[' + ITEM % b"NaN" + b"]}",
    b'{"source":"x","items":[' + ITEM % b"Infinity" + b"]}",
    b'{"source":"x","items":[' + ITEM % b"1e400" + b"]}",
    b'{"source":"x","items":[' + ITEM % b"99999999999999999999999" + b"]}",
    b'{"source":"x","items":[' + ITEM % b'"7"' + b"]}",
    b'{"source":"x","items":[' + ITEM % b"7" + b"," + ITEM % b"8" + b"]}",
    b'{"source":"x\\u0000","items":[' + ITEM % b"7" + b"]}",
    b'{"source":"\\ud800","items":[' + ITEM % b"7" + b"]}",
    b'{"source":"x","items":[{"email":"a@b.c"}]}',
    b'{"code":"\\u0000","title":"x"}',
    b'{"code":"A","title":"\\ud800"}',
    b'{"code":"=cmd|\' /C calc\'!A0","title":"x"}',
    b'{"code":"A","title":"%s"}' % (b"A" * 100_000),
    b'{"code":"A","title":"x","starts_on":"2026-02-30"}',
    b'{"code":"A","title":"x","starts_on":"0000-00-00"}',
    b'{"code":"A","title":"x","rank":99999999999999999999}',
    b'{"code":"A","code":"B","title":"x"}',
    b'{"code":"A","title":"x","is_admin":true}',
    b'{"value":1e308}',
    b'{"value":"\xd9\xa1"}',
    b"[" * 20_000,
    b'{"a":' * 5_000,
    b"\xff\xfe\x00",
]
PATHS = [
    "/api/v1/engagement-scores",
    "/api/v1/engagement-scores?atomic=maybe",
    "/api/v1/goals",
    "/api/v1/goals/tree",
    "/api/v1/goals/0",
    "/api/v1/goals/%00",
    "/api/v1/goals/1%27%20or%201=1--",
    "/api/v1/goals/..%2f..%2fetc%2fpasswd",
    "/api/v1/kpis/ENGAGEMENT/measurements/2026-13",
    "/api/v1/kpis/ENGAGEMENT/measurements/2026-10?department=%ff",
    "/api/v1/metrics?period=2026-W54",
    "/api/v1/metrics?limit=-1&cursor=%ff",
    "/api/v1/changes?cursor=AAAA",
    "/%c0%ae%c0%ae/",
    "/" + "a" * 8000,
    "//evil.example/%0d%0aSet-Cookie:x=1",
    "/healthz?" + "a=1&" * 2000,
]
HEADERS = [
    b"",
    b"If-Match: *\r\n",
    b'If-Match: "\xc2\xb2"\r\n',
    b'If-Match: "999999999999999999999"\r\n',
    b"Idempotency-Key: " + b"k" * 300 + b"\r\n",
    b"Idempotency-Key: \r\n",
    b"Idempotency-Key: a\x00b\r\n",
    b"Content-Type: text/plain\r\n",
    b"Content-Type: text/csv\r\n",
    b"Content-Type: application/json; charset=utf-16\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Encoding: br\r\n",
    b"X-Forwarded-For: 1.1.1.1, ::1, x\r\n",
    b"X-Request-Id: " + b"r" * 3000 + b"\r\n",
    b"Cookie: session=" + b"A" * 6000 + b"\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    b"Content-Length: 99999999999\r\n",
    b"Expect: 100-continue\r\n",
    b"Host: evil.example\r\n",
    b"Range: bytes=0-0,-1\r\n",
    b"Accept: text/html;q=9,*\r\n",
    b'If-None-Match: W/"\r\n',
    b"Authorization: Basic eDp5\r\n",
    b"Authorization: Bearer cox_\x00_\x00\r\n",
]
METHODS = ["POST", "PATCH", "GET", "PUT", "DELETE", "TRACE", "FOO", "OPTIONS", "HEAD"]


def build_request(random_: random.Random, key: str) -> bytes:
    """One request; a fifth of the bodies have a byte changed at random."""
    body, path = random_.choice(BODIES), random_.choice(PATHS)
    header, method = random_.choice(HEADERS), random_.choice(METHODS)
    if random_.random() < 0.2:
        place = random_.randrange(max(1, len(body)))
        body = body[:place] + bytes([random_.randrange(256)]) + body[place + 1 :]
    lines = [f"{method} {path} HTTP/1.1\r\n".encode(), header, b"Connection: close\r\n"]
    if not header.startswith(b"Host"):
        lines.append(b"Host: 127.0.0.1\r\n")
    if not header.startswith(b"Authorization") and random_.random() < 0.9:
        lines.append(f"Authorization: Bearer {key}\r\n".encode())
    if b"Content-Length" not in header:
        lines.append(b"Content-Length: %d\r\n" % len(body))
    if b"Content-Type" not in header:
        lines.append(b"Content-Type: application/json\r\n")
    return b"".join([*lines, b"\r\n", body])


async def send_raw(port: int, request: bytes) -> str:
    """The status line's code, or what happened instead of an answer."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
        writer.close()
    except TimeoutError:
        return "no answer in time"
    except OSError:
        return "closed"
    if b"Traceback" in answer:
        return "stack trace"
    return answer[9:12].decode("latin1") or "closed"


async def flood(app: AppProcess, *, requests: int, seed: int = 3) -> dict[str, Any]:
    """All requests, by a few senders at a time."""
    random_ = random.Random(seed)
    key = await make_key(app)
    outcomes: Counter[str] = Counter()
    examples: list[str] = []

    async def work(numbers: Iterator[int]) -> None:
        for _ in numbers:
            request = build_request(random_, key)
            outcome = await send_raw(app.port, request)
            outcomes[outcome] += 1
            if outcome.startswith("5") and len(examples) < 5:
                examples.append(f"{outcome} {request[:300]!r}")

    # The first requests fill pools and caches; growth is counted from there.
    first = iter(range(WARM_UP_REQUESTS))
    await asyncio.gather(*(work(first) for _ in range(SENDERS)))
    before = app.resident_bytes()
    started = time.monotonic()
    numbers = iter(range(requests))
    await asyncio.gather(*(work(numbers) for _ in range(SENDERS)))
    elapsed = time.monotonic() - started
    app.wait_ready()
    return {
        "requests": requests,
        "outcomes": dict(sorted(outcomes.items())),
        "server_errors": sum(count for outcome, count in outcomes.items() if outcome.startswith("5")),
        "no_answer": outcomes["no answer in time"],
        "stack_traces": outcomes["stack trace"],
        "growth_mib": round((app.resident_bytes() - before) / 2**20, 1),
        "per_second": round(requests / elapsed),
        "examples": examples,
    }
