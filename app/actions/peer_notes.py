"""Changing peer notes."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import add_record, archive_record, change_record, plain_input
from app.domain.permissions import Actor, Permission, Place, require
from app.errors import Invalid
from app.models.peer_notes import PeerNote, PeerNoteInput
from app.queries._find import resolve_references

WRITE = Permission.PEER_NOTES_WRITE


async def create_peer_note(session: AsyncSession, data: PeerNoteInput, *, actor: Actor) -> PeerNote:
    """Adds the note of a department for a period."""
    require(actor, WRITE)
    return await add_record(session, PeerNote, await _read_input(session, data, actor, None), actor=actor)


async def update_peer_note(
    session: AsyncSession, note: PeerNote, data: PeerNoteInput, *, actor: Actor
) -> PeerNote:
    """Replaces what a note says."""
    require(actor, WRITE, on=Place(note.department_id))
    await change_record(session, note, await _read_input(session, data, actor, note), actor=actor)
    return note


async def archive_peer_note(session: AsyncSession, note: PeerNote, *, actor: Actor) -> None:
    """Takes a note back; the department may write another one."""
    require(actor, WRITE, on=Place(note.department_id))
    await archive_record(session, note, actor=actor)


async def _read_input(
    session: AsyncSession, data: PeerNoteInput, actor: Actor, current: PeerNote | None
) -> dict[str, Any]:
    references = await resolve_references(session, PeerNote, data, actor=actor, current=current)
    require(actor, WRITE, on=Place(references["department_id"]))
    if not data.challenge and not data.ask:
        raise Invalid.at(
            "/challenge", "required", "Say what the challenge is, or what you ask of your peers."
        )
    texts = {"challenge": data.challenge or None, "ask": data.ask or None}
    return plain_input(data, PeerNote) | texts | references
