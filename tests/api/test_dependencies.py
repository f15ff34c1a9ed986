"""Dependencies: objectives and initiatives ask each other, whoever writes the target answers."""

from datetime import timedelta

import httpx2
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.models import Department, Event, Initiative, Objective
from app.queries.organization import today_of
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_initiative, make_objective

LINKS = "/api/v1/links"
ANY = {"If-Match": "*"}


async def ask(client: httpx2.AsyncClient, source: str, target: str, **fields: str) -> httpx2.Response:
    """Asks for something."""
    body = {"source": source, "target": target, "type": "depends_on", "need_by": "2026-06-30"} | fields
    return await client.post(LINKS, json=body)


async def make_two(session: AsyncSession) -> tuple[Department, Initiative, Department, Initiative]:
    """Two departments, each with an initiative."""
    stores, it = await make_department(session), await make_department(session)
    tills = await make_initiative(session, code="TILLS", department=stores)
    return stores, tills, it, await make_initiative(session, code="NETWORK", department=it)


async def test_a_dependency_is_asked_for_promised_and_delivered(cast: Cast, session: AsyncSession) -> None:
    stores, _, it, _ = await make_two(session)
    asking, answering = await cast.head(stores), await cast.head(it)
    made = await ask(asking, "TILLS", "NETWORK")
    assert made.status_code == 201, made.text
    link, today = made.json(), str(await today_of(session))
    assert (link["code"], link["state"], link["requested_on"]) == (
        "TILLS>NETWORK:depends_on",
        "requested",
        today,
    )
    path = f"{LINKS}/{link['id']}"
    assert (await asking.post(f"{path}/accept")).status_code == 403
    promised = (await answering.post(f"{path}/accept")).json()
    told = (promised["state"], promised["answered_on"], promised["answered_by"])
    assert told == ("accepted", today, answering.owner.name)  # type: ignore[attr-defined]
    assert (await answering.post(f"{path}/accept")).status_code == 409
    late = {"delivered_on": str(await today_of(session) + timedelta(days=1))}
    assert (await answering.post(f"{path}/deliver", json=late)).status_code == 422
    there = (await answering.post(f"{path}/deliver", json={"delivered_on": "2026-06-15"})).json()
    assert (there["state"], there["delivered_on"]) == ("delivered", "2026-06-15")
    back = (await answering.post(f"{path}/accept")).json()
    assert (back["state"], back["delivered_on"]) == ("accepted", None)
    actions = select(col(Event.action)).where(col(Event.object_id) == link["id"]).order_by(col(Event.id))
    assert (await session.scalars(actions)).all() == ["created", "accepted", "delivered", "accepted"]


async def test_a_dependency_is_declined_with_a_reason(cast: Cast, session: AsyncSession) -> None:
    await make_two(session)
    ceo = await cast.ceo()
    path = f"{LINKS}/{(await ask(ceo, 'TILLS', 'NETWORK')).json()['id']}"
    assert (await ceo.post(f"{path}/decline", json={"reason": " "})).status_code == 422
    refused = (await ceo.post(f"{path}/decline", json={"reason": "No fitters before March."})).json()
    assert (refused["state"], refused["decline_reason"]) == ("declined", "No fitters before March.")
    promised = (await ceo.post(f"{path}/accept")).json()
    assert (promised["state"], promised["decline_reason"]) == ("accepted", None)


async def test_another_day_is_asked_for_anew(cast: Cast, session: AsyncSession) -> None:
    await make_two(session)
    ceo = await cast.ceo()
    path = f"{LINKS}/{(await ask(ceo, 'TILLS', 'NETWORK')).json()['id']}"
    await ceo.post(f"{path}/accept")
    kept = await ceo.patch(path, json={"rationale": "They hang on it."}, headers=ANY)
    assert kept.json()["state"] == "accepted"
    moved = await ceo.patch(path, json={"need_by": "2026-09-30"}, headers=ANY)
    assert (moved.json()["state"], moved.json()["answered_by"]) == ("requested", None)
    await ceo.post(f"{path}/deliver", json={"delivered_on": "2026-06-15"})
    over = await ceo.patch(path, json={"need_by": "2026-12-31"}, headers=ANY)
    assert (over.status_code, over.json()["code"]) == (409, "delivered")


async def test_objectives_depend_on_initiatives_and_the_other_way_round(
    cast: Cast, session: AsyncSession
) -> None:
    initiative, objective = await make_initiative(session), await make_objective(session)
    goal = await make_goal(session)
    ceo = await cast.ceo()
    for source, target in (
        (objective, initiative),
        (initiative, objective),
        (objective, goal),
        (initiative, goal),
    ):
        assert (await ask(ceo, source.code, target.code)).status_code == 201
    listed = (await ceo.get(f"{LINKS}?source={initiative.code}&state=requested")).json()["items"]
    assert [each["target"]["code"] for each in listed] == [objective.code, goal.code]


async def test_an_initiative_contributes_by_what_it_supports_and_not_by_a_link(
    cast: Cast, session: AsyncSession
) -> None:
    initiative, objective = await make_initiative(session), await make_objective(session)
    ceo = await cast.ceo()
    for source, target in ((initiative, objective), (objective, initiative)):
        made = await ask(ceo, source.code, target.code, type="contributes")
        assert (made.status_code, made.json()["errors"][0]["pointer"]) == (422, "/type")
    for kind in ("supports", "conflicts_with"):
        assert (await ask(ceo, initiative.code, objective.code, type=kind)).json()["state"] is None


async def test_only_what_depends_is_answered(cast: Cast, session: AsyncSession) -> None:
    await make_two(session)
    ceo = await cast.ceo()
    supports = (await ask(ceo, "TILLS", "NETWORK", type="supports")).json()["id"]
    assert (await ceo.post(f"{LINKS}/{supports}/accept")).json()["code"] == "wrong_state"
    gone = (await ask(ceo, "TILLS", "NETWORK")).json()["id"]
    await ceo.post(f"{LINKS}/{gone}/archive")
    assert (await ceo.post(f"{LINKS}/{gone}/accept")).json()["code"] == "archived"


async def test_what_an_initiative_depends_on_hides_with_its_draft(cast: Cast, session: AsyncSession) -> None:
    stores, _, it, _ = await make_two(session)
    head, viewer = await cast.head(stores), await cast.viewer()
    body = {"code": "SECRET", "title": "Secret", "department": stores.code}
    await head.post("/api/v1/initiatives", json=body)
    link = (await ask(head, "SECRET", "NETWORK")).json()
    assert (await head.get(f"{LINKS}/{link['id']}")).status_code == 200
    assert (await viewer.get(f"{LINKS}/{link['id']}")).status_code == 404
    assert (await viewer.get(LINKS)).json()["items"] == []
    answering = await cast.head(it)
    assert (await answering.post(f"{LINKS}/{link['id']}/accept")).status_code == 404
    assert (await head.delete(f"{LINKS}/{link['id']}", headers=ANY)).status_code == 204


async def test_the_checker_hears_of_initiatives_and_dependencies(cast: Cast, session: AsyncSession) -> None:
    _, tills, _, _ = await make_two(session)
    objective = (await session.scalars(select(Objective))).first()
    assert objective is None
    ceo = await cast.ceo()
    await ask(ceo, "TILLS", "NETWORK", need_by="2026-01-31")
    found = (await ceo.get("/api/v1/linkage/findings?fresh=true")).json()["items"]
    rules = {each["rule"] for each in found if tills.code in str(each["objects"])}
    assert {"L105", "L201", "L606"} <= rules
    (late,) = [each for each in found if each["rule"] == "L606"]
    assert late["where"].startswith("/api/v1/links/")
