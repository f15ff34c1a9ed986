"""Sending over a real mail server: what arrives, what is refused, who tries again, who died meanwhile."""

import asyncio
import os
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.mails import LEASE, claim_mail, forget_mails, note_not_sent, post_mail
from app.actions.restoring import settle_restored
from app.database import Database
from app.domain.permissions import Role
from app.models import Mail, Owner
from app.models.base import new_id
from app.models.mails import MailKind, MailState
from app.relay import Post, Relay, Tls, read_relay
from app.sending import send_mails
from app.smtp import NotSent, Outgoing, Postman, write_message
from tests.factories import make_owner
from tests.mail_server import SITE, MailServer, serving

TEXT = "Good morning Ada,\n\nValues to enter\n- Load – 5 °C: due today\n  /updates?period=2026-10\n"


async def write_mail(session: AsyncSession, email: str = "ada@coxswain.test", **fields: Any) -> Owner:
    """A mail that waits for somebody."""
    owner = await make_owner(session, email=email, role=Role.CONTRIBUTOR)
    key = f"key of {email}"
    await post_mail(session, to=owner.id, kind=MailKind.DIGEST, subject="1 due", text=TEXT, dedupe_key=key)
    if fields:
        await session.execute(update(Mail).where(col(Mail.dedupe_key) == key).values(**fields))
    await session.flush()
    return owner


async def read_mail(session: AsyncSession, email: str = "ada@coxswain.test") -> Mail:
    """The mail of somebody as it is now."""
    found = select(Mail).where(col(Mail.dedupe_key) == f"key of {email}")
    return (await session.scalars(found, execution_options={"populate_existing": True})).one()


async def let_time_pass(session: AsyncSession) -> None:
    """Every wait is over."""
    await session.execute(text("update mails set due_at = now()"))
    await session.flush()


async def test_a_mail_arrives_as_it_is_with_whole_addresses(
    database: Database, session: AsyncSession
) -> None:
    await write_mail(session)
    async with serving() as server:
        await send_mails(database, server.post())
    mail = await read_mail(session)
    assert (mail.state, mail.address, mail.attempts) == (MailState.SENT, "ada@coxswain.test", 1)
    assert mail.sent_at is not None
    (message,) = server.messages
    assert server.envelopes == [["ada@coxswain.test"]]
    assert message["From"] == "Coxswain <coxswain@coxswain.example>"
    assert message["To"] == "ada@coxswain.test"
    assert message["Subject"] == "1 due"
    assert message["Message-ID"] == f"<{mail.id}@coxswain.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == f"<{SITE}/outbox>"
    assert message["Date"].datetime == mail.created_at.replace(microsecond=0)
    assert message.get_content_type() == "text/plain"
    told = message.get_content().replace("\r\n", "\n")
    assert told == TEXT.replace("  /updates", f"  {SITE}/updates")


async def test_nobody_learns_the_address_of_somebody_else(database: Database, session: AsyncSession) -> None:
    emails = {"ada@coxswain.test", "bo@coxswain.test", "cy@coxswain.test"}
    for email in sorted(emails):
        await write_mail(session, email)
    async with serving() as server:
        await send_mails(database, server.post())
    assert sorted(server.envelopes) == [[email] for email in sorted(emails)]
    for (email,), message in zip(server.envelopes, server.messages, strict=True):
        assert not [other for other in emails - {email} if other in message.as_string()]


async def test_a_recipient_who_is_refused_for_good_is_given_up_and_the_next_gets_theirs(
    database: Database, session: AsyncSession
) -> None:
    await write_mail(session)
    await write_mail(session, "bo@coxswain.test")
    async with serving(MailServer(refused={"ada@coxswain.test": "550 no such user here"})) as server:
        await send_mails(database, server.post())
        await let_time_pass(session)
        await send_mails(database, server.post())
    mail = await read_mail(session)
    assert (mail.state, mail.attempts, mail.last_error) == (MailState.FAILED, 1, "550 no such user here")
    assert (await read_mail(session, "bo@coxswain.test")).state is MailState.SENT


async def test_who_is_refused_for_now_is_tried_again_later(database: Database, session: AsyncSession) -> None:
    await write_mail(session)
    async with serving(MailServer(refused={"ada@coxswain.test": "451 come back later"})) as server:
        before = datetime.now(UTC)
        await send_mails(database, server.post())
        mail = await read_mail(session)
        assert (mail.state, mail.last_error) == (MailState.WAITING, "451 come back later")
        assert timedelta(seconds=59) < mail.due_at - before < timedelta(seconds=90)
        await send_mails(database, server.post())
        assert server.tries == 1
        server.refused.clear()
        await let_time_pass(session)
        await send_mails(database, server.post())
    mail = await read_mail(session)
    assert (mail.state, mail.attempts, mail.last_error) == (MailState.SENT, 2, None)


async def test_a_message_that_is_refused_for_good_is_given_up(
    database: Database, session: AsyncSession
) -> None:
    await write_mail(session)
    async with serving(MailServer(refused={"DATA": "554 looks like spam"})) as server:
        await send_mails(database, server.post())
    mail = await read_mail(session)
    assert (mail.state, mail.last_error) == (MailState.FAILED, "554 looks like spam")


async def test_a_mail_server_that_is_away_loses_nothing(database: Database, session: AsyncSession) -> None:
    await write_mail(session)
    await write_mail(session, "bo@coxswain.test")
    async with serving() as server:
        pass
    await send_mails(database, server.post())
    first, second = await read_mail(session), await read_mail(session, "bo@coxswain.test")
    # Where the first cannot be handed over, the second is not even tried.
    assert [(each.state, each.attempts) for each in (first, second)] == [
        (MailState.WAITING, 1),
        (MailState.WAITING, 0),
    ]
    await let_time_pass(session)
    async with serving(server):
        await send_mails(database, server.post())
    assert len(server.messages) == 2
    assert (await read_mail(session)).last_error is None


async def test_a_digest_is_given_up_when_it_is_out_of_date(database: Database, session: AsyncSession) -> None:
    yesterday = datetime.now(UTC) - timedelta(hours=23, minutes=59, seconds=30)
    await write_mail(session, created_at=yesterday)
    async with serving() as server:
        pass
    await send_mails(database, server.post())
    assert (await read_mail(session)).state is MailState.FAILED


async def test_a_wrong_password_is_ours_to_mend_and_is_told_to_nobody(
    database: Database, session: AsyncSession
) -> None:
    await write_mail(session)
    async with serving(password="right") as server:
        await send_mails(database, server.post(user="coxswain:wrong-secret@"))
        mail = await read_mail(session)
        assert mail.state is MailState.WAITING
        assert mail.last_error is not None
        assert mail.last_error.startswith("535 ")
        assert "wrong-secret" not in mail.last_error
        await let_time_pass(session)
        await send_mails(database, server.post(user="coxswain:right@"))
    assert (await read_mail(session)).state is MailState.SENT


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that nobody trusts by themselves, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate of this test")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


async def test_the_way_is_encrypted_and_the_server_proves_who_it_is(
    database: Database, session: AsyncSession, certificate: tuple[Path, Path]
) -> None:
    await write_mail(session)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    async with serving(tls=context) as server:
        await send_mails(database, server.post(options=""))
        mail = await read_mail(session)
        assert mail.state is MailState.WAITING
        assert "CERTIFICATE_VERIFY_FAILED" in (mail.last_error or "")
        await let_time_pass(session)
        await send_mails(database, server.post(options=f"?starttls&ca={certificate[0]}"))
    assert (await read_mail(session)).state is MailState.SENT


async def test_without_encryption_nothing_is_sent_unless_that_is_wanted(
    database: Database, session: AsyncSession
) -> None:
    await write_mail(session)
    async with serving() as server:
        await send_mails(database, server.post(options=""))
    assert server.messages == []
    assert (await read_mail(session)).state is MailState.WAITING


async def test_what_must_not_leave_is_kept(database: Database, session: AsyncSession) -> None:
    await write_mail(session, "old@coxswain.test", created_at=datetime.now(UTC) - timedelta(days=2))
    left = await write_mail(session, "left@coxswain.test")
    left.active = False
    await session.flush()
    async with serving() as server:
        await send_mails(database, server.post())
        assert (await read_mail(session, "old@coxswain.test")).state is MailState.KEPT
        assert (await read_mail(session, "left@coxswain.test")).state is MailState.KEPT
        await session.execute(text("update organization set is_demo = true"))
        await write_mail(session)
        await send_mails(database, server.post())
    mail = await read_mail(session)
    assert (mail.state, mail.attempts, mail.address) == (MailState.KEPT, 0, None)
    assert server.messages == []


async def test_a_restored_database_does_not_send_what_was_sent(
    database: Database, session: AsyncSession
) -> None:
    await write_mail(session)
    await settle_restored(session)
    async with serving() as server:
        await send_mails(database, server.post())
    assert server.messages == []
    assert (await read_mail(session)).state is MailState.KEPT


async def test_mails_are_forgotten_after_a_quarter(session: AsyncSession) -> None:
    await write_mail(session, created_at=datetime.now(UTC) - timedelta(days=91))
    await write_mail(session, "bo@coxswain.test", created_at=datetime.now(UTC) - timedelta(days=89))
    await forget_mails(session)
    left = await session.scalars(select(col(Mail.dedupe_key)))
    assert list(left) == ["key of bo@coxswain.test"]


async def test_of_many_processes_one_sends_each_mail(fresh_database: Database) -> None:
    async with fresh_database.unit_of_work() as session:
        for number in range(20):
            await write_mail(session, f"p{number}@coxswain.test")
    async with serving() as server:
        await asyncio.gather(*(send_mails(fresh_database, server.post()) for _ in range(4)))
    assert len(server.messages) == 20
    assert len({message["Message-ID"] for message in server.messages}) == 20


async def test_who_took_too_long_does_not_undo_what_the_next_one_did(
    database: Database, session: AsyncSession
) -> None:
    await write_mail(session)
    slow = await claim_mail(session)
    assert slow is not None
    assert await claim_mail(session) is None
    await let_time_pass(session)
    async with serving() as server:
        await send_mails(database, server.post())
    await note_not_sent(session, slow, "late", for_good=True, now=datetime.now(UTC))
    mail = await read_mail(session)
    assert (mail.state, mail.last_error) == (MailState.SENT, None)


SENDER = """
import asyncio, sys
from app.database import Database, read_url
from app.relay import Post, read_relay
from app.sending import send_mails
post = Post(read_relay(sys.argv[2]), "Coxswain <coxswain@coxswain.example>", "https://coxswain.example")
asyncio.run(send_mails(Database(read_url(sys.argv[1])), post))
"""


async def start_sender(url: URL, port: int) -> asyncio.subprocess.Process:
    """Another process that sends."""
    arguments = (url.render_as_string(hide_password=False), f"smtp://localhost:{port}?starttls=no")
    return await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, *arguments)


async def test_who_dies_before_noting_it_sends_twice_under_one_id_and_nobody_earlier(
    fresh_database: Database, fresh_url: URL
) -> None:
    async with fresh_database.unit_of_work() as session:
        await write_mail(session)
    processes: list[asyncio.subprocess.Process] = []
    kill: Callable[[], None] = lambda: os.kill(processes[0].pid, signal.SIGKILL)  # noqa: E731
    async with serving(MailServer(on_data=kill)) as server:
        processes.append(await start_sender(fresh_url, server.port))
        assert await processes[0].wait() == -signal.SIGKILL
        server.on_data = None
        async with fresh_database.unit_of_work() as session:
            mail = await read_mail(session)
        assert (mail.state, mail.attempts) == (MailState.WAITING, 1)
        assert mail.due_at - datetime.now(UTC) > LEASE / 2
        await send_mails(fresh_database, server.post())
        assert len(server.messages) == 1
        async with fresh_database.unit_of_work() as session:
            await let_time_pass(session)
        await send_mails(fresh_database, server.post())
    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"]
    async with fresh_database.unit_of_work() as session:
        assert (await read_mail(session)).state is MailState.SENT


async def test_a_line_break_never_becomes_a_header() -> None:
    post = Post(Relay("localhost", 1, Tls.NONE), "coxswain@coxswain.example", SITE)
    good: dict[str, Any] = {"id": new_id(), "written_at": datetime.now(UTC), "text": "Come."}
    for to, subject in (("a@x.test", "Hi\r\nBcc: b@x.test"), ("a@x.test\nBcc: b@x.test", "Hi")):
        with pytest.raises(NotSent, match="cannot be written") as caught:
            await Postman(post).deliver(Outgoing(to=to, subject=subject, **good))
        assert caught.value.for_good
    plain = write_message(Outgoing(to="a@x.test", subject="Zürich – 5 °C", **good), post)
    assert "Bcc" not in plain
    assert str(plain["Subject"]) == "Zürich – 5 °C"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://mail.test", Relay("mail.test", 587, Tls.STARTTLS)),
        ("smtp://mail.test:25?starttls", Relay("mail.test", 25, Tls.STARTTLS)),
        ("smtp://mail.test:25?starttls=no", Relay("mail.test", 25, Tls.NONE)),
        ("smtp://a:b@localhost?starttls=no", Relay("localhost", 587, Tls.NONE, "a", "b")),
        (
            "smtps://a%40x:p%2Fw@mail.test?ca=/ca.pem",
            Relay("mail.test", 465, Tls.FROM_THE_START, "a@x", "p/w", "/ca.pem"),
        ),
    ],
)
def test_a_mail_server_is_read_from_its_address(address: str, expected: Relay) -> None:
    assert read_relay(address) == expected
    assert "p/w" not in repr(expected)


@pytest.mark.parametrize(
    "address",
    [
        "mail.test",
        "http://mail.test",
        "smtp://",
        "smtp://mail.test/folder",
        "smtp://mail.test?tls=1",
        "smtp://a:b@mail.test?starttls=no",
        "smtp://mail.test:port",
    ],
)
def test_other_addresses_are_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        read_relay(address)
