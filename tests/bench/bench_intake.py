"""P5: ten pushes of 10,000 engagement scores over HTTP, against raw COPY and upsert of the same rows.

`python -m tests.bench.bench_intake` starts `coxswain serve` on its own embedded, durable PostgreSQL, and
writes the floor into the same one: the same rows, as ready text, into a table of the same constraints.
Floor and application take turns, so that foreign load meets both. `ratio` is the median of ten against the
median of ten (goal 1.5), `replay_ratio` the same pushes again against the first ones (goal 1.0).
"""

import asyncio
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from app.actions._write import add_record
from app.domain.permissions import SYSTEM
from app.embedded import running
from app.models import Kpi
from tests.factories import make_department
from tests.faults.processes import AppProcess, look_inside
from tests.faults.setting import make_key

DEPARTMENTS = 500
METRICS = 20
PUSHES = 10

FLOOR_TABLE = "create table floor_scores (like engagement_scores including all)"
FLOOR_KEYS = "alter table floor_scores add foreign key (department_id) references departments (id)"
FLOOR_TEMPORARY = "create temporary table floor_incoming (like engagement_scores) on commit drop"
FLOOR_UPSERT = """
insert into floor_scores as f select * from floor_incoming
order by source, survey, round, metric, place, period
on conflict (source, survey, round, metric, place, period) do update
set value = excluded.value, respondents = excluded.respondents, invited = excluded.invited,
    observed_at = excluded.observed_at, revision = f.revision + 1
where (f.value, f.respondents, f.invited, f.observed_at)
      is distinct from (excluded.value, excluded.respondents, excluded.invited, excluded.observed_at)
"""


def make_body(number: int) -> bytes:
    """One month of every metric in every department."""
    period = f"2025-{number + 1:02}"
    items = [
        {
            "department": f"DEP-{department}",
            "name": f"Department {department}",
            "metric": f"metric_{metric}",
            "period": period,
            "scale": {"kind": "mean", "min": 0, "max": 10},
            "value": (department * 7 + metric * 13 + number) % 101 / 10,
            "respondents": 20 + department % 80,
            "invited": 120,
            "observed_at": f"{period}-28T06:00:00Z",
        }
        for metric in range(METRICS)
        for department in range(DEPARTMENTS)
    ]
    push = {"source": "bench", "survey": "pulse", "round": period, "items": items}
    return json.dumps(push, separators=(",", ":")).encode()


async def set_up(app: AppProcess, fed: int) -> str:
    """Departments, KPIs that take the first metrics, and the key of a machine."""
    async with look_inside(app.folder) as session:
        for number in range(DEPARTMENTS):
            await make_department(session, code=f"DEP-{number}", name=f"Department {number}")
        for number in range(fed):
            await add_record(session, Kpi, make_fed_kpi(number), actor=SYSTEM)
    return await make_key(app)


def make_fed_kpi(number: int) -> dict[str, Any]:
    """A KPI that takes the scores of one metric."""
    return {
        "code": f"FED-{number}",
        "name": f"Fed {number}",
        "unit": "score",
        "direction": "higher",
        "cadence": "monthly",
        "source": "fed",
        "feed": {"source": None, "survey": None, "metric": f"metric_{number}", "scale": None},
    }


class Floor:
    """Raw COPY and upsert of the rows that the application stored, in the same database."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def set_up(self) -> None:
        """An empty table of the same shape and constraints."""
        await self.connection.execute(FLOOR_TABLE)
        await self.connection.execute(FLOOR_KEYS)

    async def read_rows(self, round_: str) -> bytes:
        """The rows of one push as text that COPY reads."""
        rows = io.BytesIO()
        query = "select * from engagement_scores where round = $1"
        await self.connection.copy_from_query(query, round_, output=rows)
        return rows.getvalue()

    async def push(self, rows: bytes) -> float:
        """One durable transaction; its seconds."""
        started = time.perf_counter()
        async with self.connection.transaction():
            await self.connection.execute(FLOOR_TEMPORARY)
            await self.connection.copy_to_table("floor_incoming", source=io.BytesIO(rows))
            await self.connection.execute(FLOOR_UPSERT)
        return time.perf_counter() - started


async def push(client: httpx2.AsyncClient, body: bytes, expected: str) -> float:
    """One push over HTTP; its seconds."""
    started = time.perf_counter()
    answer = await client.post("/api/v1/engagement-scores", content=body)
    seconds = time.perf_counter() - started
    if answer.status_code != 200 or answer.json()["summary"][expected] != DEPARTMENTS * METRICS:
        raise RuntimeError(answer.text[:500])
    return seconds


async def measure(fed: int) -> dict[str, Any]:
    """Ten pushes beside ten raw ones, then the ten again."""
    with tempfile.TemporaryDirectory() as folder, AppProcess(Path(folder)) as app:
        key = await set_up(app, fed)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        bodies = [make_body(number) for number in range(PUSHES)]
        async with (
            reach_floor(app) as floor,
            httpx2.AsyncClient(base_url=app.base_url, headers=headers, timeout=120) as client,
        ):
            await client.get("/api/v1/engagement-scores")
            first, raw = [], []
            for number, body in enumerate(bodies):
                first.append(await push(client, body, "created"))
                raw.append(await floor.push(await floor.read_rows(f"2025-{number + 1:02}")))
            again = [await push(client, body, "unchanged") for body in bodies]
    return {
        "name": "intake, 10 x 10,000 scores" + (f", {fed} fed KPIs" if fed else ""),
        "through": "HTTP, coxswain serve",
        "floor_seconds": round(sum(raw), 3),
        "app_seconds": round(sum(first), 3),
        "replay_seconds": round(sum(again), 3),
        "ratio": round(statistics.median(first) / statistics.median(raw), 2),
        "replay_ratio": round(statistics.median(again) / statistics.median(first), 2),
    }


@asynccontextmanager
async def reach_floor(app: AppProcess) -> AsyncIterator[Floor]:
    """The floor beside the application, on the same server."""
    with running(app.folder / "postgres") as server:
        connection = await asyncpg.connect(host=str(server.socket_directory), user="app", database="app")
        try:
            floor = Floor(connection)
            await floor.set_up()
            yield floor
        finally:
            await connection.close()


def main() -> None:
    """Prints one JSON line without and one with fed KPIs."""
    for fed in (0, 1, METRICS):
        sys.stdout.write(json.dumps(asyncio.run(measure(fed))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
