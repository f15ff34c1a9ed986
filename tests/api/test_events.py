"""The audit trail over the API: who changed what; and the database, which lets nobody change it."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import change_record
from app.api.answers import PageOut
from app.api.v1.events import EventOut
from app.domain.permissions import SYSTEM, Permission
from app.models import Client, Owner
from tests.api.test_departments import ANY, faults
from tests.cast import Cast
from tests.factories import make_client, make_department, make_goal, make_objective, make_theme

URL = "/api/v1/events"


async def listed(client: httpx2.AsyncClient, query: str = "") -> list[tuple[str, str]]:
    """Code and action of the events of one page."""
    answer = await client.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.text
    return [(item["object"]["code"], item["action"]) for item in answer.json()["items"]]


async def test_a_change_is_told_with_who_what_before_and_after(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session, name="Old")
    ceo = await cast.ceo()
    who: Owner = ceo.owner  # type: ignore[attr-defined]
    headers = ANY | {"X-Request-Id": "trace-1"}
    await ceo.patch(f"/api/v1/departments/{department.code}", json={"name": "New"}, headers=headers)
    answer = await ceo.get(f"{URL}?object={department.id}&action=updated")
    (item,) = answer.json()["items"]
    assert item["object"] == {"id": str(department.id), "code": department.code}
    assert (item["kind"], item["action"], item["version"]) == ("department", "updated", 2)
    assert item["actor"] == {"kind": "person", "id": str(who.id), "name": who.name}
    assert (item["before"]["name"], item["after"]["name"]) == ("Old", "New")
    assert item["department"] == {"id": str(department.id), "code": department.code, "name": "New"}
    assert item["request_id"] == "trace-1"


async def test_the_answer_is_what_the_document_says(cast: Cast, session: AsyncSession) -> None:
    await make_objective(session)
    answer = await (await cast.ceo()).get(URL)
    page = PageOut[EventOut].model_validate(answer.json())
    read_back = page.model_dump(mode="json")
    for told, again in zip(answer.json()["items"], read_back["items"], strict=True):
        assert told.keys() == again.keys()
        assert datetime.fromisoformat(told.pop("at")) == datetime.fromisoformat(again.pop("at"))
        assert told == again
    assert len(page.items) > 2


async def test_events_come_newest_first_page_by_page(cast: Cast, session: AsyncSession) -> None:
    for number in range(5):
        await make_theme(session, code=f"T{number}")
    ceo = await cast.ceo()
    seen, target = [], f"{URL}?kind=theme&limit=2"
    while target:
        answer = await ceo.get(target)
        seen += [item["object"]["code"] for item in answer.json()["items"]]
        target = answer.links.get("next", {}).get("url", "")
        assert (answer.json()["next_cursor"] is None) == (target == "")
    assert seen == ["T4", "T3", "T2", "T1", "T0"]


async def test_events_are_narrowed(cast: Cast, session: AsyncSession) -> None:
    goal, theme = await make_goal(session, code="G1"), await make_theme(session, code="T1")
    await change_record(session, goal, {"title": "Other"}, actor=SYSTEM)
    admin = await cast.admin()
    who: Owner = admin.owner  # type: ignore[attr-defined]
    await admin.patch("/api/v1/themes/T1", json={"name": "Other"}, headers=ANY)
    assert await listed(admin, "kind=goal") == [("G1", "updated"), ("G1", "created")]
    assert await listed(admin, "object=g1&action=created") == [("G1", "created")]
    assert await listed(admin, f"object={theme.id}&action=updated&action=archived") == [("T1", "updated")]
    assert await listed(admin, f"actor={who.email}") == [("T1", "updated")]
    assert await listed(admin, f"actor={who.id}") == [("T1", "updated")]
    assert await listed(admin, f"actor={SYSTEM.id}&kind=goal&kind=theme&action=updated") == [
        ("G1", "updated")
    ]
    machine = await make_client(session, scopes=[Permission.GOALS_READ])
    assert await listed(admin, f"actor={machine.name}") == []
    assert await listed(admin, "object=NOWHERE") == []


async def test_events_are_narrowed_by_time(cast: Cast, session: AsyncSession) -> None:
    await make_theme(session)
    ceo = await cast.ceo()
    now = datetime.now(UTC)
    before, after = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat()

    async def count(**query: str) -> int:
        answer = await ceo.get(URL, params={"kind": "theme"} | query)
        assert answer.status_code == 200, answer.text
        return len(answer.json()["items"])

    assert await count(since=before, until=after) == 1
    assert await count(since=after) == 0
    assert await count(until=before) == 0


async def test_nothing_new_is_not_modified(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    seen = await ceo.get(URL)
    known = {"If-None-Match": seen.headers["etag"]}
    assert (await ceo.get(URL, headers=known)).status_code == 304
    await make_theme(session)
    assert (await ceo.get(URL, headers=known)).status_code == 200


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("kind=unicorn", "?kind/0"),
        ("limit=0", "?limit"),
        ("cursor=abc", "?cursor"),
        ("cursor=99999999999999999999", "?cursor"),
        ("since=yesterday", "?since"),
        ("until=2026-01-01", "?until"),
        ("action=%00", "?action/0"),
        ("object=%00", "?object"),
        ("colour=red", "?colour"),
    ],
)
async def test_bad_questions_are_refused_with_their_place(cast: Cast, query: str, place: str) -> None:
    answer = await (await cast.ceo()).get(f"{URL}?{query}")
    assert (answer.status_code, faults(answer)[0][0]) == (422, place)


async def test_who_may_not_audit_is_refused(cast: Cast) -> None:
    for client in (await cast.admin(), await cast.ceo(), await cast.machine(Permission.AUDIT_READ)):
        assert (await client.get(URL)).status_code == 200
    everything_else = [scope for scope in Permission if scope is not Permission.AUDIT_READ]
    for client in (
        await cast.head(),
        await cast.contributor(),
        await cast.viewer(),
        await cast.facilitator(),
        await cast.stranger(),
        await cast.machine(*everything_else),
    ):
        assert (await client.get(URL)).status_code == 403


async def test_a_bound_client_audits_only_its_part(cast: Cast, session: AsyncSession) -> None:
    own, beside = await make_department(session), await make_department(session)
    ours = await make_objective(session, department=own)
    await make_objective(session, department=beside)
    foreign = await make_client(session, scopes=[Permission.GOALS_READ])
    robot = await cast.machine(Permission.AUDIT_READ, department_id=own.id)
    machine: Client = robot.machine  # type: ignore[attr-defined]
    told = {code for code, _ in await listed(robot)}
    assert {own.code, ours.code, machine.name} <= told
    assert not {beside.code, foreign.name} & told
    await change_record(session, ours, {"department_id": beside.id}, actor=SYSTEM)
    assert (ours.code, "updated") in await listed(robot)


@pytest.mark.parametrize(
    "statement",
    [
        "update events set actor_name = 'somebody else'",
        "update events set code = 'X' where false",
        "delete from events",
        "delete from events where false",
        "truncate events",
        "truncate events cascade",
    ],
)
async def test_the_database_refuses_to_change_events(session: AsyncSession, statement: str) -> None:
    await make_theme(session)
    count = "select count(*), min(actor_name) from events"
    before = (await session.execute(text(count))).one()
    with pytest.raises(IntegrityError, match="append-only"):
        async with session.begin_nested():
            await session.execute(text(statement))
    assert (await session.execute(text(count))).one() == before
