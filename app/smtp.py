"""Handing a mail to a mail server. Which mails, when, and what then is not known here."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime, parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

import aiosmtplib

from app.relay import Post, Tls

# One answer of the server; all of one mail together stay below a minute.
ANSWER_SECONDS = 20.0
MAIL_SECONDS = 60.0
LONGEST_ANSWER = 500
_FOR_GOOD = 500


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail as it leaves: to one address only."""

    id: UUID
    to: str
    subject: str
    text: str
    written_at: datetime


class NotSent(Exception):
    """The mail did not leave. `for_good`: nor will it later. `stops`: nor would another one now."""

    def __init__(self, answer: str, *, for_good: bool = False, stops: bool = False) -> None:
        super().__init__(answer[:LONGEST_ANSWER])
        self.for_good = for_good
        self.stops = stops


def write_message(mail: Outgoing, post: Post) -> EmailMessage:
    """The message; a header with a line break in it is refused by the library (ValueError).

    Its id is that of the mail, so that one that is sent twice can be known as the same.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = post.sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = f"<{mail.id}@{_host_of(post)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{post.site.rstrip('/')}/outbox>"
    message.set_content(mail.text)
    return message


def _host_of(post: Post) -> str:
    return urlsplit(post.site).hostname or "localhost"


class Postman:
    """A connection to the mail server that is made for the first mail and anew after any trouble."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._client: aiosmtplib.SMTP | None = None

    async def __aenter__(self) -> Self:
        """Nothing is opened before there is a mail."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Says goodbye, or hangs up."""
        await self._hang_up()

    async def deliver(self, mail: Outgoing) -> None:
        """Hands over one mail; NotSent tells what the server said."""
        try:
            message = write_message(mail, self._post)
        except (ValueError, UnicodeError) as error:
            raise NotSent(f"The mail cannot be written: {error}", for_good=True) from error
        try:
            async with asyncio.timeout(MAIL_SECONDS):
                client = await self._reach()
                sender = parseaddr(self._post.sender)[1]
                await client.send_message(message, sender=sender, recipients=[mail.to])
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            await self._hang_up()
            raise read_refusal(error) from error

    async def _reach(self) -> aiosmtplib.SMTP:
        if self._client is None or not self._client.is_connected:
            relay = self._post.relay
            context = None if relay.tls is Tls.NONE else ssl.create_default_context()
            if context is not None and relay.ca:
                context.load_verify_locations(relay.ca)
            client = aiosmtplib.SMTP(
                hostname=relay.host,
                port=relay.port,
                username=relay.user,
                password=relay.password,
                local_hostname=_host_of(self._post),
                timeout=ANSWER_SECONDS,
                use_tls=relay.tls is Tls.FROM_THE_START,
                start_tls=relay.tls is Tls.STARTTLS,
                tls_context=context,
            )
            await client.connect()
            self._client = client
        return self._client

    async def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        try:
            async with asyncio.timeout(1):
                await client.quit()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            client.close()


def read_refusal(error: Exception) -> NotSent:
    """What an error means: only what the server says for good about this mail or its recipient is final.

    A wrong password or a refused sender is ours to mend: all mails wait for it, and none is lost.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        refused = error.recipients[0]
        return NotSent(f"{refused.code} {refused.message}", for_good=refused.code >= _FOR_GOOD)
    if isinstance(error, aiosmtplib.SMTPDataError):
        return NotSent(f"{error.code} {error.message}", for_good=error.code >= _FOR_GOOD)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return NotSent(f"{error.code} {error.message}", stops=True)
    return NotSent(str(error) or type(error).__name__, stops=True)
