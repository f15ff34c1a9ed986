"""Links over the API: names, rules of the graph, and who may tie what."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.domain.words import NodeStatus
from app.models import Event, Objective
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_link, make_objective, make_theme

LINKS = "/api/v1/links"
ANY = {"If-Match": "*"}


async def tie(client: Any, source: str, target: str, type: str = "contributes", **fields: Any) -> Any:
    """A POST of a link."""
    return await client.post(LINKS, json={"source": source, "target": target, "type": type, **fields})


async def test_a_link_is_made_and_found_by_id_and_by_code(cast: Cast, session: AsyncSession) -> None:
    objective = await make_objective(session, code="SALES-3")
    goal = await make_goal(session, code="G1")
    ceo = await cast.ceo()
    made = await tie(ceo, "sales-3", "g1", weight=62.5, effort=40, rationale="Because", need_by="2026-05-01")
    assert made.status_code == 201, made.text
    link = made.json()
    assert link["code"] == "SALES-3>G1:contributes"
    assert link["source"] == {"id": str(objective.id), "code": "SALES-3", "name": objective.title}
    assert link["target"] == {"id": str(goal.id), "code": "G1", "name": goal.title}
    assert (link["weight"], link["effort"], link["need_by"]) == (62.5, 40, "2026-05-01")
    assert (link["affirmed_at"], link["affirmed_by"], link["archived_at"]) == (None, None, None)
    for name in (link["id"], "SALES-3>G1:contributes", "sales-3%3Eg1%3AContributes"):
        assert (await ceo.get(f"{LINKS}/{name}")).json() == link
    assert (await ceo.get(LINKS)).json()["items"] == [link]
    assert made.headers["location"] == f"{LINKS}/{link['id']}"
    event = (await session.scalars(select(Event).where(col(Event.object_id) == link["id"]))).one()
    assert (event.action, event.code) == ("created", link["code"])
    assert event.department_id == objective.department_id


@pytest.mark.parametrize(
    "name", ["SALES-3>G1", "SALES-3", ">G1:contributes", "SALES-3>G1:owns", "a>b>c:supports"]
)
async def test_what_names_no_link_is_not_found(cast: Cast, session: AsyncSession, name: str) -> None:
    await make_link(
        session, await make_objective(session, code="SALES-3"), await make_goal(session, code="G1")
    )
    assert (await (await cast.ceo()).get(f"{LINKS}/{name}")).status_code == 404


async def test_the_same_link_twice_is_a_conflict_until_the_first_is_archived(
    cast: Cast, session: AsyncSession
) -> None:
    objective, goal = await make_objective(session), await make_goal(session)
    ceo = await cast.ceo()
    first = (await tie(ceo, objective.code, goal.code)).json()
    again = await tie(ceo, objective.code, goal.code)
    assert (again.status_code, again.json()["code"]) == (409, "duplicate")
    assert (await tie(ceo, objective.code, goal.code, "supports")).status_code == 201
    assert (await ceo.post(f"{LINKS}/{first['code']}/archive")).status_code == 200
    second = await tie(ceo, objective.code, goal.code)
    assert second.status_code == 201
    assert (await ceo.get(f"{LINKS}/{first['code']}")).json()["id"] == second.json()["id"]
    assert (await ceo.get(f"{LINKS}/{first['id']}")).json()["archived_at"]
    edit = await ceo.patch(f"{LINKS}/{first['id']}", json={"weight": 5}, headers=ANY)
    assert (edit.status_code, edit.json()["code"]) == (409, "archived")


async def test_a_cycle_of_contributions_is_refused_and_named(cast: Cast, session: AsyncSession) -> None:
    a, b, c = [(await make_objective(session, code=code)).code for code in ("A", "B", "C")]
    ceo = await cast.ceo()
    assert (await tie(ceo, a, b)).status_code == 201
    assert (await tie(ceo, b, c)).status_code == 201
    refused = await tie(ceo, c, a)
    assert (refused.status_code, refused.json()["code"]) == (409, "cycle")
    assert "C → A → B → C" in refused.json()["detail"]
    itself = await tie(ceo, a, a)
    assert (itself.status_code, itself.json()["code"]) == (409, "cycle")
    assert "A → A" in itself.json()["detail"]
    for type in ("depends_on", "supports", "conflicts_with"):
        assert (await tie(ceo, c, a, type)).status_code == 201
        assert (await tie(ceo, a, a, type)).json()["code"] == "self_link"


async def test_an_edit_cannot_close_a_cycle_either(cast: Cast, session: AsyncSession) -> None:
    a, b, c = [(await make_objective(session, code=code)).code for code in ("A", "B", "C")]
    ceo = await cast.ceo()
    await tie(ceo, a, b)
    await tie(ceo, b, c)
    await tie(ceo, c, a, "supports")
    typed = await ceo.patch(f"{LINKS}/C>A:supports", json={"type": "contributes"}, headers=ANY)
    assert (typed.status_code, typed.json()["code"]) == (409, "cycle")
    moved = await ceo.patch(f"{LINKS}/B>C:contributes", json={"target": a}, headers=ANY)
    assert (moved.status_code, moved.json()["code"]) == (409, "cycle")
    turned = await ceo.patch(f"{LINKS}/A>B:contributes", json={"source": b, "target": a}, headers=ANY)
    assert turned.status_code == 200, turned.text
    assert turned.json()["code"] == "B>A:contributes"


async def test_drafts_count_for_cycles_and_archived_things_do_not(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    for code in ("A", "B", "C", "D"):
        await make_objective(session, code=code, status=NodeStatus.DRAFT)
    await tie(ceo, "A", "B")
    await tie(ceo, "B", "C")
    assert (await tie(ceo, "C", "A")).status_code == 409
    await ceo.post("/api/v1/objectives/B/archive")
    assert (await tie(ceo, "C", "A")).status_code == 201
    await tie(ceo, "A", "D")
    assert (await tie(ceo, "D", "A")).status_code == 409
    await ceo.post(f"{LINKS}/A>D:contributes/archive")
    assert (await tie(ceo, "D", "A")).status_code == 201


async def test_a_source_gives_away_at_most_its_whole_effort(cast: Cast, session: AsyncSession) -> None:
    objective = (await make_objective(session)).code
    goals = [(await make_goal(session)).code for _ in range(4)]
    ceo = await cast.ceo()
    await tie(ceo, objective, goals[0], effort=60)
    last = (await tie(ceo, objective, goals[1], effort=40)).json()
    too_much = await tie(ceo, objective, goals[2], effort=0.5)
    assert too_much.status_code == 422
    assert too_much.json()["errors"][0]["pointer"] == "/effort"
    assert "100.5" in too_much.json()["detail"]
    assert (await tie(ceo, objective, goals[2])).status_code == 201
    path = f"{LINKS}/{last['id']}"
    assert (await ceo.patch(path, json={"effort": 41}, headers=ANY)).status_code == 422
    assert (await ceo.patch(path, json={"effort": 30}, headers=ANY)).status_code == 200
    assert (await tie(ceo, objective, goals[3], effort=10)).status_code == 201
    assert (await tie(ceo, (await make_objective(session)).code, goals[3], effort=100)).status_code == 201


async def test_ends_must_be_of_the_right_kind_there_and_in_force(cast: Cast, session: AsyncSession) -> None:
    objective, goal, theme = (
        await make_objective(session),
        await make_goal(session),
        await make_theme(session),
    )
    ceo = await cast.ceo()
    cases = [
        (goal.code, objective.code, "/source", "wrong_kind"),
        (theme.code, goal.code, "/source", "wrong_kind"),
        (objective.code, theme.code, "/target", "wrong_kind"),
        ("NOWHERE", goal.code, "/source", "unknown_reference"),
        (objective.code, "NOWHERE", "/target", "unknown_reference"),
    ]
    for source, target, pointer, code in cases:
        answer = await tie(ceo, source, target)
        assert answer.status_code == 422
        fault = answer.json()["errors"][0]
        assert (fault["pointer"], fault["code"]) == (pointer, code)
    await ceo.post(f"/api/v1/goals/{goal.code}/archive")
    archived = await tie(ceo, objective.code, goal.code)
    assert (archived.status_code, archived.json()["code"]) == (409, "archived")
    assert archived.json()["errors"][0]["pointer"] == "/target"


async def test_archiving_an_end_keeps_the_link_and_its_other_fields_editable(
    cast: Cast, session: AsyncSession
) -> None:
    objective, goal = await make_objective(session), await make_goal(session)
    link = await make_link(session, objective, goal)
    ceo = await cast.ceo()
    await ceo.post(f"/api/v1/goals/{goal.code}/archive")
    assert (await ceo.get(f"{LINKS}/{link.id}")).json()["archived_at"] is None
    edit = await ceo.patch(f"{LINKS}/{link.id}", json={"rationale": "It was so"}, headers=ANY)
    assert (edit.status_code, edit.json()["rationale"]) == (200, "It was so")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"weight": 100.5}, "/weight"),
        ({"weight": -1}, "/weight"),
        ({"effort": "40"}, "/effort"),
        ({"need_by": "soon"}, "/need_by"),
        ({"type": "owns"}, "/type"),
        ({"state": "requested"}, "/state"),
    ],
)
async def test_bad_fields_are_refused_at_their_place(
    cast: Cast, session: AsyncSession, fields: dict[str, Any], pointer: str
) -> None:
    objective, goal = await make_objective(session), await make_goal(session)
    body = {"source": objective.code, "target": goal.code, "type": "contributes"} | fields
    answer = await (await cast.ceo()).post(LINKS, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_affirming_says_who_and_when(cast: Cast, session: AsyncSession) -> None:
    link = await make_link(session, await make_objective(session), await make_goal(session))
    ceo = await cast.ceo()
    answer = await ceo.post(f"{LINKS}/{link.id}/affirm")
    assert answer.status_code == 200, answer.text
    assert answer.json()["affirmed_at"]
    assert answer.json()["affirmed_by"] == ceo.owner.name  # type: ignore[attr-defined]
    assert answer.json()["version"] == 2
    viewer = await cast.viewer()
    assert (await viewer.post(f"{LINKS}/{link.id}/affirm")).status_code == 403
    events = await session.scalars(
        select(Event).where(col(Event.object_id) == link.id).order_by(col(Event.id))
    )
    assert [event.action for event in events] == ["created", "affirmed"]


async def test_a_link_is_written_by_whoever_writes_its_source(cast: Cast, session: AsyncSession) -> None:
    own = await make_department(session)
    mine, theirs = await make_objective(session, department=own), await make_objective(session)
    goal = await make_goal(session)
    head = await cast.head(own)
    made = await tie(head, mine.code, goal.code)
    assert made.status_code == 201
    assert (await tie(head, mine.code, theirs.code)).status_code == 201
    assert (await tie(head, theirs.code, goal.code)).status_code == 403
    path = f"{LINKS}/{made.json()['id']}"
    assert (await head.patch(path, json={"source": theirs.code}, headers=ANY)).status_code == 403
    foreign = await make_link(session, theirs, goal)
    for answer in (
        await head.patch(f"{LINKS}/{foreign.id}", json={}, headers=ANY),
        await head.delete(f"{LINKS}/{foreign.id}", headers=ANY),
        await head.post(f"{LINKS}/{foreign.id}/archive"),
        await head.post(f"{LINKS}/{foreign.id}/affirm"),
    ):
        assert answer.status_code == 403
    assert (await head.post(f"{path}/affirm")).status_code == 200
    contributor = await cast.contributor()
    owned = await make_objective(session, owner_id=contributor.owner.id)  # type: ignore[attr-defined]
    assert (await tie(contributor, owned.code, goal.code)).status_code == 201
    assert (await tie(contributor, mine.code, goal.code, "supports")).status_code == 403


async def test_a_link_is_hidden_with_either_of_its_ends(cast: Cast, session: AsyncSession) -> None:
    own = await make_department(session)
    mine, theirs = await make_objective(session, department=own), await make_objective(session)
    goal, draft = await make_goal(session), await make_goal(session, status=NodeStatus.DRAFT)
    shown = await make_link(session, mine, goal)
    hidden = [
        await make_link(session, mine, theirs),
        await make_link(session, theirs, goal),
        await make_link(session, mine, draft),
    ]
    machine = await cast.machine(Permission.GOALS_READ, Permission.GOALS_WRITE, department_id=own.id)
    assert [one["id"] for one in (await machine.get(LINKS)).json()["items"]] == [str(shown.id)]
    for link in hidden:
        assert (await machine.get(f"{LINKS}/{link.id}")).status_code == 404
        assert (await machine.delete(f"{LINKS}/{link.id}", headers=ANY)).status_code == 404
    for code in (theirs.code, draft.code, "NOWHERE"):
        answer = await tie(machine, mine.code, code)
        assert (answer.status_code, answer.json()["detail"]) == (422, f"There is no node {code}.")
    assert (await machine.patch(f"{LINKS}/{shown.id}", json={"weight": 5}, headers=ANY)).status_code == 200


async def test_the_list_narrows_by_source_target_and_type(cast: Cast, session: AsyncSession) -> None:
    a, b = await make_objective(session), await make_objective(session)
    goal = await make_goal(session)
    first = await make_link(session, a, goal)
    second = await make_link(session, b, goal, type="supports")
    third = await make_link(session, a, b)
    ceo = await cast.ceo()

    async def ids(query: str) -> list[str]:
        answer = await ceo.get(f"{LINKS}?{query}")
        return [item["id"] for item in answer.json()["items"]]

    assert await ids(f"source={a.code}") == [str(first.id), str(third.id)]
    assert await ids(f"target={goal.code}") == [str(first.id), str(second.id)]
    assert await ids("type=supports") == [str(second.id)]


async def test_the_link_of_a_mere_draft_vanishes_and_any_other_is_archived(
    cast: Cast, session: AsyncSession
) -> None:
    goal = await make_goal(session)

    async def link_of(status: NodeStatus) -> tuple[Objective, str]:
        objective = await make_objective(session, status=status)
        return objective, f"{LINKS}/{(await make_link(session, objective, goal)).id}"

    ceo = await cast.ceo()
    _, of_draft = await link_of(NodeStatus.DRAFT)
    assert (await ceo.delete(of_draft, headers=ANY)).status_code == 204
    assert (await ceo.get(of_draft)).status_code == 404
    _, of_live = await link_of(NodeStatus.ACTIVE)
    archived = await ceo.delete(of_live, headers=ANY)
    assert (archived.status_code, bool(archived.json()["archived_at"])) == (200, True)
    _, affirmed = await link_of(NodeStatus.DRAFT)
    await ceo.post(f"{affirmed}/affirm")
    assert (await ceo.delete(affirmed, headers=ANY)).status_code == 200
