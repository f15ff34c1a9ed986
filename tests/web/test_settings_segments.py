"""`/settings/segments`: the inbox, mapping a segment, and putting it back."""

import re
from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.models import EngagementSegment, Measurement
from tests.cast import Cast
from tests.factories import make_department
from tests.house.test_query_counts import count_statements
from tests.web.test_settings import PARTIAL, open_as, read_version

PATH = "/settings/segments"


async def push(cast: Cast, *names: str) -> None:
    """Scores of segments that nobody knows yet."""
    scale = {"kind": "mean", "min": 0, "max": 10}
    items: list[dict[str, Any]] = [
        {
            "segment": f"seg-{name}",
            "name": name,
            "metric": "engagement",
            "period": "2026-05",
            "scale": scale,
            "value": 7,
            "respondents": 9,
        }
        for name in names
    ]
    admin = await cast.admin()
    answer = await admin.post("/api/v1/engagement-scores", json={"source": "peakon", "items": items})
    assert answer.status_code == 200, answer.text


async def find_one(session: AsyncSession, name: str) -> EngagementSegment:
    """A segment as it is stored."""
    row = (await session.scalars(select(EngagementSegment).where(col(EngagementSegment.name) == name))).one()
    await session.refresh(row)
    return row


def list_names(html: str) -> list[str]:
    """The segments that a page shows."""
    return re.findall(r'id="settings-segment-[^"]*">\s*<div>\s*<p>\s*<strong>([^<]*)<', html)


async def test_a_segment_is_mapped_and_its_past_scores_follow(
    app: FastAPI, session: AsyncSession, cast: Cast
) -> None:
    sales = await make_department(session, code="SALES", name="Sales")
    await push(cast, "North", "South")
    browser = await open_as(app, session, Role.EXECUTIVE)
    page = (await browser.get(PATH)).text
    assert sorted(list_names(page)) == ["North", "South"]
    assert "2 waiting" in page
    row = await find_one(session, "North")
    sent = {"department": "sales", "version": str(row.version)}
    answer = await browser.post(f"{PATH}/{row.id}", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert (await find_one(session, "North")).department_id == sales.id
    fed = await session.scalars(select(Measurement).where(col(Measurement.department_id) == sales.id))
    assert [(row.period, row.value) for row in fed] == [("2026-05", Decimal(7))]
    assert list_names((await browser.get(PATH)).text) == ["South"]
    assert list_names((await browser.get(f"{PATH}?show=mapped")).text) == ["North"]


async def test_a_mapped_segment_is_put_back_and_htmx_gets_its_line(
    app: FastAPI, session: AsyncSession, cast: Cast
) -> None:
    await make_department(session, code="SALES")
    await push(cast, "North")
    browser = await open_as(app, session, Role.ADMIN)
    row = await find_one(session, "North")
    for department, word in (("SALES", "North: mapped."), ("", "North: back in the inbox.")):
        version = (await find_one(session, "North")).version
        sent = {"department": department, "version": str(version)}
        answer = await browser.post(f"{PATH}/{row.id}", data=sent, headers=PARTIAL)
        assert answer.status_code == 200
        assert f'id="settings-segment-{row.id}"' in answer.text
        assert word in answer.text
    assert (await find_one(session, "North")).department_id is None


async def test_what_is_no_department_of_ours_is_ignored_until_it_is_put_back(
    app: FastAPI, session: AsyncSession, cast: Cast
) -> None:
    await push(cast, "North", "South")
    browser = await open_as(app, session, Role.ADMIN)
    row = await find_one(session, "North")
    sent = {"ignored": "on", "version": str(row.version)}
    answer = await browser.post(f"{PATH}/{row.id}", data=sent, headers=PARTIAL)
    assert "North: ignored from now on." in answer.text
    assert re.search(r">1 waiting<.*>0 mapped<.*>1 ignored<", answer.text, re.DOTALL)
    assert list_names((await browser.get(PATH)).text) == ["South"]
    page = (await browser.get(f"{PATH}?show=ignored")).text
    assert list_names(page) == ["North"]
    assert "Put back" in page
    back = await browser.post(f"{PATH}/{row.id}", data={"version": read_version(page)})
    assert (back.status_code, back.headers["location"]) == (303, f"{PATH}?show=ignored")
    assert sorted(list_names((await browser.get(PATH)).text)) == ["North", "South"]


async def test_a_department_of_the_same_name_is_offered_and_not_taken_for_granted(
    app: FastAPI, session: AsyncSession, cast: Cast
) -> None:
    await make_department(session, code="N", name="north")
    await push(cast, "North", "South")
    browser = await open_as(app, session, Role.ADMIN)
    page = (await browser.get(PATH)).text
    offered = re.findall(r'id="department-([^"]*)" name="department"\s[^>]*value="([^"]+)"', page)
    assert offered == [(str((await find_one(session, "North")).id), "N")]
    assert page.count("offered: same name") == 1
    assert (await find_one(session, "North")).department_id is None


async def test_what_does_not_fit_is_said_at_its_line(app: FastAPI, session: AsyncSession, cast: Cast) -> None:
    await push(cast, "North", "South")
    browser = await open_as(app, session, Role.ADMIN)
    row = await find_one(session, "North")
    sent = {"department": "NOWHERE", "version": str(row.version)}
    for headers in ({}, PARTIAL):
        answer = await browser.post(f"{PATH}/{row.id}", data=sent, headers=headers)
        assert answer.status_code == 422
        assert answer.text.count("There is no department NOWHERE.") == 1
        assert f'id="department-{row.id}-wrong"' in answer.text
        assert 'value="NOWHERE"' in answer.text
        assert ("South" in answer.text) == (not headers)


async def test_two_who_map_at_once_do_not_undo_each_other(
    app: FastAPI, session: AsyncSession, cast: Cast
) -> None:
    await make_department(session, code="A")
    await make_department(session, code="B")
    await push(cast, "North")
    browser = await open_as(app, session, Role.ADMIN)
    row = await find_one(session, "North")
    version = read_version((await browser.get(PATH)).text)
    first = await browser.post(f"{PATH}/{row.id}", data={"department": "A", "version": version})
    assert first.status_code == 303
    late = await browser.post(
        f"{PATH}/{row.id}", data={"department": "B", "version": version}, headers=PARTIAL
    )
    assert late.status_code == 409
    assert "Saved meanwhile: <strong>A<" in late.text


@pytest.mark.parametrize("query", ["?cursor=x", "?show=some", "?unknown=1"])
async def test_filters_that_mean_nothing_are_refused(app: FastAPI, session: AsyncSession, query: str) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    assert (await browser.get(PATH + query)).status_code == 422


async def test_the_inbox_costs_the_same_however_much_waits(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection, cast: Cast
) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    counts = []
    for start, more in ((0, 2), (2, 60)):
        await push(cast, *(f"S{number}" for number in range(start, start + more)))
        await make_department(session)
        with count_statements(connection) as statements:
            html = (await browser.get(PATH)).text
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 7
    assert "Next page" in html
