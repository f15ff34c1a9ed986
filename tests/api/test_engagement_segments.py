"""The inbox: unknown segments wait there, and mapping one applies all its history."""

from decimal import Decimal
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.models import EngagementScore, Event
from tests.api.test_engagement import PATH as SCORES
from tests.api.test_engagement import make_item, make_push, push
from tests.api.test_engagement_feeds import read_values
from tests.cast import Cast
from tests.factories import make_department

PATH = "/api/v1/engagement-segments"
ANY = {"If-Match": "*"}


@pytest.fixture
async def robot(cast: Cast, session: AsyncSession) -> httpx2.AsyncClient:
    """An HR system; the departments SALES and IT are there."""
    await make_department(session, code="SALES")
    await make_department(session, code="IT")
    return await cast.machine(Permission.ENGAGEMENT_WRITE, Permission.METRICS_READ)


def wait(**fields: Any) -> dict[str, Any]:
    """A score of a segment."""
    return make_item(**({"department": None, "segment": "s1"} | fields))


async def find_waiting(client: httpx2.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    """What is in the inbox."""
    answer = await client.get(PATH, params={"mapped": "false"} | params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def assign(
    client: httpx2.AsyncClient, segment: dict[str, Any], department: str | None
) -> httpx2.Response:
    """Says which department a segment is."""
    return await client.put(f"{PATH}/{segment['id']}", json={"department": department}, headers=ANY)


async def test_mapping_a_segment_applies_its_history(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(
        robot, wait(), wait(period="2026-04", value=6), make_item(period="2026-03"), wait(segment="s2")
    )
    assert [segment["segment"] for segment in await find_waiting(robot)] == ["s1", "s2"]
    ceo = await cast.ceo()
    [segment, _] = await find_waiting(ceo, source="peakon")
    answer = await assign(ceo, segment, "it")
    assert answer.status_code == 200, answer.text
    assert answer.json()["department"]["code"] == "IT"
    assert answer.json()["mapped_at"]
    assert [each["segment"] for each in await find_waiting(ceo)] == ["s2"]
    scores = (await ceo.get(SCORES, params={"department": "IT"})).json()["items"]
    assert [(each["period"], each["status"], each["feeds"]) for each in scores] == [
        ("2026-05", "created", ["ENGAGEMENT"]),
        ("2026-04", "created", ["ENGAGEMENT"]),
    ]
    assert [row[:2] for row in await read_values(session, "ENGAGEMENT")] == [
        ("2026-03", Decimal("7.4")),
        ("2026-04", Decimal(6)),
        ("2026-05", Decimal("7.4")),
    ]
    events = select(Event).where(col(Event.object_id) == segment["id"])
    event = (await session.scalars(events)).one()
    assert (event.action, event.code) == ("mapped", "s1")
    assert event.before is not None
    assert event.before["department_id"] is None


async def test_what_arrives_after_the_mapping_finds_its_department(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(robot, wait())
    [segment] = await find_waiting(robot)
    await assign(await cast.ceo(), segment, "SALES")
    answer = await push(robot, wait(), wait(period="2026-06"))
    assert [(item["status"], item["feeds"]) for item in answer["items"]] == [
        ("unchanged", ["ENGAGEMENT"]),
        ("created", ["ENGAGEMENT"]),
    ]
    assert len(await read_values(session, "ENGAGEMENT")) == 2


async def test_another_mapping_moves_the_values_and_none_takes_them_back(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(robot, wait(), make_item(value=5, observed_at="2026-01-01T00:00:00Z"))
    ceo = await cast.ceo()
    [segment] = await find_waiting(ceo)
    await assign(ceo, segment, "SALES")
    assert [row[1] for row in await read_values(session, "ENGAGEMENT")] == [Decimal("7.4")]
    await assign(ceo, segment, "IT")
    assert sorted(row[1] for row in await read_values(session, "ENGAGEMENT")) == [Decimal(5), Decimal("7.4")]
    back = await assign(ceo, segment, None)
    assert (back.json()["department"], back.json()["mapped_at"]) == (None, None)
    assert sorted(str(row[1]) for row in await read_values(session, "ENGAGEMENT")) == ["5", "x"]
    assert [each["id"] for each in await find_waiting(ceo)] == [segment["id"]]
    actions = select(col(Event.action)).where(col(Event.object_id) == segment["id"]).order_by(col(Event.id))
    assert (await session.scalars(actions)).all() == ["mapped", "mapped", "unmapped"]


async def test_the_same_mapping_again_changes_nothing(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(robot, wait())
    ceo = await cast.ceo()
    [segment] = await find_waiting(ceo)
    first = await assign(ceo, segment, "SALES")
    again = await assign(ceo, segment, "sales")
    assert again.headers["etag"] == first.headers["etag"]


async def test_a_segment_of_the_same_name_in_another_source_stays(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(robot, wait())
    await robot.post(SCORES, json=make_push(wait(), source="glint"))
    ceo = await cast.ceo()
    [segment, _] = await find_waiting(ceo)
    await assign(ceo, segment, "SALES")
    departments = select(col(EngagementScore.source), col(EngagementScore.department_id))
    mapped = {source: department is not None for source, department in await session.execute(departments)}
    assert mapped == {"peakon": True, "glint": False}


async def test_a_score_that_names_its_department_does_not_follow_the_segment(
    robot: httpx2.AsyncClient, cast: Cast
) -> None:
    await push(robot, wait(), make_item(metric="b", segment="s1"))
    ceo = await cast.ceo()
    [segment] = await find_waiting(ceo)
    await assign(ceo, segment, "IT")
    scores = (await ceo.get(SCORES)).json()["items"]
    assert [each["department"]["code"] for each in scores] == ["IT", "SALES"]


async def test_the_name_of_a_segment_follows_its_source(robot: httpx2.AsyncClient) -> None:
    await push(robot, wait(name="Old"))
    await push(robot, wait(name="New"))
    await push(robot, wait(name=None, metric="b"))
    assert [each["name"] for each in await find_waiting(robot)] == ["New"]


async def test_an_edit_needs_the_version_it_saw(robot: httpx2.AsyncClient, cast: Cast) -> None:
    await push(robot, wait())
    ceo = await cast.ceo()
    [segment] = await find_waiting(ceo)
    path = f"{PATH}/{segment['id']}"
    seen = (await ceo.get(path)).headers["etag"]
    assert (await ceo.put(path, json={"department": "IT"})).status_code == 428
    patch = {"content-type": "application/merge-patch+json", "If-Match": seen}
    assert (await ceo.patch(path, content=b'{"department": "IT"}', headers=patch)).status_code == 200
    assert (await ceo.patch(path, content=b'{"department": null}', headers=patch)).status_code == 412


async def test_bad_mappings_are_refused_with_their_place(robot: httpx2.AsyncClient, cast: Cast) -> None:
    await push(robot, wait())
    ceo = await cast.ceo()
    [segment] = await find_waiting(ceo)
    answer = await assign(ceo, segment, "NOWHERE")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/department")
    assert (await assign(ceo, {"id": "s1"}, "IT")).status_code == 404
    assert (await assign(ceo, {"id": "00000000-0000-7000-8000-000000000000"}, "IT")).status_code == 404
    unknown = await ceo.put(f"{PATH}/{segment['id']}", json={"team": "x"}, headers=ANY)
    assert unknown.json()["errors"][0] | {"detail": ""} == {
        "pointer": "/team",
        "code": "unknown_field",
        "detail": "",
    }


async def test_only_executives_and_admins_map(robot: httpx2.AsyncClient, cast: Cast) -> None:
    await push(robot, wait())
    [segment] = await find_waiting(robot)
    for who in ("head", "contributor", "viewer", "facilitator"):
        assert (await assign(await getattr(cast, who)(), segment, "IT")).status_code == 403, who
    assert (await assign(await cast.machine(), segment, "IT")).status_code == 403
    assert (await assign(await cast.admin(), segment, "IT")).status_code == 200


async def test_a_bound_key_sees_the_segments_of_its_departments(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    home = await make_department(session, code="HOME")
    await push(robot, wait(), wait(segment="s2"))
    ceo = await cast.ceo()
    [segment, _] = await find_waiting(ceo)
    await assign(ceo, segment, "HOME")
    bound = await cast.machine(Permission.METRICS_READ, department_id=home.id)
    assert [each["segment"] for each in (await bound.get(PATH)).json()["items"]] == ["s1"]
    assert (await (await cast.stranger()).get(PATH)).status_code == 403


async def test_an_ignored_segment_waits_no_more_and_can_be_mapped_later(
    robot: httpx2.AsyncClient, cast: Cast, session: AsyncSession
) -> None:
    await push(robot, wait(), wait(segment="s2"))
    ceo = await cast.ceo()
    [segment, _] = await find_waiting(ceo)
    path = f"{PATH}/{segment['id']}"
    put_aside = await ceo.put(path, json={"ignored": True}, headers=ANY)
    assert (put_aside.status_code, put_aside.json()["ignored"]) == (200, True)
    again = await ceo.put(path, json={"ignored": True}, headers=ANY)
    assert again.json()["version"] == put_aside.json()["version"]
    # What comes in later does not bring it back.
    await push(robot, wait(period="2026-06"))
    assert [each["segment"] for each in await find_waiting(ceo)] == ["s2"]
    listed = (await ceo.get(PATH, params={"ignored": "true"})).json()["items"]
    assert [each["segment"] for each in listed] == ["s1"]
    mapped = await ceo.patch(path, json={"department": "IT", "ignored": False}, headers=ANY)
    assert (mapped.json()["department"]["code"], mapped.json()["ignored"]) == ("IT", False)
    assert [row[0] for row in await read_values(session, "ENGAGEMENT")] == ["2026-05", "2026-06"]
    actions = select(col(Event.action)).where(col(Event.object_id) == segment["id"]).order_by(col(Event.id))
    assert (await session.scalars(actions)).all() == ["ignored", "mapped"]


async def test_a_segment_is_not_mapped_and_ignored_at_once(robot: httpx2.AsyncClient, cast: Cast) -> None:
    await push(robot, wait())
    ceo = await cast.ceo()
    [segment] = await find_waiting(ceo)
    both = {"department": "IT", "ignored": True}
    refused = await ceo.put(f"{PATH}/{segment['id']}", json=both, headers=ANY)
    assert (refused.status_code, refused.json()["code"]) == (422, "mapped_and_ignored")
    assert [each["id"] for each in await find_waiting(ceo)] == [segment["id"]]
