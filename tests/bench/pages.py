"""W: the pages over an organization of some size: answers a second, how long they take, what they weigh.

50 departments, 20 goals, 500 objectives, 300 KPIs with a year of values, 60 of them owed by one head.
"""

import asyncio
import gzip
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.linkage import check_linkage
from app.actions.sign_ins import act_as, start_sign_in
from app.checking import check_apart
from app.database import Database, embedded_url
from app.domain.permissions import SYSTEM, Role
from app.embedded import running
from app.main import create_app
from app.models import Department
from app.settings import Settings
from tests.bench.measuring import best, constant_server, press, write_request
from tests.factories import (
    make_department,
    make_goal,
    make_kpi,
    make_link,
    make_measurement,
    make_objective,
    make_owner,
    make_target,
    make_theme,
)
from tests.faults.processes import AppProcess, free_port, look_inside
from tests.web.browsing import open_browser

DEPARTMENTS, GOALS, OBJECTIVES, KPIS, OWED = 50, 20, 500, 300, 60
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))
PAGES = ("/", "/updates", "/goals", "/goals/map", "/linkage", "/kpis", "/kpis/KPI-0", "/objectives/OBJ-0")
CONNECTIONS = 4
ROUNDS = 2


def measure_pages() -> Iterator[dict[str, Any]]:
    """One line a page, each beside the same bytes from a server that does nothing else."""
    with TemporaryDirectory(prefix="coxswain-bench-") as folder, AppProcess(Path(folder)) as app:
        token = asyncio.run(fill_organization(app))
        statements = asyncio.run(count_all(app, token))
        for page in PAGES:
            yield measure_page(app, page, token) | {"statements": statements[page]}


async def count_all(app: AppProcess, token: str) -> dict[str, int]:
    """How many statements each page takes, asked of an application of this process."""
    counted: list[str] = []
    with running(app.folder / "postgres") as server:
        database = Database(embedded_url(server), pool_size=1)
        served = create_app(Settings(_env_file=None, rate_limit_per_minute=0), database=database)
        event.listen(
            database.engine.sync_engine, "before_cursor_execute", lambda *told: counted.append(told[2])
        )
        counts = {}
        async with open_browser(served, cookies={"coxswain": token}) as browser:
            for page in PAGES:
                counted.clear()
                (await browser.get(page)).raise_for_status()
                counts[page] = len(counted)
        await database.close()
    return counts


def measure_page(app: AppProcess, path: str, token: str) -> dict[str, Any]:
    """A page as its head sees it."""
    assert app.process is not None
    cookie = f"coxswain={token}"
    answer = httpx2.get(app.base_url + path, headers={"Cookie": cookie}, timeout=60)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    wanted = write_request(path, Cookie=cookie, Accept_Encoding="gzip")
    packed = len(gzip.compress(answer.content, 5))
    rounds = [press(app.port, [app.process.pid], [wanted], connections=CONNECTIONS) for _ in range(ROUNDS)]
    port = free_port()
    with constant_server(port, packed) as floor:
        constant = [press(port, [floor], [write_request("/")], connections=CONNECTIONS)]
    served, nothing = best(rounds, expected="200"), best(constant, expected="200")
    return {
        "item": "W",
        "title": path,
        "ratio": round(served.per_second / nothing.per_second, 4),
        "per_second": round(served.per_second, 1),
        "p95_ms": round(served.p95_ms, 1),
        "app_cpu_ms": round(served.cpu_us / 1000, 1),
        "bytes": len(answer.content),
        "packed_bytes": packed,
    }


async def fill_organization(app: AppProcess) -> str:
    """Everything, and the token of a head who is signed in."""
    async with look_inside(app.folder) as session:
        departments = [await make_department(session) for _ in range(DEPARTMENTS)]
        head = await make_owner(session, role=Role.HEAD, department=departments[0])
        theme = await make_theme(session)
        goals = [await make_goal(session, theme_id=theme.id, owner_id=head.id) for _ in range(GOALS)]
        for number in range(OBJECTIVES):
            home = departments[number % DEPARTMENTS]
            objective = await make_objective(session, code=f"OBJ-{number}", department=home, owner_id=head.id)
            await make_link(session, objective, goals[number % GOALS], rationale="Because it carries it.")
        colleague = await make_owner(session, department=departments[1])
        for number in range(KPIS):
            owner = head if number < OWED else colleague
            await add_kpi(session, number, departments[number % DEPARTMENTS], owner.id)
        token = await start_sign_in(session, head, browser="bench", actor=act_as(head))
    async with look_inside(app.folder) as session:
        await check_linkage(session, check_apart, actor=SYSTEM)
    return token


async def add_kpi(session: AsyncSession, number: int, home: Department, owner: Any) -> None:
    """A KPI of a department with a target and a year of values, which its owner owes."""
    kpi = await make_kpi(
        session,
        code=f"KPI-{number}",
        departments=[home],
        owner_id=owner,
    )
    await make_target(session, kpi, "2026-01")
    for place, month in enumerate(MONTHS):
        await make_measurement(session, kpi, month, department=home, value=80 + (number + place * 7) % 19)
