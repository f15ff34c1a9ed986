"""What becomes of an occurrence over the API: kept, skipped, moved, and voted on in private."""

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.sign_ins import act_as
from app.domain.permissions import Permission, Role
from app.models import Event, Owner, Ritual, RitualVote
from app.queries.events import list_history
from app.queries.organization import today_of
from tests.cast import Cast
from tests.factories import make_commitment, make_occurrence, make_owner, make_ritual

URL = "/api/v1/rituals"


def who(client: httpx2.AsyncClient) -> Owner:
    """The person behind a client."""
    owner: Owner = client.owner  # type: ignore[attr-defined]
    return owner


async def set_daily(session: AsyncSession, host: Owner, **fields: Any) -> Ritual:
    """A ritual of every day, so that today is one of its days."""
    return await make_ritual(session, host, code="DAILY", rrule="FREQ=DAILY", **fields)


async def test_an_occurrence_is_kept_with_who_was_there_and_what_came_of_it(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, guest = await cast.ceo(), await make_owner(session)
    await set_daily(session, who(ceo), objectives=["Two priorities"])
    promise = await make_commitment(session, guest)
    place = f"{URL}/DAILY/occurrences/{await today_of(session)}"
    fresh = (await ceo.get(place)).json()
    assert (fresh["state"], fresh["version"], fresh["voting_until"]) == ("planned", 0, None)
    outcome = {"about": "Two priorities", "text": "Returns first.", "commitment": promise.code.lower()}
    body = {"attended": [guest.email], "headcount": 12, "note": "On time.", "outcomes": [outcome]}
    kept = (await ceo.post(f"{place}/keep", json=body)).json()
    assert (kept["state"], kept["attended"][0]["code"], kept["headcount"]) == ("kept", guest.email, 12)
    assert kept["outcomes"] == [outcome | {"topic": "objective", "commitment": promise.code, "parked": False}]
    again = (await ceo.post(f"{place}/keep", json={"headcount": 9})).json()
    assert (again["attended"], again["headcount"], again["version"]) == ([], 9, 2)
    events = await session.scalars(
        select(Event).where(col(Event.kind) == "occurrence").order_by(col(Event.id))
    )
    assert [event.action for event in events] == ["created", "kept"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"attended": ["nobody@example.org"]}, "/attended/0"),
        ({"outcomes": [{"text": "Done.", "commitment": "C-999"}]}, "/outcomes/0/commitment"),
        ({"headcount": -1}, "/headcount"),
    ],
)
async def test_what_is_wrong_with_a_record_is_named(
    cast: Cast, session: AsyncSession, body: dict[str, Any], pointer: str
) -> None:
    ceo = await cast.ceo()
    await set_daily(session, who(ceo))
    answer = await ceo.post(f"{URL}/DAILY/occurrences/{await today_of(session)}/keep", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_informal_meeting_is_only_counted(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    await set_daily(session, who(ceo), kind="informal")
    place = f"{URL}/DAILY/occurrences/{await today_of(session)}/keep"
    for body in ({"attended": [who(ceo).email]}, {"note": "Who said what."}, {"outcomes": [{"text": "X."}]}):
        refused = await ceo.post(place, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "only_counted")
    assert (await ceo.post(place, json={"headcount": 14})).json()["headcount"] == 14


async def test_only_days_of_the_rule_that_have_come_are_kept(cast: Cast, session: AsyncSession) -> None:
    ceo, today = await cast.ceo(), await today_of(session)
    await set_daily(session, who(ceo))
    await make_ritual(session, who(ceo), code="MONTHLY")
    ahead = await ceo.post(f"{URL}/DAILY/occurrences/{today + timedelta(days=1)}/keep", json={})
    assert (ahead.status_code, ahead.json()["errors"][0]["code"]) == (422, "in_the_future")
    for verb, body in (("keep", {}), ("skip", {"reason": "Fair."}), ("move", {"to": "2026-03-03T09:00"})):
        none = await ceo.post(f"{URL}/MONTHLY/occurrences/2026-03-11/{verb}", json=body)
        assert none.status_code == 404
    assert (await ceo.get(f"{URL}/MONTHLY/occurrences/2026-03-11")).status_code == 404
    assert (await ceo.get(f"{URL}/MONTHLY/occurrences/yesterday")).status_code == 422


async def test_an_occurrence_is_skipped_with_a_reason_and_moved_back(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, today = await cast.ceo(), await today_of(session)
    await set_daily(session, who(ceo))
    day = today + timedelta(days=2)
    place = f"{URL}/DAILY/occurrences/{day}"
    assert (await ceo.post(f"{place}/skip", json={})).status_code == 422
    skipped = (await ceo.post(f"{place}/skip", json={"reason": "Stocktaking."})).json()
    assert (skipped["state"], skipped["reason"]) == ("skipped", "Stocktaking.")
    moved = (await ceo.post(f"{place}/move", json={"to": f"{day + timedelta(days=1)}T14:30"})).json()
    assert (moved["state"], moved["moved"], moved["starts_at"][-5:], moved["day"]) == (
        "planned",
        True,
        "14:30",
        str(day),
    )
    back = (await ceo.post(f"{place}/move", json={"to": f"{day}T09:00"})).json()
    assert (back["moved"], back["starts_at"]) == (False, f"{day}T09:00")
    kept = f"{URL}/DAILY/occurrences/{today}"
    await ceo.post(f"{kept}/keep", json={})
    refused = await ceo.post(f"{kept}/move", json={"to": f"{day}T09:00"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_kept")


async def test_what_is_archived_shows_only_what_was_said(cast: Cast, session: AsyncSession) -> None:
    ceo, today = await cast.ceo(), await today_of(session)
    await set_daily(session, who(ceo))
    place = f"{URL}/DAILY/occurrences"
    await ceo.post(f"{place}/{today}/keep", json={})
    await ceo.post(f"{URL}/DAILY/archive")
    span = {"from": str(today - timedelta(days=3)), "to": str(today + timedelta(days=3))}
    listed = (await ceo.get(place, params=span)).json()["items"]
    assert [each["day"] for each in listed] == [str(today)]
    yesterday = today - timedelta(days=1)
    assert (await ceo.get(f"{place}/{yesterday}")).status_code == 404
    assert (await ceo.post(f"{place}/{yesterday}/keep", json={})).status_code == 409


async def test_votes_are_kept_once_each_and_shown_to_nobody_while_they_come_in(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, today = await cast.ceo(), await today_of(session)
    await set_daily(session, who(ceo), levels=["senior"])
    place = f"{URL}/DAILY/occurrences/{today}"
    early = await ceo.post(f"{place}/vote", json={"score": 3})
    assert (early.status_code, early.json()["code"]) == (409, "not_kept")
    await ceo.post(f"{place}/keep", json={})
    for score in (1, 4, 5):
        voter = await cast.person(Role.CONTRIBUTOR, level="senior")
        assert (await voter.post(f"{place}/vote", json={"score": 2})).status_code == 200
        told = await voter.post(f"{place}/vote", json={"score": score})
        assert (told.json()["usefulness"], told.json()["voting_until"]) == (
            None,
            str(today + timedelta(days=7)),
        )
    assert sorted((await session.scalars(select(col(RitualVote.score)))).all()) == [1, 4, 5]
    for wrong in (0, 6, "3", 2.5):
        assert (await ceo.post(f"{place}/vote", json={"score": wrong})).status_code == 422


async def test_nobody_outside_and_no_machine_votes(cast: Cast, session: AsyncSession) -> None:
    ceo, today = await cast.ceo(), await today_of(session)
    row = await set_daily(session, who(ceo))
    stranger = await cast.person(Role.CONTRIBUTOR)
    await make_occurrence(session, row, today)
    place = f"{URL}/DAILY/occurrences/{today}/vote"
    assert (await stranger.post(place, json={"score": 5})).status_code == 403
    robot = await cast.machine(Permission.RITUALS_READ, Permission.RITUALS_WRITE)
    assert (await robot.post(place, json={"score": 5})).status_code == 403
    # Who was there without being invited votes, too.
    await ceo.post(f"{URL}/DAILY/occurrences/{today}/keep", json={"attended": [who(stranger).email]})
    assert (await stranger.post(place, json={"score": 5})).status_code == 200


async def test_votes_are_told_as_a_distribution_when_the_week_is_over(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, today = await cast.ceo(), await today_of(session)
    row = await set_daily(session, who(ceo))
    long_ago = today - timedelta(days=8)
    told = await make_occurrence(session, row, long_ago)
    place = f"{URL}/DAILY/occurrences/{long_ago}"
    for index, score in enumerate((5, 3, 5), 1):
        assert (await ceo.get(place)).json()["usefulness"] is None, index
        session.add(RitualVote(occurrence_id=told.id, owner_id=(await make_owner(session)).id, score=score))
        await session.flush()
    assert (await ceo.get(place)).json()["usefulness"] == {"counts": [0, 0, 1, 0, 2], "mean": 4.33}
    late = await ceo.post(f"{place}/vote", json={"score": 1})
    assert (late.status_code, late.json()["code"]) == (409, "voting_over")


async def test_the_event_of_a_vote_tells_no_score_and_is_for_those_who_keep_the_keys(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, today = await cast.ceo(), await today_of(session)
    row = await set_daily(session, who(ceo))
    await make_occurrence(session, row, today)
    await ceo.post(f"{URL}/DAILY/occurrences/{today}/vote", json={"score": 2})
    (event,) = await session.scalars(select(Event).where(col(Event.action) == "voted"))
    assert (event.before, event.after) == (None, {})
    reader = await make_owner(session, role=Role.VIEWER)
    for person, actions in ((reader, ["created"]), (who(ceo), ["voted", "created"])):
        seen = await list_history(session, actor=act_as(person), objects=[event.object_id])
        assert [each.action for each in seen] == actions


async def test_others_than_the_host_say_nothing_of_an_occurrence(cast: Cast, session: AsyncSession) -> None:
    row = await set_daily(session, await make_owner(session), invited=[])
    head = await cast.person(Role.HEAD)
    place = f"{URL}/{row.code}/occurrences/{date(2026, 2, 3)}"
    for verb, body in (("keep", {}), ("skip", {"reason": "No."}), ("move", {"to": "2026-03-03T09:00"})):
        assert (await head.post(f"{place}/{verb}", json=body)).status_code == 403
