"""The page of a department: what it tells to whom, small groups kept back, and its cost."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.actions.linkage import check_linkage
from app.checking import check_apart
from app.domain.periods import Cadence, last_ended
from app.domain.permissions import SYSTEM, Role
from app.domain.scoring import Status
from app.domain.words import NodeStatus
from app.models import Department
from app.queries.organization import today_of
from tests.cast import Cast
from tests.factories import (
    make_department,
    make_goal,
    make_kpi,
    make_link,
    make_measurement,
    make_objective,
    make_owner,
)
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in
from tests.web.test_events import read_words

LAST_MONTH = "2026-10"


async def plant_department(session: AsyncSession) -> Department:
    """A department with a head, an aligned and an orphaned objective, one below it and one above."""
    top = await make_department(session, code="TOP", name="The whole")
    department = await make_department(session, code="OPS", name="Operations", parent=top, headcount=1204)
    await make_department(session, code="NIGHT", name="Night shift", parent=department)
    head = await make_owner(session, name="Hana Head", department=department, title="Director")
    department.head_id = head.id
    goal = await make_goal(session, code="G1", title="Grow")
    good = await make_objective(session, code="OPS-1", title="Ship", department=department, owner_id=head.id)
    await make_link(session, good, goal)
    await make_objective(session, code="OPS-2", title="Drift", department=department)
    await session.flush()
    await check_linkage(session, check_apart, actor=SYSTEM)
    return department


async def test_a_department_tells_who_what_and_how_well(app: FastAPI, session: AsyncSession) -> None:
    await plant_department(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = await browser.get("/departments/ops")
    assert page.status_code == 200, page.text
    words = read_words(page.text[page.text.index("<main") :])
    for told in (
        "The whole Operations",
        "OPS · 1,204 people",
        "Head Hana Head",
        "Part of The whole",
        "Night shift",
        "Alignment score",
        "Drift OPS-2 no owner reaches no goal",
        "Ship OPS-1 Hana Head G1",
    ):
        assert told in words, told
    assert "L101 Drift" in words
    assert "Waive" not in words


async def test_a_kpi_tells_its_last_period_and_keeps_small_groups_back(
    app: FastAPI, session: AsyncSession, cast: Cast
) -> None:
    department = await plant_department(session)
    small = await make_kpi(session, code="MOOD", name="Mood", departments=[department], unit="score")
    late = await make_kpi(session, code="LATE", name="Lateness", departments=[department])
    period = await last_month(session)
    hidden = {"value": None, "suppressed": True, "n": 3}
    await make_measurement(session, small, period, department=department, **hidden)
    await make_measurement(
        session, late, period, department=department, value=71, status=Status.RED, status_reason="Too low."
    )
    admin = await cast.admin()
    pushed = await admin.post("/api/v1/engagement-scores", json=make_scores(period))
    assert pushed.status_code == 200, pushed.text
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    words = read_words((await browser.get("/departments/OPS")).text)
    assert re.search(r"Lateness \w+ 20\d\d 71 % — red Mood \w+ 20\d\d n&lt;5", words)
    assert "n&lt;5 Trust to protect who answered" in words
    assert "8.25 Pride on 0 to 10" in words
    assert "40 of 50 answered" in words
    assert "6.66" not in words


async def last_month(session: AsyncSession) -> str:
    """The last ended month."""
    return last_ended(await today_of(session), Cadence.MONTHLY).text


def make_scores(period: str) -> dict[str, Any]:
    """One score of a group that is large enough, one of a group that is not."""
    shared = {"department": "OPS", "period": period, "scale": {"kind": "mean", "min": 0, "max": 10}}
    return {
        "source": "hr",
        "survey": "pulse",
        "round": "1",
        "items": [
            shared | {"metric": "pride", "value": 8.25, "respondents": 40, "invited": 50},
            shared | {"metric": "trust", "value": 6.66, "respondents": 2},
        ],
    }


async def test_drafts_are_for_their_writers(app: FastAPI, session: AsyncSession) -> None:
    department = await plant_department(session)
    await make_objective(
        session, code="OPS-9", title="An idea", department=department, status=NodeStatus.DRAFT
    )
    for role in (Role.ADMIN, Role.EXECUTIVE, Role.HEAD, Role.CONTRIBUTOR, Role.VIEWER):
        person = await make_owner(session, role=role, department=department)
        browser = await sign_in(app, session, person)
        page = await browser.get("/departments/OPS")
        assert ("An idea" in page.text) == (role in (Role.ADMIN, Role.EXECUTIVE, Role.HEAD)), role


@pytest.mark.parametrize("name", ["NOWHERE", "%00", "x" * 400, "%2e%2e"])
async def test_what_is_not_there_is_not_found(app: FastAPI, session: AsyncSession, name: str) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert (await browser.get(f"/departments/{name}")).status_code == 404


async def test_a_busy_department_costs_as_many_statements_as_a_quiet_one(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    department = await plant_department(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    counts = []
    for number in (1, 6):
        for _ in range(number):
            owner = await make_owner(session, department=department)
            objective = await make_objective(session, department=department, owner_id=owner.id)
            await make_link(session, objective, await make_goal(session))
            kpi = await make_kpi(session, departments=[department])
            await make_measurement(session, kpi, LAST_MONTH, department=department)
            await make_department(session, parent=department)
        with count_statements(connection) as statements:
            assert (await browser.get("/departments/OPS")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 26
