"""The page of all reviews: what it tells of each, and opening one by hand."""

import httpx2
from fastapi import FastAPI
from justhtml import JustHTML
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from app.domain.reviews import Attendance, ReviewStatus, due_review
from app.models import Review
from app.queries.organization import today_of
from tests.factories import make_department, make_owner, make_review
from tests.web.browsing import sign_in


def read_lines(answer: httpx2.Response) -> list[str]:
    """The words of each review."""
    return [
        " ".join(each.to_text().split()) for each in JustHTML(answer.text, sanitize=False).query("article")
    ]


async def test_the_latest_month_comes_first_with_who_was_there(app: FastAPI, session: AsyncSession) -> None:
    chair = await make_owner(session, role=Role.EXECUTIVE, name="Ada North")
    other = await make_owner(session)
    there = {str(chair.id): Attendance.PRESENT, str(other.id): Attendance.EXCUSED}
    closed = {"status": ReviewStatus.CLOSED, "chair_id": chair.id, "attendance": there, "revision": 2}
    await make_review(session, code="2025-08", **closed)
    await make_review(session, code="2025-09", attendance={str(chair.id): Attendance.EXPECTED})
    browser = await sign_in(app, session, chair)
    latest, earlier = read_lines(await browser.get("/reviews"))
    assert latest.startswith("September 2025")
    assert "Preparing" in latest
    assert "1 expected" in latest
    assert all(each in earlier for each in ("Closed", "revision 2", "1 of 2 there", "chair: Ada North"))


async def test_a_month_is_opened_by_hand_once(app: FastAPI, session: AsyncSession) -> None:
    chair = await make_owner(session, role=Role.EXECUTIVE)
    await make_department(session, head_id=chair.id)
    month = due_review(await today_of(session)).text
    browser = await sign_in(app, session, chair)
    opened = await browser.post("/reviews", data={"period": month})
    assert (opened.status_code, opened.headers["location"]) == (303, f"/reviews/{month}")
    again = await browser.post("/reviews", data={"period": month})
    assert again.status_code == 409
    assert f"There is a review of {month} already." in again.text
    review = (await session.scalars(select(Review))).one()
    assert (review.code, review.chair_id) == (month, chair.id)


async def test_whoever_does_not_run_reviews_is_offered_none(app: FastAPI, session: AsyncSession) -> None:
    viewer = await make_owner(session, role=Role.VIEWER)
    browser = await sign_in(app, session, viewer)
    answer = await browser.get("/reviews")
    assert "There is no review yet." in answer.text
    assert 'action="/reviews"' not in answer.text
