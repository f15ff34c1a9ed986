"""Writing the mails of a day: what everybody with a role owes, once for all processes."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._audit import record_event
from app.actions.mails import post_mail
from app.domain.digests import Reader, compose_digest
from app.domain.permissions import Actor
from app.domain.reminders import ReminderRule, day_of_digests, reminded_since
from app.models.mails import DigestDay, MailKind, WithoutDigest
from app.models.owners import Owner
from app.queries.desks import read_desks
from app.queries.mails import find_last_digest_day, list_digest_readers
from app.queries.organization import find_organization, zone_of


async def post_digests(
    session: AsyncSession, rule: ReminderRule, *, now: datetime, actor: Actor
) -> int | None:
    """Writes the digests of today: how many, or None when it is too early or they are written already."""
    today = day_of_digests(now.astimezone(await zone_of(session)), rule)
    last = await find_last_digest_day(session)
    if today is None or (last is not None and today <= last):
        return None
    # A second process waits here until the first has committed, and then finds the day taken.
    claim = insert(DigestDay).values(day=today).on_conflict_do_nothing().returning(col(DigestDay.day))
    if (await session.execute(claim)).first() is None:
        return None
    written = await _post_all(
        session, rule, since=reminded_since(last, today=today), today=today, actor=actor
    )
    await session.execute(update(DigestDay).where(col(DigestDay.day) == today).values(mails=written))
    return written


async def choose_digest(session: AsyncSession, *, wanted: bool, actor: Actor) -> None:
    """From now on the person who acts gets the mail of the day, or does not; what is written stays."""
    owner = await session.get_one(Owner, actor.id)
    if wanted:
        chosen: Any = delete(WithoutDigest).where(col(WithoutDigest.owner_id) == owner.id)
    else:
        chosen = insert(WithoutDigest).values(owner_id=owner.id).on_conflict_do_nothing()
    changed = await session.execute(chosen.returning(col(WithoutDigest.owner_id)))
    if changed.first() is not None:
        action = "digest_started" if wanted else "digest_stopped"
        await record_event(session, actor, action, owner, after={})


async def _post_all(
    session: AsyncSession, rule: ReminderRule, *, since: date, today: date, actor: Actor
) -> int:
    organization = await find_organization(session, actor=actor)
    zone = ZoneInfo(organization.time_zone)
    readers = await list_digest_readers(session)
    desks = await read_desks(session, readers, rule, today=today, zone=zone)
    written = 0
    for each in readers:
        if not each.wants_digest:
            continue
        desk, reader = desks[each.actor.id], Reader(each.actor.name, organization.name)
        letter = compose_digest(desk, reader, rule, since=since, today=today)
        if letter is not None:
            written += await post_mail(
                session,
                to=each.actor.id,
                kind=MailKind.DIGEST,
                subject=letter.subject,
                text=letter.text,
                dedupe_key=f"digest {today} {each.actor.id}",
            )
    return written
