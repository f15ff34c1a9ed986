"""The pages of partnerships: pairing leaders, and saying what became of their talks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from fastapi import FastAPI
from justhtml import JustHTML
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from app.domain.words import LinkType
from app.models import Department, Owner, Partnership
from tests.factories import (
    make_department,
    make_link,
    make_objective,
    make_owner,
    make_partnership,
    make_talk,
)
from tests.web.browsing import sign_in

TODAY = datetime.now(UTC).date()
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


async def set_pair(session: AsyncSession, **fields: Any) -> tuple[Owner, Owner]:
    """Two heads of different departments, the first of which signs in."""
    one, other = await make_department(session, code="ONE"), await make_department(session, code="TWO")
    a = await make_owner(session, department=one, role=Role.HEAD, name="Ada North")
    b = await make_owner(session, department=other, name="Ben South")
    one.head_id, other.head_id = a.id, b.id
    await session.flush()
    return a, b


def read_main(answer: httpx2.Response) -> str:
    """The text of a page."""
    return JustHTML(answer.text, sanitize=False).to_text()


async def test_two_leaders_are_paired_on_the_page(app: FastAPI, session: AsyncSession) -> None:
    a, b = await set_pair(session)
    browser = await sign_in(app, session, a)
    body = {
        "a": a.email,
        "b": b.email,
        "about": "Parts.",
        "cadence": "monthly",
        "next_on": str(TODAY + timedelta(days=3)),
    }
    answer = await browser.post("/partnerships", data=body)
    assert (answer.status_code, answer.headers["location"]) == (303, "/partnerships/P-1")
    shown = read_main(await browser.get("/partnerships"))
    for part in ("Ada North", "Ben South", "every month", "No talk yet"):
        assert part in shown


async def test_a_refused_pair_keeps_what_was_typed(app: FastAPI, session: AsyncSession) -> None:
    a, _ = await set_pair(session)
    browser = await sign_in(app, session, a)
    body = {"a": a.email, "b": a.email, "about": "Myself.", "cadence": "weekly"}
    for headers in ({}, PARTIAL):
        answer = await browser.post("/partnerships", data=body, headers=headers)
        assert answer.status_code == 422
        assert "Partners come from different departments." in answer.text
        assert "Myself." in answer.text
    assert (await session.scalars(select(Partnership))).all() == []


async def test_what_became_of_a_talk_is_said_with_one_button(app: FastAPI, session: AsyncSession) -> None:
    a, b = await set_pair(session)
    row = await make_partnership(session, a, b, code="P-1", next_on=TODAY - timedelta(days=9))
    talk = await make_talk(session, row, code="P-1.1", planned_on=TODAY - timedelta(days=9))
    browser = await sign_in(app, session, a)
    listed = await browser.get("/partnerships")
    assert "was planned for" in listed.text
    assert 'action="/partnerships/P-1/talks/P-1.1/hold"' in listed.text
    answer = await browser.post("/partnerships/P-1/talks/P-1.1/hold", data={}, headers=PARTIAL)
    assert answer.status_code == 200
    assert 'id="partnerships-talks"' in answer.text
    await session.refresh(talk)
    assert (talk.state, talk.held_on) == ("held", TODAY)
    assert "1 of 1 talks held in twelve months" in read_main(await browser.get("/partnerships"))


async def test_a_talk_is_skipped_only_with_a_reason(app: FastAPI, session: AsyncSession) -> None:
    a, b = await set_pair(session)
    row = await make_partnership(session, a, b, code="P-1")
    talk = await make_talk(session, row, code="P-1.1")
    browser = await sign_in(app, session, a)
    for headers in ({}, PARTIAL):
        bare = await browser.post("/partnerships/P-1/talks/P-1.1/skip", data={}, headers=headers)
        assert bare.status_code == 422
        assert 'role="alert"' in bare.text
    answer = await browser.post("/partnerships/P-1/talks/P-1.1/skip", data={"note": "Fair week."})
    assert answer.headers["location"] == "/partnerships/P-1#talks"
    await session.refresh(talk)
    assert (talk.state, talk.note) == ("skipped", "Fair week.")


async def test_one_more_talk_is_planned_and_a_pair_is_ended(app: FastAPI, session: AsyncSession) -> None:
    row = await make_partnership(session, *(pair := await set_pair(session)), code="P-1")
    browser = await sign_in(app, session, pair[0])
    planned = await browser.post("/partnerships/P-1/talks", data={"planned_on": "2027-01-07"})
    assert planned.status_code == 303
    assert "7 January 2027" in read_main(await browser.get("/partnerships/P-1"))
    ended = await browser.post("/partnerships/P-1/archive")
    assert ended.headers["location"] == "/partnerships"
    await session.refresh(row)
    assert row.archived_at
    assert "Plan one more" not in (await browser.get("/partnerships/P-1")).text


async def test_a_form_of_another_version_clashes(app: FastAPI, session: AsyncSession) -> None:
    a, b = await set_pair(session)
    row = await make_partnership(session, a, b, code="P-1")
    browser = await sign_in(app, session, a)
    body = {"a": a.email, "b": b.email, "about": "Anew.", "cadence": "weekly", "version": "0"}
    for headers in ({}, PARTIAL):
        assert (await browser.post("/partnerships/P-1", data=body, headers=headers)).status_code == 409
    saved = await browser.post("/partnerships/P-1", data=body | {"version": str(row.version)})
    assert saved.status_code == 303
    await session.refresh(row)
    assert (row.about, row.cadence) == ("Anew.", "weekly")


async def test_the_pair_with_the_most_dependencies_is_suggested_until_it_exists(
    app: FastAPI, session: AsyncSession
) -> None:
    a, b = await set_pair(session)
    homes = [await session.get_one(Department, each.department_id) for each in (a, b)]
    one, other = [await make_objective(session, department=home) for home in homes]
    again = await make_objective(session, department=homes[1])
    await make_link(session, one, other, type=LinkType.DEPENDS_ON)
    await make_link(session, again, one, type=LinkType.DEPENDS_ON)
    # Within one department, and archived: neither is a reason to talk across.
    await make_link(session, again, other, type=LinkType.DEPENDS_ON)
    await make_link(session, other, one, type=LinkType.DEPENDS_ON, archived_at=datetime.now(UTC))
    browser = await sign_in(app, session, a)
    shown = read_main(await browser.get("/partnerships"))
    assert "Ada North and Ben South" in shown
    assert "2 links between them" in shown
    await make_partnership(session, b, a)
    assert "Who should talk" not in read_main(await browser.get("/partnerships"))


async def test_others_read_and_do_not_write(app: FastAPI, session: AsyncSession) -> None:
    row = await make_partnership(session, *(await set_pair(session)), code="P-1")
    await make_talk(session, row, code="P-1.1")
    viewer = await make_owner(session, role=Role.VIEWER)
    browser = await sign_in(app, session, viewer)
    for path in ("/partnerships", "/partnerships/P-1"):
        shown = (await browser.get(path)).text
        assert 'method="post" action="/partnerships' not in shown
    refused = await browser.post("/partnerships/P-1/talks/P-1.1/hold", data={})
    assert refused.status_code == 403
