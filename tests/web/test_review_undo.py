"""Taking back what was just captured in a review: once, one's own, and while it is open."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.domain.review.canonical import write_canonical
from app.domain.reviews import ReviewStatus
from app.models import Event, Owner
from app.queries.review_facts import read_review_facts
from app.web.review_capturing import PART_OF
from tests.factories import make_department, make_owner, make_review
from tests.web.browsing import sign_in

ADDRESS = "/reviews/2026-10"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


async def make_ada(session: AsyncSession) -> Owner:
    """An executive with a department."""
    home = await make_department(session)
    return await make_owner(
        session, role=Role.EXECUTIVE, name="Ada Chair", email="ada@coxswain.test", department=home
    )


@pytest.mark.parametrize(
    ("kind", "line", "code"),
    [
        ("commitment", "Open a third till @ada 30 Jun", "C-1"),
        ("decision", "Close the Leeds depot? @ada 30 Jun", "D-1"),
        ("parking", "Two price lists?", "PL-1"),
    ],
)
async def test_what_was_just_captured_is_taken_back_once_and_leaves_its_event(
    app: FastAPI, session: AsyncSession, kind: str, line: str, code: str
) -> None:
    owner = await make_ada(session)
    browser = await sign_in(app, session, owner)
    await make_review(session, code="2026-10")
    made = await browser.post(f"{ADDRESS}/capture", data={"kind": kind, "line": line}, headers=HTMX)
    assert f'aria-label="Undo {code}"' in made.text
    sent = {"kind": kind, "undo": code, "line": "Next"}
    back = await browser.post(f"{ADDRESS}/capture/undo", data=sent, headers=HTMX)
    assert back.status_code == 200, back.text
    assert f"{code} is archived." in back.text
    assert 'value="Next"' in back.text
    assert f'id="review-{PART_OF[kind]}"' in back.text
    events = (
        await session.scalars(select(Event).where(col(Event.code) == code).order_by(col(Event.id)))
    ).all()
    assert [(each.actor_id, each.action) for each in events] == [
        (owner.id, "created"),
        (owner.id, "archived"),
    ]
    again = await browser.post(f"{ADDRESS}/capture/undo", data=sent, headers=HTMX)
    assert (again.status_code, "was changed since: it stays." in again.text) == (409, True)


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("commitment", "Open a third till @ada 30 Jun"),
        ("decision", "Close the Leeds depot? @ada 30 Jun"),
        ("parking", "Two price lists?"),
    ],
)
async def test_what_was_taken_back_leaves_the_review_as_it_was(
    app: FastAPI, session: AsyncSession, kind: str, line: str
) -> None:
    browser = await sign_in(app, session, await make_ada(session))
    review = await make_review(session, code="2026-10")
    before = await read_review_facts(session, review)
    code = {"commitment": "C-1", "decision": "D-1", "parking": "PL-1"}[kind]
    await browser.post(f"{ADDRESS}/capture", data={"kind": kind, "line": line}, headers=HTMX)
    assert await read_review_facts(session, review) != before
    await browser.post(f"{ADDRESS}/capture/undo", data={"kind": kind, "undo": code}, headers=HTMX)
    after = await read_review_facts(session, review)
    assert write_canonical(after) == write_canonical(before)
    assert "Leeds" not in (page := (await browser.get(ADDRESS)).text)
    assert code not in page


async def test_what_was_parked_and_taken_back_is_in_no_list_and_stays_as_it_is(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await sign_in(app, session, await make_ada(session))
    await make_review(session, code="2026-10")
    for line in ("Two price lists?", "A new till?"):
        await browser.post(f"{ADDRESS}/capture", data={"kind": "parking", "line": line}, headers=HTMX)
    undo = {"kind": "parking", "undo": "PL-1"}
    await browser.post(f"{ADDRESS}/capture/undo", data=undo, headers=HTMX)
    listed = (await browser.get("/api/v1/parked-items")).json()["items"]
    assert [(each["code"], each["archived_at"]) for each in listed] == [("PL-2", None)]
    gone = (await browser.get("/api/v1/parked-items?archived=true")).json()["items"]
    assert [(each["code"], each["state"]) for each in gone] == [("PL-1", "open")]
    late = await browser.post(f"{ADDRESS}/parked/PL-1", data={"state": "taken_up"}, headers=HTMX)
    assert late.status_code == 409
    third = await browser.post(
        f"{ADDRESS}/capture", data={"kind": "parking", "line": "A third one?"}, headers=HTMX
    )
    assert "PL-3" in third.text


@pytest.mark.parametrize(("kind", "code"), [("commitment", "C-1"), ("decision", "D-1"), ("parking", "PL-1")])
async def test_only_one_s_own_capture_is_taken_back_and_none_after_closing(
    app: FastAPI, session: AsyncSession, kind: str, code: str
) -> None:
    browser = await sign_in(app, session, await make_ada(session))
    review = await make_review(session, code="2026-10")
    line = {"commitment": "Open it @ada 30 Jun", "decision": "Close it? @ada", "parking": "Later?"}[kind]
    await browser.post(f"{ADDRESS}/capture", data={"kind": kind, "line": line}, headers=HTMX)
    other = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    sent = {"kind": kind, "undo": code}
    refused = await other.post(f"{ADDRESS}/capture/undo", data=sent, headers=HTMX)
    assert (refused.status_code, "they take back themselves" in refused.text) == (403, True)
    bare = await browser.post(f"{ADDRESS}/capture/undo", data={"kind": kind}, headers=HTMX)
    assert bare.status_code == 422
    review.status = ReviewStatus.CLOSED
    await session.flush()
    closed = await browser.post(f"{ADDRESS}/capture/undo", data=sent, headers=HTMX)
    assert closed.status_code == 409
    review.status = ReviewStatus.PREPARING
    await session.flush()
    elsewhere = await make_review(session, code="2026-11")
    wrong = await browser.post(f"/reviews/{elsewhere.code}/capture/undo", data=sent, headers=HTMX)
    assert wrong.status_code == 404
    plain = await browser.post(f"{ADDRESS}/capture/undo", data=sent)
    assert (plain.status_code, plain.headers["location"]) == (303, f"{ADDRESS}#review-{PART_OF[kind]}")
