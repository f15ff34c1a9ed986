"""What becomes of a commitment: answered for, moved, dropped; and who may say so."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission, Role
from app.domain.reviews import ReviewStatus
from app.models import Commitment, Event
from app.models.base import new_id
from app.models.linkage import LinkageFinding
from tests.api.test_commitments import ANY, URL, promise, who
from tests.cast import Cast
from tests.factories import (
    make_commitment,
    make_decision,
    make_department,
    make_goal,
    make_owner,
    make_review,
)

TODAY = datetime.now(UTC).astimezone(ZoneInfo("UTC")).date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


async def take(client: httpx2.AsyncClient, row: Commitment, step: str, **body: Any) -> httpx2.Response:
    """Posts a step of a commitment."""
    return await client.post(f"{URL}/{row.code}/{step}", json=body)


async def list_actions(session: AsyncSession, row: Commitment) -> list[str]:
    """What was done to a commitment since it was made."""
    of_it = select(col(Event.action)).where(col(Event.object_id) == row.id).order_by(col(Event.id))
    return list(await session.scalars(of_it))[1:]


async def test_missed_with_a_word_is_told_and_can_be_corrected(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head()
    recorded_at = datetime.now(UTC) - timedelta(days=9)
    row = await make_commitment(session, who(head), due_on=YESTERDAY, created_at=recorded_at)
    silent = await take(head, row, "settle", outcome="missed")
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "/said")
    told = await take(head, row, "settle", outcome="missed", said="I ask earlier.")
    assert told.status_code == 200, told.text
    body = told.json()
    assert (body["status"], body["said"], body["settled_on"]) == ("missed", "I ask earlier.", str(TODAY))
    again = await take(head, row, "settle", outcome="missed", said="I ask earlier.")
    assert again.headers["etag"] == told.headers["etag"]
    better = await take(head, row, "settle", outcome="kept", on=str(YESTERDAY))
    assert (better.json()["status"], better.json()["said"]) == ("kept", None)
    assert await list_actions(session, row) == ["settled", "corrected"]


async def test_missed_is_not_said_before_the_due_date(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head()
    row = await make_commitment(session, who(head), due_on=TOMORROW)
    early = await take(head, row, "settle", outcome="missed", said="I ask earlier.")
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/outcome")
    assert (await take(head, row, "settle", outcome="kept")).status_code == 200


async def test_a_due_date_moves_with_a_reason_and_the_first_one_stays(
    cast: Cast, session: AsyncSession
) -> None:
    head = await cast.head()
    row = await make_commitment(session, who(head), due_on=TOMORROW)
    edited = await head.patch(f"{URL}/{row.code}", json={"due_on": str(TODAY)}, headers=ANY)
    assert edited.json()["errors"][0]["code"] == "redate_instead"
    later = TODAY + timedelta(days=9)
    moved = await take(head, row, "redate", due_on=str(later), reason="Parts are late.")
    assert (moved.json()["due_on"], moved.json()["due_baseline"]) == (str(later), str(TOMORROW))
    (date_,) = (await head.get(f"{URL}/{row.code}/dates")).json()["items"]
    assert (date_["due_before"], date_["due_on"], date_["reason"]) == (
        str(TOMORROW),
        str(later),
        "Parts are late.",
    )
    same = await take(head, row, "redate", due_on=str(later), reason="Again.")
    over = await take(head, row, "redate", due_on=str(YESTERDAY), reason="Before.")
    assert [each.json()["errors"][0]["code"] for each in (same, over)] == ["same_date", "in_the_past"]
    assert (await take(head, row, "redate", due_on=str(TODAY), reason="")).status_code == 422
    assert await list_actions(session, row) == ["redated"]


@pytest.mark.parametrize(
    "statement",
    [
        "update commitments set due_baseline = due_baseline + 1",
        "delete from commitments",
        "update commitment_dates set reason = 'none'",
        "delete from commitment_dates",
    ],
)
async def test_the_database_keeps_first_and_later_dates(
    cast: Cast, session: AsyncSession, statement: str
) -> None:
    head = await cast.head()
    row = await make_commitment(session, who(head), due_on=TOMORROW)
    await take(head, row, "redate", due_on=str(TODAY + timedelta(days=9)), reason="Parts are late.")
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await session.execute(text(statement))


async def test_the_database_fills_in_what_an_older_program_does_not_write(session: AsyncSession) -> None:
    owner = await make_owner(session)
    row = {"id": new_id(), "owner": owner.id}
    await session.execute(
        text(
            "insert into commitments (id, version, code, what, owner_id, due_on, status) "
            "values (:id, 1, 'C-OLD', 'Call', :owner, '2099-12-12', 'open')"
        ),
        row,
    )
    found = await session.get_one(Commitment, row["id"])
    assert (found.due_baseline, found.made_on is None) == (date(2099, 12, 12), False)


async def test_what_is_overdue_is_answered_for_not_moved_or_dropped(
    cast: Cast, session: AsyncSession
) -> None:
    head = await cast.head()
    row = await make_commitment(session, await make_owner(session), due_on=YESTERDAY)
    ceo = await cast.ceo()
    for step, body in (
        ("redate", {"due_on": str(TOMORROW), "reason": "Late."}),
        ("drop", {"reason": "Nobody needs it."}),
        ("archive", {}),
    ):
        answer = await take(ceo, row, step, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state"), step
    moved = await ceo.patch(f"{URL}/{row.code}", json={"owner": who(head).email}, headers=ANY)
    assert moved.json()["errors"][0]["pointer"] == "/owner"


async def test_only_who_writes_everywhere_tells_of_earlier_days(cast: Cast, session: AsyncSession) -> None:
    head, ceo = await cast.head(), await cast.ceo()
    row = await make_commitment(session, who(head), due_on=YESTERDAY)
    body = {"due_on": str(TOMORROW), "reason": "Parts are late.", "on": str(YESTERDAY)}
    assert (await take(head, row, "redate", **body)).json()["errors"][0]["code"] == "not_today"
    assert (await take(ceo, row, "redate", **body | {"on": "2026-01-01"})).json()["errors"][0]["code"] == (
        "impossible_day"
    )
    assert (await take(ceo, row, "redate", **body)).status_code == 200


async def test_the_past_of_a_promise_is_told_by_who_writes_everywhere(
    cast: Cast, session: AsyncSession
) -> None:
    head, ceo = await cast.head(), await cast.ceo()
    for client, status in ((head, 422), (ceo, 201)):
        assert (await promise(client, who(head).email, made_on=str(YESTERDAY))).status_code == status
    row = await make_commitment(session, who(head), made_on=TODAY - timedelta(days=60), due_on=YESTERDAY)
    backdated = {"made_on": str(TODAY - timedelta(days=61))}
    assert (await head.patch(f"{URL}/{row.code}", json=backdated, headers=ANY)).status_code == 422
    unrecorded = await take(head, row, "settle", outcome="kept", on=str(YESTERDAY))
    assert (unrecorded.status_code, unrecorded.json()["errors"][0]["pointer"]) == (422, "/on")
    row.created_at = datetime.now(UTC) - timedelta(days=60)
    await session.flush()
    long_ago, lately = str(TODAY - timedelta(days=32)), str(TODAY - timedelta(days=31))
    for client, day, status in ((head, long_ago, 422), (head, lately, 200), (ceo, long_ago, 200)):
        assert (await take(client, row, "settle", outcome="kept", on=day)).status_code == status


async def test_nobody_releases_themselves(cast: Cast, session: AsyncSession) -> None:
    home = await make_department(session)
    head, ceo = await cast.head(home), await cast.ceo()
    partner = await cast.contributor()
    stranger = await cast.contributor()
    own = {"department_id": home.id, "partner_id": who(partner).id, "due_on": TOMORROW}
    of_head = await make_commitment(session, who(head), **own)
    assert (await take(head, of_head, "drop", reason="No.")).status_code == 403
    assert (await take(stranger, of_head, "drop", reason="No.")).status_code == 403
    dropped = await take(partner, of_head, "drop", reason="The store closes.")
    assert (dropped.json()["status"], dropped.json()["said"]) == ("dropped", "The store closes.")
    assert (await take(head, of_head, "settle", outcome="kept")).status_code == 409
    other = await make_commitment(session, await make_owner(session, department=home), due_on=TOMORROW)
    assert (await take(head, other, "drop", reason="Another way.")).status_code == 200
    of_ceo = await make_commitment(session, who(ceo), due_on=TOMORROW)
    assert (await take(ceo, of_ceo, "drop", reason="No.")).status_code == 403


async def test_who_says_what_became_of_it(cast: Cast, session: AsyncSession) -> None:
    home = await make_department(session)
    owner, partner = await cast.contributor(), await cast.contributor()
    head, foreign = await cast.head(home), await cast.head()
    viewer, machine = await cast.viewer(), await cast.machine(Permission.COMMITMENTS_WRITE)
    for client, status in ((owner, 200), (head, 200), (machine, 200), (partner, 403), (foreign, 403)):
        row = await make_commitment(
            session, who(owner), department_id=home.id, partner_id=who(partner).id, due_on=YESTERDAY
        )
        assert (await take(client, row, "settle", outcome="kept")).status_code == status
        assert (await take(viewer, row, "settle", outcome="kept")).status_code == 403


async def test_lists_do_not_tell_who_kept_how_much(cast: Cast, session: AsyncSession) -> None:
    owner, partner, other = await cast.contributor(), await cast.contributor(), await cast.ceo()
    row = await make_commitment(session, who(owner), partner_id=who(partner).id, due_on=YESTERDAY)
    await take(owner, row, "settle", outcome="missed", said="I ask earlier.")
    machine = await cast.machine(Permission.COMMITMENTS_READ)
    for client, shown in ((owner, [row.code]), (partner, [row.code]), (other, []), (machine, [])):
        for query in ("", "?status=missed", f"?owner={who(owner).email}"):
            items = (await client.get(URL + query)).json()["items"]
            assert [item["code"] for item in items] == shown, query


async def test_a_commitment_is_about_what_it_names(cast: Cast, session: AsyncSession) -> None:
    goal, decision, partner = (
        await make_goal(session),
        await make_decision(session),
        await make_owner(session),
    )
    finding = await make_finding(session)
    ceo = await cast.ceo()
    about = {"goal": goal.code, "decision": decision.code, "partner": partner.email}
    made = await promise(ceo, who(ceo).email, **about, finding=str(finding.id), made_on="2026-10-02")
    assert made.status_code == 201, made.text
    told = made.json()
    assert {name: told[name]["code"] for name in about} == about
    assert (told["finding"], told["made_on"]) == (finding.fingerprint, "2026-10-02")
    for query in (f"goal={goal.code}", f"decision={decision.code}", f"finding={finding.fingerprint}"):
        assert len((await ceo.get(f"{URL}?{query}")).json()["items"]) == 1, query
    assert (await ceo.get(f"{URL}?due_from=2099-12-13")).json()["items"] == []
    assert len((await ceo.get(f"{URL}?due_to=2099-12-12&due_from=2099-12-12")).json()["items"]) == 1
    finding.closed_at = datetime.now(UTC)
    await session.flush()
    # What was fixed since can be kept, not named.
    kept = await ceo.patch(f"{URL}/{told['code']}", json={"what": "Open two"}, headers=ANY)
    assert (kept.status_code, kept.json()["finding"]) == (200, finding.fingerprint)
    named = await promise(ceo, who(ceo).email, finding=finding.fingerprint)
    assert named.json()["errors"][0]["pointer"] == "/finding"


async def make_finding(session: AsyncSession) -> LinkageFinding:
    """A finding of today."""
    told = {"message": "m", "why": "w", "fix": "f", "objects": [], "department_ids": [], "named_ids": []}
    when = {"first_seen": datetime.now(UTC), "opened_at": datetime.now(UTC)}
    kind = {"fingerprint": "L101-" + "a" * 24, "rule": "L101", "part": "structure", "severity": "error"}
    row = LinkageFinding.model_validate(told | when | kind)
    session.add(row)
    await session.flush()
    return row


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"goal": "NOWHERE"}, "/goal"),
        ({"decision": "D-999"}, "/decision"),
        ({"partner": "nobody@x.org"}, "/partner"),
        ({"finding": "L101-" + "0" * 24}, "/finding"),
        ({"made_on": str(TOMORROW)}, "/made_on"),
        ({"due_on": str(YESTERDAY)}, "/due_on"),
        ({"status": "kept"}, "/status"),
    ],
)
async def test_what_cannot_be_named_is_said_at_its_place(
    cast: Cast, fields: dict[str, str], place: str
) -> None:
    ceo = await cast.ceo()
    answer = await promise(ceo, who(ceo).email, **fields)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, place)


async def test_nobody_asks_after_themselves(cast: Cast) -> None:
    ceo = await cast.ceo()
    answer = await promise(ceo, who(ceo).email, partner=who(ceo).email)
    assert answer.json()["errors"][0]["code"] == "same_person"


async def test_what_is_closed_is_written_no_more_and_can_be_put_away(
    cast: Cast, session: AsyncSession
) -> None:
    head = await cast.head()
    row = await make_commitment(session, who(head), due_on=YESTERDAY)
    await take(head, row, "settle", outcome="kept")
    edited = await head.patch(f"{URL}/{row.code}", json={"what": "Something else"}, headers=ANY)
    assert (edited.status_code, edited.json()["code"]) == (409, "wrong_state")
    assert (await take(head, row, "archive")).status_code == 200
    assert (await take(head, row, "settle", outcome="kept")).json()["code"] == "archived"


async def test_a_bound_client_reads_nothing_that_names_what_it_does_not_see(
    cast: Cast, session: AsyncSession
) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    own = await make_owner(session, department=home, role=Role.VIEWER)
    foreign = await make_owner(session, department=elsewhere)
    hidden = await make_decision(session, departments=[elsewhere])
    await make_commitment(session, own, partner_id=foreign.id)
    await make_commitment(session, own, decision_id=hidden.id)
    seen = await make_commitment(session, own, goal_id=(await make_goal(session)).id)
    bound = await cast.machine(Permission.COMMITMENTS_READ, department_id=home.id)
    assert [item["code"] for item in (await bound.get(URL)).json()["items"]] == [seen.code]


async def test_shares_of_a_record_have_four_digits(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head()
    for status in ("missed", "missed", "kept"):
        await make_commitment(
            session, who(head), due_on=date(2026, 2, 3), status=status, settled_on=date(2026, 2, 3)
        )
    (quarter,) = (await head.get(f"{URL}/record")).json()["quarters"]
    assert (quarter["not_done"], quarter["answered"]) == (0.6667, 1)


async def test_a_record_is_for_its_person_and_the_chair(cast: Cast, session: AsyncSession) -> None:
    head, ceo, admin = await cast.head(), await cast.ceo(), await cast.admin()
    await make_commitment(
        session, who(head), due_on=date(2026, 2, 3), status="missed", settled_on=date(2026, 2, 3)
    )
    own = (await head.get(f"{URL}/record")).json()
    assert (own["owner"]["code"], own["change"]) == (who(head).email, None)
    (quarter,) = own["quarters"]
    assert (quarter["quarter"], quarter["due"], quarter["missed"], quarter["not_done"]) == (
        "2026-Q1",
        1,
        1,
        1,
    )
    at = f"{URL}/record?owner={who(head).email}"
    machine = await cast.machine(Permission.COMMITMENTS_READ)
    for client in (ceo, admin, machine, await cast.facilitator(), await cast.head()):
        assert (await client.get(at)).status_code == 404
    assert (await machine.get(f"{URL}/record")).status_code == 404
    assert (await head.get(f"{URL}/record?owner=nobody@x.org")).status_code == 404
    await make_review(session, chair_id=who(ceo).id)
    assert (await ceo.get(at)).json() == own
    assert (await admin.get(at)).status_code == 404


async def test_a_review_takes_commitments_until_it_is_closed_and_shows_what_became_of_them(
    cast: Cast, session: AsyncSession
) -> None:
    head, ceo = await cast.head(), await cast.ceo()
    review = await make_review(session, code="2026-10")
    made = await promise(head, who(head).email, review="2026-10", due_on=str(TODAY))
    assert made.json()["review"]["code"] == "2026-10"
    line = await ceo.post(f"{URL}/capture", json={"line": "Call the yard by tomorrow", "review": "2026-10"})
    assert line.status_code == 201, line.text
    row = await session.get_one(Commitment, UUID(made.json()["id"]))
    await take(head, row, "settle", outcome="missed", said="I ask earlier.")
    told = (await ceo.get(f"{URL}?review=2026-10")).json()["items"]
    assert [each["status"] for each in told] == ["missed", "open"]
    assert len((await ceo.get(URL)).json()["items"]) == 1
    machine = await cast.machine(Permission.COMMITMENTS_READ)
    assert (await machine.get(f"{URL}?review=2026-10")).status_code == 403
    review.status, review.closed_at = ReviewStatus.CLOSED, datetime.now(UTC)
    await session.flush()
    late = await promise(head, who(head).email, review="2026-10")
    assert (late.status_code, late.json()["code"]) == (409, "review_closed")
    better = await take(head, row, "settle", outcome="kept")
    assert (better.status_code, better.json()["code"]) == (409, "told_already")
    review.closed_at = datetime.now(UTC) - timedelta(days=1)
    await session.flush()
    assert (await take(head, row, "settle", outcome="kept")).status_code == 200


async def test_the_chair_lists_what_became_of_all(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    await make_commitment(session, await make_owner(session), status="missed", settled_on=TODAY)
    assert (await ceo.get(f"{URL}?status=missed")).json()["items"] == []
    await make_review(session, chair_id=who(ceo).id)
    assert len((await ceo.get(f"{URL}?status=missed")).json()["items"]) == 1


async def test_a_concern_is_between_its_owner_the_partner_and_the_chair(
    cast: Cast, session: AsyncSession
) -> None:
    owner, partner, chair = await cast.contributor(), await cast.contributor(), await cast.ceo()
    admin, machine = await cast.admin(), await cast.machine(Permission.COMMITMENTS_READ)
    await make_review(session, chair_id=who(chair).id)
    row = await make_commitment(session, who(owner), partner_id=who(partner).id)
    at = f"{URL}/{row.code}/concern"
    assert (await owner.get(at)).status_code == 404
    assert (await chair.post(at, json={"concern": "Theirs."})).status_code == 403
    said = await owner.post(at, json={"concern": "Two are on leave."})
    assert (said.status_code, said.json()["answer"]) == (201, None)
    assert (await owner.post(at, json={"concern": "Again."})).json()["code"] == "duplicate"
    for client in (owner, partner, chair):
        assert (await client.get(at)).json()["concern"] == "Two are on leave."
    for client in (admin, machine, await cast.head()):
        assert (await client.get(at)).status_code == 404
        assert (await client.post(f"{at}/answer", json={"answer": "No."})).status_code in (403, 404)
    assert (await owner.post(f"{at}/answer", json={"answer": "Mine."})).status_code == 403
    for client in (partner, chair):
        told = await client.post(f"{at}/answer", json={"answer": "The depot lends one."})
        assert (told.status_code, told.json()["answered_by"]) == (200, who(client).name)
    assert await list_actions(session, row) == ["concern_raised", *["concern_answered"] * 2]
    events = await session.scalars(select(Event).where(col(Event.object_id) == row.id))
    assert not [each for each in events if "leave" in str(each.after) or "lends" in str(each.after)]


async def test_what_is_closed_takes_no_concern(cast: Cast, session: AsyncSession) -> None:
    owner = await cast.contributor()
    row = await make_commitment(session, who(owner), status="kept", settled_on=TODAY)
    answer = await owner.post(f"{URL}/{row.code}/concern", json={"concern": "Late."})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
