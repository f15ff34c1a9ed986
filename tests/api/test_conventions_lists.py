"""Conventions of lists, proven on goals: pages, order, filters, and parameters that are not understood."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.words import NodeStatus
from tests.cast import Cast
from tests.factories import make_goal, make_owner, make_theme

GOALS = "/api/v1/goals"


async def walk(client: Any, path: str) -> list[list[str]]:
    """The codes of every page, by the Link header; each page says the same in its body."""
    pages = []
    while path:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        pages.append([item["code"] for item in answer.json()["items"]])
        cursor = answer.json()["next_cursor"]
        assert ("next" in answer.links) == (cursor is not None)
        path = answer.links["next"]["url"] if cursor else ""
        assert cursor is None or f"cursor={cursor}" in path
    return pages


async def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast, session: AsyncSession) -> None:
    codes = [(await make_goal(session)).code for _ in range(7)]
    ceo = await cast.ceo()
    assert await walk(ceo, f"{GOALS}?limit=3") == [codes[:3], codes[3:6], codes[6:]]
    assert await walk(ceo, f"{GOALS}?limit=7") == [codes]
    assert await walk(ceo, GOALS) == [codes]


async def test_the_next_page_keeps_the_filters(cast: Cast, session: AsyncSession) -> None:
    for _ in range(3):
        await make_goal(session)
        await make_goal(session, status=NodeStatus.PAUSED)
    ceo = await cast.ceo()
    pages = await walk(ceo, f"{GOALS}?limit=2&status=active")
    assert [len(page) for page in pages] == [2, 1]
    both = await walk(ceo, f"{GOALS}?limit=2&status=active&status=paused")
    assert [len(page) for page in both] == [2, 2, 2]


async def test_rows_that_arrive_while_a_list_is_read_disturb_nothing(
    cast: Cast, session: AsyncSession
) -> None:
    codes = [(await make_goal(session)).code for _ in range(4)]
    ceo = await cast.ceo()
    first = await ceo.get(f"{GOALS}?limit=2")
    late = (await make_goal(session)).code
    await ceo.patch(f"{GOALS}/{codes[0]}", json={"title": "Changed"}, headers={"If-Match": "*"})
    rest = await walk(ceo, first.links["next"]["url"])
    assert [item["code"] for item in first.json()["items"]] == codes[:2]
    assert rest == [codes[2:4], [late]]


async def test_an_empty_list_is_a_page_without_items(cast: Cast) -> None:
    answer = await (await cast.ceo()).get(GOALS)
    assert answer.json() == {"items": [], "next_cursor": None}
    assert "link" not in answer.headers


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("limit=0", "?limit", "greater_than_equal"),
        ("limit=1001", "?limit", "less_than_equal"),
        ("limit=ten", "?limit", "int_parsing"),
        ("limit=", "?limit", "int_parsing"),
        ("limit=1&limit=2", "?limit", "repeated_parameter"),
        ("cursor=x", "?cursor", "bad_cursor"),
        ("cursor=", "?cursor", "bad_format"),
        ("cursor=AZokSLYkehm%3D%3D", "?cursor", "bad_cursor"),
        ("cursor=%C3%A4", "?cursor", "bad_format"),
        ("status=green", "?status/0", "enum"),
        ("status=active&status=green", "?status/1", "enum"),
        ("theme=NOWHERE", "?theme", "unknown_reference"),
        ("theme=a%00b", "?theme", "bad_format"),
        ("owner=", "?owner", "string_too_short"),
        ("updated_since=yesterday", "?updated_since", "not_a_time"),
        ("updated_since=2026-01-01T00:00:00", "?updated_since", "not_a_time"),
        ("archived=maybe", "?archived", "bool_parsing"),
        ("colour=red", "?colour", "unknown_parameter"),
        ("Limit=5", "?Limit", "unknown_parameter"),
    ],
)
async def test_a_query_that_is_not_understood_is_refused_at_its_place(
    cast: Cast, query: str, pointer: str, code: str
) -> None:
    answer = await (await cast.ceo()).get(f"{GOALS}?{query}")
    assert answer.status_code == 422, answer.text
    fault = answer.json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


async def test_every_unknown_parameter_is_named(cast: Cast) -> None:
    answer = await (await cast.ceo()).get(f"{GOALS}?a=1&b=2&limit=1&limit=2")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["?a", "?b", "?limit"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_operations_on_one_thing_know_no_parameters(
    cast: Cast, session: AsyncSession, method: str
) -> None:
    goal = await make_goal(session)
    body = None if method in ("GET", "DELETE") else {"code": goal.code, "title": "T"}
    answer = await (await cast.ceo()).request(
        method, f"{GOALS}/{goal.code}?dry_run=1", json=body, headers={"If-Match": "*"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_parameter")


async def test_lists_narrow_by_reference_and_by_time(cast: Cast, session: AsyncSession) -> None:
    theme, owner = await make_theme(session), await make_owner(session)
    first = await make_goal(session, theme_id=theme.id)
    second = await make_goal(session, theme_id=theme.id, owner_id=owner.id)
    await make_goal(session)
    ceo = await cast.ceo()

    async def codes(**query: str) -> list[str]:
        return [one["code"] for one in (await ceo.get(GOALS, params=query)).json()["items"]]

    assert await codes(theme=theme.code.lower()) == [first.code, second.code]
    assert await codes(theme=str(theme.id), owner=owner.email.upper()) == [second.code]
    hour = timedelta(hours=1)
    assert len(await codes(updated_since=(datetime.now(UTC) - hour).isoformat())) == 3
    assert await codes(updated_since=(datetime.now(UTC) + hour).isoformat()) == []


async def test_a_code_is_found_whatever_its_case_and_an_unknown_one_is_not(
    cast: Cast, session: AsyncSession
) -> None:
    goal = await make_goal(session, code="Grow-1")
    ceo = await cast.ceo()
    for name in ("Grow-1", "GROW-1", "grow-1", str(goal.id), str(goal.id).upper()):
        assert (await ceo.get(f"{GOALS}/{name}")).json()["id"] == str(goal.id)
    for name in ("Grow", "Grow-1%20", "a%00b", "%E4", "x" * 2000, goal.id.hex, "'", "%25", "G%2F1"):
        answer = await ceo.get(f"{GOALS}/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), name
