"""Adding (for a goal), editing and archiving objectives in forms, within the own department."""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.domain.words import NodeStatus
from app.models import Link, Objective
from tests.factories import make_department, make_goal, make_objective, make_owner
from tests.web.browsing import sign_in
from tests.web.test_goals_edit import read_field


async def find_objective_row(session: AsyncSession, code: str) -> Objective | None:
    """The objective as it is in the database."""
    statement = select(Objective).where(col(Objective.code) == code)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def test_a_head_adds_an_objective_for_a_goal_in_one_step(app: FastAPI, session: AsyncSession) -> None:
    sales = await make_department(session, code="SALES", name="Sales")
    await make_department(session, code="ELSE", name="Elsewhere")
    await make_objective(session, code="SALES-3", department=sales)
    goal = await make_goal(session, code="G1", title="Keep promises")
    browser = await sign_in(app, session, await make_owner(session, role=Role.HEAD, department=sales))
    form = (await browser.get("/objectives/new?goal=g1")).text
    assert "Keep promises" in form
    assert '<option value="SALES" selected>' in form
    assert "Elsewhere" not in form
    typed = {
        "title": "Answer fast",
        "department": "SALES",
        "status": "active",
        "code": "",
        "effort": "2,5",
        "target": "G1",
        "rationale": "Answers are promises.",
        "weight": "40",
    }
    done = await browser.post("/objectives/new", data=typed)
    assert (done.status_code, done.headers.get("location")) == (303, "/objectives/SALES-4"), done.text
    objective = await find_objective_row(session, "SALES-4")
    assert objective is not None
    assert (str(objective.effort), objective.status) == ("2.5", NodeStatus.ACTIVE)
    link = (await session.scalars(select(Link).where(col(Link.source_id) == objective.id))).one()
    assert (link.target_id, link.rationale, str(link.weight)) == (goal.id, "Answers are promises.", "40")


async def test_neither_is_kept_when_the_link_is_refused(app: FastAPI, session: AsyncSession) -> None:
    sales = await make_department(session, code="SALES")
    browser = await sign_in(app, session, await make_owner(session, role=Role.HEAD, department=sales))
    typed = {"title": "Answer", "department": "SALES", "code": "SALES-1", "target": "G1", "weight": "40"}
    page = await browser.post("/objectives/new", data=typed)
    assert page.status_code == 422
    assert "There is no node G1." in page.text
    assert await find_objective_row(session, "SALES-1") is None
    over = await browser.post("/objectives/new", data=typed | {"target": "", "weight": "140"})
    assert 'id="weight-wrong"' in over.text


async def test_objectives_are_not_added_elsewhere(app: FastAPI, session: AsyncSession) -> None:
    sales, other = await make_department(session, code="SALES"), await make_department(session, code="ELSE")
    browser = await sign_in(app, session, await make_owner(session, role=Role.HEAD, department=sales))
    typed = {"title": "Sneak in", "department": "ELSE", "code": "ELSE-1"}
    assert (await browser.post("/objectives/new", data=typed)).status_code == 403
    assert await find_objective_row(session, "ELSE-1") is None
    await make_objective(session, code="ELSE-2", department=other)
    for address in ("/objectives/ELSE-2/edit", "/objectives/ELSE-2/archive"):
        assert (await browser.get(address)).status_code == 403
        assert (await browser.post(address, data=typed)).status_code == 403


async def test_an_objective_for_nothing_that_exists_is_not_found(app: FastAPI, session: AsyncSession) -> None:
    await make_department(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    assert (await browser.get("/objectives/new?goal=G9")).status_code == 404


async def test_an_objective_is_edited_and_a_stale_form_clashes(app: FastAPI, session: AsyncSession) -> None:
    sales = await make_department(session, code="SALES", name="Sales")
    await make_objective(session, code="S-1", title="Answer", department=sales)
    browser = await sign_in(app, session, await make_owner(session, role=Role.HEAD, department=sales))
    form = (await browser.get("/objectives/S-1/edit")).text
    typed: dict[str, Any] = {
        "code": "S-1",
        "title": "Answer fast",
        "department": "SALES",
        "status": "active",
        "effort": "3",
        "version": read_field(form, "version"),
    }
    done = await browser.post("/objectives/S-1/edit", data=typed)
    assert (done.status_code, done.headers["location"]) == (303, "/objectives/S-1")
    stored = await find_objective_row(session, "S-1")
    assert stored is not None
    assert stored.title == "Answer fast"
    clash = await browser.post("/objectives/S-1/edit", data=typed | {"title": "Answer slowly"})
    assert clash.status_code == 409
    assert "Saved meanwhile: <strong>Answer fast</strong>" in clash.text


async def test_a_contributor_edits_what_is_assigned_to_them(app: FastAPI, session: AsyncSession) -> None:
    person = await make_owner(session, role=Role.CONTRIBUTOR)
    await make_objective(session, code="O-1", owner_id=person.id)
    await make_objective(session, code="O-2")
    browser = await sign_in(app, session, person)
    assert (await browser.get("/objectives/O-1/edit")).status_code == 200
    assert (await browser.get("/objectives/O-2/edit")).status_code == 403


async def test_an_objective_is_archived(app: FastAPI, session: AsyncSession) -> None:
    await make_objective(session, code="O-1")
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    assert "would not count any more" in (await browser.get("/objectives/O-1/archive")).text
    done = await browser.post("/objectives/O-1/archive")
    assert done.headers["location"] == "/objectives/O-1"
    stored = await find_objective_row(session, "O-1")
    assert stored is not None
    assert stored.archived_at is not None
