"""Clients in JSON: the machines that use this API. For people only; a key is shown once."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.actions.clients import create_client, revoke_client, rotate_client_key, update_client
from app.api.answers import (
    ArchivableOut,
    PageOut,
    Ref,
    References,
    make_shape,
    send_created,
    send_item,
    send_page,
    withhold_answer,
)
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.models.clients import Client, ClientFilter, ClientInput, Scope
from app.queries._find import load_references
from app.queries.clients import KeyTrace, find_client, list_clients, trace_keys

router = ApiRouter("/clients", tag="clients")
_NO_KEY = KeyTrace("", None)


class ClientOut(ArchivableOut):
    """A machine that uses the API."""

    name: str
    scopes: list[Scope]
    department: Ref | None = Field(description="The client reads and writes this department and below.")
    source: str | None
    suppresses_small_groups: bool
    expires_at: AwareDatetime | None
    prefix: str = Field(description="What its newest key starts with, after `cox_`.")
    last_used_at: AwareDatetime | None = Field(description="When a key of it was used last, to the minute.")


class ClientKeyOut(ClientOut):
    """A client with its new key."""

    key: str = Field(description="Shown now and never again.")


async def show_clients(session: SessionDep, rows: Sequence[Client]) -> list[ClientOut]:
    """Clients as answers, with what may be known of their keys."""
    references = await load_references(session, rows)
    traces = await trace_keys(session, [row.id for row in rows])
    return [_shape_client(row, references, traces.get(row.id, _NO_KEY)) for row in rows]


def _shape_client(row: Client, references: References, trace: KeyTrace) -> ClientOut:
    scopes = [Permission(scope) for scope in row.scopes]
    return make_shape(ClientOut, row, references, scopes=scopes, **trace._asdict())


async def show_client(session: SessionDep, row: Client) -> ClientOut:
    """A client as an answer."""
    return (await show_clients(session, [row]))[0]


async def show_key(session: SessionDep, row: Client, key: str) -> ClientKeyOut:
    """A client with its new key, the only time it is told."""
    shown = await show_client(session, row)
    return ClientKeyOut.model_construct(**dict(shown), key=key)


CLIENT = Editable(
    find=find_client,
    show=show_client,
    contract=ClientInput,
    update=update_client,
    archive=revoke_client,
    permission=Permission.CLIENTS_WRITE,
)


@router.get("", summary="List clients", response_model=PageOut[ClientOut])
async def list_clients_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[ClientFilter, Query()]
) -> Response:
    """Every client; `prefix` finds the one a key belongs to, ended keys included."""
    rows, next_cursor = await list_clients(session, filters, actor=actor)
    return send_page(request, await show_clients(session, rows), next_cursor)


@router.post("", summary="Add a client", status_code=201, response_model=ClientKeyOut)
async def create_client_route(
    request: Request, session: SessionDep, actor: ActorDep, data: ClientInput
) -> Response:
    """Adds a client and shows its `key`, once: this answer is not kept for repeated requests."""
    row, key = await create_client(session, data, actor=actor)
    return withhold_answer(request, send_created(request, await show_key(session, row, key)))


@router.get("/{client}", summary="Show a client", response_model=ClientOut)
async def show_client_route(request: Request, session: SessionDep, actor: ActorDep, client: str) -> Response:
    """One client by id or name."""
    row = await find_client(session, client, actor=actor)
    return send_item(request, await show_client(session, row))


@router.put("/{client}", summary="Replace a client", response_model=ClientOut)
async def update_client_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    client: str,
    data: ClientInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about a client; its key stays and follows at once."""
    return await put_one(request, session, CLIENT, client, data, actor=actor, if_match=if_match)


@router.patch("/{client}", summary="Change a client", response_model=ClientOut)
async def patch_client_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    client: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a client (JSON Merge Patch); its key stays and follows at once."""
    return await patch_one(request, session, CLIENT, client, patch, actor=actor, if_match=if_match)


@router.post("/{client}/rotate", summary="Rotate the key of a client", response_model=ClientKeyOut)
async def rotate_client_key_route(
    request: Request, session: SessionDep, actor: ActorDep, client: str
) -> Response:
    """Ends every key of a client and shows a new one, once: this answer is not kept for repeated requests."""
    row = await find_client(session, client, actor=actor, to=Permission.CLIENTS_WRITE, lock=True)
    key = await rotate_client_key(session, row, actor=actor)
    return withhold_answer(request, send_item(request, await show_key(session, row, key)))


@router.delete("/{client}", summary="Revoke a client", response_model=ClientOut)
async def revoke_client_route(
    request: Request, session: SessionDep, actor: ActorDep, client: str, if_match: IfMatch = None
) -> Response:
    """Ends a client and its keys at once and for good. Its name stays taken."""
    return await archive_one(request, session, CLIENT, client, actor=actor, if_match=if_match)
