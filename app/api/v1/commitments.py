"""Commitments in JSON."""

from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.commitments import archive_commitment, create_commitment, update_commitment
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
from app.domain.permissions import Permission
from app.domain.words import CommitmentStatus
from app.models.commitments import Commitment, CommitmentFilter, CommitmentInput
from app.queries.commitments import find_commitment, list_commitments

router = ApiRouter("/commitments", tag="commitments")


class CommitmentOut(ArchivableOut):
    """Something a person has promised to do by a day."""

    code: str
    what: str
    owner: Ref
    kpi: Ref | None
    due_on: date
    status: CommitmentStatus


async def show_commitment(session: SessionDep, row: Commitment) -> CommitmentOut:
    """A commitment as an answer."""
    return await shape_one(session, CommitmentOut, row)


COMMITMENT = Editable(
    find=find_commitment,
    show=show_commitment,
    contract=CommitmentInput,
    update=update_commitment,
    archive=archive_commitment,
    permission=Permission.COMMITMENTS_WRITE,
)


@router.get("", summary="List commitments", response_model=PageOut[CommitmentOut])
async def list_commitments_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[CommitmentFilter, Query()]
) -> Response:
    """Every commitment, in the order of making."""
    rows, next_cursor = await list_commitments(session, filters, actor=actor)
    return send_page(request, await shape_many(session, CommitmentOut, rows), next_cursor)


@router.post("", summary="Add a commitment", status_code=201, response_model=CommitmentOut)
async def create_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, data: CommitmentInput
) -> Response:
    """Adds who does what by when; its code is counted. Heads write for their people, too."""
    commitment = await create_commitment(session, data, actor=actor)
    return send_created(request, await show_commitment(session, commitment))


@router.get("/{commitment}", summary="Show a commitment", response_model=CommitmentOut)
async def show_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str
) -> Response:
    """One commitment by id or code."""
    row = await find_commitment(session, commitment, actor=actor)
    return send_item(request, await show_commitment(session, row))


@router.put("/{commitment}", summary="Replace a commitment", response_model=CommitmentOut)
async def update_commitment_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    commitment: str,
    data: CommitmentInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about a commitment; what is left out is cleared."""
    return await put_one(request, session, COMMITMENT, commitment, data, actor=actor, if_match=if_match)


@router.patch("/{commitment}", summary="Change a commitment", response_model=CommitmentOut)
async def patch_commitment_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    commitment: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a commitment (JSON Merge Patch)."""
    return await patch_one(request, session, COMMITMENT, commitment, patch, actor=actor, if_match=if_match)


@router.delete("/{commitment}", summary="Archive a commitment", response_model=CommitmentOut)
async def delete_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str, if_match: IfMatch = None
) -> Response:
    """Takes a commitment out of the lists. Its history stays."""
    return await archive_one(request, session, COMMITMENT, commitment, actor=actor, if_match=if_match)


@router.post("/{commitment}/archive", summary="Archive a commitment", response_model=CommitmentOut)
async def archive_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str
) -> Response:
    """Takes a commitment out of the lists. Its history stays."""
    return await archive_one(request, session, COMMITMENT, commitment, actor=actor, if_match="*")
