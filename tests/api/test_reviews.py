"""Reviews over the API: opened once, arranged, attended, started, and who may."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.reviews import open_due_review
from app.domain.permissions import SYSTEM, Permission, Role
from app.domain.reviews import due_review
from app.models import Event, Review
from app.queries.organization import today_of
from app.queries.reviews import find_chair
from tests.cast import Cast
from tests.factories import make_department, make_owner, make_review, make_snapshot

URL = "/api/v1/reviews"


async def test_a_review_is_opened_with_the_leaders_that_it_expects(cast: Cast, session: AsyncSession) -> None:
    head = await make_owner(session)
    await make_owner(session)
    await make_department(session, head_id=head.id)
    await make_department(session, head_id=(await make_owner(session)).id, active=False)
    ceo = await cast.ceo()
    made = await ceo.post(URL, json={"period": "2026-10"})
    assert made.status_code == 201, made.text
    assert made.headers["location"].endswith("/reviews/2026-10")
    told = made.json()
    assert (told["status"], told["revision"], told["meets_on"]) == ("preparing", 1, "2026-11-10")
    assert str(head.id) in told["attendance"]
    assert len(told["attendance"]) == 2
    assert told["chair"]["id"] in told["attendance"]
    second = await ceo.post(URL, json={"period": "2026-10"})
    assert (second.status_code, second.json()["code"]) == (409, "duplicate")


@pytest.mark.parametrize("period", ["2026-Q3", "2199-01", "2026-W01", "1900-01"])
async def test_only_a_month_that_has_begun_is_reviewed(cast: Cast, period: str) -> None:
    refused = await (await cast.ceo()).post(URL, json={"period": period})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/period"


async def test_who_is_there_and_when_it_meets_is_written_down_with_events(
    cast: Cast, session: AsyncSession
) -> None:
    person = await make_owner(session, role=Role.EXECUTIVE)
    ceo = await cast.ceo()
    await make_review(session, code="2026-10")
    arranged = await ceo.post(
        f"{URL}/2026-10/arrange", json={"meets_on": "2026-11-12", "chair": person.email}
    )
    assert (arranged.json()["meets_on"], arranged.json()["chair"]["code"]) == ("2026-11-12", person.email)
    said = await ceo.post(f"{URL}/2026-10/attendance", json={"owner": person.email, "state": "present"})
    assert said.json()["attendance"] == {str(person.id): "present"}
    started = await ceo.post(f"{URL}/2026-10/start")
    assert (started.json()["status"], bool(started.json()["started_at"])) == ("in_session", True)
    again = await ceo.post(f"{URL}/2026-10/start")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert (await ceo.post(f"{URL}/2026-10/pause")).json()["status"] == "preparing"
    events = await session.scalars(select(col(Event.action)).where(col(Event.kind) == "review"))
    assert set(events) == {"created", "updated", "attended", "started", "paused"}
    assert await find_chair(session) == person.id


async def test_it_meets_no_earlier_than_the_month_begins(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    await make_review(session, code="2026-10")
    early = {"meets_on": "2026-08-31"}
    for path, body in ((URL, {"period": "2026-09", **early}), (f"{URL}/2026-10/arrange", early)):
        refused = await ceo.post(path, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/meets_on")


async def test_only_a_leader_says_who_chairs_and_names_a_leader(cast: Cast, session: AsyncSession) -> None:
    chief, head = await make_owner(session, role=Role.EXECUTIVE), await make_owner(session, role=Role.HEAD)
    gone = await make_owner(session, role=Role.EXECUTIVE, active=False)
    for client in (await cast.person(Role.FACILITATOR), await cast.machine(Permission.REVIEWS_WRITE)):
        named = {"period": "2026-10", "chair": chief.email}
        assert (await client.post(URL, json=named)).status_code == 403
    assert (await client.post(URL, json={"period": "2026-10"})).json()["chair"]["code"] == chief.email
    path = f"{URL}/2026-10/arrange"
    assert (await client.post(path, json={"chair": chief.email})).status_code == 403
    assert (await client.post(path, json={"meets_on": "2026-11-12"})).status_code == 200
    admin = await cast.admin()
    for person in (head, gone):
        refused = await admin.post(path, json={"chair": person.email})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/chair")
        assert refused.json()["errors"][0]["code"] == "not_a_chair"
    assert (await admin.post(path, json={"chair": chief.email})).status_code == 200


@pytest.mark.parametrize(
    "change", [{"role": Role.HEAD}, {"active": False}, {"archived_at": datetime.now(UTC)}]
)
async def test_who_could_not_chair_any_more_reads_no_records(
    session: AsyncSession, change: dict[str, Any]
) -> None:
    before = await make_owner(session, role=Role.EXECUTIVE)
    chair = await make_owner(session, role=Role.EXECUTIVE)
    await make_review(session, code="2026-09", chair_id=before.id)
    await make_review(session, code="2026-10", chair_id=chair.id)
    assert await find_chair(session) == chair.id
    chair.sqlmodel_update(change)
    await session.flush()
    assert await find_chair(session) == before.id


async def test_something_is_parked_and_taken_up_later(cast: Cast, session: AsyncSession) -> None:
    review = await make_review(session, code="2026-10")
    head = await cast.head(await make_department(session))
    parked = await head.post(f"{URL}/2026-10/parked-items", json={"what": "Do we need two price lists?"})
    assert parked.status_code == 201, parked.text
    told = parked.json()
    assert (told["state"], told["review"]["id"]) == ("open", str(review.id))
    path = f"/api/v1/parked-items/{told['code']}"
    assert parked.headers["location"].endswith(path)
    etag = (await head.get(path)).headers["etag"]
    taken = await head.patch(path, json={"state": "taken_up"}, headers={"If-Match": etag})
    assert taken.json()["state"] == "taken_up"
    found = await head.get("/api/v1/parked-items", params={"review": "2026-10", "state": "taken_up"})
    assert [each["code"] for each in found.json()["items"]] == [told["code"]]


async def test_what_was_parked_keeps_the_words_of_who_parked_it(cast: Cast, session: AsyncSession) -> None:
    await make_review(session, code="2026-10")
    author, other, ceo = await cast.head(), await cast.head(), await cast.ceo()
    parked = await author.post(f"{URL}/2026-10/parked-items", json={"what": "Do we need two price lists?"})
    path = f"/api/v1/parked-items/{parked.json()['code']}"
    for client, body, status in (
        (other, {"what": "Nothing."}, 403),
        (other, {"state": "dropped"}, 200),
        (author, {"what": "Two price lists?"}, 200),
        (ceo, {"what": "Price lists?"}, 200),
    ):
        answer = await client.patch(path, json=body, headers={"If-Match": "*"})
        assert answer.status_code == status, answer.text


async def test_whoever_may_not_run_reviews_reads_them(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    await make_review(session, code="2026-10")
    head = await cast.head(department)
    assert len((await head.get(URL)).json()["items"]) == 1
    assert (await head.post(f"{URL}/2026-10/start")).status_code == 403
    bound = await cast.machine(Permission.REVIEWS_READ, Permission.REVIEWS_WRITE, department_id=department.id)
    assert (await bound.get(URL)).status_code == 403
    assert (await bound.post(URL, json={"period": "2026-09"})).status_code == 403


async def test_the_review_of_the_month_that_ended_opens_by_itself_once(session: AsyncSession) -> None:
    assert await open_due_review(session, actor=SYSTEM) is None
    await make_department(session, head_id=(await make_owner(session)).id)
    chief = await make_owner(session, role=Role.EXECUTIVE)
    await make_owner(session, role=Role.EXECUTIVE, manager_id=chief.id)
    opened = await open_due_review(session, actor=SYSTEM)
    assert opened is not None
    assert opened.chair_id == chief.id
    assert opened.code == due_review(await today_of(session)).text
    assert await open_due_review(session, actor=SYSTEM) is None
    assert len((await session.scalars(select(Review))).all()) == 1


@pytest.mark.parametrize(
    "change", ["update review_snapshots set sha256 = 'x'", "delete from review_snapshots"]
)
async def test_nobody_changes_what_a_closed_review_showed(session: AsyncSession, change: str) -> None:
    await make_snapshot(session, await make_review(session, code="2026-10"))
    with pytest.raises(DBAPIError, match="never changes"):
        await session.execute(text(change))
