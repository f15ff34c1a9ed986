"""Sending what waits in the outbox. Loaded only where a mail server is configured.

What a mail server says is read in `smtp.py`, what becomes of a mail then in the actions.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from app.actions.mails import Claimed, claim_mail, note_kept, note_not_sent, note_sent
from app.database import Database
from app.domain.letters import complete_addresses
from app.relay import Post
from app.smtp import NotSent, Outgoing, Postman

logger = logging.getLogger("coxswain")


def send_with(database: Database, post: Post) -> Callable[[], Awaitable[None]]:
    """Sends whatever waits."""

    async def send() -> None:
        await send_mails(database, post)

    return send


async def send_mails(database: Database, post: Post) -> None:
    """Hands over what waits, one mail after the other, until the mail server has trouble of its own.

    No transaction is open while it answers. Whoever dies between handing over and noting it has sent a mail
    that is sent again when its lease is over.
    """
    async with Postman(post) as postman:
        while True:
            async with database.unit_of_work() as session:
                mail = await claim_mail(session)
            if mail is None or not await _send(database, postman, mail, post.site):
                return


async def _send(database: Database, postman: Postman, mail: Claimed, site: str) -> bool:
    """Tries one mail; False when it makes no sense to go on with the next."""
    if mail.address is None:
        async with database.unit_of_work() as session:
            await note_kept(session, mail)
        return True
    text = complete_addresses(mail.body, site)
    try:
        await postman.deliver(Outgoing(mail.id, mail.address, mail.subject, text, mail.created_at))
    except NotSent as refusal:
        # Neither to whom nor what: the answer itself is for administrators, in the outbox.
        logger.warning("a mail did not leave", extra={"mail": str(mail.id), "waits": not refusal.for_good})
        async with database.unit_of_work() as session:
            await note_not_sent(session, mail, str(refusal), for_good=refusal.for_good, now=datetime.now(UTC))
        return not refusal.stops
    async with database.unit_of_work() as session:
        await note_sent(session, mail)
    return True
