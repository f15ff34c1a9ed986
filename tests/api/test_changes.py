"""The change feed: nothing is missed whatever commits when, and everybody reads only what is theirs."""

import asyncio
from itertools import count
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import add_record, archive_record, change_record, delete_record
from app.actions.restoring import settle_restored
from app.api.v1.changes import ChangePageOut
from app.database import Database
from app.domain.changes import READ_BY_KIND, FeedCursor, Kind
from app.domain.permissions import SYSTEM, Permission, Role
from app.domain.surveys import SurveyStatus
from app.domain.words import NodeStatus
from app.models import Link, Owner
from app.models.base import Record
from tests.api.test_departments import faults
from tests.cast import Cast
from tests.factories import (
    make_client,
    make_department,
    make_goal,
    make_kpi,
    make_objective,
    make_owner,
    make_survey,
    make_theme,
)

URL = "/api/v1/changes"


async def poll(client: httpx2.AsyncClient, cursor: str | None = None, **query: Any) -> dict[str, Any]:
    """One page of the feed."""
    parameters = query | ({} if cursor is None else {"cursor": cursor})
    answer = await client.get(URL, params=parameters)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    assert page["next_cursor"]
    return page


async def follow(
    client: httpx2.AsyncClient, cursor: str | None = None, **query: Any
) -> tuple[list[dict[str, Any]], str]:
    """Every page that waits, and the cursor at the end."""
    items: list[dict[str, Any]] = []
    parameters: dict[str, Any] | None = query | ({} if cursor is None else {"cursor": cursor})
    target = URL
    while True:
        answer = await client.get(target, params=parameters)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if "next" not in answer.links:
            return items, answer.json()["next_cursor"]
        target, parameters = answer.links["next"]["url"], None


def codes(page: dict[str, Any]) -> list[str]:
    """What a page is about."""
    return [item["code"] for item in page["items"]]


@pytest.fixture
async def reader(fresh_cast: Cast) -> httpx2.AsyncClient:
    """A machine that reads goals."""
    return await fresh_cast.machine(Permission.GOALS_READ)


async def test_the_feed_tells_what_changed_and_goes_on_from_its_cursor(
    fresh_database: Database, reader: httpx2.AsyncClient
) -> None:
    start = await poll(reader, kind="goal")
    assert start["items"] == []
    async with fresh_database.unit_of_work() as session:
        goal = await make_goal(session)
    page = await poll(reader, start["next_cursor"])
    ChangePageOut.model_validate(page)
    (item,) = page["items"]
    assert item.pop("at").endswith("Z")
    assert item == {
        "kind": "goal",
        "id": str(goal.id),
        "code": goal.code,
        "action": "created",
        "version": 1,
    }
    assert (await poll(reader, page["next_cursor"]))["items"] == []


async def test_an_early_id_that_is_committed_late_still_appears(
    fresh_database: Database, reader: httpx2.AsyncClient
) -> None:
    cursor = (await follow(reader))[1]
    async with fresh_database.unit_of_work() as early:
        late_goal = await make_goal(early)
        async with fresh_database.unit_of_work() as session:
            quick_goal = await make_goal(session)
        first = await poll(reader, cursor)
        assert codes(first) == [quick_goal.code]
        between = await poll(reader, first["next_cursor"])
        assert between["items"] == []
    second = await poll(reader, between["next_cursor"])
    assert codes(second) == [late_goal.code]
    assert (await poll(reader, second["next_cursor"]))["items"] == []


async def test_a_rolled_back_change_never_appears(
    fresh_database: Database, reader: httpx2.AsyncClient
) -> None:
    cursor = (await follow(reader))[1]
    async with fresh_database.unit_of_work() as session:
        await make_goal(session)
        during = await poll(reader, cursor)
        await session.rollback()
    after = await poll(reader, during["next_cursor"])
    assert during["items"] == after["items"] == []


async def test_pages_are_one_frozen_answer(fresh_database: Database, reader: httpx2.AsyncClient) -> None:
    for start in (None, (await follow(reader))[1]):
        async with fresh_database.unit_of_work() as session:
            goals = [await make_goal(session) for _ in range(5)]
        page = await poll(reader, start, limit=2, kind="goal")
        seen = codes(page)
        async with fresh_database.unit_of_work() as session:
            later = await make_goal(session)
        rest, cursor = await follow(reader, page["next_cursor"], limit=2, kind="goal")
        seen += [item["code"] for item in rest]
        assert seen[-5:] == [goal.code for goal in goals]
        assert codes(await poll(reader, cursor)) == [later.code]


async def test_nothing_is_missed_or_told_twice_by_busy_writers(
    fresh_database: Database, reader: httpx2.AsyncClient
) -> None:
    cursor = (await follow(reader))[1]
    written: list[str] = []
    done = asyncio.Event()

    async def write(writer: int) -> None:
        for number in range(30):
            async with fresh_database.unit_of_work() as session:
                made = [await make_theme(session, code=f"W{writer}-{number}-{part}") for part in range(2)]
                await asyncio.sleep(0.01 * ((writer + number) % 4))
            written.extend(theme.code for theme in made)

    async def read() -> list[str]:
        seen: list[str] = []
        here: str = cursor
        for turn in count():
            last = done.is_set()
            page = await poll(reader, here, limit=3 if turn % 10 == 0 else 500)
            here = page["next_cursor"]
            seen += codes(page)
            if last and not page["items"]:
                return seen
        raise AssertionError

    reading = asyncio.create_task(read())
    async with asyncio.timeout(60):
        await asyncio.gather(*(write(writer) for writer in range(8)))
        done.set()
        seen = await reading
    assert len(written) == 480
    assert sorted(seen) == sorted(written)
    for writer in range(8):
        own = [code for code in seen if code.startswith(f"W{writer}-")]
        assert own == [f"W{writer}-{number}-{part}" for number in range(30) for part in range(2)]


async def test_a_poll_without_news_is_not_modified(
    fresh_database: Database, reader: httpx2.AsyncClient
) -> None:
    cursor = (await follow(reader))[1]
    for query in ({}, {"cursor": cursor}):
        # Snapshots are of the whole server: what other tests have open beside this one is waited for.
        for _ in range(100):
            seen = await reader.get(URL, params=query)
            async with fresh_database.unit_of_work() as session:
                await session.execute(text("delete from kept_answers where status = 1"))
                await session.execute(text("select pg_current_xact_id()"))
            known = {"If-None-Match": seen.headers["etag"]}
            again = await reader.get(URL, params=query, headers=known)
            if again.status_code == 304:
                break
            await asyncio.sleep(0.1)
        assert again.status_code == 304
        async with fresh_database.unit_of_work() as session:
            await make_goal(session)
        assert (await reader.get(URL, params=query, headers=known)).status_code == 200


async def test_a_restored_database_starts_the_feed_again(
    fresh_database: Database, reader: httpx2.AsyncClient
) -> None:
    async with fresh_database.unit_of_work() as session:
        goal = await make_goal(session)
    everything, cursor = await follow(reader)
    assert (await poll(reader, cursor))["items"] == []
    async with fresh_database.unit_of_work() as session:
        await settle_restored(session)
    again, after = await follow(reader, cursor)
    assert again == everything
    assert goal.code in [item["code"] for item in again]
    assert (await poll(reader, after))["items"] == []
    async with fresh_database.unit_of_work() as session:
        new = await make_goal(session)
    assert codes(await poll(reader, after)) == [new.code]


async def test_a_cursor_from_the_future_of_this_server_starts_again(reader: httpx2.AsyncClient) -> None:
    everything, cursor = await follow(reader)
    here = FeedCursor.read(cursor)
    assert here is not None
    ahead = FeedCursor(here.epoch, f"{10**15}:{10**15}:").write()
    assert (await follow(reader, ahead))[0] == everything


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "é", "a" * 17000, "MTIzfjE6MTp-"])
async def test_a_bad_cursor_is_refused(cast: Cast, cursor: str) -> None:
    reader = await cast.machine(Permission.GOALS_READ)
    answer = await reader.get(URL, params={"cursor": cursor})
    assert answer.status_code == 422
    assert faults(answer)[0][0] == "?cursor"


async def test_unknown_kinds_and_limits_are_refused(cast: Cast) -> None:
    reader = await cast.machine(Permission.GOALS_READ)
    for query in ("kind=unicorn", "limit=0", "limit=1001", "since=2026-01-01T00:00:00Z"):
        assert (await reader.get(f"{URL}?{query}")).status_code == 422


async def make_one_of_each(session: AsyncSession) -> None:
    """Something of each of these kinds."""
    await make_theme(session)
    await make_department(session)
    await make_owner(session)
    await make_goal(session)
    await make_objective(session)
    await make_kpi(session)
    await make_client(session, scopes=[Permission.GOALS_READ])


GOAL_KINDS = {"theme", "goal", "objective", "kpi", "department", "owner"}


async def test_everybody_reads_the_kinds_that_are_theirs(fresh_cast: Cast, fresh_database: Database) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_one_of_each(session)

    async def kinds(client: httpx2.AsyncClient) -> set[str]:
        return {item["kind"] for item in (await follow(client))[0]}

    assert await kinds(await fresh_cast.machine(Permission.GOALS_READ)) == GOAL_KINDS
    assert await kinds(await fresh_cast.machine(Permission.DIRECTORY_WRITE)) == {"department", "owner"}
    assert await kinds(await fresh_cast.machine()) == GOAL_KINDS
    assert await kinds(await fresh_cast.viewer()) == GOAL_KINDS
    assert await kinds(await fresh_cast.ceo()) == GOAL_KINDS | {"client"}
    assert await kinds(await fresh_cast.machine(Permission.METRICS_READ)) == set()


async def test_whose_keys_are_given_and_ended_is_told_with_the_clients(fresh_cast: Cast) -> None:
    viewer, ceo = await fresh_cast.viewer(), await fresh_cast.ceo()

    async def actions(client: httpx2.AsyncClient) -> set[str]:
        return {item["action"] for item in (await follow(client, kind="owner"))[0]}

    assert await actions(viewer) == {"created"}
    assert await actions(ceo) == {"created", "key_issued"}


async def test_who_may_read_nothing_of_it_is_refused(cast: Cast) -> None:
    for client in (await cast.stranger(), await cast.machine(Permission.AUDIT_READ)):
        assert (await client.get(URL)).status_code == 403
    robot = await cast.machine()
    answer = await robot.get(f"{URL}?kind=goal&kind=client")
    assert (answer.status_code, faults(answer)) == (403, [("?kind", "forbidden")])
    assert (await (await cast.browse()).get(URL)).status_code == 401


async def test_a_bound_client_reads_only_its_part_and_what_left_it(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    async with fresh_database.unit_of_work() as session:
        own, beside = await make_department(session), await make_department(session)
        below = await make_department(session, parent=own)
        ours, theirs = (
            await make_objective(session, department=below),
            await make_objective(session, department=beside),
        )
        goal = await make_goal(session)
    robot = await fresh_cast.machine(Permission.GOALS_READ, department_id=own.id)
    items, cursor = await follow(robot)
    told = {item["code"] for item in items}
    assert {own.code, below.code, ours.code, goal.code} <= told
    assert not {beside.code, theirs.code} & told
    async with fresh_database.unit_of_work() as session:
        ours = await session.merge(ours, load=True)
        await change_record(session, ours, {"department_id": beside.id}, actor=SYSTEM)
        await change_record(session, await session.merge(theirs), {"title": "Other"}, actor=SYSTEM)
    page = await poll(robot, cursor)
    assert codes(page) == [ours.code]
    async with fresh_database.unit_of_work() as session:
        await change_record(session, await session.merge(ours), {"title": "Gone"}, actor=SYSTEM)
    assert (await poll(robot, page["next_cursor"]))["items"] == []


async def test_drafts_are_told_to_those_who_may_write_them(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    async with fresh_database.unit_of_work() as session:
        department = await make_department(session)
        goal = await make_goal(session, status=NodeStatus.DRAFT)
        target = await make_goal(session)
        draft = await make_objective(session, department=department, status=NodeStatus.DRAFT)
        values = {"source_id": draft.id, "target_id": target.id, "type": "contributes"}
        await add_record(session, Link, values, actor=SYSTEM)

    async def told(client: httpx2.AsyncClient) -> set[str]:
        items, _ = await follow(client)
        return {item["kind"] for item in items if item["code"].split("-contributes")[0] != target.code} & {
            "goal",
            "objective",
            "link",
        }

    reader = await fresh_cast.machine(Permission.GOALS_READ)
    assert await told(reader) == set()
    assert await told(await fresh_cast.ceo()) == {"goal", "objective", "link"}
    assert await told(await fresh_cast.head(department)) == {"objective", "link"}
    cursor = (await follow(reader))[1]
    async with fresh_database.unit_of_work() as session:
        goal, draft = await session.merge(goal), await session.merge(draft)
        await change_record(session, goal, {"status": NodeStatus.ACTIVE}, actor=SYSTEM)
        await change_record(session, draft, {"status": NodeStatus.ACTIVE}, actor=SYSTEM)
    assert codes(await poll(reader, cursor)) == [goal.code, draft.code]
    assert await told(reader) == {"goal", "objective", "link"}


async def test_a_survey_is_told_from_its_opening_on(fresh_cast: Cast, fresh_database: Database) -> None:
    async with fresh_database.unit_of_work() as session:
        thrown = await make_survey(session, code="THROWN")
        kept = await make_survey(session, code="KEPT")
    async with fresh_database.unit_of_work() as session:
        await delete_record(session, await session.merge(thrown), actor=SYSTEM)
        values = {"status": SurveyStatus.OPEN}
        await change_record(session, await session.merge(kept), values, actor=SYSTEM, action="opened")
    told = (await poll(await fresh_cast.viewer(), kind="survey"))["items"]
    assert [(item["code"], item["action"]) for item in told] == [("KEPT", "opened")]
    assert len((await poll(await fresh_cast.ceo(), kind="survey"))["items"]) == 4


async def test_the_owner_of_a_draft_is_told_of_it(fresh_cast: Cast, fresh_database: Database) -> None:
    owner = await fresh_cast.person(Role.CONTRIBUTOR)
    who: Owner = owner.owner  # type: ignore[attr-defined]
    async with fresh_database.unit_of_work() as session:
        mine = await make_objective(session, status=NodeStatus.DRAFT, owner_id=who.id)
        await make_objective(session, status=NodeStatus.DRAFT)
    items, _ = await follow(owner, kind="objective")
    assert [item["code"] for item in items] == [mine.code]


async def test_archiving_is_a_change(fresh_database: Database, reader: httpx2.AsyncClient) -> None:
    async with fresh_database.unit_of_work() as session:
        theme = await make_theme(session)
        cursor = (await follow(reader))[1]
        await archive_record(session, theme, actor=SYSTEM)
    items, _ = await follow(reader, cursor)
    assert [(item["action"], item["version"]) for item in items] == [("created", 1), ("archived", 2)]


def test_every_noun_has_a_kind_and_a_permission_to_read_it() -> None:
    nouns = {model.noun for model in _subclasses(Record) if model.noun}
    assert nouns <= set(Kind)
    assert set(READ_BY_KIND) == set(Kind)


def _subclasses(model: type[Record]) -> list[type[Record]]:
    direct = model.__subclasses__()
    return direct + [each for sub in direct for each in _subclasses(sub)]
