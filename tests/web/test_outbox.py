"""`/outbox`: what was written to me and to nobody else, the wish for no mail, and what administrators see."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from justhtml import JustHTML
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.actions.digests import post_digests
from app.actions.mails import post_mail
from app.domain.letters import read_letter
from app.domain.periods import Cadence
from app.domain.permissions import SYSTEM, Role
from app.domain.reminders import ReminderRule
from app.domain.reviews import due_review
from app.models import DigestDay, Mail, Owner
from app.models.mails import MailKind, MailState
from app.queries.mails import wants_digest
from app.queries.organization import today_of
from tests.factories import (
    make_commitment,
    make_decision,
    make_department,
    make_goal,
    make_kpi,
    make_link,
    make_objective,
    make_owner,
    make_review,
)
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in

TEXT = "Good morning Ada,\n\nValues to enter\n- Load <b>: due today\n  /updates?period=2026-10\n"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
async def ada(session: AsyncSession) -> Owner:
    """A contributor."""
    return await make_owner(session, email="ada@coxswain.test", name="Ada", role=Role.CONTRIBUTOR)


async def give_mail(session: AsyncSession, owner: Owner, key: str, **fields: object) -> UUID:
    """A mail to somebody."""
    subject = f"Secret {key}"
    await post_mail(session, to=owner.id, kind=MailKind.DIGEST, subject=subject, text=TEXT, dedupe_key=key)
    of_key = col(Mail.dedupe_key) == key
    if fields:
        await session.execute(update(Mail).where(of_key).values(**fields))
    found: UUID = (await session.execute(select(col(Mail.id)).where(of_key))).scalar_one()
    return found


async def read_page(browser: httpx2.AsyncClient, address: str) -> str:
    """A page that is there."""
    answer = await browser.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_a_person_reads_their_mails_the_newest_first(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    await give_mail(session, ada, "one")
    mail = await give_mail(session, ada, "two", state=MailState.KEPT)
    browser = await sign_in(app, session, ada)
    shown = await read_page(browser, "/outbox")
    assert shown.index("Secret two") < shown.index("Secret one")
    assert f'href="/outbox/{mail}"' in shown
    letter = JustHTML(await read_page(browser, f"/outbox/{mail}"), sanitize=False)
    (body,) = letter.query("article")
    assert [item.to_text() for item in body.query("li")] == ["Load <b>: due today"]
    assert [(link.attrs or {})["href"] for link in body.query("a")] == ["/updates?period=2026-10"]


async def test_nobody_reads_what_was_written_to_somebody_else(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    mail = await give_mail(
        session, ada, "one", state=MailState.FAILED, attempts=7, last_error="550 no such user"
    )
    for role in (Role.ADMIN, Role.EXECUTIVE, Role.VIEWER):
        browser = await sign_in(app, session, await make_owner(session, role=role))
        assert "Secret" not in await read_page(browser, "/outbox")
        assert (await browser.get(f"/outbox/{mail}")).status_code == 404


async def test_an_administrator_sees_to_whom_it_went_and_what_became_of_it(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    await give_mail(session, ada, "one", state=MailState.FAILED, attempts=7, last_error="550 no such user")
    await give_mail(session, ada, "two", state=MailState.SENT, attempts=1, address="old@coxswain.test")
    browser = await sign_in(app, session, await make_owner(session, role=Role.ADMIN))
    shown = await read_page(browser, "/outbox/sent")
    for told in ("ada@coxswain.test", "old@coxswain.test", "not delivered", "7 tries: 550 no such user"):
        assert told in shown
    for hidden in ("Secret", "Good morning", "Load"):
        assert hidden not in shown
    failed = await read_page(browser, "/outbox/sent?state=failed")
    assert "550 no such user" in failed
    assert "old@coxswain.test" not in failed
    assert "No mail is in this state." in await read_page(browser, "/outbox/sent?state=waiting")


async def test_the_mail_of_the_day_is_stopped_and_started_again(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    browser = await sign_in(app, session, ada)
    answer = await browser.post("/outbox/digest", headers=PARTIAL)
    assert "You stopped the mail of the day." in answer.text
    assert not await wants_digest(session, ada.id)
    assert "Get the mail of the day" in await read_page(browser, "/outbox")
    answer = await browser.post("/outbox/digest", data={"wanted": "true"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/outbox")
    assert await wants_digest(session, ada.id)


async def test_the_outbox_costs_the_same_however_full_it_is(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    admin = await make_owner(session, role=Role.ADMIN)
    browser = await sign_in(app, session, admin)
    for address in ("/outbox", "/outbox/sent"):
        counts = []
        for more in range(2):
            with count_statements(connection) as statements:
                await read_page(browser, address)
            counts.append(len(statements))
            for number in range(5):
                await give_mail(session, admin, f"{address} {more} {number}")
        assert counts[0] == counts[1]


async def test_every_address_of_a_digest_leads_somewhere(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    today = await today_of(session)
    other = await make_owner(session, role=Role.CONTRIBUTOR, manager_id=ada.id)
    for owner in (ada, other):
        await make_kpi(session, owner_id=owner.id, grace_days=0, cadence=Cadence.WEEKLY)
        await make_commitment(session, owner, due_on=today - timedelta(days=9), partner_id=ada.id)
    await make_decision(session, decider_id=ada.id, needed_by=today)
    await make_review(session, code=due_review(today).text, chair_id=ada.id, meets_on=today)
    objective = await make_objective(session, department=await make_department(session), owner_id=ada.id)
    await make_link(session, objective, await make_goal(session))
    session.add(DigestDay(day=today - timedelta(days=8)))
    await session.flush()
    await post_digests(session, ReminderRule(hour=0), now=datetime.now(UTC), actor=SYSTEM)
    body = (await session.scalars(select(col(Mail.body)).where(col(Mail.owner_id) == ada.id))).one()
    addresses = [part.lines[0] for block in read_letter(body) for part in block if part.kind == "address"]
    ways = {address.split("/")[1].partition("?")[0].partition("#")[0] for address in addresses}
    assert ways == {"reviews", "updates", "commitments", "decisions", "outbox"} | (
        {"owners"} if "/owners/" in body else set()
    )
    browser = await sign_in(app, session, ada)
    for address in addresses:
        assert (await browser.get(address)).status_code == 200, address
