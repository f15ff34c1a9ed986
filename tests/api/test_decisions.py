"""Decisions over the API: logging and writing them, who sees and who writes which."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.domain.words import NodeStatus
from app.models import Event, Organization, Owner
from tests.cast import Cast
from tests.factories import (
    make_decision,
    make_decision_type,
    make_department,
    make_goal,
    make_owner,
)

URL = "/api/v1/decisions"
ANY = {"If-Match": "*"}
TODAY = datetime.now(UTC).date()


def day(ago: int) -> str:
    """A day so many days before today."""
    return str(TODAY - timedelta(days=ago))


def who(client: httpx2.AsyncClient) -> Owner:
    """The person behind a client."""
    owner: Owner = client.owner  # type: ignore[attr-defined]
    return owner


async def log(client: httpx2.AsyncClient, **fields: Any) -> httpx2.Response:
    """Posts a decision."""
    return await client.post(URL, json={"title": "Close the depot?"} | fields)


async def test_a_decision_is_logged_with_all_that_it_names(cast: Cast, session: AsyncSession) -> None:
    kind = await make_decision_type(session, limit_days=30)
    one, other = await make_department(session), await make_department(session)
    goal, decider = await make_goal(session), await make_owner(session)
    organization = (await session.scalars(select(Organization))).one()
    organization.values = [{"name": "Customer first", "behaviours": []}]
    ceo = await cast.ceo()
    made = await log(
        ceo,
        type=kind.code.lower(),
        decider=decider.email,
        raised_on=day(20),
        needed_by=day(-10),
        departments=[other.code, one.code, other.code],
        goals=[goal.code],
        values=["customer FIRST"],
        options=[{"name": "Close it"}, {"name": "Keep it", "note": "Costs rent."}],
    )
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["code"], told["status"], told["reopened"]) == ("D-1", "open", 0)
    assert (told["raised_on"], told["opened_on"], told["limit_on"]) == (day(20), day(20), day(-10))
    assert [each["code"] for each in told["departments"]] == sorted([one.code, other.code])
    assert told["goals"] == [{"id": str(goal.id), "code": goal.code, "name": goal.title}]
    assert told["values"] == ["Customer first"]
    assert told["options"] == [{"name": "Close it", "note": None}, {"name": "Keep it", "note": "Costs rent."}]
    assert (told["decided_on"], told["outcome"], told["rounds"]) == (None, None, [])
    assert made.headers["location"] == f"{URL}/{told['id']}"


async def test_one_that_says_little_was_raised_today(cast: Cast) -> None:
    told = (await log(await cast.ceo())).json()
    assert (told["raised_on"], told["limit_on"], told["decider"]) == (day(0), None, None)


async def test_a_decision_is_changed_and_archived_with_its_events(cast: Cast, session: AsyncSession) -> None:
    place = await make_department(session)
    ceo = await cast.ceo()
    made = await log(ceo, departments=[place.code])
    etag = made.headers["etag"]
    changed = await ceo.patch(f"{URL}/d-1", json={"departments": []}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["departments"]) == (200, [])
    assert changed.json()["version"] == 2
    stale = await ceo.delete(f"{URL}/D-1", headers={"If-Match": etag})
    assert stale.status_code == 412
    same = await ceo.patch(f"{URL}/D-1", json={}, headers=ANY)
    assert same.json()["version"] == 2
    assert (await ceo.delete(f"{URL}/D-1", headers=ANY)).json()["archived_at"]
    assert (await ceo.get(URL)).json()["items"] == []
    assert (await ceo.patch(f"{URL}/D-1", json={"title": "X"}, headers=ANY)).status_code == 409
    events = await session.scalars(select(Event).where(col(Event.kind) == "decision").order_by(col(Event.id)))
    assert [(event.action, event.after and event.after["departments"]) for event in events] == [
        ("created", [str(place.id)]),
        ("updated", []),
        ("archived", []),
    ]


async def test_of_many_at_once_none_has_the_code_of_another(fresh_cast: Cast) -> None:
    ceo = await fresh_cast.ceo()
    answers = await asyncio.gather(*(log(ceo) for _ in range(6)))
    assert sorted(answer.json()["code"] for answer in answers) == [f"D-{n}" for n in range(1, 7)]


@pytest.mark.parametrize(
    ("fields", "place", "code"),
    [
        ({"title": ""}, "/title", "string_too_short"),
        ({"raised_on": day(-1)}, "/raised_on", "in_the_future"),
        ({"raised_on": day(3), "needed_by": day(4)}, "/needed_by", "before_raised"),
        ({"review_on": day(1)}, "/review_on", "before_raised"),
        ({"type": "NOWHERE"}, "/type", "unknown_reference"),
        ({"decider": "nobody@x.org"}, "/decider", "unknown_reference"),
        ({"departments": ["NOWHERE"]}, "/departments/0", "unknown_reference"),
        ({"goals": ["NOWHERE"]}, "/goals/0", "unknown_reference"),
        ({"values": ["Greed"]}, "/values/0", "unknown_value"),
        ({"options": [{"name": " "}]}, "/options/0/name", None),
        ({"status": "decided"}, "/status", None),
        ({"chosen": "Yes"}, "/chosen", None),
    ],
)
async def test_what_is_wrong_is_said_at_its_place(
    cast: Cast, fields: dict[str, Any], place: str, code: str | None
) -> None:
    answer = await log(await cast.ceo(), **fields)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["pointer"] == place
    assert code is None or error["code"] == code


async def test_a_draft_is_not_cited(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session, status=NodeStatus.DRAFT)
    ceo = await cast.ceo()
    answer = await log(ceo, goals=[goal.code])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "draft")
    kept = await make_decision(session, goals=[goal])
    assert (await ceo.patch(f"{URL}/{kept.code}", json={"why": "Now"}, headers=ANY)).status_code == 200


async def test_decisions_are_narrowed(cast: Cast, session: AsyncSession) -> None:
    kind, place, goal = (
        await make_decision_type(session),
        await make_department(session),
        await make_goal(session),
    )
    decider = await make_owner(session)
    raised = TODAY - timedelta(days=30)
    row = await make_decision(
        session,
        departments=[place],
        goals=[goal],
        type_id=kind.id,
        decider_id=decider.id,
        raised_on=raised,
    )
    await make_decision(session, raised_on=TODAY, type_id=(await make_decision_type(session)).id)
    done = await make_decision(
        session,
        raised_on=TODAY - timedelta(days=9),
        status="decided",
        chosen="Yes",
        ended_on=TODAY - timedelta(days=5),
        review_on=TODAY,
    )
    viewer = await cast.viewer()
    expected = {
        f"type={kind.code}": row,
        f"decider={decider.email}": row,
        f"department={place.code}": row,
        f"goal={goal.code}": row,
        "past_limit=true": row,
        f"raised_to={day(30)}": row,
        f"raised_from={day(9)}&raised_to={day(1)}": done,
        "status=decided": done,
        "review_due=true": done,
        f"decided_from={day(5)}&decided_to={day(5)}": done,
    }
    for query, found in expected.items():
        items = (await viewer.get(f"{URL}?{query}")).json()["items"]
        assert [item["code"] for item in items] == [found.code], query
    assert len((await viewer.get(f"{URL}?past_limit=false")).json()["items"]) == 2
    assert (await viewer.get(f"{URL}?decided_from={day(4)}")).json()["items"] == []
    assert (await viewer.get(f"{URL}?department=NOWHERE")).status_code == 422


async def test_who_may_log_what(cast: Cast, session: AsyncSession) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    head, contributor = await cast.head(home), await cast.contributor()
    own = {"departments": [home.code, elsewhere.code]}
    foreign = {"departments": [elsewhere.code]}
    expected: list[tuple[httpx2.AsyncClient, dict[str, Any], int]] = [
        (head, own, 201),
        (head, foreign, 403),
        (head, {}, 403),
        (head, foreign | {"decider": who(head).email}, 201),
        (contributor, own, 403),
        (contributor, own | {"decider": who(contributor).email}, 201),
        (await cast.viewer(), own, 403),
        (await cast.facilitator(), own, 403),
        (await cast.ceo(), foreign, 201),
        (await cast.machine(Permission.DECISIONS_WRITE), foreign, 201),
        (await cast.machine(Permission.DECISIONS_READ), foreign, 403),
    ]
    for client, fields, status in expected:
        assert (await log(client, **fields)).status_code == status, fields


async def test_a_head_neither_takes_nor_gives_away_what_is_not_theirs(
    cast: Cast, session: AsyncSession
) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    head = await cast.head(home)
    own = await make_decision(session, departments=[home])
    foreign = await make_decision(session, departments=[elsewhere])
    moved = await head.patch(f"{URL}/{own.code}", json={"departments": [elsewhere.code]}, headers=ANY)
    assert moved.status_code == 403
    taken = await head.patch(f"{URL}/{foreign.code}", json={"decider": who(head).email}, headers=ANY)
    assert taken.status_code == 403
    assert (await head.get(f"{URL}/{foreign.code}")).status_code == 200


async def test_who_reads_decisions(cast: Cast, session: AsyncSession) -> None:
    row = await make_decision(session)
    for client in (await cast.viewer(), await cast.machine(Permission.DECISIONS_READ)):
        assert (await client.get(f"{URL}/{row.code}")).status_code == 200
    for client in (
        await cast.facilitator(),
        await cast.machine(Permission.GOALS_READ),
        await cast.stranger(),
    ):
        assert (await client.get(URL)).status_code == 403


async def test_a_bound_client_reads_and_hears_of_those_that_touch_its_departments(
    cast: Cast, session: AsyncSession
) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    ceo = await cast.ceo()
    for places in ([home.code, elsewhere.code], [elsewhere.code], []):
        assert (await log(ceo, departments=places)).status_code == 201
    await ceo.patch(f"{URL}/D-1", json={"departments": [elsewhere.code]}, headers=ANY)
    for code in ("D-1", "D-2"):
        await ceo.delete(f"{URL}/{code}", headers=ANY)
    bound = await cast.machine(Permission.DECISIONS_READ, Permission.AUDIT_READ, department_id=home.id)
    assert [item["code"] for item in (await bound.get(URL)).json()["items"]] == ["D-3"]
    assert (await bound.get(f"{URL}/D-2")).status_code == 404
    for feed in ("changes?kind=decision", "events?kind=decision"):
        items = (await bound.get(f"/api/v1/{feed}")).json()["items"]
        told = {(item.get("code") or item["object"]["code"], item["action"]) for item in items}
        assert told <= {("D-1", "created"), ("D-1", "updated"), ("D-3", "created")}, feed
    assert len(items) == 3
