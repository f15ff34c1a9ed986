"""`coxswain mail …`: finding out whether mails leave the house."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.commands.context import Refused, clear_refusals
from app.models.base import new_id
from app.settings import Settings
from app.smtp import NotSent, Outgoing, Postman

mail = typer.Typer(name="mail", help="Tries out whether mails leave the house.", no_args_is_help=True)

_TEXT = "Coxswain can send mails. This one was asked for on the command line.\n"


@mail.command()
def test(email: Annotated[str, typer.Argument(metavar="EMAIL", show_default=False)]) -> None:
    """Sends one mail to EMAIL with the settings as they are, and tells what the mail server says."""
    with clear_refusals():
        post = Settings().read_post()
        if post is None:
            raise Refused("Nothing is configured that could send it. Set COXSWAIN_SMTP_URL.")
        letter = Outgoing(new_id(), email, "A test of Coxswain", _TEXT, datetime.now(UTC))

        async def send() -> None:
            async with Postman(post) as postman:
                await postman.deliver(letter)

        try:
            asyncio.run(send())
        except NotSent as refusal:
            raise Refused(f"{post.relay.host} did not take it: {refusal}") from refusal
        print(f"{post.relay.host} took a mail to {email}.")


@mail.callback()
def _describe() -> None:
    """A group of one command stays a group."""
