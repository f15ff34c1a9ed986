"""Peer notes in JSON."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.peer_notes import archive_peer_note, create_peer_note, update_peer_note
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
from app.models.peer_notes import PeerNote, PeerNoteFilter, PeerNoteInput
from app.queries.peer_notes import find_peer_note, list_peer_notes

router = ApiRouter("/peer-notes", tag="peer notes")


class PeerNoteOut(ArchivableOut):
    """What a department wants its peers to know of a period."""

    department: Ref
    period: str
    challenge: str | None
    ask: str | None


async def show_peer_note(session: SessionDep, row: PeerNote) -> PeerNoteOut:
    """A peer note as an answer."""
    return await shape_one(session, PeerNoteOut, row)


PEER_NOTE = Editable(
    find=find_peer_note,
    show=show_peer_note,
    contract=PeerNoteInput,
    update=update_peer_note,
    archive=archive_peer_note,
    permission=Permission.PEER_NOTES_WRITE,
)


@router.get("", summary="List peer notes", response_model=PageOut[PeerNoteOut])
async def list_peer_notes_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[PeerNoteFilter, Query()]
) -> Response:
    """Every peer note, in the order of making."""
    rows, next_cursor = await list_peer_notes(session, filters, actor=actor)
    return send_page(request, await shape_many(session, PeerNoteOut, rows), next_cursor)


@router.post("", summary="Add a peer note", status_code=201, response_model=PeerNoteOut)
async def create_peer_note_route(
    request: Request, session: SessionDep, actor: ActorDep, data: PeerNoteInput
) -> Response:
    """Adds the note of a department for a period, which has one at most: a second one is 409 `duplicate`."""
    peer_note = await create_peer_note(session, data, actor=actor)
    return send_created(request, await show_peer_note(session, peer_note))


@router.get("/{note}", summary="Show a peer note", response_model=PeerNoteOut)
async def show_peer_note_route(request: Request, session: SessionDep, actor: ActorDep, note: str) -> Response:
    """One peer note by id or `DEPARTMENT:PERIOD`."""
    row = await find_peer_note(session, note, actor=actor)
    return send_item(request, await show_peer_note(session, row))


@router.put("/{note}", summary="Replace a peer note", response_model=PeerNoteOut)
async def update_peer_note_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    note: str,
    data: PeerNoteInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written in a peer note; what is left out is cleared."""
    return await put_one(request, session, PEER_NOTE, note, data, actor=actor, if_match=if_match)


@router.patch("/{note}", summary="Change a peer note", response_model=PeerNoteOut)
async def patch_peer_note_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    note: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a peer note (JSON Merge Patch)."""
    return await patch_one(request, session, PEER_NOTE, note, patch, actor=actor, if_match=if_match)


@router.delete("/{note}", summary="Archive a peer note", response_model=PeerNoteOut)
async def delete_peer_note_route(
    request: Request, session: SessionDep, actor: ActorDep, note: str, if_match: IfMatch = None
) -> Response:
    """Takes a note out of the lists; the department may write another one for the period."""
    return await archive_one(request, session, PEER_NOTE, note, actor=actor, if_match=if_match)


@router.post("/{note}/archive", summary="Archive a peer note", response_model=PeerNoteOut)
async def archive_peer_note_route(
    request: Request, session: SessionDep, actor: ActorDep, note: str
) -> Response:
    """Takes a note out of the lists; the department may write another one for the period."""
    return await archive_one(request, session, PEER_NOTE, note, actor=actor, if_match="*")
