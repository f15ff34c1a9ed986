"""Departments over the API: the tree, who sees and writes which part of it, and what is refused."""

import asyncio

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.models import Department, Event
from tests.cast import Cast
from tests.factories import make_department, make_owner

URL = "/api/v1/departments"
ANY = {"If-Match": "*"}


async def bound_machine(cast: Cast, department: Department) -> httpx2.AsyncClient:
    """A machine that keeps the directory of one department and below."""
    return await cast.machine(Permission.DIRECTORY_WRITE, department_id=department.id)


def faults(answer: httpx2.Response) -> list[tuple[str, str]]:
    """Places and codes of what an answer complains about."""
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_adding_a_department_works(cast: Cast, session: AsyncSession) -> None:
    root, head = await make_department(session), await make_owner(session)
    robot = await cast.machine(Permission.DIRECTORY_WRITE)
    body = {"code": "SALES", "name": "Sales", "parent": root.code, "head": head.email, "headcount": 120}
    answer = await robot.post(URL, json=body | {"external_id": "hr-7", "location": "Leeds"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"{URL}/{made['id']}"
    assert made["parent"] == {"id": str(root.id), "code": root.code, "name": root.name}
    assert made["head"]["code"] == head.email
    assert (made["headcount"], made["location"], made["active"]) == (120, "Leeds", True)
    assert (await robot.get(f"{URL}/sales")).json() == made
    event = (await session.scalars(select(Event).where(col(Event.object_id) == made["id"]))).one()
    assert (event.action, event.kind, str(event.department_id)) == ("created", "department", made["id"])


async def test_lists_are_narrowed_by_parent_head_activity_and_external_id(
    cast: Cast, session: AsyncSession
) -> None:
    root, owner = await make_department(session), await make_owner(session)
    child = await make_department(session, parent=root, external_id="hr-1", head_id=owner.id)
    await make_department(session, parent=child, active=False)
    viewer = await cast.viewer()

    async def listed(query: str) -> list[str]:
        answer = await viewer.get(f"{URL}?{query}")
        assert answer.status_code == 200, answer.text
        return [item["code"] for item in answer.json()["items"]]

    assert await listed(f"parent={root.code}") == [child.code]
    assert await listed("external_id=hr-1") == [child.code]
    assert await listed(f"head={owner.email}") == [child.code]
    assert len(await listed("active=false")) == 1
    assert child.code in await listed("active=true&archived=false")
    assert await listed("archived=true") == []
    nowhere = await viewer.get(f"{URL}?parent=NOWHERE")
    assert (nowhere.status_code, faults(nowhere)) == (422, [("?parent", "unknown_reference")])


async def test_a_department_moves_with_all_below_it(cast: Cast, session: AsyncSession) -> None:
    old, new = await make_department(session), await make_department(session)
    moved = await make_department(session, parent=old)
    below = await make_department(session, parent=moved)
    watcher = await cast.machine(Permission.DIRECTORY_WRITE, department_id=new.id)
    assert (await watcher.get(f"{URL}/{below.code}")).status_code == 404
    ceo = await cast.ceo()
    answer = await ceo.patch(f"{URL}/{moved.code}", json={"parent": new.code}, headers=ANY)
    assert answer.json()["parent"]["code"] == new.code
    assert (await watcher.get(f"{URL}/{below.code}")).status_code == 200


async def test_several_roots_are_allowed(cast: Cast, session: AsyncSession) -> None:
    child = await make_department(session, parent=await make_department(session))
    ceo = await cast.ceo()
    answer = await ceo.patch(f"{URL}/{child.code}", json={"parent": None}, headers=ANY)
    assert (answer.status_code, answer.json()["parent"]) == (200, None)


async def test_a_circle_of_parents_is_refused_and_named(cast: Cast, session: AsyncSession) -> None:
    top = await make_department(session)
    middle = await make_department(session, parent=top)
    low = await make_department(session, parent=middle)
    ceo = await cast.ceo()
    answer = await ceo.patch(f"{URL}/{top.code}", json={"parent": low.code}, headers=ANY)
    assert answer.status_code == 409
    assert faults(answer) == [("/parent", "cycle")]
    assert f"{top.code} → {low.code} → {middle.code} → {top.code}" in answer.json()["detail"]
    itself = await ceo.patch(f"{URL}/{low.code}", json={"parent": low.code}, headers=ANY)
    assert (itself.status_code, itself.json()["code"]) == (409, "cycle")
    assert (await ceo.get(f"{URL}/{top.code}")).json()["parent"] is None


async def test_two_moves_at_once_never_close_a_circle(fresh_cast: Cast) -> None:
    database = fresh_cast.database
    assert database is not None
    ceo = await fresh_cast.ceo()
    for _ in range(10):
        async with database.unit_of_work() as session:
            one, two = await make_department(session), await make_department(session)
        answers = await asyncio.gather(
            ceo.patch(f"{URL}/{one.code}", json={"parent": two.code}, headers=ANY),
            ceo.patch(f"{URL}/{two.code}", json={"parent": one.code}, headers=ANY),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409], answers[0].text


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"code": "A B", "name": "X"}, "/code", "bad_format"),
        ({"code": "new", "name": "X"}, "/code", "bad_code"),
        ({"code": "A"}, "/name", "required"),
        ({"code": "A", "name": "  "}, "/name", "bad_format"),
        ({"code": "A", "name": "a\u0000b"}, "/name", "bad_format"),
        ({"code": "A", "name": "X", "headcount": -1}, "/headcount", "greater_than_equal"),
        ({"code": "A", "name": "X", "parent": "NOWHERE"}, "/parent", "unknown_reference"),
        ({"code": "A", "name": "X", "head": "nobody@x.test"}, "/head", "unknown_reference"),
        ({"code": "A", "name": "X", "colour": "red"}, "/colour", "unknown_field"),
    ],
)
async def test_bad_input_is_refused_with_its_place(
    cast: Cast, body: dict[str, object], pointer: str, code: str
) -> None:
    answer = await (await cast.ceo()).post(URL, json=body)
    assert (answer.status_code, faults(answer)) == (422, [(pointer, code)])


async def test_codes_and_external_ids_are_unique(cast: Cast, session: AsyncSession) -> None:
    taken = await make_department(session, external_id="hr-1")
    ceo = await cast.ceo()
    same_code = await ceo.post(URL, json={"code": taken.code.lower(), "name": "X"})
    assert (same_code.status_code, faults(same_code)) == (409, [("/code", "duplicate")])
    same_id = await ceo.post(URL, json={"code": "OTHER", "name": "X", "external_id": "hr-1"})
    assert (same_id.status_code, faults(same_id)) == (409, [("/external_id", "duplicate")])


async def test_archiving_keeps_what_points_at_the_department(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    owner = await make_owner(session, department=department)
    ceo = await cast.ceo()
    assert (await ceo.delete(f"{URL}/{department.code}")).status_code == 428
    answer = await ceo.delete(f"{URL}/{department.code}", headers=ANY)
    assert answer.status_code == 200
    assert answer.json()["archived_at"] is not None
    assert department.code not in [item["code"] for item in (await ceo.get(URL)).json()["items"]]
    assert len((await ceo.get(f"{URL}?archived=true")).json()["items"]) == 1
    assert (await ceo.get(f"/api/v1/owners/{owner.email}")).json()["department"]["code"] == department.code


async def test_who_may_not_keep_the_directory_is_refused(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    body = {"code": "NEW-ONE", "name": "X"}
    for client in (
        await cast.viewer(),
        await cast.contributor(),
        await cast.head(department),
        await cast.machine(Permission.GOALS_READ),
    ):
        assert (await client.get(f"{URL}/{department.code}")).status_code == 200
        assert (await client.post(URL, json=body)).status_code == 403
        change = await client.patch(f"{URL}/{department.code}", json={"name": "X"}, headers=ANY)
        assert change.status_code == 403
        assert (await client.delete(f"{URL}/{department.code}", headers=ANY)).status_code == 403
    for client in (
        await cast.facilitator(),
        await cast.stranger(),
        await cast.machine(Permission.ENGAGEMENT_WRITE),
    ):
        assert (await client.get(URL)).status_code == 403
        assert (await client.get(f"{URL}/{department.code}")).status_code == 403


async def test_a_bound_client_sees_only_its_part(cast: Cast, session: AsyncSession) -> None:
    above = await make_department(session)
    own = await make_department(session, parent=above)
    below, beside = await make_department(session, parent=own), await make_department(session, parent=above)
    robot = await bound_machine(cast, own)
    items = (await robot.get(URL)).json()["items"]
    assert [item["code"] for item in items] == [own.code, below.code]
    assert items[0]["parent"]["code"] == above.code
    for hidden in (above, beside):
        assert (await robot.get(f"{URL}/{hidden.code}")).status_code == 404
        assert (await robot.patch(f"{URL}/{hidden.id}", json={"name": "X"}, headers=ANY)).status_code == 404


async def test_a_bound_client_writes_only_its_part(cast: Cast, session: AsyncSession) -> None:
    above = await make_department(session)
    own, beside = await make_department(session, parent=above), await make_department(session, parent=above)
    robot = await bound_machine(cast, own)
    added = await robot.post(URL, json={"code": "BELOW", "name": "Below", "parent": own.code})
    assert added.status_code == 201, added.text
    kept = await robot.patch(f"{URL}/{own.code}", json={"name": "Renamed"}, headers=ANY)
    assert (kept.status_code, kept.json()["parent"]["code"]) == (200, above.code)
    root = await robot.post(URL, json={"code": "ROOT", "name": "Root"})
    assert root.status_code == 403
    for parent in (beside.code, "NOWHERE"):
        answer = await robot.post(URL, json={"code": "AWAY", "name": "Away", "parent": parent})
        assert (answer.status_code, faults(answer)) == (422, [("/parent", "unknown_reference")])
    away = await robot.patch(f"{URL}/{own.code}", json={"parent": None}, headers=ANY)
    assert away.status_code == 403
    stranger = await make_owner(session, department=beside)
    headed = await robot.patch(f"{URL}/{own.code}", json={"head": stranger.email}, headers=ANY)
    assert (headed.status_code, faults(headed)) == (422, [("/head", "unknown_reference")])
