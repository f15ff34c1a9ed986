"""Scores that are large enough by themselves and yet tell of a smaller group beside the others."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission, Role
from app.models import EngagementScore
from tests.api.test_engagement import PATH, make_item, push
from tests.cast import Cast
from tests.factories import make_department, make_owner
from tests.web.browsing import sign_in

SEGMENTS = "/api/v1/engagement-segments"
ANY_VERSION = {"If-Match": "*"}


@pytest.fixture
async def robot(cast: Cast, session: AsyncSession) -> httpx2.AsyncClient:
    """An HR system that counts SALES and IT in ORG."""
    org = await make_department(session, code="ORG", name="All of us")
    await make_department(session, code="SALES", parent=org)
    await make_department(session, code="IT", parent=org)
    return await cast.machine(Permission.ENGAGEMENT_WRITE, Permission.METRICS_READ)


def make_score(department: str | None, respondents: int, value: float = 7, **fields: Any) -> dict[str, Any]:
    return make_item(department=department, value=value, respondents=respondents, **fields)


async def read_scores(client: httpx2.AsyncClient, **params: Any) -> dict[str, tuple[Any, bool, str]]:
    """Value, suppressed and status of the scores by department; the last revision counts."""
    answer = await client.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return {item["department"]["code"]: (item["value"], item["suppressed"], item["status"]) for item in items}


async def read_metrics(client: httpx2.AsyncClient, **params: Any) -> dict[Any, tuple[Any, bool]]:
    """Value and suppressed of ENGAGEMENT by department."""
    params = {"kpi": "ENGAGEMENT", "period": "2026-05"} | params
    answer = await client.get("/api/v1/metrics", params=params)
    assert answer.status_code == 200, answer.text
    return {
        row["department"] and row["department"]["code"]: (row["value"], row["suppressed"])
        for row in answer.json()["items"]
    }


async def test_what_would_tell_of_a_smaller_group_is_shown_nowhere(robot: httpx2.AsyncClient) -> None:
    await push(robot, make_score("ORG", 13, 6), make_score("SALES", 4, 2), make_score("IT", 9, 8))
    assert await read_scores(robot) == {
        "ORG": (6, False, "created"),
        "SALES": (None, True, "suppressed"),
        "IT": (None, True, "suppressed"),
    }
    told = await read_metrics(robot)
    assert (told["ORG"], told["SALES"], told["IT"]) == ((6, False), (None, True), (None, True))
    # The whole organization is made of ORG alone: no total less its parts.
    assert told[None] == (6, False)


async def test_what_is_large_enough_is_shown(robot: httpx2.AsyncClient) -> None:
    await push(robot, make_score("ORG", 14, 6), make_score("SALES", 5, 2), make_score("IT", 9, 8))
    assert {score[:2] for score in (await read_scores(robot)).values()} == {
        (6, False),
        (2, False),
        (8, False),
    }
    assert (await read_metrics(robot))["IT"] == (8, False)


async def test_a_later_push_withholds_what_was_shown_and_shows_it_again(robot: httpx2.AsyncClient) -> None:
    await push(robot, make_score("IT", 9, 8), make_score("SALES", 4, 2))
    assert (await read_metrics(robot))["IT"] == (8, False)
    await push(robot, make_score("ORG", 13, 6))
    assert (await read_metrics(robot))["IT"] == (None, True)
    assert (await read_scores(robot, revisions=True))["IT"] == (None, True, "suppressed")
    await push(robot, make_score("ORG", 14, 6), make_score("SALES", 5, 2))
    assert await read_scores(robot) == {
        "ORG": (6, False, "revised"),
        "SALES": (2, False, "revised"),
        "IT": (8, False, "created"),
    }
    assert (await read_metrics(robot))["IT"] == (8, False)


async def test_an_earlier_revision_of_a_withheld_score_stays_untold(robot: httpx2.AsyncClient) -> None:
    await push(robot, make_score("IT", 9, 8))
    await push(robot, make_score("IT", 9, 3))
    await push(robot, make_score("ORG", 13, 6), make_score("SALES", 4))
    answer = await robot.get(PATH, params={"department": "IT", "revisions": True})
    shown = [(item["revision"], item["value"], item["suppressed"]) for item in answer.json()["items"]]
    assert shown == [(1, None, True), (2, None, True)]


async def test_rounds_do_not_mix(robot: httpx2.AsyncClient) -> None:
    await push(robot, make_score("IT", 9, 8), make_score("SALES", 4))
    await push(robot, make_score("ORG", 13, 6, metric="strategy"), make_score("ORG", 13, period="2026-06"))
    assert (await read_scores(robot, metric="engagement", period="2026-05"))["IT"] == (8, False, "created")


async def test_a_segment_that_is_mapped_joins_the_others(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(robot, make_score("ORG", 13, 6), make_score("SALES", 4))
    await push(robot, make_score(None, 9, 8, segment="crew"))
    admin = await cast.admin()
    rows = (await admin.get(SEGMENTS)).json()["items"]
    place = f"{SEGMENTS}/{rows[0]['id']}"
    answer = await admin.put(place, json={"department": "IT"}, headers=ANY_VERSION)
    assert answer.status_code == 200, answer.text
    assert (await read_scores(robot))["IT"] == (None, True, "suppressed")
    assert (await read_metrics(robot))["IT"] == (None, True)
    answer = await admin.put(place, json={"department": None}, headers=ANY_VERSION)
    assert answer.status_code == 200, answer.text
    withheld = select(EngagementScore).where(col(EngagementScore.withheld))
    assert (await session.scalars(withheld.execution_options(populate_existing=True))).all() == []


async def test_the_minimum_group_of_the_organization_counts(robot: httpx2.AsyncClient, cast: Cast) -> None:
    admin = await cast.admin()
    answer = await admin.patch("/api/v1/organization", json={"minimum_group": 10}, headers=ANY_VERSION)
    assert answer.status_code == 200, answer.text
    await push(robot, make_score("ORG", 27, 6), make_score("SALES", 12), make_score("IT", 11))
    assert [score[1] for score in (await read_scores(robot)).values()] == [False, False, True]


async def test_a_department_says_nothing_of_a_score_that_is_withheld(
    robot: httpx2.AsyncClient, app: FastAPI, session: AsyncSession
) -> None:
    await push(robot, make_score("ORG", 13, 6.25), make_score("SALES", 4), make_score("IT", 9, 8.75))
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    page = await browser.get("/departments/IT")
    assert page.status_code == 200
    assert "kept back" in page.text
    assert "8.75" not in page.text
    assert "9 of" not in page.text
