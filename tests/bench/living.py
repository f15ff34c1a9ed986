"""P16 and P17: the memory of a worker over many requests, and the time from start to first answer."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.measuring import press, write_request
from tests.bench.serving import METRICS
from tests.faults.processes import AppProcess

EARLY_REQUESTS = 10_000
ALL_REQUESTS = 100_000
MEMORY_SECONDS = 100.0
WARM_STARTS = 5
MAX_RESIDENT_MB = 150
MAX_GROWTH = 0.05
MAX_START_SECONDS = 1.0

_PUSH = (
    '{"source":"living","items":[{"segment":"########","metric":"living","period":"2026-05",'
    '"scale":{"kind":"index","min":0,"max":1000000},"value":7,"respondents":50}]}'
)


def make_plan(key: str) -> list[str]:
    """Forty requests: a pull, a list, a push, and what costs little, so that 100,000 take bearable time."""
    return [
        write_request(METRICS, key=key),
        write_request("/api/v1/goals", key=key),
        write_request(
            "/api/v1/engagement-scores", key=key, method="POST", body=_PUSH, Idempotency_Key="l-########"
        ),
        *[write_request("/healthz")] * 16,
        *[write_request("/api/v1/goals")] * 10,
        *[write_request("/api/v1/nowhere-########")] * 9,
        *[write_request("/api/v1/goals?unknown=########", key=key)] * 2,
    ]


def measure_memory(app: AppProcess, key: str) -> dict[str, Any]:
    """P16: resident memory after 10,000 requests and after all."""
    assert app.process is not None
    plan = make_plan(key)
    done = press_counted(app, plan, EARLY_REQUESTS, MEMORY_SECONDS)
    early = app.resident_bytes()
    done += press_counted(app, plan, ALL_REQUESTS - EARLY_REQUESTS, MEMORY_SECONDS)
    late = app.resident_bytes()
    growth = late / early - 1
    return {
        "item": "P16",
        "title": "memory of a worker over many requests",
        "ok": late <= MAX_RESIDENT_MB * 1e6 and growth <= MAX_GROWTH and done == ALL_REQUESTS,
        "requests": done,
        "early_mb": round(early / 1e6, 1),
        "late_mb": round(late / 1e6, 1),
        "growth": round(growth, 4),
    }


def press_counted(app: AppProcess, plan: list[str], requests: int, seconds: float) -> int:
    """So many requests; fewer when time is up. None of them may end in a defect of ours."""
    assert app.process is not None
    told = press(app.port, [app.process.pid], plan, limit=requests, seconds=seconds)
    if unexpected := told.statuses.keys() - {"200", "401", "404", "422"}:
        raise RuntimeError(f"answers were {told.statuses}: {unexpected}")
    return sum(told.statuses.values())


def measure_starts() -> dict[str, Any]:
    """P17: `coxswain serve` to the first 200 of /readyz, on a new folder and on one that is there."""
    with TemporaryDirectory(prefix="coxswain-bench-") as folder:
        app = AppProcess(Path(folder))
        seconds = [time_start(app) for _ in range(1 + WARM_STARTS)]
    cold, *warm = seconds
    return {
        "item": "P17",
        "title": "start to first 200",
        "ok": min(warm) <= MAX_START_SECONDS,
        "cold_s": round(cold, 2),
        "warm_best_s": round(min(warm), 2),
        "warm_all_s": [round(each, 2) for each in warm],
    }


def time_start(app: AppProcess) -> float:
    """One start, and the stop that is not counted."""
    started = time.monotonic()
    try:
        app.start()
        app.wait_ready()
        return time.monotonic() - started
    finally:
        app.stop()
