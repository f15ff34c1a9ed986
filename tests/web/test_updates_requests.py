"""Asking on *My updates* for another value of a closed month, and what the row then says."""

import re
from datetime import date

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.change_requests import RequestState
from app.domain.permissions import Role
from app.domain.reviews import ReviewStatus
from app.models import ChangeRequest, Measurement, Review
from tests.factories import make_measurement, make_owner, make_review
from tests.web.browsing import sign_in
from tests.web.updating import LAST, PARTIAL, HeadDesk, find_row, make_desk, read_fields, read_text

PAGE = f"/updates?period={LAST.text}"


@pytest.fixture
async def desk(app: FastAPI, session: AsyncSession) -> HeadDesk:
    desk = await make_desk(app, session)
    await make_measurement(session, desk.kpis[0], LAST.text, department=desk.department, value=68)
    await make_review(session, code=LAST.text, status=ReviewStatus.CLOSED)
    return desk


async def send(desk: HeadDesk, step: str = "", *, plain: bool = False, **typed: str) -> httpx2.Response:
    """Sends a form of the row as the page shows it."""
    row = find_row(await desk.open(PAGE), desk.kpis[0])
    fields = read_fields(row.partition("/request")[2])
    path = f"/updates/kpis/{desk.kpis[0].code}/request{step}"
    return await desk.browser.post(path, data=fields | typed, headers={} if plain else PARTIAL)


async def read_requests(session: AsyncSession) -> list[ChangeRequest]:
    rows = await session.scalars(select(ChangeRequest).execution_options(populate_existing=True))
    return list(rows)


async def test_a_change_is_asked_for_in_place_of_the_field(desk: HeadDesk, session: AsyncSession) -> None:
    row = find_row(await desk.open(PAGE), desk.kpis[0])
    assert "Request change" in row
    assert 'name="value"' not in row
    sent = await send(desk, wanted="74,5 %", why="One count was missing.")
    assert sent.status_code == 200, sent.text
    told = read_text(find_row(sent.text, desk.kpis[0]))
    assert re.search(r"You asked for 74.5 % on \d+ \w{3}: One count was missing\.", told)
    assert "Asked" in told
    assert "Take it back" in told
    (request,) = await read_requests(session)
    assert (float(request.value), request.asked_by_id) == (74.5, desk.head.id)
    (value,) = (await session.scalars(select(Measurement))).all()
    assert value.value == 68


async def test_without_a_script_one_comes_back_to_the_row(desk: HeadDesk) -> None:
    sent = await send(desk, plain=True, wanted="74", why="One count was missing.")
    assert sent.status_code == 303
    address, _, row = sent.headers["location"].partition("#")
    assert address == PAGE
    assert f'id="{row}"' in await desk.open(address)
    taken = await send(desk, "/withdraw", plain=True)
    assert taken.status_code == 303
    shown = read_text(find_row(await desk.open(PAGE), desk.kpis[0]))
    assert "You asked" not in shown
    assert "Request change" in shown


@pytest.mark.parametrize(
    ("typed", "name", "said"),
    [
        ({"wanted": "many", "why": "Late."}, "wanted", "number"),
        ({"wanted": "", "why": "Late."}, "wanted", "Please fill this in."),
        ({"wanted": "74", "why": " "}, "why", "Please fill this in."),
    ],
)
async def test_what_is_refused_stays_typed(
    desk: HeadDesk, session: AsyncSession, typed: dict[str, str], name: str, said: str
) -> None:
    for plain in (True, False):
        refused = await send(desk, plain=plain, **typed)
        assert refused.status_code == 422
        row = find_row(refused.text, desk.kpis[0])
        assert re.search(
            rf'name="{name}"[^>]*aria-invalid="true"\s+aria-describedby="[^"]*-{name}-wrong"', row
        )
        assert said in row
        assert f'value="{typed["wanted"]}"' in row
        assert '<details class="override" open>' in row
    assert await read_requests(session) == []


async def test_asking_again_replaces_the_request(desk: HeadDesk, session: AsyncSession) -> None:
    await send(desk, wanted="74", why="One count was missing.")
    again = await send(desk, wanted="75", why="Two were.")
    assert "You asked for 75 %" in read_text(again.text)
    (request,) = await read_requests(session)
    assert (int(request.value), request.version) == (75, 2)


async def test_the_row_tells_what_became_of_it(desk: HeadDesk, session: AsyncSession) -> None:
    await send(desk, wanted="74", why="One count was missing.")
    (request,) = await read_requests(session)
    request.state, request.answered_by, request.answered_on = RequestState.DECLINED, "Ada", date(2020, 3, 5)
    request.answer = "Three counts were agreed."
    await session.flush()
    told = read_text(find_row(await desk.open(PAGE), desk.kpis[0]))
    assert "Ada declined it on 5 Mar 2020: Three counts were agreed." in told
    assert "Request change" in told
    late = await desk.browser.post(
        f"/updates/kpis/{desk.kpis[0].code}/request/withdraw",
        data={"period": LAST.text, "department": "OPS", "picked": LAST.text},
        headers=PARTIAL,
    )
    assert (late.status_code, "declined already" in late.text) == (409, True)
    request.state, request.answer = RequestState.ACCEPTED, None
    await session.flush()
    assert "Ada accepted it on 5 Mar 2020." in read_text(await desk.open(PAGE))


async def test_a_month_that_is_open_again_is_typed_and_asked_for_no_more(
    desk: HeadDesk, session: AsyncSession
) -> None:
    review = (await session.scalars(select(Review))).one()
    page = await desk.open(PAGE)
    fields = read_fields(find_row(page, desk.kpis[0]).partition("/request")[2])
    review.status = ReviewStatus.PREPARING
    await session.flush()
    path = f"/updates/kpis/{desk.kpis[0].code}/request"
    late = await desk.browser.post(path, data=fields | {"wanted": "74", "why": "Late."}, headers=PARTIAL)
    assert late.status_code == 409
    row = find_row(await desk.open(PAGE), desk.kpis[0])
    assert 'name="value"' in row
    assert "Request change" not in row


async def test_who_may_correct_is_shown_the_way_to_answer(
    app: FastAPI, desk: HeadDesk, session: AsyncSession
) -> None:
    await send(desk, wanted="74", why="One count was missing.")
    chief = await make_owner(session, role=Role.EXECUTIVE, name="Ada Chief")
    desk.kpis[0].updater_id = chief.id
    await session.flush()
    shown = (await (await sign_in(app, session, chief)).get(PAGE)).text
    row = find_row(shown, desk.kpis[0])
    assert "Hanna Head asked for 74 %" in read_text(row)
    assert f'href="/reviews/{LAST.text}#review-asked"' in row
    assert 'name="value"' in row
    assert not any(said in row for said in ("Request change", "Ask for another value", "Take it back"))
    # Whoever owes it no more does not see the row, and cannot ask.
    gone = await desk.browser.post(
        f"/updates/kpis/{desk.kpis[0].code}/request",
        data={"period": LAST.text, "department": "OPS", "wanted": "9", "why": "Late."},
    )
    assert gone.status_code == 404


async def test_what_is_not_sent_whole_is_refused(desk: HeadDesk) -> None:
    path = f"/updates/kpis/{desk.kpis[0].code}/request"
    assert (await desk.browser.post(path, data={"wanted": "74", "why": "Late."})).status_code == 422
    assert (await desk.browser.post(f"{path}/withdraw", data={})).status_code == 422
    fields = {"period": LAST.text, "department": "OPS"}
    assert (await desk.browser.post(f"{path}/withdraw", data=fields)).status_code == 404
