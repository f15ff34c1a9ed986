"""Adding, editing and archiving goals in forms: what is kept, what is refused, and who may."""

import re
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.domain.words import NodeStatus
from app.models import Event, Goal
from tests.factories import make_goal, make_link, make_objective, make_owner, make_theme
from tests.web.browsing import sign_in


async def find_stored(session: AsyncSession, code: str) -> Goal:
    """The goal as it is in the database."""
    statement = select(Goal).where(col(Goal.code) == code).execution_options(populate_existing=True)
    return (await session.scalars(statement)).one()


def read_field(page: str, name: str) -> str:
    """What a field of a page holds."""
    (tag,) = re.findall(rf'<input[^>]*\bname="{re.escape(name)}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


async def test_a_goal_is_added_with_everything_that_was_typed(app: FastAPI, session: AsyncSession) -> None:
    theme = await make_theme(session, code="T1")
    ada = await make_owner(session, email="ada@coxswain.test")
    await make_goal(session, code="G4")
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    blank = await browser.get("/goals/new?theme=T1")
    assert read_field(blank.text, "code") == "G5"
    typed: dict[str, Any] = {
        "code": "G5",
        "title": " Keep promises ",
        "why": "Trust.",
        "theme": "t1",
        "owner": "ADA@coxswain.test",
        "status": "active",
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
        "rank": "2",
        "cross_functional": "on",
        "assumptions.0.text": "Prices hold.",
        "assumptions.0.review_on": "2027-03-31",
        "assumptions.1.text": "",
        "assumptions.1.review_on": "",
    }
    done = await browser.post("/goals/new", data=typed)
    assert (done.status_code, done.headers.get("location")) == (303, "/goals/G5"), done.text
    goal = await find_stored(session, "G5")
    assert (goal.title, goal.theme_id, goal.owner_id) == ("Keep promises", theme.id, ada.id)
    assert (goal.rank, goal.cross_functional, goal.status) == (2, True, NodeStatus.ACTIVE)
    assert goal.assumptions == [{"text": "Prices hold.", "review_on": "2027-03-31"}]
    event = (await session.scalars(select(Event).where(col(Event.object_id) == goal.id))).one()
    assert event.action == "created"


async def test_what_is_refused_is_said_beside_its_field_and_kept(app: FastAPI, session: AsyncSession) -> None:
    await make_goal(session, code="G1")
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    for change, name, told in (
        ({"title": ""}, "title", "Please fill this in."),
        ({"code": "g1"}, "code", "is taken"),
        ({"code": "map"}, "code", "reserved"),
        ({"ends_on": "2025-01-01"}, "ends_on", "before the start"),
        ({"owner": "nobody@coxswain.test"}, "owner", "There is no owner"),
        ({"rank": "first"}, "rank", "whole number"),
        ({"theme": "T9"}, "theme", "There is no theme"),
    ):
        typed = {"code": "G7", "title": "Mine", "starts_on": "2026-01-01", "status": "draft"} | change
        page = await browser.post("/goals/new", data=typed)
        assert page.status_code in (409, 422), change
        assert re.search(rf'id="{name}-wrong">[^<]*{told}', page.text), (change, page.text[-3000:])
        assert f'aria-describedby="{name}-wrong' in page.text
        if name != "title":
            assert read_field(page.text, "title") == "Mine"


async def test_unknown_fields_are_refused(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    page = await browser.post("/goals/new", data={"code": "G1", "title": "Grow", "archived_at": "2026-01-01"})
    assert page.status_code == 422
    assert "not known here: archived_at" in page.text


async def test_a_goal_is_edited(app: FastAPI, session: AsyncSession) -> None:
    await make_goal(session, code="G1", title="Grow", why="Because.", rank=3)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    form = (await browser.get("/goals/G1/edit")).text
    assert read_field(form, "title") == "Grow"
    assert "Because.</textarea>" in form
    typed = {"code": "G1", "title": "Grow well", "status": "paused", "version": read_field(form, "version")}
    done = await browser.post("/goals/G1/edit", data=typed)
    assert (done.status_code, done.headers["location"]) == (303, "/goals/G1")
    goal = await find_stored(session, "G1")
    assert (goal.title, goal.status, goal.why, goal.rank) == ("Grow well", NodeStatus.PAUSED, None, None)


async def test_two_people_who_edit_the_same_goal_see_each_other(app: FastAPI, session: AsyncSession) -> None:
    await make_goal(session, code="G1", title="Grow")
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    seen = read_field((await browser.get("/goals/G1/edit")).text, "version")
    typed = {"code": "G1", "status": "active", "version": seen}
    assert (await browser.post("/goals/G1/edit", data=typed | {"title": "First"})).status_code == 303
    clash = await browser.post("/goals/G1/edit", data=typed | {"title": "Second"})
    assert clash.status_code == 409
    assert read_field(clash.text, "title") == "Second"
    assert "Saved meanwhile: <strong>First</strong>" in clash.text
    again = typed | {"title": "Second", "version": read_field(clash.text, "version")}
    assert (await browser.post("/goals/G1/edit", data=again)).status_code == 303
    assert (await find_stored(session, "G1")).title == "Second"


async def test_htmx_gets_the_form_back_and_is_sent_on(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    headers = {"hx-request": "true", "hx-request-type": "partial"}
    refused = await browser.post("/goals/new", data={"title": ""}, headers=headers)
    assert refused.status_code == 422
    assert refused.text.lstrip().startswith('<form id="goal-form"')
    typed = {"code": "G1", "title": "Grow"}
    done = await browser.post("/goals/new", data=typed, headers=headers)
    assert (done.status_code, done.headers["hx-redirect"]) == (200, "/goals/G1")


async def test_archiving_says_what_points_at_it_and_keeps_the_page(
    app: FastAPI, session: AsyncSession
) -> None:
    goal = await make_goal(session, code="G1")
    await make_link(session, await make_objective(session), goal)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    asked = (await browser.get("/goals/G1/archive")).text
    assert "1 objective linked to it" in asked
    assert "Remove the draft" not in asked
    assert goal.archived_at is None
    done = await browser.post("/goals/G1/archive", data={"how": "archive"})
    assert (done.status_code, done.headers["location"]) == (303, "/goals/G1")
    assert (await find_stored(session, "G1")).archived_at is not None
    assert "archived already" in (await browser.get("/goals/G1/archive")).text


async def test_a_mere_draft_can_be_removed_for_good(app: FastAPI, session: AsyncSession) -> None:
    await make_goal(session, code="G1", status=NodeStatus.DRAFT)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    assert "Remove the draft" in (await browser.get("/goals/G1/archive")).text
    done = await browser.post("/goals/G1/archive", data={"how": "delete"})
    assert done.headers["location"] == "/goals"
    assert (await browser.get("/goals/G1")).status_code == 404
