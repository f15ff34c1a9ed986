"""Commitments over the API: who does what by when, perhaps about a KPI."""

import asyncio
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission, Role
from app.models import Event, Owner
from tests.cast import Cast
from tests.factories import make_commitment, make_department, make_kpi, make_owner

URL = "/api/v1/commitments"
ANY = {"If-Match": "*"}


def who(client: httpx2.AsyncClient) -> Owner:
    """The person behind a client."""
    owner: Owner = client.owner  # type: ignore[attr-defined]
    return owner


async def promise(client: httpx2.AsyncClient, somebody: str, **fields: Any) -> httpx2.Response:
    """Posts a commitment of somebody."""
    body = {"what": "Open a third till", "owner": somebody, "due_on": "2099-12-12"}
    return await client.post(URL, json=body | fields)


async def test_a_commitment_is_added_changed_and_archived_with_its_events(
    cast: Cast, session: AsyncSession
) -> None:
    kpi = await make_kpi(session)
    head = await cast.head()
    made = await promise(head, who(head).email, kpi=kpi.code)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["code"], told["status"], told["due_on"]) == ("C-1", "open", "2099-12-12")
    assert told["owner"]["code"] == who(head).email
    assert told["kpi"] == {"id": str(kpi.id), "code": kpi.code, "name": kpi.name}
    assert made.headers["location"] == f"{URL}/{told['id']}"
    changed = await head.patch(f"{URL}/c-1", json={"kpi": None, "what": "Open two"}, headers=ANY)
    assert (changed.json()["kpi"], changed.json()["what"]) == (None, "Open two")
    stale = await head.delete(f"{URL}/C-1", headers={"If-Match": made.headers["etag"]})
    assert stale.status_code == 412
    assert (await head.post(f"{URL}/C-1/archive")).json()["archived_at"]
    assert (await head.get(URL)).json()["items"] == []
    assert [each["code"] for each in (await head.get(f"{URL}?archived=true")).json()["items"]] == ["C-1"]
    events = await session.scalars(
        select(Event).where(col(Event.kind) == "commitment").order_by(col(Event.id))
    )
    assert [(event.action, event.code) for event in events] == [
        ("created", "C-1"),
        ("updated", "C-1"),
        ("archived", "C-1"),
    ]


async def test_codes_are_counted_on_past_what_was_archived(cast: Cast) -> None:
    ceo = await cast.ceo()
    for expected in ("C-1", "C-2", "C-3"):
        made = await promise(ceo, who(ceo).email)
        assert made.json()["code"] == expected
        await ceo.delete(f"{URL}/{expected}", headers=ANY)


async def test_of_many_at_once_none_has_the_code_of_another(fresh_cast: Cast) -> None:
    ceo = await fresh_cast.ceo()
    answers = await asyncio.gather(*(promise(ceo, who(ceo).email) for _ in range(6)))
    assert sorted(answer.json()["code"] for answer in answers) == [f"C-{n}" for n in range(1, 7)]


async def test_commitments_are_narrowed(cast: Cast, session: AsyncSession) -> None:
    one, other = await make_owner(session), await make_owner(session)
    kpi = await make_kpi(session)
    mine = await make_commitment(session, one, kpi_id=kpi.id)
    await make_commitment(session, other)
    viewer = await cast.viewer()
    for query in (f"owner={one.email}", f"kpi={kpi.code}", f"kpi={kpi.code}&status=open"):
        items = (await viewer.get(f"{URL}?{query}")).json()["items"]
        assert [item["code"] for item in items] == [mine.code], query
    assert len((await viewer.get(f"{URL}?status=open")).json()["items"]) == 2
    assert (await viewer.get(f"{URL}?owner=nobody@x.org")).status_code == 422


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"what": ""}, "/what"),
        ({"due_on": "soon"}, "/due_on"),
        ({"kpi": "NOWHERE"}, "/kpi"),
        ({"owner": "nobody@x.org"}, "/owner"),
        ({"status": "open"}, "/status"),
        ({"code": "MINE"}, "/code"),
    ],
)
async def test_what_is_wrong_is_said_at_its_place(cast: Cast, fields: dict[str, str], place: str) -> None:
    ceo = await cast.ceo()
    answer = await promise(ceo, who(ceo).email, **fields)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == place


async def test_who_may_promise_for_whom(cast: Cast, session: AsyncSession) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    own = await make_owner(session, department=home)
    foreign = await make_owner(session, department=elsewhere)
    head, contributor = await cast.head(home), await cast.contributor()
    viewer, facilitator = await cast.viewer(), await cast.facilitator()
    ceo, writer = await cast.ceo(), await cast.machine(Permission.COMMITMENTS_WRITE)
    expected = [
        (head, own.email, 201),
        (head, foreign.email, 403),
        (contributor, who(contributor).email, 201),
        (contributor, own.email, 403),
        (viewer, who(viewer).email, 403),
        (facilitator, who(facilitator).email, 403),
        (ceo, foreign.email, 201),
        (writer, foreign.email, 201),
        (await cast.machine(Permission.COMMITMENTS_READ), own.email, 403),
    ]
    for client, owner, status in expected:
        assert (await promise(client, owner)).status_code == status, owner


async def test_a_head_hands_none_over_to_another_department(cast: Cast, session: AsyncSession) -> None:
    home = await make_department(session)
    own, foreign = await make_owner(session, department=home), await make_owner(session)
    row = await make_commitment(session, own)
    head = await cast.head(home)
    moved = await head.patch(f"{URL}/{row.code}", json={"owner": foreign.email}, headers=ANY)
    assert moved.status_code == 403
    other = await make_commitment(session, foreign)
    assert (await head.patch(f"{URL}/{other.code}", json={"what": "X"}, headers=ANY)).status_code == 403
    assert (await head.get(f"{URL}/{other.code}")).status_code == 200


async def test_who_reads_commitments(cast: Cast, session: AsyncSession) -> None:
    row = await make_commitment(session, await make_owner(session))
    for client in (await cast.viewer(), await cast.machine(Permission.COMMITMENTS_READ)):
        assert (await client.get(f"{URL}/{row.code}")).status_code == 200
    for client in (await cast.facilitator(), await cast.machine(Permission.GOALS_READ)):
        assert (await client.get(URL)).status_code == 403
    assert (await (await cast.person(None)).get(URL)).status_code == 403


async def test_a_bound_client_reads_those_of_its_departments_about_what_it_sees(
    cast: Cast, session: AsyncSession
) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    own = await make_owner(session, department=home, role=Role.VIEWER)
    hidden = await make_kpi(session, department_id=elsewhere.id)
    seen = await make_commitment(session, own)
    await make_commitment(session, own, kpi_id=hidden.id)
    foreign = await make_commitment(session, await make_owner(session, department=elsewhere))
    bound = await cast.machine(Permission.COMMITMENTS_READ, department_id=home.id)
    assert [item["code"] for item in (await bound.get(URL)).json()["items"]] == [seen.code]
    assert (await bound.get(f"{URL}/{foreign.code}")).status_code == 404
