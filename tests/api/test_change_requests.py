"""Change requests over the API: asking for another value of a closed month, and what becomes of it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.database import Database
from app.domain.permissions import Permission
from app.domain.reviews import ReviewStatus
from app.models import Department, Event, Kpi
from tests.cast import Cast
from tests.factories import make_change_request, make_department, make_kpi, make_owner, make_review

URL = "/api/v1/change-requests"


@pytest.fixture
async def stores(session: AsyncSession) -> Department:
    await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
    return await make_department(session, code="STORES")


@pytest.fixture
async def queue(session: AsyncSession, stores: Department) -> Kpi:
    return await make_kpi(session, code="QUEUE", departments=[stores])


def ask(**fields: Any) -> dict[str, Any]:
    """The body of a request."""
    asked = {"kpi": "queue", "department": "stores", "period": "2026-10", "value": 74}
    return asked | {"reason": "One count was missing."} | fields


async def read_value(client: Any) -> dict[str, Any]:
    """The value that the requests are about."""
    found = await client.get("/api/v1/kpis/QUEUE/measurements/2026-10?department=STORES")
    told: dict[str, Any] = found.json() if found.status_code == 200 else {}
    return told


async def test_a_head_asks_and_an_executive_accepts(
    cast: Cast, session: AsyncSession, stores: Department, queue: Kpi
) -> None:
    head, ceo = await cast.head(stores), await cast.ceo()
    first = {"value": 68, "note": "Two tills were closed.", "confidence": 3, "reason": "First count."}
    await ceo.put("/api/v1/kpis/QUEUE/measurements/2026-10?department=STORES", json=first)
    made = await head.post(URL, json=ask())
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["code"], told["state"], told["review"]["code"]) == ("CR-1", "open", "2026-10")
    assert (told["asked_by"]["name"], told["answered_by"]) == (head.owner.name, None)  # type: ignore[attr-defined]
    assert (await read_value(head))["value"] == 68
    assert (await head.post(f"{URL}/CR-1/accept")).status_code == 403
    accepted = await ceo.post(f"{URL}/cr-1/accept")
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    now = await read_value(head)
    assert (now["value"], now["note"], now["confidence"]) == (74, "Two tills were closed.", 3)
    assert now["reason"] == f"One count was missing. (Asked for by {head.owner.name}.)"  # type: ignore[attr-defined]
    assert now["recorded_by"] == ceo.owner.name  # type: ignore[attr-defined]
    for step in ("accept", "decline", "withdraw"):
        again = await ceo.post(f"{URL}/CR-1/{step}", json={"reason": "No."} if step == "decline" else None)
        assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    events = await session.scalars(
        select(Event).where(col(Event.kind) == "change_request").order_by(col(Event.id))
    )
    assert [(event.action, event.code, event.department_id) for event in events] == [
        ("created", "CR-1", stores.id),
        ("accepted", "CR-1", stores.id),
    ]


async def test_a_red_value_without_a_note_takes_the_reason_for_one(
    cast: Cast, stores: Department, queue: Kpi
) -> None:
    head, ceo = await cast.head(stores), await cast.ceo()
    await ceo.post("/api/v1/kpis/QUEUE/targets", json={"from": "2026", "target": 90, "amber": 85, "red": 80})
    await head.post(URL, json=ask())
    assert (await ceo.post(f"{URL}/CR-1/accept")).status_code == 200
    now = await read_value(head)
    assert (now["status"], now["note"]) == ("red", "One count was missing.")


async def test_asking_again_replaces_what_is_asked_for(cast: Cast, stores: Department, queue: Kpi) -> None:
    head, ceo = await cast.head(stores), await cast.ceo()
    made = await head.post(URL, json=ask())
    again = await head.post(URL, json=ask(value=75.5, reason="Two counts were."))
    assert (again.status_code, again.json()["code"], again.json()["value"]) == (200, "CR-1", 75.5)
    assert len((await head.get(f"{URL}?state=open&kpi=QUEUE")).json()["items"]) == 1
    # What was read before is not accepted unseen.
    unseen = await ceo.post(f"{URL}/CR-1/accept", headers={"If-Match": made.headers["etag"]})
    assert unseen.status_code == 412
    assert await read_value(head) == {}
    seen = await ceo.post(f"{URL}/CR-1/accept", headers={"If-Match": again.headers["etag"]})
    assert seen.status_code == 200
    # Once it is answered, the next one is a new one.
    assert (await head.post(URL, json=ask(value=76))).json()["code"] == "CR-2"


async def test_declining_says_why_and_withdrawing_needs_no_reason(
    cast: Cast, stores: Department, queue: Kpi
) -> None:
    head, ceo = await cast.head(stores), await cast.ceo()
    await head.post(URL, json=ask())
    unsaid = await ceo.post(f"{URL}/CR-1/decline", json={"reason": ""})
    assert (unsaid.status_code, unsaid.json()["errors"][0]["pointer"]) == (422, "/reason")
    declined = await ceo.post(f"{URL}/CR-1/decline", json={"reason": "Three counts were agreed."})
    assert (declined.json()["state"], declined.json()["answer"]) == ("declined", "Three counts were agreed.")
    await head.post(URL, json=ask())
    stranger = await cast.head()
    assert (await stranger.post(f"{URL}/CR-2/withdraw")).status_code == 403
    assert (await head.post(f"{URL}/CR-2/withdraw")).json()["state"] == "withdrawn"
    assert await read_value(head) == {}


async def test_only_who_may_type_there_asks_and_only_of_what_is_locked(
    cast: Cast, session: AsyncSession, stores: Department, queue: Kpi
) -> None:
    head, stranger = await cast.head(stores), await cast.head()
    assert (await stranger.post(URL, json=ask())).status_code == 403
    assert (await (await cast.viewer()).post(URL, json=ask())).status_code == 403
    # Nobody could be told what became of it.
    robot = await cast.machine(Permission.MEASUREMENTS_WRITE, Permission.METRICS_READ)
    assert (await robot.post(URL, json=ask())).status_code == 403
    free = await head.post(URL, json=ask(period="2026-09"))
    assert (free.status_code, free.json()["code"]) == (409, "not_locked")
    for fields, place in (
        ({"kpi": "NONE"}, "/kpi"),
        ({"department": "NONE"}, "/department"),
        ({"period": "2026-Q3"}, "/period"),
        ({"reason": " "}, "/reason"),
        ({"value": None}, "/value"),
    ):
        wrong = await head.post(URL, json=ask(**fields))
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, place), wrong.text


async def test_a_facilitator_and_a_bound_machine_do_not_see_what_is_not_theirs(
    cast: Cast, session: AsyncSession, stores: Department, queue: Kpi
) -> None:
    head = await cast.head(stores)
    await head.post(URL, json=ask())
    other = await make_department(session)
    review = await make_review(session, code="2026-09", status=ReviewStatus.CLOSED)
    # Of the whole organization, of a KPI whose department the machine does not see.
    await make_change_request(session, queue, review, await make_owner(session))
    scopes = (Permission.METRICS_READ, Permission.GOALS_READ)
    inside = await cast.machine(*scopes, department_id=stores.id)
    outside = await cast.machine(*scopes, department_id=other.id)
    assert [each["code"] for each in (await inside.get(URL)).json()["items"]] == ["CR-1"]
    assert (await outside.get(URL)).json()["items"] == []
    assert (await outside.get(f"{URL}/CR-1")).status_code == 404
    for bound, seen in ((inside, ["CR-1"]), (outside, [])):
        audits = await cast.machine(Permission.AUDIT_READ, department_id=bound.machine.department_id)  # type: ignore[attr-defined]
        told = (await audits.get("/api/v1/events?kind=change_request")).json()["items"]
        assert [each["object"]["code"] for each in told] == seen
    assert (await (await cast.facilitator()).get(URL)).status_code == 403


async def test_values_of_an_archived_kpi_stay_as_they_are(
    cast: Cast, session: AsyncSession, stores: Department, queue: Kpi
) -> None:
    head, ceo = await cast.head(stores), await cast.ceo()
    await head.post(URL, json=ask())
    await ceo.post("/api/v1/kpis/QUEUE/archive")
    gone = await ceo.post(f"{URL}/CR-1/accept")
    assert (gone.status_code, gone.json()["code"]) == (409, "archived")
    assert (await head.get(f"{URL}/CR-1")).json()["state"] == "open"
    assert (await head.post(URL, json=ask(value=80))).json()["code"] == "archived"


async def test_a_bound_machine_follows_only_the_requests_of_its_departments(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    async with fresh_database.unit_of_work() as session:
        review = await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
        stores, asker = await make_department(session), await make_owner(session)
        kpi = await make_kpi(session, departments=[stores])
        ours = await make_change_request(session, kpi, review, asker, department_id=stores.id)
        whole = await make_change_request(session, kpi, review, asker)
    bound = await fresh_cast.machine(Permission.METRICS_READ, department_id=stores.id)
    free = await fresh_cast.machine(Permission.METRICS_READ)
    for robot, seen in ((bound, [ours.code]), (free, [ours.code, whole.code])):
        told = (await robot.get("/api/v1/changes")).json()["items"]
        assert [each["code"] for each in told if each["kind"] == "change_request"] == seen


async def test_of_many_at_once_one_asks_and_one_answers(fresh_cast: Cast, fresh_database: Database) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
        stores = await make_department(session, code="STORES")
        await make_kpi(session, code="QUEUE", departments=[stores])
    head, ceo, admin = await fresh_cast.head(stores), await fresh_cast.ceo(), await fresh_cast.admin()
    asked = await asyncio.gather(*(head.post(URL, json=ask(value=70 + number)) for number in range(4)))
    assert sorted(each.status_code for each in asked) == [200, 200, 200, 201]
    answers = await asyncio.gather(
        ceo.post(f"{URL}/CR-1/accept"),
        admin.post(f"{URL}/CR-1/decline", json={"reason": "No."}),
        head.post(f"{URL}/CR-1/withdraw"),
        head.post(URL, json=ask(value=80)),
    )
    codes = sorted(each.status_code for each in answers[:3])
    assert codes == [200, 409, 409], [each.text for each in answers]
    assert answers[3].status_code in (200, 201)
