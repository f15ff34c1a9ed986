"""The page of one occurrence: who was there, what came of it, votes, skipping and moving."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from justhtml import JustHTML
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.models import Owner, Ritual, RitualOccurrence, RitualVote
from tests.factories import make_commitment, make_occurrence, make_owner, make_ritual
from tests.web.browsing import sign_in

TODAY = datetime.now(UTC).date()
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
PAGE = f"/rituals/DAILY/{TODAY}"


async def set_daily(session: AsyncSession, **fields: Any) -> tuple[Owner, Ritual]:
    """A ritual of every day and its host, who signs in."""
    host = await make_owner(session, role=Role.HEAD, name="Ada North")
    return host, await make_ritual(session, host, code="DAILY", rrule="FREQ=DAILY", **fields)


def read_text(markup: str) -> str:
    """The text of a page or a part of one."""
    return JustHTML(markup, sanitize=False).to_text()


async def read_stored(session: AsyncSession) -> RitualOccurrence:
    """The one occurrence of which something is stored."""
    statement = select(RitualOccurrence).execution_options(populate_existing=True)
    return (await session.scalars(statement)).one()


async def test_the_host_says_who_was_there_and_what_came_of_it(app: FastAPI, session: AsyncSession) -> None:
    host, _ = await set_daily(session, objectives=["Two priorities", "One owner"])
    promise = await make_commitment(session, host)
    browser = await sign_in(app, session, host)
    text = (await browser.get(PAGE)).text
    assert "Two priorities" in text
    typed = {
        "attended": [host.email],
        "outcomes.0.topic": "objective",
        "outcomes.0.about": "Two priorities",
        "outcomes.0.text": "",
        "outcomes.1.topic": "objective",
        "outcomes.1.about": "One owner",
        "outcomes.1.text": "It is Ben.",
        "outcomes.1.commitment": promise.code,
        "outcomes.1.parked": "true",
    }
    kept = await browser.post(f"{PAGE}/keep", data=typed, headers=PARTIAL)
    assert kept.status_code == 200, kept.text
    assert 'id="rituals-occurrence"' in kept.text
    stored = await read_stored(session)
    assert stored.attended == [str(host.id)]
    assert [(each["about"], each["text"], each["commitment"]) for each in stored.outcomes] == [
        ("One owner", "It is Ben.", promise.code)
    ]
    shown = read_text((await browser.get(PAGE)).text)
    for part in ("It is Ben.", promise.code, "parked", "Ada North"):
        assert part in shown


async def test_a_refused_record_points_at_its_row(app: FastAPI, session: AsyncSession) -> None:
    host, _ = await set_daily(session)
    browser = await sign_in(app, session, host)
    typed = {
        "outcomes.0.topic": "keep",
        "outcomes.0.text": "",
        "outcomes.1.topic": "change",
        "outcomes.1.text": "Less paper.",
        "outcomes.1.commitment": "C-999",
    }
    for headers in ({}, PARTIAL):
        answer = await browser.post(f"{PAGE}/keep", data=typed, headers=headers)
        assert answer.status_code == 422
        assert 'id="outcomes.1.commitment-wrong"' in answer.text
        assert "Less paper." in answer.text


async def test_an_off_site_asks_its_four_questions(app: FastAPI, session: AsyncSession) -> None:
    host, _ = await set_daily(session, kind="quarterly_offsite")
    browser = await sign_in(app, session, host)
    shown = read_text((await browser.get(PAGE)).text)
    for question in ("What works and stays", "What has to change", "What is coming up", "in the market"):
        assert question in shown


async def test_an_informal_one_asks_for_a_number_only(app: FastAPI, session: AsyncSession) -> None:
    host, _ = await set_daily(session, kind="informal")
    browser = await sign_in(app, session, host)
    text = (await browser.get(PAGE)).text
    assert "A number is all that is kept" in text
    assert 'name="attended"' not in text
    assert (await browser.post(f"{PAGE}/keep", data={"headcount": "9"})).status_code == 303
    assert (await read_stored(session)).headcount == 9


async def test_one_tap_votes_and_another_one_changes_it(app: FastAPI, session: AsyncSession) -> None:
    host, row = await set_daily(session)
    await make_occurrence(session, row, TODAY)
    browser = await sign_in(app, session, host)
    assert "very useful" in (await browser.get(PAGE)).text
    for score in ("2", "5"):
        voted = await browser.post(f"{PAGE}/vote", data={"score": score}, headers=PARTIAL)
        assert voted.status_code == 200
        assert f'value="{score}"' in voted.text.split('aria-pressed="true"')[0][-120:]
    assert (await session.scalars(select(col(RitualVote.score)))).all() == [5]
    assert "1 person voted" in read_text(voted.text)
    # Whoever was not asked sees how many, and has no buttons.
    stranger = await sign_in(app, session, await make_owner(session, role=Role.CONTRIBUTOR))
    text = (await stranger.get(PAGE)).text
    assert "1 person voted" in read_text(text)
    assert 'name="score"' not in text
    refused = await stranger.post(f"{PAGE}/vote", data={"score": "1"})
    assert refused.status_code == 403


async def test_votes_are_bars_when_voting_is_over(app: FastAPI, session: AsyncSession) -> None:
    host, row = await set_daily(session)
    day = TODAY - timedelta(days=9)
    told = await make_occurrence(session, row, day)
    browser = await sign_in(app, session, host)
    for score in (4, 4, 2):
        text = (await browser.get(f"/rituals/DAILY/{day}")).text
        assert "<meter" not in text
        session.add(RitualVote(occurrence_id=told.id, owner_id=(await make_owner(session)).id, score=score))
        await session.flush()
    assert "fewer than 3 are not shown" in text
    assert (await browser.get(f"/rituals/DAILY/{day}")).text.count("<meter") == 5


async def test_an_occurrence_is_skipped_with_a_reason_and_moved(app: FastAPI, session: AsyncSession) -> None:
    host, _ = await set_daily(session)
    browser = await sign_in(app, session, host)
    ahead = TODAY + timedelta(days=3)
    page = f"/rituals/DAILY/{ahead}"
    assert "It took place" not in (await browser.get(page)).text
    for headers in ({}, PARTIAL):
        bare = await browser.post(f"{page}/skip", data={}, headers=headers)
        assert bare.status_code == 422
        assert 'role="alert"' in bare.text
    skipped = await browser.post(f"{page}/skip", data={"reason": "Fair week."})
    assert skipped.headers["location"] == page
    assert "Fair week." in read_text((await browser.get(page)).text)
    moved = await browser.post(f"{page}/move", data={"to": f"{ahead}T15:00"}, headers=PARTIAL)
    assert "15:00" in moved.text
    assert (await read_stored(session)).state == "planned"


async def test_a_day_that_the_rule_does_not_have_is_not_found(app: FastAPI, session: AsyncSession) -> None:
    host, row = await set_daily(session)
    browser = await sign_in(app, session, host)
    early = TODAY - timedelta(days=400)
    assert (await browser.get(f"/rituals/DAILY/{early}")).status_code == 404
    for day in ("9999-12-31", "someday"):
        assert (await browser.get(f"/rituals/DAILY/{day}")).status_code == 422
    row.archived_at = datetime.now(UTC)
    await session.flush()
    assert (await browser.get(PAGE)).status_code == 404
