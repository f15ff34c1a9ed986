"""`coxswain people …`: who may use Coxswain, and the keys with which people use the API."""

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.people import add_person, issue_token
from app.commands.context import DataDir, clear_refusals, run_work
from app.commands.options import read_options
from app.domain.permissions import SYSTEM, Permission, Role
from app.models.clients import TokenInput
from app.models.owners import PersonInput
from app.queries.owners import find_owner

people = typer.Typer(name="people", help="Adds people and gives them keys.", no_args_is_help=True)

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", show_default=False)]


@people.command()
def add(
    email: EmailArgument,
    name: Annotated[str | None, typer.Option(help="Required for somebody new.", show_default=False)] = None,
    role: Annotated[Role | None, typer.Option(help="Required for somebody new.", show_default=False)] = None,
    department: Annotated[str | None, typer.Option(help="Its code.", show_default=False)] = None,
    data_dir: DataDir = None,
) -> None:
    """Makes a person: an owner with a role. Extends the one who has this email already."""
    with clear_refusals():
        data = read_options(
            PersonInput, {"email": "EMAIL"}, email=email, name=name, role=role, department=department
        )

        async def work(session: AsyncSession) -> str:
            owner = await add_person(session, data, actor=SYSTEM)
            role = owner.role or "none yet: give one with --role"
            return f"{owner.name} <{owner.email}>, role: {role}."

        print(run_work(data_dir, work))


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
