"""A closed month on *My updates*: shown, not typed; an executive corrects it with a reason."""

import re

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from app.domain.reviews import ReviewStatus
from tests.factories import make_review
from tests.web.updating import LAST, PARTIAL, find_row, make_desk, read_fields


async def test_a_closed_month_is_shown_but_not_typed(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    before = read_fields(find_row(await desk.open(), desk.kpis[0]))
    await make_review(session, code=LAST.text, status=ReviewStatus.CLOSED)
    shown = await desk.open()
    assert f'closed with <a href="/reviews/{LAST.text}">' in shown
    assert "Closed with its review." in shown
    assert 'name="value"' not in shown
    refused = await desk.browser.post(
        f"/updates/kpis/{desk.kpis[0].code}", data=before | {"value": "90", "reason": "Late"}, headers=PARTIAL
    )
    assert refused.status_code == 409
    earlier = await desk.open(f"/updates?period={LAST.next().text}")
    assert re.search(rf'value="{LAST.text}">[^<]* · closed</option>', earlier)


async def test_nothing_is_pasted_into_a_closed_month(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    await make_review(session, code=LAST.text, status=ReviewStatus.CLOSED)
    preview = await desk.open("/updates/paste?text=KPI-0%0990")
    assert "Closed with its review" in preview
    sent = await desk.browser.post("/updates/paste", data={"text": "KPI-0\t90", "seen": ["x=0"]})
    assert "saved=0" in sent.headers["location"]


async def test_an_executive_corrects_a_closed_month(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    desk.head.role = Role.EXECUTIVE
    await make_review(session, code=LAST.text, status=ReviewStatus.CLOSED)
    assert "Why is it corrected now?" in await desk.open()
    unsaid = await desk.send(desk.kpis[0], value=90)
    assert (unsaid.status_code, "Say why it is corrected now." in unsaid.text) == (422, True)
    saved = await desk.send(desk.kpis[0], value=90, reason="Counted again.")
    assert saved.status_code == 200, saved.text
    assert "Undo" not in saved.text
