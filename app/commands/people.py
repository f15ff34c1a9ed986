"""`coxswain people …`: who may use Coxswain, and the keys with which people use the API."""

import sys
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.people import add_person, issue_token
from app.actions.sign_ins import LINK_DAYS, keep_password, make_password_link
from app.commands.context import DataDir, Refused, clear_refusals, run_work
from app.commands.options import read_options
from app.domain.passwords import hash_password, password_problem
from app.domain.permissions import SYSTEM, Permission, Role
from app.models.clients import TokenInput
from app.models.owners import Owner, PersonInput
from app.models.sign_ins import LinkPurpose
from app.queries.owners import find_owner

people = typer.Typer(name="people", help="Adds people and gives them keys.", no_args_is_help=True)

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", show_default=False)]


@people.command()
def add(
    email: EmailArgument,
    name: Annotated[str | None, typer.Option(help="Required for somebody new.", show_default=False)] = None,
    role: Annotated[Role | None, typer.Option(help="Required for somebody new.", show_default=False)] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="The last day of the role; facilitators need one.", show_default=False
        ),
    ] = None,
    department: Annotated[str | None, typer.Option(help="Its code.", show_default=False)] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Reads a password from standard input.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Makes a person: an owner with a role. Extends the one who has this email already."""
    with clear_refusals():
        typed = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
        data = read_options(
            PersonInput,
            {"email": "EMAIL", "role_until": "--until"},
            email=email,
            name=name,
            role=role,
            role_until=until,
            department=department,
        )

        async def work(session: AsyncSession) -> str:
            owner = await add_person(session, data, actor=SYSTEM)
            if typed is not None:
                await keep_password(session, owner, hash_good_password(typed, owner), actor=SYSTEM)
            role = owner.role or "none yet: give one with --role"
            return f"{owner.name} <{owner.email}>, role: {role}."

        print(run_work(data_dir, work))


@people.command()
def invite(email: EmailArgument, data_dir: DataDir = None) -> None:
    """Makes a link with which a person sets a password, for the first time or again; it works once."""
    with clear_refusals():

        async def work(session: AsyncSession) -> str:
            owner = await find_owner(session, email, actor=SYSTEM, to=Permission.DIRECTORY_WRITE, lock=True)
            return await make_password_link(session, owner, LinkPurpose.INVITATION, actor=SYSTEM)

        token = run_work(data_dir, work)
        print(f"For {email}, to be opened once within {LINK_DAYS} days, at the address of this installation:")
        print(f"/welcome/{token}")


def hash_good_password(password: str, owner: Owner) -> str:
    """The hash of a password that is good enough."""
    if problem := password_problem(password, known=(owner.name, owner.email)):
        raise Refused(problem)
    return hash_password(password)


@people.command()
def token(
    email: EmailArgument,
    expires: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The last day on which it holds (UTC).", show_default=False),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Gives a person a key for the API and prints it, once, alone on the last line."""
    with clear_refusals():
        expires_at = read_options(TokenInput, {"expires_at": "--expires"}, expires_at=expires).expires_at

        async def work(session: AsyncSession) -> str:
            owner = await find_owner(session, email, actor=SYSTEM, to=Permission.DIRECTORY_WRITE, lock=True)
            return await issue_token(session, owner, actor=SYSTEM, expires_at=expires_at)

        key = run_work(data_dir, work)
        print(f"The key of {email}, shown only now:")
        print(key)
