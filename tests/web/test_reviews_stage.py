"""The bar above a review: what is on, who chooses it, and one's own note, which nobody else is told."""

import re

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from justhtml import JustHTML
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from app.domain.reviews import ReviewStatus
from app.models import Owner
from app.web import web_routes
from tests.factories import make_department, make_owner, make_review
from tests.web.browsing import sign_in

PAGE = "/reviews/2026-10"
SECRET = "Zanzibar, he is not up to it"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
async def chair(session: AsyncSession) -> Owner:
    """Who runs the review."""
    return await make_owner(session, role=Role.EXECUTIVE, name="Helena Marsh")


@pytest.fixture
async def head(session: AsyncSession) -> Owner:
    """Who takes part."""
    department = await make_department(session, code="OPS")
    await make_review(session, code="2026-10", status=ReviewStatus.IN_SESSION)
    return await make_owner(session, role=Role.HEAD, department=department)


def read_bar(answer: httpx2.Response) -> str:
    """What the bar says."""
    bar = JustHTML(answer.text, sanitize=False).query("#review-presenting")
    return " ".join(bar[0].to_text().split()) if bar else ""


async def test_presenting_works(app: FastAPI, session: AsyncSession, head: Owner, chair: Owner) -> None:
    mine, theirs = await sign_in(app, session, chair), await sign_in(app, session, head)
    before = read_bar(await mine.get(PAGE))
    assert re.search(r"\d+ items, \d+ minutes", before)
    answer = await mine.post(f"{PAGE}/present", data={"item": "commitments"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}#review-commitments")
    part = await mine.post(f"{PAGE}/present", data={"item": "findings"}, headers=PARTIAL)
    assert "What broke 0:00 of 6 min" in read_bar(part)
    seen = await theirs.get(f"{PAGE}/parts/presenting")
    assert "What broke" in read_bar(seen)
    assert "present" not in seen.text.split("review-agenda")[0].replace("presenting", "")
    await mine.post(f"{PAGE}/present", data={"item": ""})
    assert "Nothing is presented yet." in read_bar(await theirs.get(PAGE))


async def test_who_only_takes_part_does_not_present(app: FastAPI, session: AsyncSession, head: Owner) -> None:
    browser = await sign_in(app, session, head)
    assert (await browser.post(f"{PAGE}/present", data={"item": "tiles"})).status_code == 403


async def test_nothing_is_presented_before_the_meeting(
    app: FastAPI, session: AsyncSession, head: Owner, chair: Owner
) -> None:
    await make_review(session, code="2026-09")
    browser = await sign_in(app, session, chair)
    assert "review-presenting" in (await browser.get("/reviews/2026-09")).text
    assert (await browser.post("/reviews/2026-09/present", data={"item": "tiles"})).status_code == 409
    assert (await browser.post(f"{PAGE}/present", data={"item": "coffee"})).status_code == 422


async def test_the_page_says_how_far_it_is_and_the_answer_of_a_part_does_too(
    app: FastAPI, session: AsyncSession, head: Owner
) -> None:
    browser = await sign_in(app, session, head)
    edition = (await browser.get(f"{PAGE}/edition")).text
    for path in (PAGE, f"{PAGE}/parts/parked"):
        assert f'data-edition="{edition}"' in (await browser.get(path)).text


async def test_a_note_is_kept(app: FastAPI, session: AsyncSession, head: Owner) -> None:
    browser = await sign_in(app, session, head)
    answer = await browser.post(f"{PAGE}/my-note", data={"version": "", "body": SECRET})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert SECRET in (await browser.get(PAGE)).text
    part = await browser.post(f"{PAGE}/my-note", data={"version": "1", "body": "Or is he?"}, headers=PARTIAL)
    assert "Saved." in part.text
    assert 'value="2"' in part.text


@pytest.mark.parametrize("headers", [{}, PARTIAL])
async def test_a_note_that_clashes_keeps_both(
    app: FastAPI, session: AsyncSession, head: Owner, headers: dict[str, str]
) -> None:
    browser = await sign_in(app, session, head)
    await browser.post(f"{PAGE}/my-note", data={"version": "", "body": SECRET})
    answer = await browser.post(
        f"{PAGE}/my-note", data={"version": "", "body": "From the other window"}, headers=headers
    )
    assert answer.status_code == 409
    assert SECRET in answer.text
    assert "From the other window" in answer.text
    again = await browser.post(f"{PAGE}/my-note", data={"version": "1", "body": "Both."}, headers=headers)
    assert again.status_code in (200, 303)


async def test_no_page_tells_a_note_to_anybody_else(
    app: FastAPI, session: AsyncSession, head: Owner, chair: Owner
) -> None:
    writer = await sign_in(app, session, head)
    await writer.post(f"{PAGE}/my-note", data={"version": "", "body": SECRET})
    admin = await make_owner(session, role=Role.ADMIN)
    samples = {"period": "2026-10", "department": "OPS", "owner": head.email, "part": "parked"}
    paths = {
        re.sub(r"\{(\w+)\}", lambda match: samples.get(match[1], "none"), route.path)
        for route in web_routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and not route.path.endswith("/live")
    }
    paths |= {"/api/v1/reviews", PAGE.replace("/reviews", "/api/v1/reviews"), "/api/v1/changes"}
    for other in (chair, admin):
        browser = await sign_in(app, session, other)
        told = [path for path in sorted(paths) if "Zanzibar" in (await browser.get(path)).text]
        assert told == []
        assert (await browser.get("/api/v1/changes")).status_code == 200
