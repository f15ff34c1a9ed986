"""Peer notes over the API: one of a department for a period."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.models import Event
from tests.cast import Cast
from tests.factories import make_department, make_peer_note

URL = "/api/v1/peer-notes"
ANY = {"If-Match": "*"}


async def test_a_note_is_added_changed_and_archived_with_its_events(
    cast: Cast, session: AsyncSession
) -> None:
    department = await make_department(session, code="STORES")
    head = await cast.head(department)
    body = {"department": "stores", "period": "2026-10", "challenge": "Parts are late."}
    made = await head.post(URL, json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["challenge"], made.json()["ask"]) == ("Parts are late.", None)
    path = f"{URL}/stores:2026-10"
    changed = await head.patch(path, json={"ask": "Help?"}, headers={"If-Match": made.headers["etag"]})
    assert (changed.status_code, changed.json()["ask"]) == (200, "Help?")
    assert (await head.delete(path, headers=ANY)).json()["archived_at"]
    assert (await head.get(URL)).json()["items"] == []
    again = await head.post(URL, json=body | {"challenge": "Better now."})
    assert again.status_code == 201
    assert (await head.get(path)).json()["id"] == again.json()["id"]
    events = await session.scalars(select(Event).where(col(Event.kind) == "peer_note"))
    assert {(event.action, event.code, event.department_id) for event in events} == {
        (action, "STORES:2026-10", department.id) for action in ("created", "updated", "archived")
    }


async def test_a_department_has_one_note_a_period(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    await make_peer_note(session, department, period="2026-10")
    ceo = await cast.ceo()
    body = {"department": department.code, "period": "2026-10", "ask": "Help?"}
    second = await ceo.post(URL, json=body)
    assert (second.status_code, second.json()["code"]) == (409, "duplicate")
    assert (await ceo.post(URL, json=body | {"period": "2026-Q4"})).status_code == 201


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, "/challenge"),
        ({"challenge": "  ", "ask": ""}, "/challenge"),
        ({"challenge": "C", "period": "soon"}, "/period"),
        ({"challenge": "C", "department": "NOWHERE"}, "/department"),
    ],
)
async def test_what_is_wrong_is_said_at_its_place(
    cast: Cast, session: AsyncSession, fields: dict[str, str], place: str
) -> None:
    await make_department(session, code="STORES")
    ceo = await cast.ceo()
    answer = await ceo.post(URL, json={"department": "STORES", "period": "2026-10"} | fields)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == place


async def test_notes_are_narrowed_by_department_and_period(cast: Cast, session: AsyncSession) -> None:
    one, other = await make_department(session), await make_department(session)
    for department, period in ((one, "2026-09"), (one, "2026-10"), (other, "2026-10")):
        await make_peer_note(session, department, period=period)
    viewer = await cast.viewer()
    (item,) = (await viewer.get(f"{URL}?department={one.code}&period=2026-10")).json()["items"]
    assert (item["department"]["code"], item["period"]) == (one.code, "2026-10")
    assert len((await viewer.get(f"{URL}?period=2026-10")).json()["items"]) == 2


async def test_who_reads_and_who_writes_notes(cast: Cast, session: AsyncSession) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    note = await make_peer_note(session, elsewhere)
    path = f"{URL}/{elsewhere.code}:{note.period}"
    bound = await cast.machine(Permission.PEER_NOTES_READ, department_id=home.id)
    reads = [
        (await cast.viewer(), 200),
        (await cast.machine(Permission.PEER_NOTES_READ), 200),
        (bound, 404),
        (await cast.facilitator(), 403),
        (await cast.machine(Permission.GOALS_READ), 403),
    ]
    for client, status in reads:
        assert (await client.get(path)).status_code == status
    writes = [
        (await cast.viewer(), 403),
        (await cast.contributor(), 403),
        (await cast.head(home), 403),
        (await cast.head(elsewhere), 200),
        (await cast.ceo(), 200),
        (await cast.machine(Permission.PEER_NOTES_WRITE), 200),
    ]
    for number, (client, status) in enumerate(writes):
        answer = await client.patch(path, json={"ask": f"Help {number}"}, headers=ANY)
        assert answer.status_code == status
