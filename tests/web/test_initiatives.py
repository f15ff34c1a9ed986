"""The pages of initiatives: the list in groups, one with its dates, and every step as a form."""

import re
from datetime import date, timedelta
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.domain.words import DependencyState, InitiativeStatus, LinkType
from app.models import Decision, Initiative, InitiativeSupport, Link
from app.queries.organization import today_of
from tests.factories import (
    make_department,
    make_goal,
    make_initiative,
    make_link,
    make_objective,
    make_owner,
)
from tests.web.browsing import sign_in
from tests.web.test_goals_edit import read_field


async def browse(app: FastAPI, session: AsyncSession) -> httpx2.AsyncClient:
    """An executive who is signed in."""
    return await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE, name="Ada"))


async def read_initiative(session: AsyncSession, code: str) -> Initiative:
    """The initiative as it is in the database."""
    statement = select(Initiative).where(col(Initiative.code) == code)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


def read_form_of(page: str) -> dict[str, Any]:
    """What a browser would send from the form of an initiative as it stands."""
    names = ("version", "title", "code", "due_on", "starts_on", "progress", "owner")
    return {name: read_field(page, name) or "" for name in names}


async def test_the_list_tells_what_is_late_moved_and_over(app: FastAPI, session: AsyncSession) -> None:
    stores, today = await make_department(session, code="STORES", name="Stores"), await today_of(session)
    past, soon = today - timedelta(days=5), today + timedelta(days=30)
    told: dict[str, dict[str, Any]] = {
        "LATE": {"due_on": past, "due_baseline": past},
        "MOVED": {"due_on": soon, "due_baseline": past},
        "PLANNED": {"status": InitiativeStatus.DRAFT, "due_baseline": None},
        "DONE": {"status": InitiativeStatus.FINISHED, "due_baseline": past, "finished_on": past},
    }
    for code, fields in told.items():
        await make_initiative(session, **{"code": code, "title": code.lower(), **fields}, department=stores)
    page = (await (await browse(app, session)).get("/initiatives")).text
    groups = re.findall(r'<h2 id="group-(\w+)">', page)
    assert groups == ["late", "running", "drafts", "over"]
    for words in ("5 days late", "moved by 35 days", "draft", "finished on time", "for nothing", "no owner"):
        assert words in page, words
    assert page.count("<svg") >= 5


async def test_the_list_is_filtered_by_its_address(app: FastAPI, session: AsyncSession) -> None:
    top = await make_department(session, code="TOP")
    below, other = await make_department(session, code="SUB", parent=top), await make_department(session)
    owner = await make_owner(session)
    await make_initiative(session, code="A", title="Alpha", department=below, owner_id=owner.id)
    await make_initiative(session, code="B", title="Beta", department=other)
    browser = await browse(app, session)
    for query, shown in {
        "": {"Alpha", "Beta"},
        "?department=TOP&owner=&status=": {"Alpha"},
        f"?owner={owner.email}": {"Alpha"},
        "?status=finished": set(),
    }.items():
        page = (await browser.get(f"/initiatives{query}")).text
        assert {name for name in ("Alpha", "Beta") if name in page} == shown, query
    assert "None fits these filters." in page
    assert (await browser.get("/initiatives?status=green")).status_code == 422


async def test_an_initiative_is_added_for_an_objective(app: FastAPI, session: AsyncSession) -> None:
    stores, it = await make_department(session, code="STORES"), await make_department(session, code="IT")
    objective = await make_objective(session, code="STORES-1", department=stores)
    browser = await browse(app, session)
    form = (await browser.get("/initiatives/new?supports=STORES-1")).text
    assert "STORES-1</textarea>" in form
    typed = {
        "title": "New tills",
        "code": "TILLS",
        "department": "STORES",
        "departments": ["IT"],
        "supports": "STORES-1\n",
        "status": "active",
        "due_on": "2026-12-31",
        "action_learning": "on",
    }
    made = await browser.post("/initiatives/new", data=typed)
    assert (made.status_code, made.headers.get("location")) == (303, "/initiatives/TILLS"), made.text
    initiative = await read_initiative(session, "TILLS")
    assert (initiative.due_baseline, initiative.action_learning) == (date(2026, 12, 31), True)
    page = (await browser.get("/initiatives/TILLS")).text
    for words in ("New tills", "the baseline, with which it began", it.name, objective.title, "Ada"):
        assert words in page, words
    assert "New tills" in (await browser.get("/objectives/STORES-1")).text
    assert (await browser.get("/initiatives/new?supports=NOTHING")).status_code == 404


async def test_what_is_refused_stands_beside_its_field(app: FastAPI, session: AsyncSession) -> None:
    await make_department(session, code="STORES")
    browser = await browse(app, session)
    typed = {"title": "New tills", "code": "TILLS", "department": "STORES", "status": "active"}
    page = await browser.post("/initiatives/new", data=typed | {"supports": "NOTHING"})
    assert page.status_code == 422
    assert "A due date is needed before an initiative begins" in page.text
    page = await browser.post(
        "/initiatives/new", data=typed | {"supports": "NOTHING", "due_on": "2026-12-31"}
    )
    assert "There is no goal or objective NOTHING." in page.text
    assert 'value="New tills"' in page.text


async def test_editing_keeps_the_day_and_sends_one_to_the_step(app: FastAPI, session: AsyncSession) -> None:
    department = await make_department(session, code="STORES")
    await make_initiative(session, code="TILLS", title="Tills", department=department)
    browser = await browse(app, session)
    page = (await browser.get("/initiatives/TILLS/edit")).text
    assert "/initiatives/TILLS/redate" in page
    assert '<option value="draft"' not in page
    typed = read_form_of(page) | {"department": "STORES", "status": "paused", "title": "Better tills"}
    done = await browser.post("/initiatives/TILLS/edit", data=typed)
    assert done.status_code == 303, done.text
    initiative = await read_initiative(session, "TILLS")
    assert (initiative.title, initiative.status) == ("Better tills", InitiativeStatus.PAUSED)
    stale = await browser.post("/initiatives/TILLS/edit", data=typed | {"title": "Mine"})
    assert stale.status_code == 409
    moved = typed | {"version": str(initiative.version), "due_on": "2027-03-31"}
    refused = await browser.post("/initiatives/TILLS/edit", data=moved)
    assert refused.status_code == 422
    assert "moved by re-dating" in refused.text


async def test_the_due_date_moves_with_a_reason_and_the_baseline_stays(
    app: FastAPI, session: AsyncSession
) -> None:
    initiative = await make_initiative(session, code="TILLS")
    browser = await browse(app, session)
    assert "31 December 2026" in (await browser.get("/initiatives/TILLS/redate")).text
    unsaid = await browser.post("/initiatives/TILLS/redate", data={"due_on": "2027-02-28", "reason": ""})
    assert unsaid.status_code == 422
    assert 'value="2027-02-28"' in unsaid.text
    told = {"due_on": "2027-02-28", "reason": "Parts are late."}
    moved = await browser.post("/initiatives/TILLS/redate", data=told)
    assert moved.headers["location"] == "/initiatives/TILLS#dates"
    page = (await browser.get("/initiatives/TILLS")).text
    for words in ("moved by 59 days", "59 days later", "Parts are late.", "31 December 2026"):
        assert words in page, words
    initiative = await read_initiative(session, "TILLS")
    assert (initiative.due_on, initiative.due_baseline) == (date(2027, 2, 28), date(2026, 12, 31))


async def test_progress_is_typed_where_it_is_read(app: FastAPI, session: AsyncSession) -> None:
    goal, initiative = await make_goal(session), await make_initiative(session, code="TILLS")
    session.add(InitiativeSupport(initiative_id=initiative.id, node_id=goal.id))
    await session.flush()
    browser = await browse(app, session)
    done = await browser.post("/initiatives/TILLS/progress", data={"progress": "62,5"})
    assert done.headers["location"] == "/initiatives/TILLS"
    page = (await browser.get("/initiatives/TILLS")).text
    assert "62.5 %" in page
    assert goal.title in page, "nothing else of it is lost"
    wrong = await browser.post("/initiatives/TILLS/progress", data={"progress": "130"})
    assert wrong.status_code == 422
    assert "The most that is taken here is 100." in wrong.text


async def test_an_initiative_is_finished_and_reopened(app: FastAPI, session: AsyncSession) -> None:
    await make_initiative(session, code="TILLS")
    browser, today = await browse(app, session), await today_of(session)
    assert f'value="{today}"' in (await browser.get("/initiatives/TILLS/finish")).text
    done = await browser.post("/initiatives/TILLS/finish", data={"finished_on": str(today)})
    assert done.status_code == 303
    page = (await browser.get("/initiatives/TILLS")).text
    assert "finished on time" in page
    assert (await browser.get("/initiatives/TILLS/finish")).status_code == 409
    assert (await browser.post("/initiatives/TILLS/reopen")).status_code == 303
    assert (await read_initiative(session, "TILLS")).status is InitiativeStatus.ACTIVE


async def test_an_initiative_is_cancelled_by_a_decision(app: FastAPI, session: AsyncSession) -> None:
    await make_initiative(session, code="TILLS")
    await make_initiative(session, code="SHELVES")
    today = await today_of(session)
    values = {"code": "D-1", "title": "Stop the tills?", "raised_on": today, "opened_on": today}
    session.add(Decision.model_validate(values | {"status": "decided", "chosen": "Yes", "ended_on": today}))
    session.add(Decision.model_validate(values | {"code": "D-2", "status": "open"}))
    await session.flush()
    browser = await browse(app, session)
    assert "Stop the tills?" in (await browser.get("/initiatives/TILLS/cancel")).text
    open_one = await browser.post("/initiatives/TILLS/cancel", data={"reason": "No.", "decision": "D-2"})
    assert open_one.status_code == 422
    assert "D-2 is open, not decided." in open_one.text
    done = await browser.post("/initiatives/TILLS/cancel", data={"reason": "No use.", "decision": "D-1"})
    assert done.status_code == 303
    page = (await browser.get("/initiatives/TILLS")).text
    for words in ("No use.", "/decisions/D-1", "cancelled, as decided"):
        assert words in page, words
    await browser.post("/initiatives/SHELVES/cancel", data={"reason": "Nobody cared."})
    assert "none: it still counts as due" in (await browser.get("/initiatives/SHELVES")).text


async def test_a_draft_is_removed_and_anything_else_archived(app: FastAPI, session: AsyncSession) -> None:
    await make_initiative(session, code="OLD", status=InitiativeStatus.CANCELLED)
    await make_initiative(session, code="DRAFT", status=InitiativeStatus.DRAFT, due_baseline=None)
    browser = await browse(app, session)
    assert "Remove the draft" in (await browser.get("/initiatives/DRAFT/archive")).text
    gone = await browser.post("/initiatives/DRAFT/archive", data={"how": "delete"})
    assert gone.headers["location"] == "/initiatives"
    assert (await browser.get("/initiatives/DRAFT")).status_code == 404
    await browser.post("/initiatives/OLD/archive", data={"how": "archive"})
    assert "archived" in (await browser.get("/initiatives/OLD")).text
    assert "OLD" not in (await browser.get("/initiatives")).text
    await make_initiative(session, code="RUNNING")
    assert (await browser.post("/initiatives/RUNNING/archive")).status_code == 409
    assert (await browser.get("/initiatives/RUNNING/archive")).status_code == 409


async def test_one_side_asks_and_the_other_answers(app: FastAPI, session: AsyncSession) -> None:
    stores, it = await make_department(session), await make_department(session)
    await make_initiative(session, code="TILLS", title="Tills", department=stores)
    await make_initiative(session, code="NETWORK", title="Network", department=it)
    asking = await sign_in(app, session, await make_owner(session, role=Role.HEAD, department=stores))
    answering = await sign_in(app, session, await make_owner(session, role=Role.HEAD, department=it))
    assert 'value="NETWORK"' in (await asking.get("/initiatives/TILLS/need")).text
    unknown = await asking.post("/initiatives/TILLS/need", data={"target": "NOTHING"})
    assert unknown.status_code == 422
    need = {"target": "network", "need_by": "2020-01-31", "rationale": "They hang on it."}
    asked = await asking.post("/initiatives/TILLS/need", data=need)
    assert asked.headers["location"] == "/initiatives/TILLS#links"
    seen = (await asking.get("/initiatives/TILLS")).text
    for words in ("not answered yet", "days late", "needed by 31 January 2020", "They hang on it."):
        assert words in seen, words
    link = "/links/TILLS%3ENETWORK:depends_on"
    assert f"{link}/accept" not in seen, "who asks does not answer"
    assert f"{link}/accept" in (await answering.get("/initiatives/NETWORK")).text
    assert (await asking.post(f"{link}/accept")).status_code == 403
    assert (await answering.post(f"{link}/accept")).headers["location"] == "/initiatives/NETWORK#links"
    unsaid = await answering.post(f"{link}/decline", data={"reason": ""})
    assert unsaid.status_code == 422
    assert "They hang on it." in (await answering.get(f"{link}/decline")).text
    await answering.post(f"{link}/decline", data={"reason": "No fitters."})
    assert "No fitters." in (await asking.get("/initiatives/TILLS")).text
    await answering.post(f"{link}/accept")
    assert 'type="date"' in (await answering.get(f"{link}/deliver")).text
    there = await answering.post(f"{link}/deliver", data={"delivered_on": "2020-02-03"})
    assert there.status_code == 303
    row = (await session.scalars(select(Link).execution_options(populate_existing=True))).one()
    assert (row.state, row.delivered_on) == (DependencyState.DELIVERED, date(2020, 2, 3))
    assert "on 3 February 2020" in (await asking.get("/initiatives/TILLS")).text


async def test_a_link_of_an_initiative_has_its_page(app: FastAPI, session: AsyncSession) -> None:
    initiative, objective = await make_initiative(session, code="TILLS"), await make_objective(session)
    link = await make_link(session, initiative, objective, type=LinkType.SUPPORTS)
    browser = await browse(app, session)
    page = (await browser.get(f"/links/{link.id}")).text
    assert 'href="/initiatives/TILLS"' in page
    gone = await browser.post(f"/links/{link.id}/remove")
    assert gone.headers["location"] == "/initiatives/TILLS#links"


async def test_the_page_of_a_goal_tells_what_is_under_way_below_it(
    app: FastAPI, session: AsyncSession
) -> None:
    goal, objective = await make_goal(session, code="G1"), await make_objective(session)
    await make_link(session, objective, goal)
    for code, node in (("DIRECT", goal), ("BELOW", objective)):
        initiative = await make_initiative(session, code=code)
        session.add(InitiativeSupport(initiative_id=initiative.id, node_id=node.id))
    await make_initiative(session, code="ELSEWHERE")
    await session.flush()
    page = (await (await browse(app, session)).get("/goals/G1")).text
    assert {code for code in ("DIRECT", "BELOW", "ELSEWHERE") if code in page} == {"DIRECT", "BELOW"}


async def test_what_ended_long_ago_is_looked_for_by_its_state(app: FastAPI, session: AsyncSession) -> None:
    department, today = await make_department(session, code="STORES"), await today_of(session)
    for code, days in (("LATELY", 90), ("LONG-AGO", 92)):
        ended = today - timedelta(days=days)
        over = {"status": InitiativeStatus.FINISHED, "due_baseline": ended, "due_on": ended}
        await make_initiative(session, code=code, department=department, finished_on=ended, **over)
    browser = await browse(app, session)
    for address, shown in {
        "/initiatives": {"LATELY"},
        "/departments/STORES": {"LATELY"},
        "/initiatives?status=finished&page=1": {"LATELY", "LONG-AGO"},
    }.items():
        page = (await browser.get(address)).text
        assert {code for code in ("LATELY", "LONG-AGO") if code in page} == shown, address
