"""Owners over the API: the feed of an HR system, managers, roles, and what ends when somebody leaves."""

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission, Role
from app.domain.words import Level
from app.models import Event, Owner
from tests.api.test_departments import ANY, faults
from tests.cast import Cast
from tests.factories import make_department, make_owner

URL = "/api/v1/owners"


async def the_owner(client: httpx2.AsyncClient) -> Owner:
    """Who is behind a client of the cast."""
    owner: Owner = client.owner  # type: ignore[attr-defined]
    return owner


async def test_an_hr_system_adds_finds_and_changes_by_its_own_id(cast: Cast, session: AsyncSession) -> None:
    sales, boss = await make_department(session), await make_owner(session)
    robot = await cast.machine(Permission.DIRECTORY_WRITE)
    body = {"email": "ada@coxswain.test", "name": "Ada", "external_id": "e-1", "level": "senior"}
    answer = await robot.post(URL, json=body | {"department": sales.code, "manager": boss.email})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["department"]["code"], made["manager"]["code"]) == (sales.code, boss.email)
    (found,) = (await robot.get(f"{URL}?external_id=e-1")).json()["items"]
    assert found == made
    change = {"name": "Ada L.", "email": "ada.l@coxswain.test"}
    changed = await robot.patch(f"{URL}/{found['id']}", json=change, headers=ANY)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (await robot.get(f"{URL}/ADA.L@coxswain.test")).json()["name"] == "Ada L."
    query = select(Event).where(col(Event.object_id) == made["id"]).order_by(col(Event.id))
    events = [(event.action, event.code) for event in await session.scalars(query)]
    assert events == [("created", "ada@coxswain.test"), ("updated", "ada.l@coxswain.test")]


async def test_lists_are_narrowed_by_department_manager_level_role_and_activity(
    cast: Cast, session: AsyncSession
) -> None:
    sales = await make_department(session)
    boss = await make_owner(session, department=sales, level=Level.EXECUTIVE, role=Role.HEAD)
    await make_owner(session, manager_id=boss.id, level=Level.SENIOR, active=False)
    viewer = await cast.viewer()

    async def count(query: str) -> int:
        answer = await viewer.get(f"{URL}?{query}")
        assert answer.status_code == 200, answer.text
        return len(answer.json()["items"])

    assert await count(f"department={sales.code}") == 1
    assert await count(f"manager={boss.email}") == 1
    assert await count("level=executive&level=senior") == 2
    assert await count("level=executive") == 1
    assert await count("role=head") == 1
    assert await count("active=false") == 1
    wrong = await viewer.get(f"{URL}?level=junior")
    assert (wrong.status_code, faults(wrong)[0][0]) == (422, "?level/0")


async def test_a_circle_of_managers_is_refused_and_named(cast: Cast, session: AsyncSession) -> None:
    boss = await make_owner(session)
    report = await make_owner(session, manager_id=boss.id)
    ceo = await cast.ceo()
    answer = await ceo.patch(f"{URL}/{boss.email}", json={"manager": report.email}, headers=ANY)
    assert (answer.status_code, faults(answer)) == (409, [("/manager", "cycle")])
    assert f"{boss.email} → {report.email} → {boss.email}" in answer.json()["detail"]


@pytest.mark.parametrize("role", list(Role))
async def test_who_keeps_the_directory_cannot_give_a_role(
    cast: Cast, session: AsyncSession, role: Role
) -> None:
    owner = await make_owner(session)
    body = {"email": "new@coxswain.test", "name": "New", "role": role.value}
    for client in (await cast.machine(Permission.DIRECTORY_WRITE), await cast.ceo()):
        for answer in (
            await client.post(URL, json=body),
            await client.patch(f"{URL}/{owner.email}", json={"role": role.value}, headers=ANY),
        ):
            assert (answer.status_code, faults(answer)) == (403, [("/role", "role_refused")])
    assert (await (await cast.ceo()).get(f"{URL}/{owner.email}")).json()["role"] is None


async def test_who_keeps_the_directory_cannot_take_a_role_but_may_leave_it(
    cast: Cast, session: AsyncSession
) -> None:
    owner = await make_owner(session, role=Role.HEAD)
    robot = await cast.machine(Permission.DIRECTORY_WRITE)
    body = {"email": owner.email, "name": "Renamed"}
    left_out = await robot.put(f"{URL}/{owner.email}", json=body, headers=ANY)
    assert (left_out.status_code, faults(left_out)) == (403, [("/role", "role_refused")])
    said = await robot.put(f"{URL}/{owner.email}", json=body | {"role": "head"}, headers=ANY)
    assert (said.status_code, said.json()["role"], said.json()["name"]) == (200, "head", "Renamed")
    patched = await robot.patch(f"{URL}/{owner.email}", json={"title": "Head"}, headers=ANY)
    assert (patched.status_code, patched.json()["role"]) == (200, "head")


async def test_an_administrator_gives_and_takes_roles(cast: Cast, session: AsyncSession) -> None:
    owner = await make_owner(session)
    admin = await cast.admin()
    given = await admin.patch(f"{URL}/{owner.email}", json={"role": "viewer"}, headers=ANY)
    assert (given.status_code, given.json()["role"]) == (200, "viewer")
    taken = await admin.patch(f"{URL}/{owner.email}", json={"role": None}, headers=ANY)
    assert (taken.status_code, taken.json()["role"]) == (200, None)


async def test_a_key_ends_with_the_deactivation_of_its_owner(cast: Cast) -> None:
    leaver = await cast.viewer()
    owner = await the_owner(leaver)
    robot = await cast.machine(Permission.DIRECTORY_WRITE)
    assert (await leaver.get(URL)).status_code == 200
    gone = await robot.patch(f"{URL}/{owner.email}", json={"active": False}, headers=ANY)
    assert gone.status_code == 200
    refused = await leaver.get(URL)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


async def test_archiving_an_owner_ends_their_keys_and_keeps_what_they_own(
    cast: Cast, session: AsyncSession
) -> None:
    leaver = await cast.viewer()
    owner = await the_owner(leaver)
    department = await make_department(session, head_id=owner.id)
    ceo = await cast.ceo()
    answer = await ceo.delete(f"{URL}/{owner.email}", headers=ANY)
    assert answer.status_code == 200
    assert answer.json()["archived_at"] is not None
    assert (await leaver.get(URL)).status_code == 401
    assert (await ceo.get(f"/api/v1/departments/{department.code}")).json()["head"]["code"] == owner.email
    again = await ceo.post(URL, json={"email": owner.email.upper(), "name": "X"})
    assert (again.status_code, faults(again)) == (409, [("/email", "duplicate")])
    query = select(col(Event.action)).where(col(Event.object_id) == owner.id).order_by(col(Event.id))
    assert (await session.scalars(query)).all()[-2:] == ["archived", "keys_revoked"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"email": "no address", "name": "X"}, "/email", "bad_format"),
        ({"email": "a@b.test"}, "/name", "required"),
        ({"email": "a@b.test", "name": "X", "level": "junior"}, "/level", "enum"),
        ({"email": "a@b.test", "name": "X", "manager": "nobody@b.test"}, "/manager", "unknown_reference"),
        ({"email": "a@b.test", "name": "X", "department": "NOWHERE"}, "/department", "unknown_reference"),
    ],
)
async def test_bad_input_is_refused_with_its_place(
    cast: Cast, body: dict[str, object], pointer: str, code: str
) -> None:
    answer = await (await cast.ceo()).post(URL, json=body)
    assert (answer.status_code, faults(answer)) == (422, [(pointer, code)])


async def test_external_ids_are_unique(cast: Cast, session: AsyncSession) -> None:
    await make_owner(session, external_id="e-1")
    body = {"email": "x@coxswain.test", "name": "X", "external_id": "e-1"}
    answer = await (await cast.ceo()).post(URL, json=body)
    assert (answer.status_code, faults(answer)) == (409, [("/external_id", "duplicate")])


async def test_a_bound_client_keeps_only_its_own_people(cast: Cast, session: AsyncSession) -> None:
    own, beside = await make_department(session), await make_department(session)
    ours, theirs = await make_owner(session, department=own), await make_owner(session, department=beside)
    robot = await cast.machine(Permission.DIRECTORY_WRITE, department_id=own.id)
    assert [item["email"] for item in (await robot.get(URL)).json()["items"]] == [ours.email]
    assert (await robot.get(f"{URL}/{theirs.email}")).status_code == 404
    assert (await robot.delete(f"{URL}/{theirs.email}", headers=ANY)).status_code == 404
    title = await robot.patch(f"{URL}/{ours.email}", json={"title": "Buyer"}, headers=ANY)
    assert title.status_code == 200
    body = {"email": "new@coxswain.test", "name": "New"}
    assert (await robot.post(URL, json=body)).status_code == 403
    for field, value in (("department", beside.code), ("manager", theirs.email)):
        new = await robot.post(URL, json=body | {"department": own.code} | {field: value})
        assert (new.status_code, faults(new)) == (422, [(f"/{field}", "unknown_reference")])
        moved = await robot.patch(f"{URL}/{ours.email}", json={field: value}, headers=ANY)
        assert (moved.status_code, faults(moved)) == (422, [(f"/{field}", "unknown_reference")])
    assert (await robot.post(URL, json=body | {"department": own.code})).status_code == 201


async def test_who_may_not_keep_the_directory_is_refused(cast: Cast, session: AsyncSession) -> None:
    owner = await make_owner(session)
    for client in (await cast.viewer(), await cast.head(), await cast.machine(Permission.GOALS_READ)):
        assert (await client.get(f"{URL}/{owner.email}")).status_code == 200
        assert (await client.post(URL, json={"email": "x@y.test", "name": "X"})).status_code == 403
        change = await client.patch(f"{URL}/{owner.email}", json={"name": "X"}, headers=ANY)
        assert change.status_code == 403
        assert (await client.delete(f"{URL}/{owner.email}", headers=ANY)).status_code == 403
    for client in (await cast.stranger(), await cast.facilitator()):
        assert (await client.get(f"{URL}/{owner.email}")).status_code == 403


async def test_nobody_takes_away_their_own_access(cast: Cast) -> None:
    admin = await cast.admin()
    path = f"/api/v1/owners/{admin.owner.email}"  # type: ignore[attr-defined]
    for patch in ({"role": "viewer"}, {"role": None}, {"active": False}):
        answer = await admin.patch(path, json=patch, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (409, "own_access"), patch
    assert (await admin.delete(path, headers={"If-Match": "*"})).json()["code"] == "own_access"
    renamed = await admin.patch(path, json={"name": "Another name"}, headers={"If-Match": "*"})
    assert renamed.status_code == 200
    other = await cast.admin()
    assert (await other.patch(path, json={"role": "viewer"}, headers={"If-Match": "*"})).status_code == 200


async def test_only_an_administrator_ends_the_access_of_one(cast: Cast, session: AsyncSession) -> None:
    admin = await make_owner(session, role=Role.ADMIN)
    path = f"{URL}/{admin.email}"
    for client in (await cast.ceo(), await cast.machine(Permission.DIRECTORY_WRITE)):
        for refused in (
            await client.patch(path, json={"active": False}, headers=ANY),
            await client.delete(path, headers=ANY),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "role_refused")
        assert (await client.patch(path, json={"title": "Still in"}, headers=ANY)).status_code == 200
    assert (await (await cast.admin()).delete(path, headers=ANY)).status_code == 200
