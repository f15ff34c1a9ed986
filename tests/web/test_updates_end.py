"""After the last row: what peers should know, and whether links still hold."""

import html
import re
from datetime import UTC, datetime
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.periods import Cadence
from app.domain.permissions import Role
from app.domain.words import LinkType, NodeStatus
from app.models import Event, Link, PeerNote
from app.queries.updates_around import MOST_LINKS
from tests.factories import make_department, make_goal, make_link, make_objective, make_owner
from tests.web.browsing import sign_in
from tests.web.updating import LAST, PARTIAL, HeadDesk, make_desk, read_attributes, read_text

NOTE = "Anything peers should know?"


async def tell(desk: HeadDesk, *, plain: bool = False, **typed: str) -> httpx2.Response:
    """Sends the note."""
    body = {"period": LAST.text, "department": "OPS"} | typed
    return await desk.browser.post("/updates/note", data=body, headers={} if plain else PARTIAL)


async def read_notes(session: AsyncSession) -> list[Any]:
    """The notes in force."""
    table = PeerNote.__table__  # type: ignore[attr-defined]
    return list(await session.execute(select(table).where(table.c.archived_at.is_(None))))


async def test_a_note_is_told_changed_and_taken_back(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    assert NOTE in await desk.open()
    told = await tell(desk, challenge="Parts are late")
    assert told.status_code == 200, told.text
    assert "Your peers will see it." in told.text
    assert "<html" not in told.text
    (note,) = await read_notes(session)
    assert (note.challenge, note.ask, note.department_id) == ("Parts are late", None, desk.department.id)
    assert ">Parts are late</textarea>" in await desk.open()
    await tell(desk, challenge="Parts are late", ask="Help")
    assert [each.ask for each in await read_notes(session)] == ["Help"]
    back = await tell(desk)
    assert "Taken back." in back.text
    assert await read_notes(session) == []
    events = select(Event).where(col(Event.kind) == "peer_note").order_by(col(Event.id))
    assert [event.action for event in await session.scalars(events)] == ["created", "updated", "archived"]


async def test_of_two_who_write_the_note_neither_is_lost(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    assert 'name="version" value="0"' in (await desk.open()).partition('id="updates-note"')[2]
    assert (await tell(desk, version="0", challenge="Parts are late")).status_code == 200
    for plain in (False, True):
        refused = await tell(desk, plain=plain, version="0", challenge="Nothing")
        assert refused.status_code == 409
        assert "Saved meanwhile: <strong>Parts are late</strong>" in refused.text
        assert ">Nothing</textarea>" in refused.text
    assert [each.challenge for each in await read_notes(session)] == ["Parts are late"]
    seen = refused.text.partition('name="version" value="')[2].partition('"')[0]
    assert (await tell(desk, version=seen, challenge="Nothing")).status_code == 200
    assert [each.challenge for each in await read_notes(session)] == ["Nothing"]


async def test_an_empty_note_is_refused_with_its_reason(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    for plain in (False, True):
        answer = await tell(desk, plain=plain)
        assert answer.status_code == 422
        assert "Say what the challenge is" in answer.text
        assert ("<html" in answer.text) is plain
    assert (await desk.browser.post("/updates/note", data={"ask": "x"})).status_code == 422


async def test_without_scripts_the_note_leads_back_to_the_page(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    answer = await tell(desk, plain=True, ask="Help", picked=LAST.text)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/updates?period={LAST.text}#updates-note"


async def test_a_note_of_another_department_is_refused(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    await make_department(session, code="ELSE")
    assert (await tell(desk, department="ELSE", ask="Help")).status_code == 403
    viewer = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert (await viewer.post("/updates/note", data={"ask": "Help"})).status_code == 403
    assert await read_notes(session) == []


async def test_whoever_may_write_no_note_is_not_asked(app: FastAPI, session: AsyncSession) -> None:
    department = await make_department(session)
    for role in (Role.VIEWER, Role.CONTRIBUTOR):
        person = await make_owner(session, role=role, department=department)
        browser = await sign_in(app, session, person)
        assert NOTE not in (await browser.get("/updates")).text


async def test_a_note_is_about_the_month_whatever_is_owed(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, cadence=Cadence.WEEKLY)
    page = await desk.open()
    assert "Week " in page
    assert f'name="period" value="{LAST.text}"' in page.partition('id="updates-note"')[2]


async def make_work(session: AsyncSession, desk: HeadDesk) -> Link:
    """An objective of the head that contributes to a goal."""
    goal = await make_goal(session, title="Grow <fast>")
    objective = await make_objective(
        session, department=desk.department, owner_id=desk.head.id, title="Ship faster"
    )
    return await make_link(session, objective, goal, rationale="Because")


async def test_a_link_is_affirmed_with_one_click(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    link = await make_work(session, desk)
    page = read_text(await desk.open())
    assert "still contributes to Grow <fast>" in page
    assert "It changed" in page
    answer = await desk.browser.post(f"/updates/links/{link.id}/affirm", headers=PARTIAL)
    assert answer.status_code == 200
    assert "Still holds" in answer.text
    await session.refresh(link)
    assert link.affirmed_by == "Hanna Head"
    assert "Does it still hold?" not in await desk.open()
    plain = await desk.browser.post(f"/updates/links/{link.id}/affirm")
    assert plain.headers["location"] == "/updates#updates-links"


async def test_of_many_links_some_are_shown_and_the_way_to_the_rest(
    app: FastAPI, session: AsyncSession
) -> None:
    desk = await make_desk(app, session)
    goal = await make_goal(session)
    codes = [f"OBJ-{number:02}" for number in range(2 * MOST_LINKS + 3)]
    for code in codes:
        objective = await make_objective(session, code=code, owner_id=desk.head.id)
        await make_link(session, objective, goal)
    address, seen, left = f"/updates?period={LAST.text}", list[str](), []
    while address:
        page = await desk.open(address)
        seen += re.findall("It changed: (OBJ-[0-9]+)", page)
        left += re.findall("and ([0-9]+) more", page)
        ways = re.findall('href="([^"]*links_after[^"]*)"', page)
        assert len(ways) <= 1
        address = html.unescape(ways[0]) if ways else ""
    assert seen == codes
    assert left == [str(MOST_LINKS + 3), "3"]


async def test_the_links_after_an_answered_one_are_the_same(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    link = await make_work(session, desk)
    later = await make_objective(session, code="Z-LATER", owner_id=desk.head.id)
    await make_link(session, later, await make_goal(session))
    for _ in range(2):
        page = await desk.open(f"/updates?links_after={link.id}")
        assert re.findall("It changed: ([A-Z-]+)", page) == ["Z-LATER"]
        await desk.browser.post(f"/updates/links/{link.id}/affirm", headers=PARTIAL)
    assert (await desk.browser.get("/updates?links_after=x")).status_code == 422


async def test_a_link_is_asked_about_again_after_each_period(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    link = await make_work(session, desk)
    link.affirmed_at = datetime.combine(LAST.last_day, datetime.min.time(), tzinfo=UTC)
    await session.flush()
    assert "It changed" in await desk.open()
    assert "It changed" not in await desk.open(f"/updates?period={LAST.previous().text}")


async def test_only_live_links_of_live_work_of_ones_own_are_asked_about(
    app: FastAPI, session: AsyncSession
) -> None:
    desk = await make_desk(app, session)
    goal, paused = await make_goal(session), await make_goal(session, status=NodeStatus.PAUSED)
    own = await make_objective(session, department=desk.department, owner_id=desk.head.id)
    headless = await make_objective(session, department=desk.department, title="Nobody's")
    foreign = await make_objective(session, title="Foreign")
    draft = await make_objective(
        session, department=desk.department, owner_id=desk.head.id, status=NodeStatus.DRAFT, title="Draft"
    )
    await make_link(session, own, paused)
    await make_link(session, own, goal, type=LinkType.SUPPORTS)
    await make_link(session, own, goal, archived_at=datetime.now(UTC))
    for source in (headless, foreign, draft):
        await make_link(session, source, goal)
    page = read_text(await desk.open())
    assert page.count("It changed") == 1
    assert "Nobody's" in page


async def test_who_may_not_write_a_link_may_not_affirm_it(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    link = await make_work(session, desk)
    viewer = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert (await viewer.post(f"/updates/links/{link.id}/affirm")).status_code == 403
    assert "still contributes" not in (await viewer.get("/updates")).text
    assert read_attributes(await desk.open(), "challenge")["name"] == "challenge"
