"""Answering on the page of a closed review what is asked to be changed of its month."""

from decimal import Decimal

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import record_values
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM, Role
from app.domain.reviews import ReviewStatus
from app.domain.scoring import Source
from app.domain.states import NewValue
from app.models import ChangeRequest, Kpi, Measurement, Review
from tests.factories import (
    make_change_request,
    make_department,
    make_kpi,
    make_owner,
    make_review,
    make_target,
)
from tests.web.browsing import sign_in
from tests.web.updating import read_text

PAGE = "/reviews/2026-10"


@pytest.fixture
async def chief(app: FastAPI, session: AsyncSession) -> httpx2.AsyncClient:
    return await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE, name="Ada Chief"))


@pytest.fixture
async def asked(chief: httpx2.AsyncClient, session: AsyncSession) -> ChangeRequest:
    """A request about a value that the closed review shows."""
    head = await make_owner(session, role=Role.HEAD, name="Hanna Head")
    place = await make_department(session, head_id=head.id, name="Stores")
    kpi = await make_kpi(session, departments=[place], owner_id=head.id, name="Queue minutes")
    await make_target(session, kpi, "2026")
    said = NewValue(department=place.id, period=parse_period("2026-10"), value=Decimal(60), note="Late.")
    await record_values(session, kpi, [said], actor=SYSTEM, source=Source.IMPORTED)
    await make_review(session, code="2026-10")
    await chief.post(f"{PAGE}/close", data={"despite": "Late."})
    review = (await session.scalars(select(Review))).one()
    return await make_change_request(session, kpi, review, head, code="CR-1", department_id=place.id)


def find_asked(page: str) -> str:
    """The list of what is asked to be changed, in words."""
    return read_text(page.partition('id="review-asked"')[2].partition("</ul>")[0])


async def read_value(session: AsyncSession) -> Measurement:
    statement = select(Measurement).join(Kpi, col(Kpi.id) == col(Measurement.kpi_id))
    there = col(Measurement.department_id).is_not(None)
    found = statement.where(col(Kpi.name) == "Queue minutes", there, col(Measurement.known_to).is_(None))
    return (await session.scalars(found)).one()


async def test_what_is_asked_is_accepted_and_told_as_revised_since(
    chief: httpx2.AsyncClient, session: AsyncSession, asked: ChangeRequest
) -> None:
    told = find_asked((await chief.get(PAGE)).text)
    assert "Queue minutes Stores · October 2026 from 60 % to 74 %" in told
    assert "Hanna Head, 3 Nov 2026: One count was missing." in told
    assert "Closed values asked to be changed October 2026 1 to answer" in read_text(
        (await chief.get("/")).text
    )
    accepted = await chief.post(f"{PAGE}/requests/CR-1/accept", data={"version": 1})
    assert (accepted.status_code, accepted.headers["location"]) == (303, f"{PAGE}#review-close")
    page = (await chief.get(PAGE)).text
    assert 'id="review-asked"' not in page
    revised = read_text(page.partition('id="review-revised"')[2])
    assert "60 % 74 %" in revised
    assert "Ada Chief, One count was missing. (Asked for by Hanna Head.)" in revised
    value = await read_value(session)
    assert (value.value, value.note, value.source) == (Decimal(74), "Late.", Source.MANUAL)
    assert "to answer" not in (await chief.get("/")).text


async def test_it_is_declined_with_a_sentence(
    chief: httpx2.AsyncClient, session: AsyncSession, asked: ChangeRequest
) -> None:
    unsaid = await chief.post(f"{PAGE}/requests/CR-1/decline", data={"version": 1, "reason": " "})
    assert unsaid.status_code == 422
    part = unsaid.text.partition('id="asked-CR-1"')[2].partition("</li>")[0]
    assert '<details class="act" open>' in part
    assert 'id="reason-CR-1-wrong"' in part
    declined = await chief.post(f"{PAGE}/requests/CR-1/decline", data={"version": 1, "reason": "Agreed so."})
    assert declined.status_code == 303
    await session.refresh(asked)
    assert (asked.state, asked.answer, asked.answered_by) == ("declined", "Agreed so.", "Ada Chief")
    assert (await read_value(session)).value == 60


async def test_what_was_asked_anew_or_taken_back_is_not_answered_unseen(
    chief: httpx2.AsyncClient, session: AsyncSession, asked: ChangeRequest
) -> None:
    asked.value = Decimal(80)
    await session.flush()
    for step, data in (("accept", {}), ("decline", {"reason": "No."})):
        late = await chief.post(f"{PAGE}/requests/CR-1/{step}", data={"version": "1"} | data)
        assert late.status_code == 409
        part = late.text.partition('id="asked-CR-1"')[2].partition("</li>")[0]
        assert "Somebody changed this" in part
        assert "80 %" in part
    asked.state = "withdrawn"  # type: ignore[assignment]
    await session.flush()
    gone = await chief.post(f"{PAGE}/requests/CR-1/accept", data={"version": 2})
    assert (gone.status_code, "This request was taken back." in gone.text) == (409, True)
    assert (await read_value(session)).value == 60


async def test_it_is_shown_to_nobody_else_and_belongs_to_its_month(
    app: FastAPI, chief: httpx2.AsyncClient, session: AsyncSession, asked: ChangeRequest
) -> None:
    for role in (Role.HEAD, Role.VIEWER, Role.FACILITATOR):
        browser = await sign_in(app, session, await make_owner(session, role=role))
        assert 'id="review-asked"' not in (await browser.get(PAGE)).text
        assert (await browser.post(f"{PAGE}/requests/CR-1/accept", data={"version": 1})).status_code == 403
    assert 'id="review-asked"' not in (await chief.get(f"{PAGE}?revision=1")).text
    await make_review(session, code="2026-09", status=ReviewStatus.CLOSED)
    elsewhere = await chief.post("/reviews/2026-09/requests/CR-1/accept", data={"version": 1})
    assert elsewhere.status_code == 404


async def test_a_value_that_protects_who_answered_is_not_told(
    chief: httpx2.AsyncClient, session: AsyncSession, asked: ChangeRequest
) -> None:
    value = await read_value(session)
    value.suppressed, value.n = True, 3
    await session.flush()
    assert "from n<5 to 74 %" in find_asked((await chief.get(PAGE)).text)


async def test_a_month_that_is_open_again_still_shows_what_waits(
    chief: httpx2.AsyncClient, session: AsyncSession, asked: ChangeRequest
) -> None:
    await chief.post(f"{PAGE}/reopen", data={"reason": "A value was wrong."})
    assert "to 74 %" in find_asked((await chief.get(PAGE)).text)
    assert (await chief.post(f"{PAGE}/requests/CR-1/accept", data={"version": 1})).status_code == 303
    assert (await read_value(session)).value == 74
