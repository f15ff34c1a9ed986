"""Departmental objectives over the API: who sees them, who writes them, and when one vanishes."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission, Role
from app.domain.words import NodeStatus
from app.models import Event, Objective
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_link, make_objective, make_owner

OBJECTIVES = "/api/v1/objectives"
ANY = {"If-Match": "*"}


async def test_an_objective_is_added_with_its_references_and_an_event(
    cast: Cast, session: AsyncSession
) -> None:
    department, owner = await make_department(session), await make_owner(session)
    ceo = await cast.ceo()
    body = {
        "code": "SALES-1",
        "title": "Win back customers",
        "why": "They left",
        "department": department.code.lower(),
        "owner": owner.email.upper(),
        "status": "active",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "effort": 7.3,
    }
    answer = await ceo.post(OBJECTIVES, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["department"] == {
        "id": str(department.id),
        "code": department.code,
        "name": department.name,
    }
    assert made["owner"] == {"id": str(owner.id), "code": owner.email, "name": owner.name}
    assert made["effort"] == 7.3
    assert '"effort":7.3,' in answer.text
    event = (await session.scalars(select(Event).where(col(Event.object_id) == made["id"]))).one()
    assert (event.action, event.code, event.department_id) == ("created", "SALES-1", department.id)


async def test_what_is_left_out_has_its_default(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    ceo = await cast.ceo()
    body = {"code": "S1", "title": "Short", "department": department.code}
    made = (await ceo.post(OBJECTIVES, json=body)).json()
    assert (made["effort"], made["status"], made["owner"]) == (1, "draft", None)


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"department": "NOWHERE"}, "/department", "unknown_reference"),
        ({"department": None}, "/department", "string_type"),
        ({"owner": "nobody@x.test"}, "/owner", "unknown_reference"),
        ({"effort": -1}, "/effort", "greater_than_equal"),
        ({"effort": "7"}, "/effort", "not_a_number"),
        ({"ends_on": "2025-01-01", "starts_on": "2026-01-01"}, "/ends_on", "ends_before_start"),
        ({"ends_on": "1899-12-31"}, "/ends_on", "date_out_of_range"),
        ({"ends_on": 20260101}, "/ends_on", "not_a_date"),
        ({"status": "green"}, "/status", "enum"),
        ({"title": "  "}, "/title", "bad_format"),
        ({"title": "a\u0000b"}, "/title", "bad_format"),
        ({"theme": "T1"}, "/theme", "unknown_field"),
    ],
)
async def test_bad_input_is_refused_at_its_place(
    cast: Cast, session: AsyncSession, change: dict[str, object], pointer: str, code: str
) -> None:
    department = await make_department(session)
    ceo = await cast.ceo()
    body = {"code": "S1", "title": "Fine", "department": department.code} | change
    answer = await ceo.post(OBJECTIVES, json=body)
    assert answer.status_code == 422
    fault = answer.json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert (await session.scalars(select(Objective))).all() == []


async def test_a_head_writes_in_the_own_department_and_below(cast: Cast, session: AsyncSession) -> None:
    parent = await make_department(session)
    own = await make_department(session, parent=parent)
    below = await make_department(session, parent=own)
    head = await cast.head(own)
    for number, department in enumerate([own, below]):
        body = {"code": f"S{number}", "title": "Mine", "department": department.code}
        assert (await head.post(OBJECTIVES, json=body)).status_code == 201
    body = {"code": "S9", "title": "Not mine", "department": parent.code}
    assert (await head.post(OBJECTIVES, json=body)).status_code == 403
    moved = await head.patch(f"{OBJECTIVES}/S0", json={"department": parent.code}, headers=ANY)
    assert moved.status_code == 403
    foreign = await make_objective(session, department=parent)
    assert (await head.patch(f"{OBJECTIVES}/{foreign.code}", json={}, headers=ANY)).status_code == 403
    assert (await head.delete(f"{OBJECTIVES}/{foreign.code}", headers=ANY)).status_code == 403
    assert (await head.post(f"{OBJECTIVES}/{foreign.code}/archive")).status_code == 403


async def test_a_contributor_writes_what_they_own_but_adds_nothing(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    someone = await cast.contributor()
    mine = await make_objective(session, department=department, owner_id=someone.owner.id)  # type: ignore[attr-defined]
    other = await make_objective(session, department=department)
    path = f"{OBJECTIVES}/{mine.code}"
    assert (await someone.patch(path, json={"title": "Better"}, headers=ANY)).status_code == 200
    elsewhere = await make_department(session)
    moved = await someone.patch(path, json={"department": elsewhere.code}, headers=ANY)
    assert moved.status_code == 403
    assert (await someone.patch(f"{OBJECTIVES}/{other.code}", json={}, headers=ANY)).status_code == 403
    body = {
        "code": "S1",
        "title": "New",
        "department": department.code,
        "owner": someone.owner.email,  # type: ignore[attr-defined]
    }
    assert (await someone.post(OBJECTIVES, json=body)).status_code == 403


async def test_a_bound_machine_sees_and_writes_its_subtree_alone(cast: Cast, session: AsyncSession) -> None:
    own, foreign = await make_department(session), await make_department(session)
    below = await make_department(session, parent=own)
    mine = await make_objective(session, department=below)
    theirs = await make_objective(session, department=foreign)
    machine = await cast.machine(Permission.GOALS_READ, Permission.GOALS_WRITE, department_id=own.id)
    assert [one["code"] for one in (await machine.get(OBJECTIVES)).json()["items"]] == [mine.code]
    for path in (theirs.code, str(theirs.id)):
        assert (await machine.get(f"{OBJECTIVES}/{path}")).status_code == 404
        assert (await machine.patch(f"{OBJECTIVES}/{path}", json={}, headers=ANY)).status_code == 404
        assert (await machine.delete(f"{OBJECTIVES}/{path}", headers=ANY)).status_code == 404
        assert (await machine.post(f"{OBJECTIVES}/{path}/archive")).status_code == 404
    for code in (foreign.code, "NOWHERE"):
        body = {"code": "S1", "title": "Out", "department": code}
        answer = await machine.post(OBJECTIVES, json=body)
        assert answer.json()["errors"] == [
            {
                "pointer": "/department",
                "code": "unknown_reference",
                "detail": f"There is no department {code}.",
            }
        ]
    moved = await machine.patch(f"{OBJECTIVES}/{mine.code}", json={"department": foreign.code}, headers=ANY)
    assert moved.status_code == 422


async def test_drafts_are_seen_by_those_who_may_write_them(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    contributor = await cast.contributor()
    draft = await make_objective(
        session,
        department=department,
        status=NodeStatus.DRAFT,
        owner_id=contributor.owner.id,  # type: ignore[attr-defined]
    )
    goal = await make_goal(session, status=NodeStatus.DRAFT)
    sees = {
        "ceo": await cast.ceo(),
        "head": await cast.head(department),
        "owner": contributor,
        "writer": await cast.machine(Permission.GOALS_READ, Permission.GOALS_WRITE),
    }
    hidden = {
        "viewer": await cast.viewer(),
        "other head": await cast.head(),
        "reader": await cast.machine(Permission.GOALS_READ),
        "other contributor": await cast.contributor(),
    }
    for who, client in sees.items():
        assert (await client.get(f"{OBJECTIVES}/{draft.code}")).status_code == 200, who
        assert len((await client.get(OBJECTIVES)).json()["items"]) == 1, who
    for who, client in hidden.items():
        assert (await client.get(f"{OBJECTIVES}/{draft.code}")).status_code == 404, who
        assert (await client.get(OBJECTIVES)).json()["items"] == [], who
        assert (await client.get(f"/api/v1/goals/{goal.code}")).status_code == 404, who
        assert (await client.get("/api/v1/goals")).json()["items"] == [], who
    assert (await sees["ceo"].get(f"/api/v1/goals/{goal.code}")).status_code == 200


async def test_the_list_narrows_by_department_owner_and_status(cast: Cast, session: AsyncSession) -> None:
    one, two = await make_department(session), await make_department(session)
    owner = await make_owner(session)
    first = await make_objective(session, department=one, owner_id=owner.id)
    second = await make_objective(session, department=two, status=NodeStatus.PAUSED)
    third = await make_objective(session, department=two, owner_id=owner.id)
    ceo = await cast.ceo()

    async def codes(query: str) -> list[str]:
        answer = await ceo.get(f"{OBJECTIVES}?{query}")
        assert answer.status_code == 200, answer.text
        return [item["code"] for item in answer.json()["items"]]

    assert await codes(f"department={one.code}") == [first.code]
    assert await codes(f"owner={owner.email}") == [first.code, third.code]
    assert await codes(f"owner={owner.id}&department={two.code}") == [third.code]
    assert await codes("status=paused") == [second.code]
    assert await codes("status=paused&status=active") == [first.code, second.code, third.code]
    unknown = await ceo.get(f"{OBJECTIVES}?department=NOWHERE")
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["pointer"] == "?department"


async def test_only_a_draft_without_history_vanishes(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    draft = await make_objective(session, status=NodeStatus.DRAFT)
    path = f"{OBJECTIVES}/{draft.code}"
    assert (await ceo.delete(path)).status_code == 428
    gone = await ceo.delete(path, headers=ANY)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await ceo.get(path)).status_code == 404
    events = await session.scalars(
        select(Event).where(col(Event.object_id) == draft.id).order_by(col(Event.id))
    )
    assert [event.action for event in events] == ["created", "deleted"]
    body = {"code": draft.code, "title": "The code is free", "department": str(draft.department_id)}
    assert (await ceo.post(OBJECTIVES, json=body)).status_code == 201


@pytest.mark.parametrize("reason", ["live", "was live", "linked", "links"])
async def test_what_has_history_is_archived_instead(cast: Cast, session: AsyncSession, reason: str) -> None:
    ceo = await cast.ceo()
    status = NodeStatus.ACTIVE if reason in ("live", "was live") else NodeStatus.DRAFT
    objective = await make_objective(session, status=status)
    path = f"{OBJECTIVES}/{objective.code}"
    if reason == "was live":
        await ceo.patch(path, json={"status": "draft"}, headers=ANY)
    if reason == "linked":
        await make_link(session, await make_objective(session), objective)
    if reason == "links":
        await make_link(session, objective, await make_goal(session))
    answer = await ceo.delete(path, headers=ANY)
    assert answer.status_code == 200, answer.text
    assert answer.json()["archived_at"]
    assert (await ceo.get(path)).json() == answer.json()
    assert (await ceo.get(OBJECTIVES)).json()["items"] == [] or reason == "linked"


async def test_a_machine_of_the_own_department_cannot_touch_goals(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    goal = await make_goal(session)
    machine = await cast.machine(Permission.GOALS_READ, Permission.GOALS_WRITE, department_id=department.id)
    assert (await machine.get(f"/api/v1/goals/{goal.code}")).status_code == 200
    assert (await machine.patch(f"/api/v1/goals/{goal.code}", json={}, headers=ANY)).status_code == 403


async def test_sql_and_the_permission_function_agree_on_who_writes_what(
    cast: Cast, session: AsyncSession
) -> None:
    """A draft is visible exactly where `may` allows writing: the condition in SQL repeats that rule."""
    one = await make_department(session)
    two = await make_department(session, parent=one)
    three = await make_department(session)
    clients = [
        await cast.person(role, department=department) for role in Role for department in (one, three, None)
    ]
    clients.append(await cast.machine(Permission.GOALS_READ, Permission.GOALS_WRITE, department_id=one.id))
    owners = [client.owner.id for client in clients if hasattr(client, "owner")]
    drafts = [
        await make_objective(session, department=department, status=NodeStatus.DRAFT, owner_id=owner)
        for department in (one, two, three)
        for owner in [None, *owners[::4]]
    ]
    for client in clients:
        shown = await client.get(OBJECTIVES)
        if shown.status_code == 403:
            continue
        visible = {item["code"] for item in shown.json()["items"]}
        for draft in drafts:
            answer = await client.patch(f"{OBJECTIVES}/{draft.code}", json={}, headers=ANY)
            assert (answer.status_code == 200) == (draft.code in visible), answer.text
