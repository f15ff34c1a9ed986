"""What is sent in a review: the line that captures, what it refuses, which kinds it offers; answers."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from app.domain.reviews import ReviewStatus
from app.domain.words import CommitmentStatus
from app.models import Commitment, Decision
from tests.factories import make_commitment, make_owner, make_review
from tests.web.browsing import sign_in

ADDRESS = "/reviews/2026-10"
# Of a form: its fields of one line, hidden ones too.
FIELD = re.compile(r'<input(?=[^>]*?name="([^"]+)")(?![^>]*?type="checkbox")[^>]*?value="([^"]*)"')
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\x00", "\u202e", "\ufeff"])
@pytest.mark.parametrize("kind", ["commitment", "decision", "parking"])
async def test_what_nobody_sees_in_a_pasted_line_is_left_out(
    app: FastAPI, session: AsyncSession, kind: str, sign: str
) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    await make_review(session, code="2026-10", status=ReviewStatus.IN_SESSION)
    sent = {"kind": kind, "line": f"zero{sign}width \t 5 Dec"}
    answer = await browser.post(f"{ADDRESS}/capture", data=sent, headers=HTMX)
    assert (answer.status_code, "zerowidth" in answer.text) == (200, True), answer.text[:2000]
    sent = {"kind": kind, "line": f"{sign} {sign}"}
    answer = await browser.post(f"{ADDRESS}/capture", data=sent, headers=HTMX)
    assert (answer.status_code, "Say what" in answer.text) == (422, True)


@pytest.mark.parametrize("kind", ["commitment", "decision", "parking"])
@pytest.mark.parametrize("line", ["\u200d by 5 Dec", "\u200d", "w" * 201 + " by 5 Dec"])
async def test_a_line_that_cannot_be_kept_is_refused_by_its_part(
    app: FastAPI, session: AsyncSession, kind: str, line: str
) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    await make_review(session, code="2026-10", status=ReviewStatus.IN_SESSION)
    answer = await browser.post(f"{ADDRESS}/capture", data={"kind": kind, "line": line}, headers=HTMX)
    if (kind, line) == ("parking", "\u200d by 5 Dec"):
        assert answer.status_code == 200
    else:
        assert answer.status_code == 422
        assert "capture-wrong" in answer.text


@pytest.mark.parametrize(
    ("role", "kinds"),
    [(Role.FACILITATOR, ["parking"]), (Role.EXECUTIVE, ["commitment", "decision", "parking"])],
)
async def test_only_what_one_may_capture_is_offered(
    app: FastAPI, session: AsyncSession, role: Role, kinds: list[str]
) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=role))
    await make_review(session, code="2026-10", status=ReviewStatus.IN_SESSION)
    page = (await browser.get(ADDRESS)).text
    assert re.findall(r'name="kind"\s+value="(\w+)"', page) == kinds
    assert re.findall(r'value="(\w+)"\s+checked', page) == kinds[:1]


@pytest.mark.parametrize("status", [ReviewStatus.IN_SESSION, ReviewStatus.CLOSED])
async def test_what_was_captured_in_a_review_stays_of_it_when_it_is_edited(
    app: FastAPI, session: AsyncSession, status: ReviewStatus
) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    review = await make_review(session, code="2026-10", status=ReviewStatus.IN_SESSION)
    for kind in ("commitment", "decision"):
        sent = {"kind": kind, "line": "One price list? 30 Dec 2026", "anyway": "true"}
        answer = await browser.post(f"{ADDRESS}/capture", data=sent, headers=HTMX)
        assert answer.status_code == 200, answer.text
    review.status = status
    await session.flush()
    captured: Any = (("commitments", Commitment, "what"), ("decisions", Decision, "title"))
    for path, model, named in captured:
        row = (await session.scalars(select(model))).one()
        page = (await browser.get(f"/{path}/{row.code}/edit")).text
        form = dict(FIELD.findall(page[page.index(f'id="{path}-form"') :]))
        answer = await browser.post(f"/{path}/{row.code}/edit", data=form | {named: "Two price lists?"})
        assert answer.status_code == 303, answer.text
        await session.refresh(row)
        assert (getattr(row, named), row.review_id) == ("Two price lists?", review.id)


async def test_enter_pressed_twice_sends_a_line_once(app: FastAPI, session: AsyncSession) -> None:
    """What is sent while an answer is awaited is dropped; by itself it would wait its turn."""
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    await make_review(session, code="2026-10", status=ReviewStatus.IN_SESSION)
    for address, form in ((ADDRESS, "review"), ("/commitments", "commitments"), ("/decisions", "decisions")):
        (line,) = re.findall(rf'<form id="{form}-capture".*?>', (await browser.get(address)).text, re.S)
        assert 'hx-sync="this:drop"' in line


async def test_an_older_page_does_not_overwrite_what_was_answered_meanwhile(
    app: FastAPI, session: AsyncSession
) -> None:
    owner = await make_owner(session, role=Role.EXECUTIVE)
    browser = await sign_in(app, session, owner)
    await make_review(session, code="2026-10", status=ReviewStatus.IN_SESSION)
    today = datetime.now(UTC).date()
    made_on, due_on = today - timedelta(days=60), today - timedelta(days=20)
    promise = await make_commitment(session, owner, made_on=made_on, due_on=due_on)
    action = f"{ADDRESS}/commitments/{promise.code}/settle"
    missed = {"outcome": "missed", "said": "I plan a week for it."}
    for _ in range(2):
        assert (await browser.post(action, data=missed)).status_code == 303
    stale = await browser.post(action, data={"outcome": "kept"})
    assert stale.status_code == 409
    assert "It was answered meanwhile: missed. Its own page corrects that." in stale.text
    await session.refresh(promise)
    assert (promise.status, promise.said) == (CommitmentStatus.MISSED, "I plan a week for it.")
