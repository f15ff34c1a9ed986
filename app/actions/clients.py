"""Changing clients. Only people do: a machine cannot make another one."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import add_record, archive_record, change_record, plain_input
from app.actions.keys import issue_client_key, revoke_keys
from app.domain.permissions import Actor, Permission, require
from app.errors import Conflict
from app.models.clients import Client, ClientInput
from app.queries._find import resolve_references


async def _read_input(session: AsyncSession, data: ClientInput, actor: Actor) -> dict[str, Any]:
    return plain_input(data, Client) | await resolve_references(session, Client, data, actor=actor)


async def create_client(session: AsyncSession, data: ClientInput, *, actor: Actor) -> tuple[Client, str]:
    """Adds a client and its key, which nobody can read later."""
    require(actor, Permission.CLIENTS_WRITE)
    client = await add_record(session, Client, await _read_input(session, data, actor), actor=actor)
    return client, await issue_client_key(session, client, actor=actor)


async def update_client(session: AsyncSession, client: Client, data: ClientInput, *, actor: Actor) -> Client:
    """Replaces what is written about a client; its key holds with the new scopes at once."""
    require(actor, Permission.CLIENTS_WRITE)
    await change_record(session, client, await _read_input(session, data, actor), actor=actor)
    return client


async def rotate_client_key(session: AsyncSession, client: Client, *, actor: Actor) -> str:
    """Ends every key of a client and gives it a new one."""
    require(actor, Permission.CLIENTS_WRITE)
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is revoked; a new client needs another name.", code="revoked")
    await revoke_keys(session, client, actor=actor)
    return await issue_client_key(session, client, actor=actor)


async def revoke_client(session: AsyncSession, client: Client, *, actor: Actor) -> None:
    """Ends a client and its keys for good. What it wrote still names it."""
    require(actor, Permission.CLIENTS_WRITE)
    if client.archived_at is None:
        await archive_record(session, client, actor=actor)
        await revoke_keys(session, client, actor=actor)
