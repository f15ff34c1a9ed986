"""Closing a review on its page, what it says afterwards, its files, and another review beside it."""

import re
from decimal import Decimal
from html import unescape

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import record_values
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM, Role
from app.domain.review.canonical import hash_canonical, write_canonical
from app.domain.reviews import ReviewStatus
from app.domain.scoring import Source
from app.domain.states import NewValue
from app.models import Kpi
from tests.domain.closed_reviews import EMPTY, FULL
from tests.factories import (
    make_department,
    make_kpi,
    make_owner,
    make_review,
    make_snapshot,
    make_target,
)
from tests.web.browsing import sign_in

PAGE = "/reviews/2026-10"
MARKED = ("tiles", "slots", "pulse")
REVISED = r"(?s)\s*<a class=\"revised\".*?</a>"


async def test_a_review_is_closed_over_what_is_open_only_with_a_reason(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    head = await make_owner(session)
    place = await make_department(session, head_id=head.id)
    kpi = await make_kpi(session, departments=[place], owner_id=head.id, name="Queue minutes")
    await make_target(session, kpi, "2026")
    red = NewValue(
        department=place.id, period=parse_period("2026-10"), value=Decimal(60), note="Two vacancies."
    )
    await record_values(session, kpi, [red], actor=SYSTEM, source=Source.IMPORTED)
    review = await make_review(session, code="2026-10")
    assert "Why close despite what is open?" in (await browser.get(PAGE)).text
    refused = await browser.post(f"{PAGE}/close", data={})
    assert refused.status_code == 409
    said = "1 point is open: 1 red KPI without an action. Settle them"
    assert said in unescape(refused.text)
    assert "Every red KPI has an action:" not in refused.text
    assert review.status is ReviewStatus.PREPARING
    closed = await browser.post(f"{PAGE}/close", data={"despite": "Ben names it tomorrow."})
    assert (closed.status_code, closed.headers["location"]) == (303, f"{PAGE}#review-close")
    page = (await browser.get(PAGE)).text
    assert "Closed although points were open: Ben names it tomorrow." in page
    assert "Close the review" not in page
    empty = await browser.post(f"{PAGE}/reopen", data={})
    assert (empty.status_code, "Please fill this in." in empty.text) == (422, True)
    await browser.post(f"{PAGE}/reopen", data={"reason": "A value was wrong."})
    page = (await browser.get(PAGE)).text
    assert "revision 2" in page
    earlier = (await browser.get(f"{PAGE}?revision=1")).text
    assert "As it was frozen, revision 1" in earlier
    assert 'action="/reviews/2026-10/close"' not in earlier
    assert (await browser.get(f"{PAGE}?revision=2")).status_code == 404


async def test_the_page_reopens_only_the_newest_closed_review(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    for month in ("2026-09", "2026-10"):
        review = await make_review(session, code=month, status=ReviewStatus.CLOSED)
        await make_snapshot(session, review, write_canonical(EMPTY))
    old = "/reviews/2026-09"
    assert "Open it again" in (await browser.get(PAGE)).text
    assert "Open it again" not in (await browser.get(old)).text
    late = await browser.post(f"{old}/reopen", data={"reason": "A typo."})
    assert late.status_code == 409
    assert "The review of 2026-09 is history: 1 later month is closed." in late.text


async def test_what_was_corrected_since_stands_on_the_page(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    head = await make_owner(session)
    place = await make_department(session, head_id=head.id)
    kpi = await make_kpi(session, departments=[place], owner_id=head.id, name="Queue minutes")
    await make_target(session, kpi, "2026")
    for value, reason in ((60, None), (71, "Counted again.")):
        said = NewValue(
            department=place.id,
            period=parse_period("2026-10"),
            value=Decimal(value),
            note="Late.",
            reason=reason,
        )
        await record_values(session, kpi, [said], actor=SYSTEM, source=Source.FED)
        if reason is None:
            await make_review(session, code="2026-10")
            await browser.post(f"{PAGE}/close", data={"despite": "Late."})
    page = (await browser.get(PAGE)).text
    table = page.partition('id="review-revised"')[2].partition("</table>")[0]
    assert "Queue minutes" in table
    assert "60 %" in table
    assert "71 %" in table
    assert "Counted again." in table
    assert f"{place.name} · October 2026" in unescape(table)


async def test_what_was_corrected_of_earlier_periods_is_counted_and_folded(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    engagement = (await session.scalars(select(Kpi).where(col(Kpi.code) == "ENGAGEMENT"))).one()
    place = (await make_department(session)).id
    periods = [parse_period(f"2026-{month:02}") for month in (7, 8, 9, 10)]
    for value in (7, 6):
        fed = [NewValue(department=place, period=each, value=Decimal(value)) for each in periods]
        await record_values(session, engagement, fed, actor=SYSTEM, source=Source.FED)
        if value == 7:
            await make_review(session, code="2026-10")
            await browser.post(f"{PAGE}/close", data={"despite": "Late."})
    told = (await browser.get(PAGE)).text.partition('id="review-revised"')[2]
    table, _, folded = told.partition("<details>")
    assert "Of earlier periods that this page shows, 3 values are known otherwise." in folded
    assert "October 2026" in table
    assert "September 2026" not in table
    assert "September 2026" in folded


async def test_files_are_made_of_the_frozen_bytes(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    body = write_canonical(FULL)
    await make_snapshot(session, await make_review(session, code="2026-10", status=ReviewStatus.CLOSED), body)
    sheet = await browser.get(f"{PAGE}/export.html")
    assert hash_canonical(body) in sheet.text
    assert sheet.headers["content-disposition"] == 'attachment; filename="review-2026-10-revision-1.html"'
    assert (await browser.get(f"{PAGE}/export.json")).content == body
    assert (await browser.get(f"{PAGE}/export.csv")).headers["content-type"].startswith("text/csv")
    assert (await browser.get(f"{PAGE}/export.pdf")).status_code in (404, 422)


async def test_two_reviews_stand_beside_each_other(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    closed = {"status": ReviewStatus.CLOSED}
    await make_snapshot(session, await make_review(session, code="2026-09", **closed), write_canonical(EMPTY))
    await make_snapshot(session, await make_review(session, code="2026-10", **closed), write_canonical(FULL))
    page = (await browser.get(f"{PAGE}/compare?with=2026-09")).text
    assert "October 2026 beside September 2026" in page
    assert "Commitments</h2>" in page
    assert "58.5 %" in page
    first, folded = re.split(r'<details class="more">\s*<summary>Values that moved', page)
    heads = re.findall(r"<h2>([^<]+)</h2>", first)
    assert heads[:4] == ["KPIs", "Commitments", "Decisions", "Findings"]
    assert ("58.5 %" in first, "58.5 %" in folded) == (False, True)
    assert (await browser.get(f"{PAGE}/compare")).text == page
    empty = await browser.get(f"{PAGE}/compare?with=")
    assert empty.status_code == 422
    assert "The month with which October 2026 is compared is missing." in empty.text
    same = (await browser.get(f"{PAGE}/compare?with=2026-10")).text
    assert "Both say the same." in same


async def test_what_was_corrected_since_is_marked_where_it_is_shown(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    engagement = (await session.scalars(select(Kpi).where(col(Kpi.code) == "ENGAGEMENT"))).one()
    head = await make_owner(session)
    place = await make_department(session, head_id=head.id, name="Stores")
    calm = await make_department(session, name="Offices")
    kpi = await make_kpi(session, departments=[place], owner_id=head.id, name="Queue minutes")
    await make_target(session, kpi, "2026")
    for value, feeling in ((60, 7), (71, 6)):
        feelings = {place.id: Decimal(feeling), calm.id: Decimal(7), None: Decimal(feeling)}
        month = parse_period("2026-10")
        felt = [NewValue(department=each, period=month, value=said) for each, said in feelings.items()]
        await record_values(session, engagement, felt, actor=SYSTEM, source=Source.FED)
        late = NewValue(department=place.id, period=month, value=Decimal(value), note="Late.")
        await record_values(session, kpi, [late], actor=SYSTEM, source=Source.FED)
        if value == 60:
            await make_review(session, code="2026-10")
            await browser.post(f"{PAGE}/close", data={"despite": "Late."})
            before = (await browser.get(PAGE)).text
    after = (await browser.get(PAGE)).text
    assert 'class="revised"' not in before
    parts = {key: after.partition(f'id="review-{key}"')[2].partition("</section>")[0] for key in MARKED}
    for part in parts.values():
        (row, *_) = re.findall(r'class="revised" href="/reviews/2026-10#(revised-\d+)"', part)
        assert f'<tr id="{row}"' in after
    assert ">60 %</span>" in parts["slots"]
    assert 'revised since <span class="unseen">(Queue minutes is 71 % now)' in parts["slots"]
    assert "Stores is 6 now" in parts["pulse"]
    assert "Offices is" not in parts["pulse"]
    assert parts["tiles"].count("is 6 now") == 2
    assert re.sub(REVISED, "", after).split('id="review-close"')[0] == before.split('id="review-close"')[0]
    tile = (await browser.get(f"{PAGE}/tiles/ENGAGEMENT")).text
    assert "/reviews/2026-10#revised-" in tile
