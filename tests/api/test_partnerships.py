"""Partnerships over the API: two leaders of different departments, and the talks they plan, hold or skip."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission, Role
from app.models import Event, Owner
from tests.cast import Cast
from tests.factories import make_department, make_owner, make_partnership, make_talk

URL = "/api/v1/partnerships"
ANY = {"If-Match": "*"}


def who(client: httpx2.AsyncClient) -> Owner:
    """The person behind a client."""
    owner: Owner = client.owner  # type: ignore[attr-defined]
    return owner


async def make_pair(session: AsyncSession, **fields: Any) -> tuple[Owner, Owner]:
    """Two people of different departments."""
    one, other = await make_department(session), await make_department(session)
    return await make_owner(session, department=one, **fields), await make_owner(session, department=other)


async def pair_up(client: httpx2.AsyncClient, a: Owner, b: Owner, **fields: Any) -> httpx2.Response:
    """Posts a partnership."""
    body = {"a": a.email, "b": b.email, "about": "Parts and their delivery."}
    return await client.post(URL, json=body | fields)


async def test_a_partnership_is_added_changed_and_archived_with_its_events(
    cast: Cast, session: AsyncSession
) -> None:
    a, b = await make_pair(session)
    ceo = await cast.ceo()
    made = await pair_up(ceo, a, b, next_on="2026-12-03")
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["code"], told["cadence"], told["next_on"]) == ("P-1", "monthly", "2026-12-03")
    assert (told["a"]["code"], told["b"]["code"]) == (a.email, b.email)
    assert (told["department"]["id"], told["other_department"]["id"]) == (
        str(a.department_id),
        str(b.department_id),
    )
    changed = await ceo.patch(f"{URL}/p-1", json={"cadence": "quarterly"}, headers=ANY)
    assert (changed.json()["cadence"], changed.json()["next_on"]) == ("quarterly", "2026-12-03")
    assert (await ceo.post(f"{URL}/P-1/archive")).json()["archived_at"]
    assert (await ceo.get(URL)).json()["items"] == []
    refused = await ceo.post(f"{URL}/P-1/talks", json={"planned_on": "2026-12-24"})
    assert (refused.status_code, refused.json()["code"]) == (409, "archived")
    events = await session.scalars(
        select(Event).where(col(Event.kind).in_(("partnership", "talk"))).order_by(col(Event.id))
    )
    assert [(event.kind, event.code, event.action) for event in events] == [
        ("partnership", "P-1", "created"),
        ("talk", "P-1.1", "created"),
        ("partnership", "P-1", "updated"),
        ("partnership", "P-1", "archived"),
    ]


async def test_the_cadence_plans_the_next_talk_when_one_is_held(cast: Cast, session: AsyncSession) -> None:
    a, b = await make_pair(session)
    ceo = await cast.ceo()
    await pair_up(ceo, a, b, next_on="2026-10-05", cadence="weekly")
    held = await ceo.post(f"{URL}/P-1/talks/P-1.1/hold", json={"held_on": "2026-10-07", "note": "Good."})
    assert held.status_code == 200, held.text
    assert (held.json()["state"], held.json()["held_on"]) == ("held", "2026-10-07")
    talks = (await ceo.get(f"{URL}/P-1/talks")).json()["items"]
    assert [(talk["code"], talk["planned_on"], talk["state"]) for talk in talks] == [
        ("P-1.1", "2026-10-05", "held"),
        ("P-1.2", "2026-10-12", "planned"),
    ]
    assert (await ceo.get(f"{URL}/P-1")).json()["next_on"] == "2026-10-12"
    again = await ceo.post(f"{URL}/P-1/talks/P-1.1/hold", json={"held_on": "2026-10-07", "note": "Good."})
    assert again.json()["version"] == held.json()["version"]
    planned = (await ceo.get(f"{URL}/P-1/talks?state=planned")).json()["items"]
    assert [talk["code"] for talk in planned] == ["P-1.2"]


async def test_a_talk_is_skipped_with_a_reason_and_a_mistake_is_put_right(
    cast: Cast, session: AsyncSession
) -> None:
    a, b = await make_pair(session)
    ceo = await cast.ceo()
    await pair_up(ceo, a, b, next_on="2026-10-05")
    bare = await ceo.post(f"{URL}/P-1/talks/P-1.1/skip", json={})
    assert bare.status_code == 422
    skipped = await ceo.post(f"{URL}/P-1/talks/P-1.1/skip", json={"note": "Stocktaking."})
    assert (skipped.json()["state"], skipped.json()["note"]) == ("skipped", "Stocktaking.")
    held = await ceo.post(f"{URL}/P-1/talks/P-1.1/hold", json={"held_on": "2026-10-06"})
    assert (held.json()["state"], held.json()["note"]) == ("held", None)
    # The rhythm planned one talk, not one for each time somebody pressed a button.
    assert len((await ceo.get(f"{URL}/P-1/talks")).json()["items"]) == 2


async def test_the_next_day_moves_the_talk_that_is_planned_and_none_calls_it_off(
    cast: Cast, session: AsyncSession
) -> None:
    a, b = await make_pair(session)
    ceo = await cast.ceo()
    await pair_up(ceo, a, b, next_on="2026-12-03")
    await ceo.patch(f"{URL}/P-1", json={"next_on": "2026-12-10"}, headers=ANY)
    (talk,) = (await ceo.get(f"{URL}/P-1/talks")).json()["items"]
    assert (talk["code"], talk["planned_on"]) == ("P-1.1", "2026-12-10")
    await ceo.patch(f"{URL}/P-1", json={"next_on": None}, headers=ANY)
    shown = (await ceo.get(f"{URL}/P-1/talks/P-1.1")).json()
    assert (shown["state"], shown["note"]) == ("skipped", "Called off.")
    await ceo.patch(f"{URL}/P-1", json={"next_on": "2027-01-07"}, headers=ANY)
    later = await ceo.post(f"{URL}/P-1/talks", json={"planned_on": "2027-02-04"})
    assert (later.status_code, later.json()["code"]) == (201, "P-1.3")
    assert (await ceo.get(f"{URL}/P-1")).json()["next_on"] == "2027-01-07"


async def test_a_talk_of_tomorrow_was_not_held(cast: Cast, session: AsyncSession) -> None:
    partnership = await make_partnership(session, *await make_pair(session))
    talk = await make_talk(session, partnership)
    later = str(datetime.now(UTC).date() + timedelta(days=2))
    ceo = await cast.ceo()
    answer = await ceo.post(f"{URL}/{partnership.code}/talks/{talk.id}/hold", json={"held_on": later})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "in_the_future")


async def test_partners_come_from_different_departments(cast: Cast, session: AsyncSession) -> None:
    a, b = await make_pair(session)
    homeless = await make_owner(session)
    ceo = await cast.ceo()
    for other, code in ((a, "same_department"), (homeless, "no_department")):
        refused = await pair_up(ceo, a, other)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    assert (await pair_up(ceo, a, b)).status_code == 201
    twice = await pair_up(ceo, b, a)
    assert (twice.status_code, twice.json()["code"]) == (409, "duplicate")


async def test_of_many_at_once_none_has_the_code_of_another(fresh_cast: Cast) -> None:
    ceo = await fresh_cast.ceo()
    pairs = [await fresh_cast._do(make_pair) for _ in range(5)]
    answers = await asyncio.gather(*(pair_up(ceo, a, b) for a, b in pairs))
    assert sorted(answer.json()["code"] for answer in answers) == [f"P-{n}" for n in range(1, 6)]


async def test_partnerships_are_narrowed_by_either_side(cast: Cast, session: AsyncSession) -> None:
    a, b = await make_pair(session)
    mine = await make_partnership(session, a, b)
    await make_partnership(session, *await make_pair(session))
    viewer = await cast.viewer()
    for query in (f"owner={a.email}", f"owner={b.email}", f"department={b.department_id}"):
        found = (await viewer.get(f"{URL}?{query}")).json()["items"]
        assert [each["code"] for each in found] == [mine.code]


async def test_the_two_and_the_heads_of_both_departments_keep_it(cast: Cast, session: AsyncSession) -> None:
    one, other = await make_department(session), await make_department(session)
    head, peer = await cast.head(one), await cast.head(other)
    stranger = await cast.head()
    partner = await cast.person(Role.CONTRIBUTOR, department=one)
    watcher = await cast.person(Role.VIEWER, department=one)
    row = await make_partnership(session, who(partner), await make_owner(session, department=other))
    talk = await make_talk(session, row)
    path = f"{URL}/{row.code}/talks/{talk.code}/hold"
    for client in (head, peer, partner):
        assert (await client.post(path, json={"held_on": "2026-10-05"})).status_code == 200
    for client in (stranger, watcher):
        assert (await client.post(path, json={})).status_code == 403
        assert (await pair_up(client, who(head), who(peer))).status_code == 403
    assert (await pair_up(head, who(head), who(peer))).status_code == 201


async def test_only_those_who_may_read_people_read_partnerships(cast: Cast, session: AsyncSession) -> None:
    row = await make_partnership(session, *await make_pair(session))
    for client in (
        await cast.facilitator(),
        await cast.stranger(),
        await cast.machine(Permission.GOALS_READ),
    ):
        assert (await client.get(URL)).status_code == 403
        assert (await client.get(f"{URL}/{row.code}/talks")).status_code == 403
    reader = await cast.machine(Permission.PARTNERSHIPS_READ)
    assert len((await reader.get(URL)).json()["items"]) == 1


@pytest.mark.parametrize("path", ["", "/talks"])
async def test_a_bound_machine_sees_what_lies_within_its_departments(
    path: str, cast: Cast, session: AsyncSession
) -> None:
    home = await make_department(session)
    below = await make_department(session, parent=home)
    far = await make_department(session)
    a = await make_owner(session, department=home)
    inside = await make_partnership(session, a, await make_owner(session, department=below))
    outside = await make_partnership(session, a, await make_owner(session, department=far))
    await make_talk(session, outside)
    bound = await cast.machine(Permission.PARTNERSHIPS_READ, department_id=home.id)
    listed = await bound.get(URL)
    assert [each["code"] for each in listed.json()["items"]] == [inside.code]
    assert (await bound.get(f"{URL}/{outside.code}{path}")).status_code == 404


async def test_a_bound_machine_is_told_of_changes_within_its_departments(fresh_cast: Cast) -> None:
    async def pair(session: AsyncSession) -> tuple[str, str, Any]:
        home = await make_department(session)
        below, far = await make_department(session, parent=home), await make_department(session)
        a = await make_owner(session, department=home)
        inside = await make_partnership(session, a, await make_owner(session, department=below))
        outside = await make_partnership(session, a, await make_owner(session, department=far))
        await make_talk(session, outside)
        return inside.code, outside.code, home.id

    inside, outside, home = await fresh_cast._do(pair)
    bound = await fresh_cast.machine(Permission.PARTNERSHIPS_READ, department_id=home)
    free = await fresh_cast.machine(Permission.PARTNERSHIPS_READ)
    for client, expected in ((bound, {inside}), (free, {inside, outside})):
        items = (await client.get("/api/v1/changes?limit=1000")).json()["items"]
        assert {each["code"] for each in items if each["kind"] == "partnership"} == expected
