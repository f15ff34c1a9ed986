"""Linking: finding what to link, refusals that explain themselves, editing, affirming and removing a link."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.domain.words import LinkType, NodeStatus
from app.models import Link, Objective
from tests.factories import make_department, make_goal, make_link, make_objective, make_owner
from tests.web.browsing import sign_in
from tests.web.test_goals_edit import read_field


async def plant(session: AsyncSession) -> tuple[Objective, Objective]:
    """S-1 contributes to G1, and S-2 to S-1; both belong to SALES."""
    sales = await make_department(session, code="SALES", name="Sales")
    goal = await make_goal(session, code="G1", title="Keep promises", why="Trust is slow.")
    upper = await make_objective(session, code="S-1", title="Answer fast", department=sales)
    lower = await make_objective(session, code="S-2", title="Train the team", department=sales)
    await make_link(session, upper, goal, rationale="Answers are promises.", weight=50)
    await make_link(session, lower, upper)
    await make_objective(session, code="D-1", title="Ship 50% at noon")
    return upper, lower


async def list_links_of(session: AsyncSession, source: Objective) -> list[Link]:
    """The links from an objective, as they are in the database."""
    statement = select(Link).where(col(Link.source_id) == source.id).order_by(col(Link.id))
    return list((await session.scalars(statement.execution_options(populate_existing=True))).all())


def list_offered(page: str) -> list[str]:
    """The codes that can be chosen."""
    return re.findall(r'type="radio"\s+name="\w+"\s+value="([^"]+)"', page)


@pytest.mark.parametrize(
    ("words", "codes"),
    [("", ["G1", "D-1", "S-2"]), ("promises keep", ["G1"]), ("s-2", ["S-2"]), ("50%", ["D-1"]), ("5_%", [])],
)
async def test_what_to_link_to_is_found_by_its_words(
    app: FastAPI, session: AsyncSession, words: str, codes: list[str]
) -> None:
    await plant(session)
    await make_goal(session, code="G9", status=NodeStatus.DRAFT)
    sales = (await session.scalars(select(Objective).where(col(Objective.code) == "S-1"))).one().department_id
    browser = await sign_in(app, session, await make_owner(session, role=Role.HEAD, department_id=sales))
    page = await browser.get("/objectives/S-1/link", params={"q": words})
    assert page.status_code == 200
    assert list_offered(page.text) == codes


async def test_an_objective_is_linked(app: FastAPI, session: AsyncSession) -> None:
    _, lower = await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    typed = {"source": "S-2", "target": "G1", "type": "supports", "rationale": "It helps.", "weight": "7,5"}
    done = await browser.post("/objectives/S-2/link", data=typed)
    assert (done.status_code, done.headers.get("location")) == (303, "/objectives/S-2#links"), done.text
    link = (await list_links_of(session, lower))[-1]
    assert (link.type, link.rationale, str(link.weight)) == (LinkType.SUPPORTS, "It helps.", "7.5")


async def test_a_goal_is_linked_from_its_own_page(app: FastAPI, session: AsyncSession) -> None:
    _, lower = await plant(session)
    head = await make_owner(session, role=Role.HEAD, department_id=lower.department_id)
    browser = await sign_in(app, session, head)
    page = (await browser.get("/goals/G1/link")).text
    assert list_offered(page) == ["S-1", "S-2"]
    assert "this one" in page
    typed = {"target": "G1", "source": "S-2", "type": "contributes", "rationale": "It does."}
    done = await browser.post("/goals/G1/link", data=typed)
    assert done.headers["location"] == "/goals/G1#links"
    assert (await browser.post("/goals/G1/link", data=typed | {"source": "D-1"})).status_code == 403


async def test_a_circle_is_refused_and_shown_with_titles(app: FastAPI, session: AsyncSession) -> None:
    upper, _ = await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    typed = {"source": "S-1", "target": "S-2", "type": "contributes", "rationale": "Round and round."}
    page = await browser.post("/objectives/S-1/link?q=nothing", data=typed)
    assert page.status_code == 409
    (circle,) = re.findall(r'<ol aria-label="The circle">.*?</ol>', page.text, re.DOTALL)
    assert re.findall(r"<b>([^<]+)</b> ([^<]+)<", circle) == [
        ("S-1", "Answer fast"),
        ("S-2", "Train the team"),
        ("S-1", "Answer fast"),
    ]
    assert list_offered(page.text) == ["S-2"]
    assert "Round and round.</textarea>" in page.text
    assert len(await list_links_of(session, upper)) == 1


@pytest.mark.parametrize(
    ("change", "told", "status"),
    [
        ({"target": "G1"}, "This link exists already", 409),
        ({"target": "S-1"}, "S-1 → S-1", 409),
        ({"target": "S-1", "type": "supports"}, "cannot be tied to itself", 422),
        ({"target": "none"}, "There is no node none.", 422),
        ({}, "Please fill this in.", 422),
    ],
)
async def test_other_links_that_cannot_be_are_refused_beside_the_choice(
    app: FastAPI, session: AsyncSession, change: dict[str, str], told: str, status: int
) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    typed = {"source": "S-1", "type": "contributes"} | change
    page = await browser.post("/objectives/S-1/link", data=typed)
    assert page.status_code == status
    assert re.search(rf'id="target-wrong">[^<]*{re.escape(told)}', page.text), page.text[-4000:]


async def test_the_source_is_that_of_the_address(app: FastAPI, session: AsyncSession) -> None:
    _, lower = await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    typed = {"source": "D-1", "target": "G1", "type": "supports"}
    assert (await browser.post("/objectives/S-2/link", data=typed)).status_code == 303
    assert len(await list_links_of(session, lower)) == 2


async def test_a_link_is_edited_and_a_stale_form_clashes(app: FastAPI, session: AsyncSession) -> None:
    upper, _ = await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    page = (await browser.get("/links/S-1>G1:contributes")).text
    assert "Trust is slow." in page
    typed = {
        "source": read_field(page, "source"),
        "target": read_field(page, "target"),
        "version": read_field(page, "version"),
        "type": "contributes",
        "rationale": "Promises are answers.",
    }
    done = await browser.post("/links/S-1>G1:contributes", data=typed)
    assert (done.status_code, done.headers.get("location")) == (303, "/objectives/S-1#links"), done.text
    (link,) = await list_links_of(session, upper)
    assert (link.rationale, link.weight) == ("Promises are answers.", None)
    clash = await browser.post("/links/S-1>G1:contributes", data=typed | {"rationale": "Mine."})
    assert clash.status_code == 409
    assert "Saved meanwhile: <strong>Promises are answers.</strong>" in clash.text


async def test_an_edit_that_would_close_a_circle_shows_it(app: FastAPI, session: AsyncSession) -> None:
    upper, lower = await plant(session)
    await make_link(session, upper, lower, type=LinkType.DEPENDS_ON)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    page = (await browser.get("/links/S-1>S-2:depends_on")).text
    typed = {name: read_field(page, name) for name in ("source", "target", "version")}
    refused = await browser.post("/links/S-1>S-2:depends_on", data=typed | {"type": "contributes"})
    assert refused.status_code == 409
    assert 'aria-label="The circle"' in refused.text


async def test_a_link_is_affirmed_in_place_and_by_a_plain_button(app: FastAPI, session: AsyncSession) -> None:
    upper, _ = await plant(session)
    head = await make_owner(session, role=Role.HEAD, department_id=upper.department_id, name="Hedda")
    browser = await sign_in(app, session, head)
    headers = {"hx-request": "true", "hx-request-type": "partial"}
    line = await browser.post("/links/S-1>G1:contributes/affirm?side=target", headers=headers)
    assert line.status_code == 200
    assert re.search(r'<li id="link-line-.*>Answer fast<.*by Hedda', line.text, re.DOTALL)
    plain = await browser.post("/links/S-2>S-1:contributes/affirm")
    assert (plain.status_code, plain.headers["location"]) == (303, "/objectives/S-2#links")
    (link,) = await list_links_of(session, upper)
    assert link.affirmed_by == "Hedda"
    assert "Hedda affirmed it on" in (await browser.get("/links/S-1>G1:contributes")).text


async def test_a_link_is_removed_after_a_question(app: FastAPI, session: AsyncSession) -> None:
    upper, _ = await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    assert "Remove this link?" in (await browser.get("/links/S-1>G1:contributes/remove")).text
    done = await browser.post("/links/S-1>G1:contributes/remove")
    assert (done.status_code, done.headers["location"]) == (303, "/objectives/S-1#links")
    (link,) = await list_links_of(session, upper)
    assert link.archived_at is not None
    assert "This link was removed." in (await browser.get(f"/links/{link.id}")).text
    assert "Keep promises" not in (await browser.get("/objectives/S-1")).text.partition('id="history"')[0]


async def test_who_reads_sees_the_reason_but_no_form(app: FastAPI, session: AsyncSession) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = (await browser.get("/links/S-1>G1:contributes")).text
    assert "Answers are promises." in page
    assert "<textarea" not in page
    assert (await browser.get("/links/S-1>G9:contributes")).status_code == 404
