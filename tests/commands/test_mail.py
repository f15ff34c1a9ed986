"""`coxswain mail test`: finding out whether mails leave the house, before anybody waits for one."""

import asyncio
import subprocess

import pytest

from tests.commands.running import run_coxswain
from tests.mail_server import MailServer, serving


async def try_mail(server: MailServer) -> "subprocess.CompletedProcess[str]":
    """What the command says."""
    settings = {
        "COXSWAIN_SMTP_URL": f"smtp://localhost:{server.port}?starttls=no",
        "COXSWAIN_MAIL_FROM": "Coxswain <coxswain@coxswain.example>",
        "COXSWAIN_PUBLIC_URL": "https://coxswain.example",
    }
    return await asyncio.to_thread(run_coxswain, "mail", "test", "ada@coxswain.test", settings=settings)


async def test_a_mail_is_sent_and_said_so() -> None:
    async with serving() as server:
        done = await try_mail(server)
    assert (done.returncode, done.stdout) == (0, "localhost took a mail to ada@coxswain.test.\n"), done.stderr
    (message,) = server.messages
    assert message["Subject"] == "A test of Coxswain"


async def test_what_the_mail_server_says_is_told() -> None:
    async with serving(MailServer(refused={"ada@coxswain.test": "550 no such user"})) as server:
        done = await try_mail(server)
    assert (done.returncode, done.stderr) == (1, "coxswain: localhost did not take it: 550 no such user\n")


async def test_a_mail_server_that_is_not_there_is_a_sentence() -> None:
    async with serving() as server:
        pass
    done = await try_mail(server)
    assert done.returncode == 1
    assert done.stderr.startswith("coxswain: localhost did not take it: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "Nothing is configured that could send it. Set COXSWAIN_SMTP_URL."),
        ({"smtp_url": "mail.example"}, "COXSWAIN_SMTP_URL: a mail server is written like smtp://"),
        ({"smtp_url": "smtp://mail.example"}, "COXSWAIN_MAIL_FROM: needed with COXSWAIN_SMTP_URL."),
        ({"smtp_url": "smtp://mail.example"}, "COXSWAIN_PUBLIC_URL: needed with COXSWAIN_SMTP_URL."),
        ({"mail_from": "a@x.example\nBcc: b@x.example"}, "COXSWAIN_MAIL_FROM: this is not of the form"),
        ({"public_url": "https://x.example/coxswain"}, "COXSWAIN_PUBLIC_URL: this is not of the form"),
    ],
)
def test_settings_that_cannot_be_are_named(settings: dict[str, str], told: str) -> None:
    given = {f"COXSWAIN_{name.upper()}": value for name, value in settings.items()}
    done = run_coxswain("mail", "test", "ada@coxswain.test", settings=given)
    assert done.returncode == 1
    assert told in done.stderr
