"""Conventions of requests, proven on goals: repeated ones, their ids, keys, unknown paths and methods."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.keys import issue_person_key, revoke_keys
from app.domain.permissions import SYSTEM, Permission, Role
from app.models import Event, Goal
from tests.cast import Cast
from tests.factories import make_goal, make_owner

GOALS = "/api/v1/goals"
KEY = {"Idempotency-Key": "k-1"}
GOOD = {"code": "G1", "title": "Grow"}


async def test_the_same_request_with_the_same_key_is_answered_again_not_done_again(
    cast: Cast, session: AsyncSession
) -> None:
    ceo = await cast.ceo()
    first = await ceo.post(GOALS, json=GOOD, headers=KEY)
    assert first.status_code == 201
    assert "idempotent-replayed" not in first.headers
    again = await ceo.post(GOALS, json=GOOD, headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    for name in ("location", "etag", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert len((await session.scalars(select(Goal))).all()) == 1
    events = (await session.scalars(select(Event).where(col(Event.kind) == "goal"))).all()
    assert len(events) == 1


async def test_a_key_belongs_to_one_body_one_route_and_one_caller(cast: Cast) -> None:
    ceo, other = await cast.ceo(), await cast.ceo()
    await ceo.post(GOALS, json=GOOD, headers=KEY)
    reused = await ceo.post(GOALS, json=GOOD | {"title": "Other"}, headers=KEY)
    assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")
    elsewhere = await ceo.post("/api/v1/themes", json={"code": "T1", "name": "T"}, headers=KEY)
    assert elsewhere.status_code == 201
    theirs = await other.post(GOALS, json={"code": "G2", "title": "Mine"}, headers=KEY)
    assert theirs.status_code == 201


async def test_only_work_done_is_kept(cast: Cast) -> None:
    ceo = await cast.ceo()
    assert (await ceo.post(GOALS, json={"code": "G1"}, headers=KEY)).status_code == 422
    assert (await ceo.post(GOALS, json=GOOD | {"theme": "NO"}, headers=KEY)).status_code == 422
    assert (await ceo.post(GOALS, json=GOOD, headers=KEY)).status_code == 201
    second = {"Idempotency-Key": "k-2"}
    assert (await ceo.post(GOALS, json=GOOD, headers=second)).status_code == 409
    assert (await ceo.post(GOALS, json=GOOD | {"code": "G2"}, headers=second)).status_code == 201


async def test_a_key_is_forgotten_after_a_day(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    await ceo.post(GOALS, json=GOOD, headers=KEY)
    await session.execute(text("update kept_answers set created_at = now() - interval '25 hours'"))
    await session.commit()
    anew = await ceo.post(GOALS, json=GOOD | {"code": "G2"}, headers=KEY)
    assert anew.status_code == 201
    assert (await ceo.post(GOALS, json=GOOD | {"code": "G2"}, headers=KEY)).content == anew.content


@pytest.mark.parametrize("key", [b"", b"a b", "ä".encode(), b"x" * 256, b"a\tb"])
async def test_a_key_is_visible_ascii(cast: Cast, key: bytes) -> None:
    answer = await (await cast.ceo()).post(GOALS, json=GOOD, headers={b"Idempotency-Key": key})
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["errors"][0]["pointer"]


async def test_verbs_without_a_body_honour_the_key(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    first = await ceo.post(f"{GOALS}/{goal.code}/archive", headers=KEY)
    again = await ceo.post(f"{GOALS}/{goal.code}/archive", headers=KEY)
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")


async def test_of_many_at_once_with_one_key_one_works(fresh_cast: Cast) -> None:
    ceo = await fresh_cast.ceo()
    answers = await asyncio.gather(*(ceo.post(GOALS, json=GOOD, headers=KEY) for _ in range(8)))
    made = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code == 409]
    assert len({answer.content for answer in made}) == 1
    assert len(made) + len(refused) == 8
    assert {answer.json()["code"] for answer in refused} <= {"in_flight"}
    assert [len(answer.headers.get("idempotent-replayed", "")) for answer in made].count(0) == 1


async def test_the_request_id_is_echoed_and_an_odd_one_replaced(cast: Cast) -> None:
    ceo = await cast.ceo()
    given = await ceo.get(f"{GOALS}/NOWHERE", headers={"X-Request-Id": "trace-1.2_3"})
    assert given.headers["x-request-id"] == given.json()["instance"] == "trace-1.2_3"
    for odd in ("a b", "x" * 101, "<script>", ""):
        answer = await ceo.get(GOALS, headers={"X-Request-Id": odd})
        assert answer.headers["x-request-id"] not in (odd, "")
    assert (await ceo.get(GOALS)).headers["x-request-id"]


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/goals/G1/nothing"])
async def test_an_unknown_path_is_a_problem(cast: Cast, path: str) -> None:
    answer = await (await cast.ceo()).get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code", "errors"}
    assert (problem["type"], problem["code"]) == ("/problems/not_found", "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", GOALS, {"GET", "HEAD", "POST"}),
        ("DELETE", GOALS, {"GET", "HEAD", "POST"}),
        ("POST", f"{GOALS}/G1", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
        ("GET", f"{GOALS}/G1/archive", {"POST"}),
        ("DELETE", "/api/v1/organization", {"GET", "HEAD", "PUT", "PATCH"}),
        ("POST", "/api/v1/me", {"GET", "HEAD"}),
    ],
)
async def test_another_method_is_answered_with_those_that_are_allowed(
    cast: Cast, method: str, path: str, allowed: set[str]
) -> None:
    answer = await (await cast.ceo()).request(method, path, json={})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == allowed


async def test_head_answers_like_get_without_a_body(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    for path in (GOALS, f"{GOALS}/{goal.code}"):
        shown, head = await ceo.get(path), await ceo.head(path)
        assert (head.status_code, head.headers["etag"]) == (200, shown.headers["etag"])
        assert (await ceo.head(path, headers={"If-None-Match": shown.headers["etag"]})).status_code == 304
    assert (await ceo.head(f"{GOALS}/NOWHERE")).status_code == 404


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic Y294OmNveA==",
        "Bearer cox_abcdefghijkl_" + "x" * 43,
        "Bearer nonsense",
        "Bearer cox_a_b",
        "Bearer cox_abcdefgh\x7f_" + "x" * 43,
    ],
)
async def test_without_a_valid_key_nothing_is_answered(cast: Cast, header: str | None) -> None:
    client = await cast.browse()
    headers = {} if header is None else {"Authorization": header}
    for method, path in (("GET", GOALS), ("POST", GOALS), ("PATCH", f"{GOALS}/G1")):
        answer = await client.request(method, path, json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_key_ends_with_its_time_its_revocation_and_its_holder(
    cast: Cast, session: AsyncSession
) -> None:
    async def status_of(owner: Any, **fields: Any) -> int:
        key = await issue_person_key(session, owner, actor=SYSTEM, **fields)
        await session.commit()
        return int((await (await cast.browse(key)).get(GOALS)).status_code)

    owner = await make_owner(session, role=Role.VIEWER)
    assert await status_of(owner) == 200
    past = datetime.now(UTC) - timedelta(minutes=1)
    assert await status_of(owner, expires_at=past) == 401
    assert await status_of(await make_owner(session, role=Role.VIEWER, active=False)) == 401
    viewer = await cast.viewer()
    assert (await viewer.get(GOALS)).status_code == 200
    await revoke_keys(session, viewer.owner, actor=SYSTEM)  # type: ignore[attr-defined]
    await session.commit()
    assert (await viewer.get(GOALS)).status_code == 401


async def test_a_key_says_nothing_in_a_url(cast: Cast) -> None:
    answer = await (await cast.browse()).get(f"{GOALS}?access_token=cox_abc_def")
    assert answer.status_code in (401, 422)
    assert "cox_abc_def" not in answer.text


async def test_what_a_key_does_not_allow_is_forbidden(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    reader = await cast.machine(Permission.GOALS_READ)
    assert (await reader.get(f"{GOALS}/{goal.code}")).status_code == 200
    any_version = {"If-Match": "*"}
    for answer in (
        await reader.post(GOALS, json=GOOD),
        await reader.put(f"{GOALS}/{goal.code}", json=GOOD, headers=any_version),
        await reader.patch(f"{GOALS}/{goal.code}", json={}, headers=any_version),
        await reader.delete(f"{GOALS}/{goal.code}", headers=any_version),
        await reader.post(f"{GOALS}/{goal.code}/archive"),
        await (await cast.machine(Permission.METRICS_READ)).get(GOALS),
        await (await cast.stranger()).get(GOALS),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
