"""`/decisions`: the list, and the line that logs a decision."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.models import Decision, DecisionDepartment, DecisionGoal, Department, Owner
from tests.factories import (
    make_decision,
    make_decision_type,
    make_department,
    make_goal,
    make_owner,
)
from tests.web.browsing import sign_in
from tests.web.test_settings import PARTIAL, open_as

TODAY = datetime.now(UTC).date()


def list_titles(html: str) -> list[str]:
    """What the list shows, in its order."""
    return re.findall(r'<p class="name">\s*<a href="/decisions/[^"]*">([^<]*)</a>', html)


async def capture(browser: httpx2.AsyncClient, line: str, **more: str) -> httpx2.Response:
    """Sends a line."""
    return await browser.post("/decisions", data={"line": line} | more, follow_redirects=True)


async def make_head(session: AsyncSession, **fields: object) -> tuple[Owner, Department]:
    """The head of a department."""
    home = await make_department(session, code="OPS", name="Operations")
    return await make_owner(session, role=Role.HEAD, department=home, name="Ann Head", **fields), home


async def test_a_line_logs_a_decision_and_tells_what_it_understood(
    app: FastAPI, session: AsyncSession
) -> None:
    head, home = await make_head(session)
    elsewhere = await make_department(session, code="SITES", name="Sites")
    amy = await make_owner(session, name="Amy Ford", email="amy.ford@x.org", department=elsewhere)
    goal = await make_goal(session, code="G2", title="One journey")
    await make_decision_type(session, code="PRICING", name="Prices", limit_days=14)
    browser = await sign_in(app, session, head)
    answer = await capture(browser, "Close the Leeds depot? @amy.ford needed in 2 weeks #G2 !pricing")
    assert answer.status_code == 200
    assert str(answer.url).endswith("/decisions?logged=D-1")
    said = re.search(r'role="status">(.*?)</p>', answer.text, re.DOTALL)
    assert said is not None
    for word in ("D-1", "Close the Leeds depot?", "Amy Ford decides.", "Prices, 14 days left", "OPS, SITES"):
        assert word in said[1], word
    row = (await session.scalars(select(Decision))).one()
    assert (row.title, row.decider_id) == ("Close the Leeds depot?", amy.id)
    assert row.needed_by == TODAY + timedelta(days=14)
    touched = await session.scalars(select(col(DecisionDepartment.department_id)))
    assert set(touched) == {home.id, elsewhere.id}
    assert (await session.scalars(select(col(DecisionGoal.goal_id)))).all() == [goal.id]


async def test_departments_that_a_line_names_are_taken_as_they_are(
    app: FastAPI, session: AsyncSession
) -> None:
    head, home = await make_head(session)
    await make_department(session, code="SITES")
    browser = await sign_in(app, session, head)
    assert (await capture(browser, "Sell it? #OPS")).status_code == 200
    assert (await session.scalars(select(col(DecisionDepartment.department_id)))).all() == [home.id]


async def test_a_line_is_read_before_it_is_logged(app: FastAPI, session: AsyncSession) -> None:
    await make_owner(session, name="Amy Ford", email="amy.ford@x.org")
    browser = await open_as(app, session, Role.EXECUTIVE)
    page = await browser.get("/decisions", params={"line": "Sell it? @amy by 30 Jun @bob"})
    told = re.search(r'<div id="capture-understood">(.*?)</div>\s*</div>\s*</form>', page.text, re.DOTALL)
    assert told is not None
    assert "Sell it? @bob" in told[1]
    assert "Amy Ford" in told[1]
    assert "30 June" in told[1]
    assert "nobody is called so" in told[1]
    assert (await session.scalars(select(Decision))).all() == []


@pytest.mark.parametrize("headers", [{}, PARTIAL])
async def test_what_says_nothing_is_named_and_nothing_is_logged(
    app: FastAPI, session: AsyncSession, headers: dict[str, str]
) -> None:
    browser = await open_as(app, session, Role.EXECUTIVE)
    answer = await browser.post("/decisions", data={"line": "Sell it? @bob #G9"}, headers=headers)
    assert answer.status_code == 422
    assert 'value="Sell it? @bob #G9"' in answer.text
    assert "aria-invalid" in answer.text
    for part in ("@bob", "nobody is called so", "#G9", "there is no such code"):
        assert part in answer.text
    assert ("<html" in answer.text) is not bool(headers)
    assert (await session.scalars(select(Decision))).all() == []


async def test_it_is_logged_all_the_same_with_these_words_in_its_title(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await open_as(app, session, Role.EXECUTIVE)
    assert (await capture(browser, "Sell it? @bob by Friday", anyway="yes")).status_code == 200
    assert (await session.scalars(select(Decision))).one().title == "Sell it? @bob"


async def test_a_title_that_cannot_be_kept_is_refused_by_its_name(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await open_as(app, session, Role.EXECUTIVE)
    for line, said in (("w" * 201, "Title: At most 200 characters"), ("\u200d by 30 Jun", "Title: One line")):
        answer = await capture(browser, line)
        assert (answer.status_code, said in answer.text) == (422, True)
    assert (await capture(browser, "Se\u00adll\u200b it?")).status_code == 200
    assert (await session.scalars(select(Decision))).one().title == "Sell it?"


async def test_an_empty_line_asks_for_words(app: FastAPI, session: AsyncSession) -> None:
    browser = await open_as(app, session, Role.EXECUTIVE)
    for line in ("", "by 30 Jun"):
        answer = await capture(browser, line)
        assert answer.status_code == 422
        assert "Say what is to be decided." in answer.text


async def test_who_may_not_log_it_is_told_so(app: FastAPI, session: AsyncSession) -> None:
    head, _ = await make_head(session)
    await make_department(session, code="SITES")
    browser = await sign_in(app, session, head)
    answer = await capture(browser, "Sell it? #SITES")
    assert answer.status_code == 422
    assert "your own departments" in answer.text
    viewer = await open_as(app, session, Role.VIEWER)
    assert (await capture(viewer, "Sell it?")).status_code == 403
    assert "Log a decision in one line" not in (await viewer.get("/decisions")).text


async def test_the_most_urgent_come_first_with_how_long_they_are_open(
    app: FastAPI, session: AsyncSession
) -> None:
    kind = await make_decision_type(session, limit_days=14)
    await make_decision(session, title="Fresh?", raised_on=TODAY, type_id=kind.id)
    await make_decision(session, title="Late?", raised_on=TODAY - timedelta(days=20), type_id=kind.id)
    await make_decision(
        session,
        title="Done?",
        raised_on=TODAY - timedelta(days=20),
        status="decided",
        chosen="Yes",
        ended_on=TODAY - timedelta(days=2),
        type_id=kind.id,
        reopened=2,
    )
    browser = await open_as(app, session, Role.VIEWER)
    html = (await browser.get("/decisions")).text
    assert list_titles(html) == ["Late?", "Fresh?", "Done?"]
    for words in (
        "20 days open",
        "6 days over the limit of 14",
        "opened today",
        "14 days left",
        "decided in 18 days",
        "4 days late",
        "re-opened twice",
        "3 in all",
        "1 past their limit",
    ):
        assert words in html, words


async def test_the_list_is_narrowed(app: FastAPI, session: AsyncSession) -> None:
    top = await make_department(session, code="TOP")
    below = await make_department(session, code="BELOW", parent=top)
    goal, kind = await make_goal(session, code="G2"), await make_decision_type(session, code="SITES")
    decider = await make_owner(session, email="amy@x.org")
    await make_decision(
        session,
        title="One?",
        departments=[below],
        goals=[goal],
        type_id=kind.id,
        decider_id=decider.id,
        raised_on=TODAY - timedelta(days=30),
    )
    gone: dict[str, Any] = {"status": "withdrawn", "end_reason": "Why", "ended_on": TODAY}
    await make_decision(session, title="Left?", **gone)
    browser = await open_as(app, session, Role.VIEWER)
    for query in (
        "department=TOP",
        "goal=G2",
        "type=sites",
        "decider=amy@x.org",
        "q=ONE",
        "state=open",
        "state=late",
    ):
        assert list_titles((await browser.get(f"/decisions?{query}")).text) == ["One?"], query
    assert list_titles((await browser.get("/decisions?state=withdrawn")).text) == ["Left?"]
    nothing = (await browser.get("/decisions?state=review")).text
    assert "No decision fits these filters." in nothing
    assert (await browser.get("/decisions?goal=NOWHERE")).status_code == 422


async def test_enough_decisions_tell_how_long_they_take(app: FastAPI, session: AsyncSession) -> None:
    browser = await open_as(app, session, Role.VIEWER)
    for number in range(8):
        ended: dict[str, Any] = {
            "status": "decided",
            "chosen": "Yes",
            "ended_on": TODAY - timedelta(days=20 - number),
        }
        await make_decision(session, raised_on=TODAY - timedelta(days=30), **(ended if number < 5 else {}))
        html = (await browser.get("/decisions")).text
        assert ("open ones count as open" in html) is (number == 7)
    assert "Half of 8 decisions opened in the last twelve months were taken within 13 days" in html
    for _ in range(8):
        await make_decision(session, raised_on=TODAY - timedelta(days=30))
    assert "More than half of 16 decisions" in (await browser.get("/decisions")).text
