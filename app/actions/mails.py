"""Writing a mail to somebody, in the transaction of what it tells of. Sending it is another matter."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.models.base import new_id
from app.models.mails import Mail, MailKind, MailState

LONGEST_SUBJECT = 200


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
