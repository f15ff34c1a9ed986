"""Mails to people: written in the transaction of what they tell of, later claimed, settled and forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.mail_tries import last_try, next_try
from app.models.base import new_id
from app.models.mails import Mail, MailKind, MailState

LONGEST_SUBJECT = 200
KEPT_DAYS = 90


async def post_mail(
    session: AsyncSession, *, to: UUID, kind: MailKind, subject: str, text: str, dedupe_key: str
) -> bool:
    """Puts a mail to a person into the outbox; False when that of this key is there already.

    The subject is one line. In the text, an address of ours stands alone on its line and begins with `/`.
    """
    values = {
        "id": new_id(),
        "owner_id": to,
        "kind": kind,
        "subject": " ".join(subject.split())[:LONGEST_SUBJECT],
        "body": text,
        "dedupe_key": dedupe_key,
    }
    statement = insert(Mail).values(values).on_conflict_do_nothing(index_elements=["dedupe_key"])
    return (await session.execute(statement.returning(col(Mail.id)))).first() is not None


async def keep_mails(session: AsyncSession) -> None:
    """Leaves what waits in the outbox for good: nothing is configured that could send it.

    Else all of it would leave the house on the day on which a mail server is named.
    """
    waiting = col(Mail.state) == MailState.WAITING
    await session.execute(update(Mail).where(waiting).values(state=MailState.KEPT))


class Claimed(NamedTuple):
    """A mail that nobody else tries for some minutes. `address` is None where it does not leave the house."""

    id: UUID
    kind: MailKind
    subject: str
    body: str
    created_at: datetime
    attempts: int
    address: str | None


# Longer than a mail server may take for one mail: afterwards whoever held it is taken to be dead.
LEASE = timedelta(minutes=3)
_CLAIM = text("""
update mails m set attempts = attempts + 1, due_at = now() + :lease
from owners o, organization g
where o.id = m.owner_id and m.id = (
    select id from mails where state = 'waiting' and due_at <= now()
    order by due_at, id limit 1 for update skip locked)
returning m.id, m.kind, m.subject, m.body, m.created_at, m.attempts,
          case when o.active and o.archived_at is null and not g.is_demo then o.email end
""")


async def claim_mail(session: AsyncSession) -> Claimed | None:
    """The mail that waits longest, counted as tried and out of the reach of others; None when none waits."""
    row = (await session.execute(_CLAIM, {"lease": LEASE})).one_or_none()
    if row is None:
        return None
    mail = Claimed(row[0], MailKind(row[1]), *row[2:])
    last = last_try(mail.created_at, is_digest=mail.kind is MailKind.DIGEST)
    return mail if datetime.now(UTC) <= last else mail._replace(address=None)


async def note_sent(session: AsyncSession, mail: Claimed) -> None:
    """The mail server has taken it."""
    await _settle(session, mail, state=MailState.SENT, sent_at=func.now(), last_error=None)


async def note_kept(session: AsyncSession, mail: Claimed) -> None:
    """It stays here: the person has left, is one of the demo organization, or it is out of date."""
    await _settle(session, mail, state=MailState.KEPT, attempts=mail.attempts - 1)


async def note_not_sent(
    session: AsyncSession, mail: Claimed, answer: str, *, for_good: bool, now: datetime
) -> None:
    """It did not leave: it is tried again, or given up with the answer of the mail server."""
    is_digest = mail.kind is MailKind.DIGEST
    again = next_try(mail.attempts, written_at=mail.created_at, now=now, is_digest=is_digest)
    if for_good or again is None:
        await _settle(session, mail, state=MailState.FAILED, last_error=answer)
    else:
        await _settle(session, mail, due_at=again, last_error=answer)


async def _settle(session: AsyncSession, mail: Claimed, **values: Any) -> None:
    """Writes down what became of a mail, unless somebody else has taken it over since."""
    mine = (col(Mail.id) == mail.id, col(Mail.attempts) == mail.attempts)
    await session.execute(update(Mail).where(*mine).values(address=mail.address, **values))


async def forget_mails(session: AsyncSession) -> None:
    """Deletes mails and days of more than a quarter."""
    limit = {"days": KEPT_DAYS}
    await session.execute(
        text("delete from mails where created_at < now() - make_interval(days => :days)"), limit
    )
    await session.execute(
        text("delete from digest_days where day < current_date - cast(:days as int)"), limit
    )
