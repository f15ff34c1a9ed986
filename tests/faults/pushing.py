"""F1, F3, F4: clients push one score each, until it is acknowledged, while something is killed.

Every push has its own Idempotency-Key and its own segment, so that afterwards the database tells of each push
whether it is there, and how often it was applied.
"""

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
from sqlalchemy import text

from tests.faults.processes import AppProcess, kill_all, look_inside, stopped
from tests.faults.setting import make_key

CLIENTS = 16
GIVE_UP_SECONDS = 20.0
HANG_SECONDS = 3.0
# Until a client tries again. Together they look every three milliseconds whether somebody answers; twice as
# often would keep half a processor from what is starting.
PAUSE_SECONDS = (0.02, 0.07)


@dataclass
class Tally:
    """What happened, as the clients saw it."""

    acknowledged: set[int] = field(default_factory=set)
    gave_up: int = 0
    away: int = 0
    away_without_retry_after: int = 0
    unexpected: Counter[int] = field(default_factory=Counter)
    connection_errors: int = 0
    recoveries: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)


@dataclass
class Round:
    """One fault among one batch of pushes."""

    todo: Iterator[int]
    strike_after: int
    done: int = 0
    struck_at: float | None = None
    back_at: float | None = None


def score_of(number: int) -> dict[str, Any]:
    """The body of one push."""
    item = {
        "segment": f"seg-{number}",
        "metric": "fault_run",
        "period": "2026-05",
        "scale": {"kind": "index", "min": 0, "max": 1_000_000},
        "value": number,
        "respondents": 50,
    }
    return {"source": "fault", "items": [item]}


async def push_until_acknowledged(
    client: httpx2.AsyncClient, number: int, tally: Tally, round_: Round
) -> None:
    """One push, repeated with its own key until it is acknowledged."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    started = time.monotonic()
    while time.monotonic() - started < GIVE_UP_SECONDS:
        sent = time.monotonic()
        try:
            answer = await client.post("/api/v1/engagement-scores", json=score_of(number), headers=key)
        except httpx2.HTTPError:
            tally.connection_errors += 1
        else:
            if answer.status_code == 200:
                note_success(number, sent, tally, round_)
                return
            note_refusal(answer, tally)
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
    tally.gave_up += 1


def note_success(number: int, sent: float, tally: Tally, round_: Round) -> None:
    """An acknowledged push; the first one sent after the fault tells when the application was back."""
    tally.acknowledged.add(number)
    round_.done += 1
    if round_.struck_at is None or sent < round_.struck_at:
        return
    tally.after.append(time.monotonic() - sent)
    if round_.back_at is None:
        round_.back_at = time.monotonic()
        tally.recoveries.append(round_.back_at - round_.struck_at)


def note_refusal(answer: httpx2.Response, tally: Tally) -> None:
    """Only 503 with Retry-After, and 409 for a key that is still in flight, are expected."""
    if answer.status_code == 503:
        tally.away += 1
        tally.away_without_retry_after += "retry-after" not in answer.headers
    elif answer.status_code != 409:
        tally.unexpected[answer.status_code] += 1


async def run_round(
    app: AppProcess, key: str, round_: Round, tally: Tally, strike: Callable[[], Awaitable[float]]
) -> None:
    """All clients push; at some instant among them the fault strikes."""

    async def work() -> None:
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx2.AsyncClient(base_url=app.base_url, headers=headers, timeout=10) as client:
            for number in round_.todo:
                await push_until_acknowledged(client, number, tally, round_)

    async def disturb() -> None:
        while round_.done < round_.strike_after:
            await asyncio.sleep(0.001)
        await asyncio.sleep(random.random() * 0.004)
        round_.struck_at = await strike()

    async with asyncio.TaskGroup() as group:
        group.create_task(disturb())
        for _ in range(CLIENTS):
            group.create_task(work())


async def kill_app(app: AppProcess) -> float:
    """F1: kill -9 of the application (its PostgreSQL ends with it), and a new start."""
    await asyncio.to_thread(app.kill)
    struck = time.monotonic()
    app.start()
    return struck


async def kill_postgres(app: AppProcess) -> float:
    """F3: kill -9 of PostgreSQL alone; the supervisor starts it again. Counted from when it accepts again."""
    kill_all(app.postgres_processes())
    await asyncio.to_thread(app.wait_ready)
    return time.monotonic()


async def hang_postgres(app: AppProcess) -> float:
    """F4: PostgreSQL answers nothing for three seconds."""
    with stopped(app.postgres_processes()):
        await asyncio.sleep(HANG_SECONDS)
    return time.monotonic()


_STORED = text("select value::int, revision from engagement_scores where source = 'fault'")


async def count_applied(app: AppProcess) -> tuple[Counter[int], Counter[int]]:
    """How often each push stands in the table, and how often it was applied according to the events."""
    async with look_inside(app.folder) as session:
        rows = await session.execute(_STORED)
        stored: Counter[int] = Counter()
        applied: Counter[int] = Counter()
        for value, revision in rows:
            stored[value] += 1
            applied[value] += revision
    return stored, applied


async def push_through_faults(
    app: AppProcess,
    strike: Callable[[AppProcess], Awaitable[float]],
    *,
    rounds: int,
    pushes: int,
    seed: int = 1,
) -> dict[str, Any]:
    """The whole run: rounds of pushes, each with one fault; then what the database holds."""
    random.seed(seed)
    key = await make_key(app)
    tally = Tally()
    for number in range(rounds):
        todo = iter(range(number * pushes, (number + 1) * pushes))
        round_ = Round(todo, strike_after=random.randint(1, pushes // 2))
        await run_round(app, key, round_, tally, lambda: strike(app))
    stored, applied = await count_applied(app)
    return describe(tally, stored, applied) | {"rounds": rounds}


def describe(tally: Tally, stored: Counter[int], applied: Counter[int]) -> dict[str, Any]:
    """The outcome of a run."""
    return {
        "acknowledged": len(tally.acknowledged),
        "lost": len(tally.acknowledged - stored.keys()),
        "applied_twice": sum(1 for count in (stored | applied).values() if count > 1),
        "gave_up": tally.gave_up,
        "unexpected": dict(tally.unexpected),
        "connection_errors": tally.connection_errors,
        "answers_503": tally.away,
        "answers_503_without_retry_after": tally.away_without_retry_after,
        "recovered": len(tally.recoveries),
        "recovery_p50_s": quantile(tally.recoveries, 0.5),
        "recovery_max_s": quantile(tally.recoveries, 1.0),
        "after_p99_s": quantile(tally.after, 0.99),
    }


def quantile(seconds: list[float], share: float) -> float | None:
    """The value below which a share of the sample lies; None of an empty one."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3) if ordered else None
