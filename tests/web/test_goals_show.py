"""The pages of a goal and of an objective: what they tell to whom, the way to the goals, and their cost."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.actions.goals import archive_goal
from app.actions.linkage import check_linkage
from app.actions.links import affirm_link
from app.checking import check_apart
from app.domain.permissions import SYSTEM, Role
from app.domain.words import LinkType, NodeStatus
from app.models import Goal, Objective
from tests.factories import make_department, make_goal, make_link, make_objective, make_owner, make_theme
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in
from tests.web.test_goals_tree import measure

MOST_STATEMENTS = 20


async def plant(session: AsyncSession) -> tuple[Goal, Objective, Objective]:
    """A goal, an objective that contributes to it, and one that contributes to that."""
    theme = await make_theme(session, code="HAPPY", name="Happy customers")
    ada = await make_owner(session, name="Ada", email="ada@coxswain.test")
    goal = await make_goal(
        session,
        code="G1",
        title="Keep promises",
        why="Trust is <i>slow</i>.",
        theme_id=theme.id,
        owner_id=ada.id,
        assumptions=[{"text": "Prices hold.", "review_on": "2027-03-31"}],
    )
    sales = await make_department(session, code="SALES", name="Sales")
    upper = await make_objective(session, code="S-1", title="Answer fast", department=sales)
    lower = await make_objective(session, code="D-1", title="Ship at noon")
    link = await make_link(session, upper, goal, rationale="Answers are promises.", weight=60)
    await affirm_link(session, link, actor=SYSTEM)
    await make_link(session, lower, upper)
    await make_link(session, lower, goal, type=LinkType.CONFLICTS_WITH)
    await measure(session, upper)
    await check_linkage(session, check_apart, actor=SYSTEM)
    return goal, upper, lower


async def test_the_page_of_a_goal_tells_all_of_it(app: FastAPI, session: AsyncSession) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = await browser.get("/goals/g1")
    assert page.status_code == 200, page.text
    for told in (
        "<h1>Keep promises</h1>",
        "Trust is &lt;i&gt;slow&lt;/i&gt;.",
        "Happy customers",
        'href="/owners/ada@coxswain.test"',
        "Look again on 31 March 2027.",
        "Answers are promises.",
        "60 % of it",
        "by command line",
        "conflicts with it",
        "2 in force below it, of 2 departments.",
        "The command line created goal G1",
    ):
        assert told in page.text, told
    assert "Edit" not in page.text
    assert "Still holds" not in page.text


async def test_an_objective_shows_how_it_reaches_the_goal(app: FastAPI, session: AsyncSession) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    text = (await browser.get("/objectives/D-1")).text
    assert re.search(r'<a href="/goals" aria-current="page">', text)
    (way,) = re.findall(r'<ol class="way".*?</ol>', text, re.DOTALL)
    assert re.findall(r"<b>([A-Z0-9-]+)", way) == ["HAPPY", "G1", "S-1", "D-1"]
    assert "Nobody has said how." in text
    assert re.search(r"<h3[^>]*>\s*L109 ", text)
    upper = (await browser.get("/objectives/S-1")).text
    assert re.search(r"80<small> %</small></b>", upper)
    assert "sparkline" in upper


async def test_an_objective_that_reaches_no_goal_says_so(app: FastAPI, session: AsyncSession) -> None:
    department = await make_department(session)
    await make_objective(session, code="O-1", department=department)
    asleep = await make_goal(session, status=NodeStatus.PAUSED)
    paused = await make_objective(session, code="O-2", department=department)
    await make_link(session, paused, asleep)
    await make_objective(session, code="O-3", department=department, status=NodeStatus.DRAFT)
    head = await make_owner(session, role=Role.HEAD, department=department)
    browser = await sign_in(app, session, head)
    for code in ("O-1", "O-2"):
        text = (await browser.get(f"/objectives/{code}")).text
        assert "It reaches no goal." in text
        assert f'href="/objectives/{code}/link"' in text
    assert "It is not in force" in (await browser.get("/objectives/O-3")).text


async def test_only_who_may_edit_is_offered_to(app: FastAPI, session: AsyncSession) -> None:
    _, upper, _ = await plant(session)
    sales = await make_owner(session, role=Role.HEAD, department_id=upper.department_id)
    browser = await sign_in(app, session, sales)
    own, goal = (await browser.get("/objectives/S-1")).text, (await browser.get("/goals/G1")).text
    assert 'href="/objectives/S-1/edit"' in own
    assert own.count("Still holds</button>") == 1
    assert "/goals/G1/edit" not in goal
    assert "/objectives/D-1/edit" not in (await browser.get("/objectives/D-1")).text
    chief = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    assert 'href="/goals/G1/edit"' in (await chief.get("/goals/G1")).text


async def test_drafts_and_strangers_stay_apart(app: FastAPI, session: AsyncSession) -> None:
    await plant(session)
    await make_goal(session, code="G9", status=NodeStatus.DRAFT)
    await make_objective(session, code="O-9", status=NodeStatus.DRAFT)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    for address in ("/goals/G9", "/objectives/O-9", "/goals/none", "/goals/S-1", "/objectives/G1"):
        assert (await browser.get(address)).status_code == 404, address
    coach = await sign_in(app, session, await make_owner(session, role=Role.FACILITATOR))
    for address in ("/goals/G1", "/objectives/S-1"):
        assert (await coach.get(address)).status_code == 403, address


async def test_what_is_archived_can_be_read_but_not_edited(app: FastAPI, session: AsyncSession) -> None:
    goal, _, _ = await plant(session)
    await archive_goal(session, goal, actor=SYSTEM)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    text = (await browser.get("/goals/G1")).text
    assert "archived" in text
    assert "/goals/G1/edit" not in text


async def test_the_history_is_shortened_until_all_is_asked_for(app: FastAPI, session: AsyncSession) -> None:
    goal, _, _ = await plant(session)
    for number in range(8):
        await make_link(session, await make_objective(session, title=f"Part {number}"), goal)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    short, full = [(await browser.get(f"/goals/G1{query}")).text for query in ("", "?history=all")]
    assert "Show what happened before" in short
    assert "Show what happened before" not in full
    assert full.count('class="event"') > short.count('class="event"') == 6


@pytest.mark.parametrize("address", ["/goals/G1", "/objectives/S-1"])
async def test_a_page_costs_the_same_statements_whatever_is_linked(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection, address: str
) -> None:
    goal, upper, _ = await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    counts = []
    for _ in range(2):
        with count_statements(connection) as statements:
            assert (await browser.get(address)).status_code == 200
        counts.append(len(statements))
        for target in (goal, upper):
            child = await make_objective(session)
            await make_link(session, child, target)
            await measure(session, child)
    assert counts[0] == counts[1] <= MOST_STATEMENTS
