"""Reading back what was received: every field, its history, filters, pages, and who sees what."""

from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.answers import PageOut
from app.api.v1.engagement import ScoreOut
from app.domain.permissions import Permission
from tests.api.test_engagement import PATH, make_item, make_push, push
from tests.cast import Cast
from tests.factories import make_department


@pytest.fixture
async def robot(cast: Cast, session: AsyncSession) -> httpx2.AsyncClient:
    """An HR system; the department SALES is there."""
    await make_department(session, code="SALES", name="Sales")
    return await cast.machine(Permission.ENGAGEMENT_WRITE, Permission.METRICS_READ)


async def read(client: httpx2.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    """The scores on one page; the answer is exactly what is documented."""
    answer = await client.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    shown = PageOut[ScoreOut].model_validate_json(answer.content)
    assert shown.model_dump(mode="json") == answer.json()
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_every_field_that_was_sent_comes_back(robot: httpx2.AsyncClient) -> None:
    item = make_item(window_days=90, segment="note", observed_at="2026-06-02T06:00:00.250000Z")
    receipt = await push(robot, item)
    [score] = await read(robot)
    assert {name: score[name] for name in item if name != "department"} == {
        name: value for name, value in item.items() if name != "department"
    }
    assert (score["source"], score["survey"], score["round"]) == ("peakon", "pulse", "2026-05")
    assert (score["department"]["code"], score["department"]["name"]) == ("SALES", "Sales")
    assert (score["id"], score["revision"], score["status"]) == (receipt["items"][0]["id"], 1, "created")
    assert score["feeds"] == receipt["items"][0]["feeds"] == ["ENGAGEMENT"]


async def test_what_was_not_sent_is_null_and_numbers_have_no_noise(robot: httpx2.AsyncClient) -> None:
    bare = {
        "segment": "s1",
        "metric": "m",
        "period": "2026",
        "scale": {"kind": "enps"},
        "value": -7.30,
        "respondents": 9,
    }
    answer = await robot.post(PATH, json={"source": "x", "items": [bare]})
    assert answer.status_code == 200, answer.text
    [score] = await read(robot)
    assert score["scale"] == {"kind": "enps", "min": -100, "max": 100}
    empty = ("survey", "round", "department", "name", "invited", "window_days", "observed_at")
    assert [score[name] for name in empty] == [None] * len(empty)
    assert (score["value"], score["status"], score["feeds"]) == (-7.3, "unmapped", [])


async def test_revisions_are_listed_beside_the_current_state(robot: httpx2.AsyncClient) -> None:
    await push(robot, make_item(), make_item(metric="other"))
    await push(robot, make_item(value=7.9, invited=60))
    await push(robot, make_item(respondents=2))
    assert [(score["revision"], score["value"]) for score in await read(robot, metric="engagement")] == [
        (3, None)
    ]
    history = await read(robot, metric="engagement", revisions="true")
    assert [
        (row["revision"], row["value"], row["invited"], row["status"], row["feeds"]) for row in history
    ] == [
        (1, 7.4, 51, "created", []),
        (2, 7.9, 60, "revised", []),
        (3, None, 51, "suppressed", ["ENGAGEMENT"]),
    ]
    assert len({row["id"] for row in history}) == 1


async def test_the_list_can_be_narrowed(robot: httpx2.AsyncClient, session: AsyncSession) -> None:
    await make_department(session, code="IT")
    await push(robot, make_item(), make_item(department="IT", metric="b", period="2026-06"))
    other = make_push(make_item(department=None, segment="s1"), source="glint", survey="yearly", round="r2")
    await robot.post(PATH, json=other)
    for name, value, expected in [
        ("source", "glint", 1),
        ("source", "peakon", 2),
        ("survey", "yearly", 1),
        ("round", "r2", 1),
        ("metric", "b", 1),
        ("department", "it", 1),
        ("period", "2026-06", 1),
        ("metric", "unheard", 0),
        ("updated_since", "2100-01-01T00:00:00Z", 0),
        ("updated_since", "2020-01-01T00:00:00Z", 3),
    ]:
        assert len(await read(robot, **{name: value})) == expected, (name, value)


@pytest.mark.parametrize("revisions", ["false", "true"])
async def test_pages_follow_each_other_without_gap_or_repeat(
    robot: httpx2.AsyncClient, revisions: str
) -> None:
    await push(robot, *(make_item(metric=f"m{n}") for n in range(5)))
    await push(robot, *(make_item(metric=f"m{n}", value=1) for n in range(0, 5, 2)))
    whole = await read(robot, revisions=revisions)
    assert len(whole) == (8 if revisions == "true" else 5)
    paged: list[dict[str, Any]] = []
    url = f"{PATH}?limit=2&revisions={revisions}"
    while url:
        answer = await robot.get(url)
        paged += answer.json()["items"]
        url = answer.links["next"]["url"] if answer.json()["next_cursor"] else ""
    assert paged == whole


async def test_a_bound_key_sees_its_own_departments_only(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    home = await make_department(session, code="HOME")
    await make_department(session, code="BELOW", parent=home)
    items = [make_item(department=code) for code in ("SALES", "HOME", "BELOW")]
    await push(robot, *items, make_item(department=None, segment="s1"))
    bound = await cast.machine(Permission.METRICS_READ, department_id=home.id)
    assert [score["department"]["code"] for score in await read(bound)] == ["HOME", "BELOW"]
    hidden = await bound.get(PATH, params={"department": "SALES"})
    assert hidden.status_code == 422


async def test_the_same_list_again_is_not_sent_again(robot: httpx2.AsyncClient) -> None:
    await push(robot, make_item())
    first = await robot.get(PATH)
    again = await robot.get(PATH, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"period": "2026-13"}, "?period"),
        ({"department": "NOWHERE"}, "?department"),
        ({"cursor": "AAAA"}, "?cursor"),
        ({"colour": "red"}, "?colour"),
        ({"limit": "0"}, "?limit"),
    ],
)
async def test_a_bad_question_is_refused_with_its_place(
    robot: httpx2.AsyncClient, params: dict[str, str], place: str
) -> None:
    answer = await robot.get(PATH, params=params)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, place)


async def test_reading_needs_the_permission(cast: Cast) -> None:
    assert (await (await cast.stranger()).get(PATH)).status_code == 403
    assert (await (await cast.machine(Permission.ENGAGEMENT_WRITE)).get(PATH)).status_code == 403
    assert (await (await cast.viewer()).get(PATH)).status_code == 200
