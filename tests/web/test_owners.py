"""The page of a person: the line of sight, what they keep, and what stays private."""

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.actions._write import archive_record
from app.domain.permissions import SYSTEM, Role
from app.domain.words import NodeStatus
from app.models import KpiMeasure, Owner
from tests.factories import (
    make_commitment,
    make_department,
    make_goal,
    make_kpi,
    make_link,
    make_objective,
    make_owner,
    make_theme,
)
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in
from tests.web.test_events import read_words


async def plant_person(session: AsyncSession) -> Owner:
    """Ada, who leads Bea, keeps an objective that reaches a goal over another, and one that reaches none."""
    department = await make_department(session, code="OPS", name="Operations")
    chief = await make_owner(session, name="Cleo Chief")
    ada = await make_owner(
        session, name="Ada Ames", email="ada@coxswain.test", department=department, manager_id=chief.id
    )
    await make_owner(session, name="Bea Below", manager_id=ada.id)
    theme = await make_theme(session, code="T1", name="Closer")
    goal = await make_goal(session, code="G1", title="Grow", theme_id=theme.id)
    middle = await make_objective(session, code="OPS-1", title="Widen", department=department)
    own = await make_objective(session, code="OPS-2", title="Deepen", department=department, owner_id=ada.id)
    await make_objective(session, code="OPS-3", title="Drift", department=department, owner_id=ada.id)
    await make_link(session, own, middle)
    await make_link(session, middle, goal)
    await make_kpi(session, code="DEPTH", name="Depth", owner_id=ada.id)
    await make_kpi(session, code="WIDTH", name="Width", updater_id=ada.id)
    await make_kpi(session, code="GONE", name="Old one", owner_id=ada.id, active=False)
    return ada


async def test_a_person_sees_from_the_vision_down_to_what_they_do(
    app: FastAPI, session: AsyncSession
) -> None:
    await plant_person(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = await browser.get("/owners/ADA@coxswain.test")
    assert page.status_code == 200, page.text
    words = read_words(page.text[page.text.index("<main") :])
    for told in (
        "Operations Ada Ames",
        "T1 Closer G1 Grow OPS-1 Widen Deepen OPS-2",
        "Reaches no goal. Drift OPS-3",
        "Reports to Cleo Chief",
        "Leads 1 Bea Below",
        "Depth",
        "Width",
    ):
        assert told in words, told
    assert "Old one" not in words


async def test_open_commitments_are_told_and_what_became_of_others_is_not(
    app: FastAPI, session: AsyncSession
) -> None:
    ada = await plant_person(session)
    over = await make_commitment(session, ada, what="Call the customer")
    await make_commitment(session, ada, what="Mend the crane")
    await archive_record(session, over, actor=SYSTEM)
    for role in (Role.ADMIN, Role.EXECUTIVE, Role.HEAD, Role.CONTRIBUTOR, Role.VIEWER):
        browser = await sign_in(app, session, await make_owner(session, role=role))
        page = await browser.get("/owners/ada@coxswain.test")
        assert "Mend the crane" in page.text, role
        assert "Call the customer" not in page.text, role


async def test_a_commitment_tells_what_it_serves(app: FastAPI, session: AsyncSession) -> None:
    ada = await plant_person(session)
    department = await make_department(session)
    served = await make_objective(session, code="SERVED", department=department)
    hidden = await make_objective(session, code="HIDDEN", department=department, status=NodeStatus.DRAFT)
    kpi = await make_kpi(session, code="CRANES", name="Cranes at work")
    session.add_all(KpiMeasure(kpi_id=kpi.id, node_id=node.id) for node in (served, hidden))
    await make_commitment(session, ada, what="Mend the crane", kpi_id=kpi.id)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    words = read_words((await browser.get("/owners/ada@coxswain.test")).text)
    assert "to move Cranes at work , for SERVED" in words
    assert "HIDDEN" not in words


async def test_drafts_are_for_their_writers_and_facilitators_see_no_names(
    app: FastAPI, session: AsyncSession
) -> None:
    ada = await plant_person(session)
    department = await make_department(session)
    await make_objective(
        session, title="An idea", department=department, owner_id=ada.id, status=NodeStatus.DRAFT
    )
    for role, told in (
        (Role.EXECUTIVE, True),
        (Role.HEAD, True),
        (Role.CONTRIBUTOR, False),
        (Role.VIEWER, False),
    ):
        browser = await sign_in(app, session, await make_owner(session, role=role, department=department))
        page = await browser.get("/owners/ada@coxswain.test")
        assert ("An idea" in page.text) == told, role
    browser = await sign_in(app, session, await make_owner(session, role=Role.FACILITATOR))
    page = await browser.get("/owners/ada@coxswain.test")
    assert (page.status_code, "Ada" in page.text) == (403, False)


@pytest.mark.parametrize("name", ["nobody@coxswain.test", "%00", "x" * 400])
async def test_who_is_not_there_is_not_found(app: FastAPI, session: AsyncSession, name: str) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert (await browser.get(f"/owners/{name}")).status_code == 404


async def test_somebody_busy_costs_as_many_statements_as_somebody_idle(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    ada = await plant_person(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    counts = []
    for number in (1, 6):
        for _ in range(number):
            await make_link(session, await make_objective(session, owner_id=ada.id), await make_goal(session))
            kpi = await make_kpi(session, owner_id=ada.id)
            await make_commitment(session, ada, kpi_id=kpi.id)
            await make_owner(session, manager_id=ada.id)
        with count_statements(connection) as statements:
            assert (await browser.get("/owners/ada@coxswain.test")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 22
