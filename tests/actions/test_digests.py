"""The mails of a day: who gets one, what is in it, and that many processes write it once."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.actions.digests import choose_digest, post_digests
from app.actions.mails import keep_mails, post_mail
from app.actions.sign_ins import act_as
from app.database import Database
from app.domain.change_requests import RequestState
from app.domain.permissions import SYSTEM, Role
from app.domain.reminders import ReminderRule
from app.domain.reviews import ReviewStatus
from app.domain.scoring import KpiSource
from app.domain.words import CommitmentStatus
from app.models import DigestDay, Event, Mail, Owner
from app.models.mails import MailKind, MailState
from tests.factories import (
    make_change_request,
    make_commitment,
    make_decision,
    make_department,
    make_goal,
    make_kpi,
    make_link,
    make_measurement,
    make_objective,
    make_owner,
    make_review,
)
from tests.house.test_query_counts import count_statements

# October ends with a Saturday; five days of grace end on Thursday the 5th.
DUE = datetime(2026, 11, 5, 7, 0, tzinfo=UTC)
RULE = ReminderRule()


async def owe_value(session: AsyncSession, **person: Any) -> Owner:
    """Somebody who owes the value of October of one KPI of their own."""
    owner = await make_owner(session, **({"role": Role.CONTRIBUTOR} | person))
    await make_kpi(session, name=f"Load of {owner.name}", owner_id=owner.id)
    return owner


async def write(session: AsyncSession, at: datetime = DUE) -> int | None:
    """Writes the digests of a moment."""
    return await post_digests(session, RULE, now=at, actor=SYSTEM)


async def read_mails(session: AsyncSession, owner: Owner) -> list[Mail]:
    """What was written to somebody."""
    mails = await session.scalars(select(Mail).where(col(Mail.owner_id) == owner.id).order_by(col(Mail.id)))
    return list(mails)


async def test_who_owes_a_value_gets_one_mail_with_the_way_to_it(session: AsyncSession) -> None:
    owner = await owe_value(session, name="Amy Lee")
    await make_kpi(session, name="Noise", owner_id=owner.id)
    assert await write(session) == 1
    (mail,) = await read_mails(session, owner)
    assert (mail.kind, mail.state, mail.subject) == (
        MailKind.DIGEST,
        MailState.WAITING,
        "Waiting for you: 2 due today",
    )
    assert "- Load of Amy Lee for October 2026 – due today\n" in mail.body
    assert mail.body.count("  /updates?period=2026-10\n") == 1


async def test_what_is_there_is_not_asked_for_nor_what_comes_by_itself(session: AsyncSession) -> None:
    owner = await make_owner(session, role=Role.CONTRIBUTOR)
    told = await make_kpi(session, owner_id=owner.id)
    await make_measurement(session, told, "2026-10")
    await make_kpi(session, owner_id=owner.id, source=KpiSource.FED)
    assert await write(session) == 0


async def test_a_day_is_written_once_and_not_before_its_hour(session: AsyncSession) -> None:
    owner = await owe_value(session)
    assert await write(session, DUE - timedelta(minutes=1)) is None
    assert await write(session) == 1
    assert await write(session, DUE + timedelta(hours=9)) is None
    # Two days later it is still missing; on the day between nothing falls due.
    assert await write(session, DUE + timedelta(days=1)) == 0
    assert await write(session, DUE + timedelta(days=2)) == 1
    first, second = await read_mails(session, owner)
    assert (first.subject, second.subject) == (
        "Waiting for you: 1 due today",
        "Waiting for you: 1 overdue",
    )


async def test_a_day_on_which_the_program_did_not_run_is_caught_up(session: AsyncSession) -> None:
    owner = await owe_value(session)
    session.add(DigestDay(day=date(2026, 11, 4)))
    await session.flush()
    assert await write(session, DUE + timedelta(days=1)) == 1
    (mail,) = await read_mails(session, owner)
    assert mail.subject == "Waiting for you: 1 overdue"


async def test_the_first_mail_tells_of_whatever_is_late(session: AsyncSession) -> None:
    owner = await owe_value(session)
    assert await write(session, DUE + timedelta(days=20)) == 1
    (mail,) = await read_mails(session, owner)
    assert mail.subject == "Waiting for you: 1 overdue"


async def test_the_hour_is_that_of_the_organization(session: AsyncSession) -> None:
    await owe_value(session)
    await session.execute(text("update organization set time_zone = 'America/New_York'"))
    assert await write(session, DUE + timedelta(hours=4)) is None
    assert await write(session, DUE + timedelta(hours=5)) == 1


async def test_nobody_without_a_role_or_who_left_is_written_to(session: AsyncSession) -> None:
    await owe_value(session, role=None)
    await owe_value(session, active=False)
    await owe_value(session, archived_at=DUE)
    await owe_value(session, role=Role.CONTRIBUTOR, role_until=date(2026, 10, 1))
    assert await write(session) == 0


async def test_who_does_not_want_it_gets_none_until_they_do(session: AsyncSession) -> None:
    owner = await owe_value(session)
    for wanted in (False, False, True, False):
        await choose_digest(session, wanted=wanted, actor=act_as(owner))
    assert await write(session) == 0
    told = await session.scalars(
        select(col(Event.action)).where(col(Event.object_id) == owner.id).order_by(col(Event.id))
    )
    assert list(told)[-3:] == ["digest_stopped", "digest_started", "digest_stopped"]
    await choose_digest(session, wanted=True, actor=act_as(owner))
    assert await write(session, DUE + timedelta(days=2)) == 1


async def test_a_lead_hears_after_a_week_even_of_who_gets_no_mail(session: AsyncSession) -> None:
    lead = await make_owner(session, role=Role.HEAD, name="Lena Lead")
    owner = await owe_value(session, name="Bo Ek", manager_id=lead.id)
    await choose_digest(session, wanted=False, actor=act_as(owner))
    assert await write(session, DUE + timedelta(days=7)) == 1
    (mail,) = await read_mails(session, lead)
    assert mail.subject == "Waiting for you: 1 late with others"
    assert (
        f"- Bo Ek: Load of Bo Ek for October 2026, due on 5 November 2026\n  /owners/{owner.email}"
        in mail.body
    )


async def test_without_a_manager_the_head_of_the_department_leads_and_above_the_head_the_next(
    session: AsyncSession,
) -> None:
    above = await make_department(session)
    below = await make_department(session, parent=above)
    chief = await make_owner(session, role=Role.HEAD, department=above)
    head = await owe_value(session, role=Role.HEAD, department=below)
    await owe_value(session, department=below)
    above.head_id, below.head_id = chief.id, head.id
    session.add(DigestDay(day=date(2026, 11, 11)))
    await session.flush()
    assert await write(session, DUE + timedelta(days=7)) == 2
    (to_head,), (to_chief,) = await read_mails(session, head), await read_mails(session, chief)
    assert to_head.body.count("have not entered") == to_chief.body.count(f"- {head.name}: ") == 1


async def test_decisions_are_told_by_their_day(session: AsyncSession) -> None:
    owner = await make_owner(session, role=Role.EXECUTIVE)
    taken: dict[str, Any] = {"status": "decided", "ended_on": date(2026, 10, 2), "chosen": "Yes"}
    await make_decision(session, title="Which site?", decider_id=owner.id, needed_by=date(2026, 11, 5))
    await make_decision(session, title="No hurry?", decider_id=owner.id)
    taken["review_on"] = date(2026, 11, 3)
    await make_decision(session, title="Close it?", decider_id=owner.id, **taken)
    assert await write(session) == 1
    (mail,) = await read_mails(session, owner)
    assert "Which site? – due today" in mail.body
    assert "Close it? – 2 days overdue" in mail.body
    assert "No hurry?" not in mail.body


async def test_promises_are_told_to_who_made_them_and_silence_to_who_asks_after_them(
    session: AsyncSession,
) -> None:
    owner = await make_owner(session, role=Role.CONTRIBUTOR, name="Bo Ek")
    partner = await make_owner(session, role=Role.VIEWER)
    promise = {"due_on": date(2026, 11, 5), "partner_id": partner.id}
    await make_commitment(session, owner, code="C-7", what="Call ten customers", **promise)
    assert await write(session) == 1
    (mail,) = await read_mails(session, owner)
    assert "- C-7 Call ten customers – due today\n  /commitments/C-7\n" in mail.body
    assert await write(session, DUE + timedelta(days=7)) == 1
    assert await read_mails(session, partner) == []
    assert await write(session, DUE + timedelta(days=8)) == 1
    (mail,) = await read_mails(session, partner)
    assert mail.subject == "Waiting for you: 1 late with others"
    assert "- Bo Ek: C-7 Call ten customers, due on 5 November 2026\n  /commitments/C-7\n" in mail.body


async def test_a_kept_promise_is_not_told(session: AsyncSession) -> None:
    owner = await make_owner(session, role=Role.CONTRIBUTOR)
    await make_commitment(session, owner, due_on=date(2026, 11, 5), status=CommitmentStatus.KEPT)
    assert await write(session) == 0


async def test_links_that_ask_are_counted(session: AsyncSession) -> None:
    owner = await owe_value(session, role=Role.HEAD)
    objective = await make_objective(session, department=await make_department(session), owner_id=owner.id)
    await make_link(session, objective, await make_goal(session))
    assert await write(session) == 1
    (mail,) = await read_mails(session, owner)
    assert "One link asks whether it still holds." in mail.body


async def test_who_is_expected_hears_when_a_review_meets_and_the_chair_who_is_missing(
    session: AsyncSession,
) -> None:
    chair = await make_owner(session, role=Role.EXECUTIVE)
    head = await owe_value(session, role=Role.HEAD, name="Bo Ek")
    excused = await make_owner(session, role=Role.HEAD)
    attendance = {str(chair.id): "expected", str(head.id): "expected", str(excused.id): "excused"}
    meeting = {"chair_id": chair.id, "meets_on": DUE.date(), "attendance": attendance}
    review = await make_review(session, code="2026-10", **meeting)
    assert await write(session) == 2
    (to_chair,), (to_head,) = await read_mails(session, chair), await read_mails(session, head)
    told = "- Review of October 2026, which you chair – meets today; values are missing from Bo Ek\n"
    assert f"{told}  /reviews/2026-10\n" in to_chair.body
    assert "- Review of October 2026 – meets today\n  /reviews/2026-10\n" in to_head.body
    assert await write(session, DUE + timedelta(days=2)) == 2
    assert "and is not closed" in (await read_mails(session, chair))[1].body
    assert "Review" not in (await read_mails(session, head))[1].body
    review.status = ReviewStatus.CLOSED
    await session.flush()
    assert await write(session, DUE + timedelta(days=9)) == 0


async def test_of_many_who_are_missing_some_are_named(session: AsyncSession) -> None:
    chair = await make_owner(session, role=Role.EXECUTIVE)
    for letter in "ABCDEFG":
        await owe_value(session, name=f"{letter} Ek")
    await make_review(session, code="2026-10", chair_id=chair.id, meets_on=DUE.date())
    await write(session)
    (mail,) = await read_mails(session, chair)
    assert "; values are missing from A Ek, B Ek, C Ek, D Ek, E Ek and 2 more\n" in mail.body


async def test_an_address_with_odd_signs_is_written_so_that_it_leads_there(session: AsyncSession) -> None:
    lead = await make_owner(session, role=Role.HEAD)
    await owe_value(session, email="a#b?c@x.example", manager_id=lead.id)
    await write(session, DUE + timedelta(days=7))
    (mail,) = await read_mails(session, lead)
    assert "\n  /owners/a%23b%3Fc@x.example\n" in mail.body


async def test_a_mail_of_a_key_is_written_once_and_its_subject_is_one_line(session: AsyncSession) -> None:
    owner = await make_owner(session)
    mail: dict[str, Any] = {"to": owner.id, "kind": MailKind.REVIEW_OPENED, "text": "Come."}
    mail["dedupe_key"] = "review 2026-10"
    assert await post_mail(session, subject="A review\r\nBcc: all@x.example", **mail)
    assert not await post_mail(session, subject="Again", **mail)
    (written,) = await read_mails(session, owner)
    assert written.subject == "A review Bcc: all@x.example"


async def test_what_cannot_be_sent_is_kept_for_good(session: AsyncSession) -> None:
    owner = await owe_value(session)
    await write(session)
    await keep_mails(session)
    (mail,) = await read_mails(session, owner)
    await session.refresh(mail)
    assert mail.state is MailState.KEPT


async def test_one_more_person_costs_the_same_few_statements(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    await owe_value(session)
    counts = []
    for days in (0, 2):
        with count_statements(connection) as statements:
            await write(session, DUE + timedelta(days=days))
        counts.append(len(statements))
        await owe_value(session)
    assert counts[1] - counts[0] <= 4, statements


@pytest.mark.parametrize("processes", [8])
async def test_of_many_processes_one_writes_the_day(fresh_database: Database, processes: int) -> None:
    async with fresh_database.unit_of_work() as session:
        for _ in range(5):
            await owe_value(session)

    async def post() -> int | None:
        async with fresh_database.unit_of_work() as session:
            return await write(session)

    written = await asyncio.gather(*(post() for _ in range(processes)))
    assert sorted(written, key=str) == [5] + [None] * (processes - 1)
    async with fresh_database.unit_of_work() as session:
        assert await session.scalar(select(func.count()).select_from(Mail)) == 5
        assert await session.scalar(select(col(DigestDay.mails))) == 5


async def test_a_request_is_told_to_who_may_correct_and_its_answer_to_who_asked(
    session: AsyncSession,
) -> None:
    asker = await make_owner(session, role=Role.HEAD, name="Hanna Head")
    chief = await make_owner(session, role=Role.EXECUTIVE, name="Ada Chief")
    review = await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
    kpi = await make_kpi(session, name="Queue time", owner_id=chief.id, active=False)
    row = await make_change_request(session, kpi, review, asker, asked_on=date(2026, 11, 4))
    assert await write(session) == 1
    (mail,) = await read_mails(session, chief)
    assert mail.subject == "Waiting for you: 1 to correct"
    assert "- Queue time for October 2026, asked by Hanna Head\n  /reviews/2026-10#review-asked" in mail.body
    row.state, row.answered_on, row.answered_by = RequestState.DECLINED, date(2026, 11, 5), "Ada Chief"
    row.answer = "It was agreed."
    await session.flush()
    assert await write(session, DUE + timedelta(days=1)) == 1
    (mail,) = await read_mails(session, asker)
    assert "- Queue time for October 2026: Ada Chief declined it: It was agreed.\n" in mail.body
    assert await write(session, DUE + timedelta(days=2)) == 0
