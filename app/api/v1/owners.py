"""Owners in JSON."""

from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.owners import archive_owner, create_owner, update_owner
from app.api.answers import (
    ArchivableOut,
    PageOut,
    Ref,
    send_created,
    send_item,
    send_page,
    shape_many,
    shape_one,
)
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission, Role
from app.domain.words import Level
from app.models.owners import Owner, OwnerFilter, OwnerInput
from app.queries.owners import find_owner, list_owners

router = ApiRouter("/owners", tag="owners")


class OwnerOut(ArchivableOut):
    """A person accountable for something. With a role they may use Coxswain."""

    email: str
    name: str
    title: str | None
    department: Ref | None
    level: Level | None
    manager: Ref | None
    external_id: str | None
    active: bool
    role: Role | None
    role_until: date | None


async def show_owner(session: SessionDep, row: Owner) -> OwnerOut:
    """An owner as an answer."""
    return await shape_one(session, OwnerOut, row)


OWNER = Editable(
    find=find_owner,
    show=show_owner,
    contract=OwnerInput,
    update=update_owner,
    archive=archive_owner,
    permission=Permission.DIRECTORY_WRITE,
)


@router.get("", summary="List owners", response_model=PageOut[OwnerOut])
async def list_owners_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[OwnerFilter, Query()]
) -> Response:
    """Every owner; a bound client sees those of its departments. HR systems find by `external_id`."""
    rows, next_cursor = await list_owners(session, filters, actor=actor)
    return send_page(request, await shape_many(session, OwnerOut, rows), next_cursor)


@router.post("", summary="Add an owner", status_code=201, response_model=OwnerOut)
async def create_owner_route(
    request: Request, session: SessionDep, actor: ActorDep, data: OwnerInput
) -> Response:
    """Adds an owner. Only an administrator may give a `role`."""
    row = await create_owner(session, data, actor=actor)
    return send_created(request, await show_owner(session, row))


@router.get("/{owner}", summary="Show an owner", response_model=OwnerOut)
async def show_owner_route(request: Request, session: SessionDep, actor: ActorDep, owner: str) -> Response:
    """One owner by id or email."""
    row = await find_owner(session, owner, actor=actor)
    return send_item(request, await show_owner(session, row))


@router.put("/{owner}", summary="Replace an owner", response_model=OwnerOut)
async def update_owner_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    owner: str,
    data: OwnerInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about an owner. Only an administrator may change the `role`."""
    return await put_one(request, session, OWNER, owner, data, actor=actor, if_match=if_match)


@router.patch("/{owner}", summary="Change an owner", response_model=OwnerOut)
async def patch_owner_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    owner: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of an owner (JSON Merge Patch). `active: false` stops their keys at once."""
    return await patch_one(request, session, OWNER, owner, patch, actor=actor, if_match=if_match)


@router.delete("/{owner}", summary="Archive an owner", response_model=OwnerOut)
async def archive_owner_route(
    request: Request, session: SessionDep, actor: ActorDep, owner: str, if_match: IfMatch = None
) -> Response:
    """Takes an owner out of the lists and ends their keys. What they own still names them."""
    return await archive_one(request, session, OWNER, owner, actor=actor, if_match=if_match)
