"""P1, P2 and P4: pulling metrics beside constant bytes, and pushing one score beside a raw upsert."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx2

from app.actions.keys import issue_client_key
from app.domain.permissions import SCOPES, SYSTEM
from app.embedded import Server, running
from tests.bench.floor import ETAG
from tests.bench.measuring import CONNECTIONS, SECONDS, Pressed, best, constant_server, press, write_request
from tests.factories import make_client, make_department, make_kpi, make_measurement, make_target
from tests.faults.processes import AppProcess, free_port, look_inside

ROUNDS = 3
METRICS = "/api/v1/metrics?period=2026-05"
DEPARTMENTS = 5
KPIS = 8

_FLOOR_TABLE = "create table floor_single (like engagement_scores including all)"
_FLOOR_UPSERT = """
insert into floor_single (id, source, survey, round, metric, place, segment, period, scale_kind, scale_min,
                          scale_max, value, suppressed, respondents, revision)
values (gen_random_uuid(), 'bench', '', '', 'single', $1, $1, '2026', 'index', 0, 1000000, $2, false, 50, 1)
on conflict (source, survey, round, metric, place, period) do update set value = excluded.value
"""
_PUSH = (
    '{"source":"bench","items":[{"segment":"########","metric":"single","period":"2026-05",'
    '"scale":{"kind":"index","min":0,"max":1000000},"value":7,"respondents":50}]}'
)


async def fill(app: AppProcess) -> str:
    """Some departments with the values of a month, and the key of a machine."""
    async with look_inside(app.folder) as session:
        departments = [await make_department(session) for _ in range(DEPARTMENTS)]
        for _ in range(KPIS):
            kpi = await make_kpi(session, departments=departments)
            await make_target(session, kpi, "2026-01")
            for department in departments:
                await make_measurement(session, kpi, "2026-05", department=department)
        client = await make_client(session, scopes=SCOPES, suppresses_small_groups=True)
        return await issue_client_key(session, client, actor=SYSTEM)


def measure_pulls(app: AppProcess, key: str) -> list[dict[str, Any]]:
    """P1 and P2."""
    assert app.process is not None
    answer = httpx2.get(app.base_url + METRICS, headers={"Authorization": f"Bearer {key}"}, timeout=30)
    answer.raise_for_status()
    known = answer.headers["etag"]
    port = free_port()
    plans = {
        ("app", "200"): (app.port, app.process.pid, write_request(METRICS, key=key)),
        ("app", "304"): (app.port, app.process.pid, write_request(METRICS, key=key, If_None_Match=known)),
    }
    rounds: dict[tuple[str, str], list[Pressed]] = {}
    with constant_server(port, len(answer.content)) as floor:
        plans["floor", "200"] = (port, floor, write_request("/"))
        plans["floor", "304"] = (port, floor, write_request("/", If_None_Match=ETAG))
        for _ in range(ROUNDS):
            for name, (where, pid, request) in plans.items():
                rounds.setdefault(name, []).append(press(where, [pid], [request]))
    return [
        compare("P1", "metrics JSON beside constant bytes", rounds, "200") | {"bytes": len(answer.content)},
        compare("P2", "metrics 304 beside constant 304", rounds, "304"),
    ]


def compare(
    item: str, title: str, rounds: dict[tuple[str, str], list[Pressed]], status: str
) -> dict[str, Any]:
    """The best of the rounds, as shares of the floor's."""
    app, floor = (best(rounds[who, status], expected=status) for who in ("app", "floor"))
    return {
        "item": item,
        "title": title,
        "ratio": round(app.per_second / floor.per_second, 3),
        "app_per_second": round(app.per_second),
        "floor_per_second": round(floor.per_second),
        "app_cpu_us": round(app.cpu_us),
        "floor_cpu_us": round(floor.cpu_us),
    }


def measure_single_pushes(app: AppProcess, key: str) -> dict[str, Any]:
    """P4: one durable, idempotent, audited score a request."""
    assert app.process is not None
    raw: list[float] = []
    pushed: list[Pressed] = []
    with running(app.folder / "postgres") as server:
        asyncio.run(prepare_floor(server))
        for round_ in range(ROUNDS):
            raw.append(asyncio.run(upsert_raw(server)))
            request = write_request(
                "/api/v1/engagement-scores",
                key=key,
                method="POST",
                body=_PUSH.replace("bench", f"bench-{round_}"),
                Idempotency_Key=f"{round_}-########",
            )
            pushed.append(press(app.port, [app.process.pid], [request]))
    app_best = best(pushed, expected="200")
    return {
        "item": "P4",
        "title": "push of one score beside a raw upsert",
        "ratio": round(app_best.per_second / max(raw), 3),
        "app_per_second": round(app_best.per_second),
        "floor_per_second": round(max(raw)),
        "app_cpu_us": round(app_best.cpu_us),
    }


async def prepare_floor(server: Server) -> None:
    """A table of the same shape, on a server that forgets nothing."""
    connection = await asyncpg.connect(**server.asyncpg_arguments())
    try:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await connection.fetchval(f"show {name}") == "on", f"{name} is off"
        await connection.execute(_FLOOR_TABLE)
    finally:
        await connection.close()


async def upsert_raw(server: Server) -> float:
    """Raw upserts a second, each in a durable transaction, over as many connections."""
    arguments = server.asyncpg_arguments()
    async with asyncpg.create_pool(**arguments, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        numbers = iter(range(10**9))
        started = time.perf_counter()

        async def work(numbers: Iterator[int]) -> int:
            done = 0
            async with pool.acquire() as connection:
                statement = await connection.prepare(_FLOOR_UPSERT)
                while time.perf_counter() - started < SECONDS:
                    await statement.fetch(f"s:{next(numbers):08}", 7)
                    done += 1
            return done

        done = await asyncio.gather(*(work(numbers) for _ in range(CONNECTIONS)))
        return sum(done) / (time.perf_counter() - started)
