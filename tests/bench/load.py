"""A load generator, in its own process: `python -m tests.bench.load PORT CONNECTIONS SECONDS LIMIT < PLAN`.

Raw sockets, kept open, one request at a time on each. The plan is a JSON list of requests, taken in turn;
`########` in one becomes the number of the request. Prints one JSON line: how many, how long, how answered,
and the seconds that 95 of 100 answers took at most.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import count
from typing import Any

import uvloop

NUMBER = b"########"
_END_OF_HEAD = b"\r\n\r\n"


class Press:
    """What all connections share."""

    def __init__(self, plan: list[bytes], limit: int) -> None:
        self.plan = plan
        self.numbers = iter(range(limit)) if limit else count()
        self.statuses: Counter[str] = Counter()
        self.waits: list[float] = []
        self.closing = False

    def next_request(self) -> bytes | None:
        """The next request, or None when it is enough."""
        number = None if self.closing else next(self.numbers, None)
        if number is None:
            return None
        return self.plan[number % len(self.plan)].replace(NUMBER, b"%08d" % number)


class Caller(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends again."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self.ended = asyncio.get_running_loop().create_future()
        self.transport: Any = None
        self.received = b""
        self.asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The first request."""
        self.transport = transport
        self.send()

    def send(self) -> None:
        """The next request, or the end."""
        request = self.press.next_request()
        if request is None:
            self.transport.close()
        else:
            self.asked_at = time.perf_counter()
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collects the answer; a whole one is counted."""
        self.received = self.received + data if self.received else data
        head = self.received.find(_END_OF_HEAD)
        if head >= 0 and len(self.received) - head - 4 >= read_length(self.received[:head]):
            self.press.waits.append(time.perf_counter() - self.asked_at)
            self.press.statuses[self.received[9:12].decode()] += 1
            self.received = b""
            self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end; an answer that never came is counted too."""
        if exc is not None or self.received:
            self.press.statuses["lost"] += 1
        self.ended.set_result(None)


def read_length(head: bytes) -> int:
    """The length of the body that follows."""
    place = head.lower().find(b"content-length:")
    return 0 if place < 0 else int(head[place + 15 :].split(b"\r\n", 1)[0])


async def press_hard(port: int, connections: int, seconds: float, press: Press) -> dict[str, Any]:
    """Keeps all connections busy for a time."""
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    callers = [
        (await loop.create_connection(lambda: Caller(press), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    stop = loop.call_later(seconds, setattr, press, "closing", True)
    await asyncio.wait([caller.ended for caller in callers], timeout=seconds + 20)
    stop.cancel()
    elapsed = time.perf_counter() - started
    told = {"requests": press.statuses.total(), "seconds": elapsed, "statuses": dict(press.statuses)}
    waits = sorted(press.waits) or [0.0]
    return told | {"p50": waits[int(len(waits) * 0.5)], "p95": waits[int(len(waits) * 0.95)]}


def main() -> None:
    """Reads the plan, presses, prints."""
    port, connections, limit = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[4])
    plan = [request.encode() for request in json.load(sys.stdin)]
    done = uvloop.run(press_hard(port, connections, float(sys.argv[3]), Press(plan, limit)))
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    main()
