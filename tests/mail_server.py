"""A mail server of the tests: on loopback, in the test's own event loop; keeps what it is given."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from app.relay import Post, read_relay

SITE = "https://coxswain.example"


@dataclass
class MailServer:
    """What arrived, and what the server says to a recipient or a message instead of taking it."""

    port: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    on_data: Callable[[], None] | None = None
    envelopes: list[list[str]] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    tries: int = 0

    async def handle_RCPT(  # noqa: N802  (the library's names)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes a recipient, or says why not."""
        self.tries += 1
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keeps a message."""
        self.envelopes.append(list(envelope.rcpt_tos))
        content = cast("bytes", envelope.content)
        self.messages.append(message_from_bytes(content, policy=default))
        if self.on_data:
            self.on_data()
        return self.refused.get("DATA", "250 taken")

    def post(self, *, options: str = "?starttls=no", user: str = "", scheme: str = "smtp") -> Post:
        """How to reach it."""
        relay = read_relay(f"{scheme}://{user}localhost:{self.port}{options}")
        return Post(relay, "Coxswain <coxswain@coxswain.example>", SITE)


@asynccontextmanager
async def serving(
    server: MailServer | None = None, *, tls: ssl.SSLContext | None = None, password: str | None = None
) -> AsyncIterator[MailServer]:
    """A mail server that listens, on its earlier port if it had one."""
    server = server or MailServer()
    options: dict[str, Any] = {"tls_context": tls, "require_starttls": tls is not None}
    if password is not None:
        options |= {"authenticator": _ask_for(password), "auth_require_tls": False}
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: SMTP(server, hostname="mail.test", loop=loop, **options), "localhost", server.port
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()


def _ask_for(password: str) -> Callable[..., AuthResult]:
    def authenticate(server: SMTP, session: Session, envelope: Envelope, kind: str, data: Any) -> AuthResult:
        given = cast("LoginPassword", data).password
        return AuthResult(success=given == password.encode(), handled=False)

    return authenticate
