"""Clients over the API: keys are shown once, end at once, and only people handle them."""

import asyncio
import os
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import main
from app.domain.permissions import SCOPES, Permission
from app.models import AccessKey, Client, Event, KeptAnswer
from tests.api.test_departments import ANY, faults
from tests.cast import Cast
from tests.factories import make_client, make_department

URL = "/api/v1/clients"
GOALS = "/api/v1/goals"
BODY = {"name": "HR feed", "scopes": ["goals:read"]}


async def test_adding_a_client_shows_a_key_that_works(cast: Cast, session: AsyncSession) -> None:
    sales = await make_department(session)
    admin = await cast.admin()
    body = {"name": "HR feed", "scopes": ["goals:read", "engagement:write", "goals:read"], "source": "peakon"}
    answer = await admin.post(URL, json=body | {"department": sales.code, "expires_at": "2199-12-31"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"{URL}/{made['id']}"
    assert answer.headers["cache-control"] == "no-store"
    assert made["scopes"] == ["engagement:write", "goals:read"]
    assert (made["department"]["code"], made["source"]) == (sales.code, "peakon")
    assert made["expires_at"] == "2199-12-31T23:59:59Z"
    assert made["key"].startswith(f"cox_{made['prefix']}_")
    robot = await cast.browse(made["key"])
    assert (await robot.get(GOALS)).status_code == 200
    shown = (await admin.get(f"{URL}/hr feed")).json()
    assert shown == {name: value for name, value in made.items() if name != "key"}


async def test_a_key_is_kept_nowhere(cast: Cast, session: AsyncSession) -> None:
    admin = await cast.admin()
    headers = {"Idempotency-Key": "once"}
    made = (await admin.post(URL, json=BODY, headers=headers)).json()
    rotated = (await admin.post(f"{URL}/{made['id']}/rotate", headers={"Idempotency-Key": "two"})).json()
    assert (await session.scalars(select(KeptAnswer))).all() == []
    events = (await session.scalars(select(Event).where(col(Event.object_id) == made["id"]))).all()
    written = str([(event.before, event.after) for event in events])
    for key in (made["key"], rotated["key"]):
        secret = key.rpartition("_")[2]
        assert secret not in written
        assert secret.encode() not in [row.secret_hash for row in await session.scalars(select(AccessKey))]
    again = await admin.post(URL, json=BODY, headers=headers)
    assert (again.status_code, faults(again)) == (409, [("/name", "duplicate")])


async def test_rotating_ends_the_old_key_and_gives_a_new_one(cast: Cast, session: AsyncSession) -> None:
    robot = await cast.machine(Permission.GOALS_READ)
    machine: Client = robot.machine  # type: ignore[attr-defined]
    admin = await cast.admin()
    answer = await admin.post(f"{URL}/{machine.name}/rotate")
    assert answer.status_code == 200, answer.text
    assert (await robot.get(GOALS)).status_code == 401
    assert (await (await cast.browse(answer.json()["key"])).get(GOALS)).status_code == 200
    query = select(col(Event.action)).where(col(Event.object_id) == machine.id).order_by(col(Event.id))
    assert (await session.scalars(query)).all() == ["created", "key_issued", "keys_revoked", "key_issued"]


async def test_of_two_rotations_at_once_one_key_is_left(fresh_cast: Cast) -> None:
    machine: Client = (await fresh_cast.machine(Permission.GOALS_READ)).machine  # type: ignore[attr-defined]
    admin = await fresh_cast.admin()
    answers = await asyncio.gather(*(admin.post(f"{URL}/{machine.id}/rotate") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    keys = [answer.json()["key"] for answer in answers]
    tried = [(await (await fresh_cast.browse(key)).get(GOALS)).status_code for key in keys]
    assert sorted(tried) == [200, 401, 401, 401]


async def test_revoking_ends_a_client_for_good(cast: Cast) -> None:
    robot = await cast.machine(Permission.GOALS_READ)
    machine: Client = robot.machine  # type: ignore[attr-defined]
    admin = await cast.admin()
    assert (await admin.delete(f"{URL}/{machine.id}")).status_code == 428
    answer = await admin.delete(f"{URL}/{machine.id}", headers=ANY)
    assert answer.status_code == 200
    assert answer.json()["archived_at"] is not None
    assert (await robot.get(GOALS)).status_code == 401
    assert (await admin.get(URL)).json()["items"] == []
    rotated = await admin.post(f"{URL}/{machine.id}/rotate")
    assert (rotated.status_code, rotated.json()["code"]) == (409, "revoked")
    taken = await admin.post(URL, json=BODY | {"name": machine.name.upper()})
    assert (taken.status_code, faults(taken)) == (409, [("/name", "duplicate")])


async def test_a_change_of_scopes_holds_at_once(cast: Cast) -> None:
    robot = await cast.machine(Permission.GOALS_READ)
    machine: Client = robot.machine  # type: ignore[attr-defined]
    admin = await cast.admin()
    seen = (await admin.get(f"{URL}/{machine.id}")).headers["etag"]
    change = {"scopes": ["metrics:read"], "expires_at": "2190-06-01T12:00:00+02:00"}
    answer = await admin.patch(f"{URL}/{machine.id}", json=change, headers={"If-Match": seen})
    assert answer.status_code == 200, answer.text
    assert answer.json()["expires_at"] == "2190-06-01T10:00:00Z"
    assert (await robot.get(GOALS)).status_code == 403
    stale = await admin.patch(f"{URL}/{machine.id}", json=change, headers={"If-Match": seen})
    assert stale.status_code == 412


async def test_a_full_update_clears_what_is_left_out(cast: Cast, session: AsyncSession) -> None:
    client = await make_client(session, scopes=SCOPES, source="peakon", suppresses_small_groups=True)
    admin = await cast.admin()
    answer = await admin.put(f"{URL}/{client.id}", json=BODY, headers=ANY)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["name"], made["source"], made["suppresses_small_groups"]) == ("HR feed", None, False)


async def test_expired_foreign_and_malformed_keys_are_refused(cast: Cast, session: AsyncSession) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    expired = await cast.machine(Permission.GOALS_READ, expires_at=past)
    valid = await cast.machine(Permission.GOALS_READ)
    key = valid.headers["authorization"].removeprefix("Bearer ")
    ours, secret = key.rpartition("_")[0], key.rpartition("_")[2]
    foreign = f"cox_{'Z' * 12}_{secret}"
    keys = (foreign, f"{ours}_{secret[:-1]}0", f"{ours}_{secret[:-1]}", ours, "cox_", "x", key + "é")
    assert (await expired.get(GOALS)).status_code == 401
    for wrong in keys:
        header = {b"Authorization": f"Bearer {wrong}".encode()}
        answer = await (await cast.browse()).get(GOALS, headers=header)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), wrong
    for given in (f"Basic {key}", "Bearer", key):
        header = {b"Authorization": given.encode()}
        assert (await (await cast.browse()).get(GOALS, headers=header)).status_code == 401
    in_url = await (await cast.browse()).get(f"{GOALS}?key={key}")
    assert in_url.status_code in (401, 422)


async def test_clients_are_found_by_the_start_of_a_key(cast: Cast, session: AsyncSession) -> None:
    robot, _ = await cast.machine(), await cast.machine()
    machine: Client = robot.machine  # type: ignore[attr-defined]
    key = robot.headers["authorization"].removeprefix("Bearer ")
    prefix = key.split("_")[1]
    admin = await cast.admin()
    await admin.post(f"{URL}/{machine.id}/rotate")
    for text in (prefix, prefix[:9], f"cox_{prefix}"):
        found = (await admin.get(f"{URL}?prefix={text}")).json()["items"]
        assert [item["id"] for item in found] == [str(machine.id)]
    whole = await admin.get(f"{URL}?prefix={key}")
    assert (whole.status_code, faults(whole)) == (422, [("?prefix", "bad_format")])


async def test_lists_are_narrowed_by_department_and_source(cast: Cast, session: AsyncSession) -> None:
    sales = await make_department(session)
    bound = await make_client(session, scopes=SCOPES, department_id=sales.id)
    fed = await make_client(session, scopes=SCOPES, source="peakon")
    ceo = await cast.ceo()
    for query, expected in ((f"department={sales.code}", bound), ("source=peakon", fed)):
        items = (await ceo.get(f"{URL}?{query}")).json()["items"]
        assert [item["name"] for item in items] == [expected.name]


async def test_machines_and_other_people_may_not_handle_clients(cast: Cast, session: AsyncSession) -> None:
    client = await make_client(session, scopes=SCOPES)
    executive = await cast.ceo()
    assert (await executive.get(f"{URL}/{client.id}")).status_code == 200
    for other in (await cast.machine(), await cast.head(), await cast.viewer(), await cast.stranger()):
        assert (await other.get(URL)).status_code == 403
        assert (await other.get(f"{URL}/{client.id}")).status_code == 403
    for other in (executive, await cast.machine(), await cast.viewer()):
        for answer in (
            await other.post(URL, json=BODY),
            await other.patch(f"{URL}/{client.id}", json={"name": "X"}, headers=ANY),
            await other.post(f"{URL}/{client.id}/rotate"),
            await other.delete(f"{URL}/{client.id}", headers=ANY),
        ):
            assert answer.status_code == 403


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"scopes": []}, "/scopes", "too_short"),
        ({"scopes": ["clients:write"]}, "/scopes/0", "people_only"),
        ({"scopes": ["goals:read", "everything"]}, "/scopes/1", "enum"),
        ({"department": "NOWHERE"}, "/department", "unknown_reference"),
        ({"expires_at": "2026-02-30"}, "/expires_at", "not_a_time"),
        ({"expires_at": "tomorrow"}, "/expires_at", "not_a_time"),
        ({"expires_at": "1800-01-01"}, "/expires_at", "date_out_of_range"),
        ({"expires_at": 5}, "/expires_at", "not_a_time"),
        ({"suppresses_small_groups": "yes"}, "/suppresses_small_groups", "bool_type"),
        ({"key": "cox_mine_secret"}, "/key", "unknown_field"),
    ],
)
async def test_bad_input_is_refused_with_its_place(
    cast: Cast, change: dict[str, object], pointer: str, code: str
) -> None:
    answer = await (await cast.admin()).post(URL, json=BODY | change)
    assert (answer.status_code, faults(answer)) == (422, [(pointer, code)])


async def find_last_use(admin: httpx2.AsyncClient, name: str) -> str | None:
    """When a client's key was used last, as the API tells it."""
    used: str | None = (await admin.get(f"{URL}/{name}")).json()["last_used_at"]
    return used


async def test_the_last_use_of_a_key_is_written_down(
    fresh_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "HOUSEKEEPING_SECONDS", 0.05)
    name = f"robot {os.urandom(4).hex()}"
    robot, admin = await fresh_cast.machine(Permission.GOALS_READ, name=name), await fresh_cast.admin()
    before = datetime.now(UTC)
    app = fresh_cast.app
    async with app.router.lifespan_context(app):
        assert await find_last_use(admin, name) is None
        await robot.get(GOALS)
        async with asyncio.timeout(10):
            while (used := await find_last_use(admin, name)) is None:
                await asyncio.sleep(0.05)
    assert before - timedelta(seconds=1) < datetime.fromisoformat(used) < datetime.now(UTC)
