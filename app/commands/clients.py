"""`coxswain clients …`: the machines that use the API."""

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.clients import create_client, revoke_client
from app.commands.context import DataDir, clear_refusals, run_work
from app.commands.options import read_options
from app.domain.permissions import SCOPES, SYSTEM, Permission
from app.models.clients import ClientInput
from app.queries.clients import find_client

clients = typer.Typer(name="clients", help="Adds and revokes machines.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
_OPTIONS = {
    "name": "NAME",
    "scopes": "--scope",
    "suppresses_small_groups": "--trust-source-suppression",
    "expires_at": "--expires",
}


@clients.command()
def add(
    name: NameArgument,
    scope: Annotated[
        list[str], typer.Option(help=f"May be repeated: {', '.join(SCOPES)}.", show_default=False)
    ],
    department: Annotated[
        str | None, typer.Option(help="Binds it to this department and below.", show_default=False)
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="The only source it may push scores for.", show_default=False)
    ] = None,
    trust_source_suppression: Annotated[
        bool, typer.Option("--trust-source-suppression", help="The source hides small groups itself.")
    ] = False,
    expires: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The last day on which its key holds (UTC).", show_default=False),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Adds a client and prints its key, once, alone on the last line."""
    with clear_refusals():
        data = read_options(
            ClientInput,
            _OPTIONS,
            name=name,
            scopes=scope,
            department=department,
            source=source,
            suppresses_small_groups=trust_source_suppression,
            expires_at=expires,
        )

        async def work(session: AsyncSession) -> str:
            return (await create_client(session, data, actor=SYSTEM))[1]

        key = run_work(data_dir, work)
        print(f"The key of {data.name}, shown only now:")
        print(key)


@clients.command()
def revoke(name: NameArgument, data_dir: DataDir = None) -> None:
    """Ends a client and its keys, at once and for good."""

    async def work(session: AsyncSession) -> str:
        client = await find_client(session, name, actor=SYSTEM, to=Permission.CLIENTS_WRITE, lock=True)
        await revoke_client(session, client, actor=SYSTEM)
        return client.name

    with clear_refusals():
        print(f"{run_work(data_dir, work)} is revoked.")
