"""Pressing a server from outside, and what that costs it: requests a second beside CPU a request."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psutil

CONNECTIONS = 16
SECONDS = 2.0


@dataclass(frozen=True)
class Pressed:
    """One measurement."""

    per_second: float
    cpu_us: float
    statuses: dict[str, int]
    p95_ms: float
    p50_ms: float


def write_request(path: str, *, key: str = "", method: str = "GET", body: str = "", **headers: str) -> str:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {key}"] if key else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join([*lines, "", body])


def press(
    port: int,
    servers: Sequence[int],
    plan: Sequence[str],
    *,
    connections: int = CONNECTIONS,
    seconds: float = SECONDS,
    limit: int = 0,
) -> Pressed:
    """Presses a server for a time, or with so many requests; CPU is that of the server's processes alone."""
    arguments = [str(port), str(connections), str(seconds), str(limit)]
    before = cpu_seconds(servers)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", *arguments],
        input=json.dumps(list(plan)),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    spent = cpu_seconds(servers) - before
    return Pressed(
        per_second=told["requests"] / told["seconds"],
        cpu_us=spent / max(1, told["requests"]) * 1e6,
        statuses=told["statuses"],
        p95_ms=told["p95"] * 1000,
        p50_ms=told["p50"] * 1000,
    )


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of processes since they began."""
    times = [psutil.Process(pid).cpu_times() for pid in pids]
    return sum(each.user + each.system for each in times)


@contextmanager
def constant_server(port: int, size: int) -> Iterator[int]:
    """The floor, running; its process id."""
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.floor", str(port), str(size)])
    try:
        wait_for_port(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def wait_for_port(port: int) -> None:
    """Until somebody listens."""
    started = time.monotonic()
    while time.monotonic() - started < 20:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nobody listens on port {port}")


def best(rounds: Sequence[Pressed], *, expected: str) -> Pressed:
    """The round with the most answers a second; any other answer spoils the measurement."""
    for each in rounds:
        if set(each.statuses) != {expected}:
            raise RuntimeError(f"answers were {each.statuses}, expected {expected} only")
    return Pressed(
        per_second=max(each.per_second for each in rounds),
        cpu_us=min(each.cpu_us for each in rounds),
        statuses=rounds[0].statuses,
        p95_ms=min(each.p95_ms for each in rounds),
        p50_ms=min(each.p50_ms for each in rounds),
    )
