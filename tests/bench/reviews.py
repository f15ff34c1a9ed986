"""R: the page of a review of some size, live and closed, beside rendering it from facts that are ready (P10).

50 departments with heads, 200 goals, 300 KPIs and the built-in ones with two years of values, 50
commitments, 100 initiatives, 50 decisions, and the findings that goals make which nobody supports.
"""

import asyncio
import gzip
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from fastapi import Request
from sqlalchemy import event, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.linkage import check_linkage
from app.actions.reviews import open_review
from app.actions.reviews_closing import close_review
from app.actions.sign_ins import act_as, start_sign_in
from app.checking import check_apart
from app.database import Database, embedded_url
from app.domain.periods import Cadence, Period, last_ended
from app.domain.permissions import SYSTEM, Actor, Role
from app.domain.scoring import Source, Status
from app.embedded import running
from app.main import create_app
from app.models import Department, Kpi, LinkageFinding, Measurement, Owner
from app.models.base import new_id
from app.models.reviews import ReviewClosing, ReviewInput
from app.queries.review_facts import read_review_facts
from app.queries.reviews import find_review
from app.settings import Settings
from app.web.forms import Form
from app.web.render import page
from app.web.review_answers import Shown
from app.web.review_capturing import PART_OF
from app.web.review_viewer import Viewer
from tests.bench.measuring import best, press, write_request
from tests.factories import (
    make_commitment,
    make_decision,
    make_decision_type,
    make_department,
    make_goal,
    make_initiative,
    make_kpi,
    make_owner,
    make_target,
    make_theme,
)
from tests.faults.processes import AppProcess, look_inside
from tests.web.browsing import open_browser

DEPARTMENTS, GOALS, KPIS, MONTHS = 50, 200, 300, 24
COMMITMENTS, INITIATIVES, DECISIONS, FINDINGS = 50, 100, 50, 200
CONNECTIONS, ROUNDS, RENDERINGS = 4, 2, 15
TODAY = datetime.now(UTC).date()
LIVE = last_ended(TODAY, Cadence.MONTHLY)
CLOSED = LIVE.previous()


def measure_reviews() -> Iterator[dict[str, Any]]:
    """One line a state of the page."""
    with TemporaryDirectory(prefix="coxswain-bench-") as folder, AppProcess(Path(folder)) as app:
        token = asyncio.run(fill_reviews(app))
        counts, rendering_ms = asyncio.run(look_closely(app, token))
        for period in (LIVE.text, CLOSED.text):
            told = measure_review(app, period, token) | counts[period]
            beside = {"rendering_cpu_ms": rendering_ms, "ratio": round(told["app_cpu_ms"] / rendering_ms, 2)}
            yield told | (beside if period == LIVE.text else {})


def measure_review(app: AppProcess, period: str, token: str) -> dict[str, Any]:
    """The page as an executive sees it."""
    assert app.process is not None
    path, cookie = f"/reviews/{period}", f"coxswain={token}"
    answer = httpx2.get(app.base_url + path, headers={"Cookie": cookie}, timeout=60)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    wanted = write_request(path, Cookie=cookie, Accept_Encoding="gzip")
    rounds = [press(app.port, [app.process.pid], [wanted], connections=CONNECTIONS) for _ in range(ROUNDS)]
    served = best(rounds, expected="200")
    return {
        "item": "R",
        "title": "live" if period == LIVE.text else "closed",
        "per_second": round(served.per_second, 1),
        "p50_ms": round(served.p50_ms, 1),
        "p95_ms": round(served.p95_ms, 1),
        "app_cpu_ms": round(served.cpu_us / 1000, 1),
        "bytes": len(answer.content),
        "packed_bytes": len(gzip.compress(answer.content, 5)),
    }


async def look_closely(app: AppProcess, token: str) -> tuple[dict[str, dict[str, int]], float]:
    """How many statements each page takes, and milliseconds of a processor to render the live one alone."""
    statements: list[str] = []
    with running(app.folder / "postgres") as server:
        database = Database(embedded_url(server), pool_size=1)
        served = create_app(Settings(_env_file=None, rate_limit_per_minute=0), database=database)
        event.listen(
            database.engine.sync_engine, "before_cursor_execute", lambda *told: statements.append(told[2])
        )
        counts = {}
        async with open_browser(served, cookies={"coxswain": token}) as browser:
            for period in (LIVE.text, CLOSED.text):
                statements.clear()
                (await browser.get(f"/reviews/{period}")).raise_for_status()
                counts[period] = {"statements": len(statements)}
        async with database.unit_of_work() as session:
            rendering_ms = await time_rendering(session)
        await database.close()
    return counts, rendering_ms


async def time_rendering(session: AsyncSession) -> float:
    """The best of some renderings of the same template from facts that are there."""
    review = await find_review(session, LIVE.text, actor=SYSTEM)
    person = act_as((await session.scalars(select(Owner).where(col(Owner.role) == Role.EXECUTIVE))).one())
    facts = await read_review_facts(session, review)
    viewer = Viewer(
        review.status,
        opens=True,
        runs=True,
        captures=frozenset(PART_OF),
        promises=frozenset(each.commitment.id for each in (*facts.promises.last, *facts.promises.made)),
        decisions=frozenset(each.decision.id for each in facts.decisions.overdue),
    )
    shown = Shown(review, None, facts, viewer)
    return round(1000 * min(_render_once(shown, person) for _ in range(RENDERINGS)), 1)


def _render_once(shown: Shown, person: Actor) -> float:
    path = f"/reviews/{shown.review.code}"
    request = Request({"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""})
    request.state.person = person
    began = time.process_time()
    page(request, "reviews/show.html", **shown.lay_out(), note=Form(), note_said="")
    return time.process_time() - began


async def fill_reviews(app: AppProcess) -> str:
    """Everything, and the token of the executive who chairs the reviews."""
    async with look_inside(app.folder) as session:
        chair = await make_owner(session, role=Role.EXECUTIVE)
        departments = [await make_department(session) for _ in range(DEPARTMENTS)]
        heads = [await add_head(session, each) for each in departments]
        theme = await make_theme(session)
        for _ in range(GOALS):
            await make_goal(session, theme_id=theme.id, owner_id=chair.id)
        kpis = [await add_kpi(session, number, departments, heads) for number in range(KPIS)]
        await add_built_in(session, departments)
        await add_work(session, departments, heads, kpis)
        token = await start_sign_in(session, chair, browser="bench", actor=act_as(chair))
    async with look_inside(app.folder) as session:
        await check_linkage(session, check_apart, actor=SYSTEM)
        found = await session.scalar(select(func.count()).select_from(LinkageFinding))
        assert found is not None
        assert found >= FINDINGS
        closed = await open_review(session, ReviewInput(period=CLOSED.text), actor=SYSTEM)
        await close_review(session, closed, ReviewClosing(despite="It is a bench."), actor=SYSTEM)
        await open_review(session, ReviewInput(period=LIVE.text), actor=SYSTEM)
        # What autovacuum does a minute later.
        await session.execute(text("analyze"))
    return token


async def add_head(session: AsyncSession, department: Department) -> Owner:
    """The head of a department."""
    head = await make_owner(session, role=Role.HEAD, department=department)
    department.head_id = head.id
    await session.flush()
    return head


async def add_kpi(
    session: AsyncSession, number: int, departments: list[Department], heads: list[Owner]
) -> Kpi:
    """A KPI of a department with a target and two years of values: a third red, a third amber."""
    place = number % DEPARTMENTS
    home = departments[place]
    kpi = await make_kpi(session, code=f"KPI-{number}", departments=[home], owner_id=heads[place].id)
    await make_target(session, kpi, "2020-01")
    status = (Status.GREEN, Status.AMBER, Status.RED)[number % 3]
    for period in list_months():
        value = 80 + (number + period.first_day.month * 7) % 19
        session.add(write_value(kpi, period, home, value=value, status=status))
    await session.flush()
    return kpi


async def add_built_in(session: AsyncSession, departments: list[Department]) -> None:
    """Two years of the alignment KPIs, and the last two months of every department."""
    for kpi in await session.scalars(select(Kpi).where(col(Kpi.built_in))):
        for number, period in enumerate(list_months()):
            places = departments if number >= MONTHS - 2 else []
            for place in [None, *places]:
                session.add(write_value(kpi, period, place, value=50 + number, status=Status.AMBER))
    await session.flush()


def write_value(
    kpi: Kpi, period: Period, place: Department | None, *, value: int, status: Status
) -> Measurement:
    """A value as it is in the table."""
    return Measurement(
        id=new_id(),
        kpi_id=kpi.id,
        department_id=place.id if place else None,
        period=period.text,
        first_day=period.first_day,
        last_day=period.last_day,
        value=Decimal(value),
        n=40,
        source=Source.MANUAL,
        status=status,
        status_reason="So it was said.",
    )


async def add_work(
    session: AsyncSession, departments: list[Department], heads: list[Owner], kpis: list[Kpi]
) -> None:
    """What is promised, under way and to be decided."""
    for number in range(COMMITMENTS):
        owner, partner = heads[number % DEPARTMENTS], heads[(number + 1) % DEPARTMENTS]
        await make_commitment(
            session,
            owner,
            code=f"C-{number + 1}",
            partner_id=partner.id,
            kpi_id=kpis[number].id,
            made_on=TODAY - timedelta(days=40),
            due_on=TODAY + timedelta(days=number % 40 - 20),
        )
    for number in range(INITIATIVES):
        await make_initiative(session, department=departments[number % DEPARTMENTS], due_on=day_of(number))
    kind = await make_decision_type(session)
    for number in range(DECISIONS):
        await make_decision(session, type_id=kind.id, raised_on=TODAY - timedelta(days=number))


def list_months() -> list[Period]:
    """Two years, the oldest first."""
    return [LIVE.previous(back) for back in range(MONTHS - 1, -1, -1)]


def day_of(number: int) -> date:
    """Days around today."""
    return TODAY + timedelta(days=number - INITIATIVES // 2)
