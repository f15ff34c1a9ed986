"""Reading peer notes."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.models.peer_notes import PeerNote, PeerNoteFilter
from app.queries._find import find_one, list_page


def visible_peer_notes(actor: Actor, *, to: Permission = Permission.PEER_NOTES_READ) -> Select[PeerNote]:
    """Every peer note; for a bound client those of its departments."""
    require(actor, to)
    statement = select(PeerNote)
    return statement if actor.sees is None else statement.where(col(PeerNote.department_id).in_(actor.sees))


async def find_peer_note(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.PEER_NOTES_READ,
    lock: bool = False,
) -> PeerNote:
    """One peer note by id or code. Of several with one code, the one in force, else the last archived."""
    statement = visible_peer_notes(actor, to=to)
    statement = statement.order_by(col(PeerNote.archived_at).is_not(None), col(PeerNote.id).desc()).limit(1)
    note = await find_one(session, statement, PeerNote, reference, lock=lock)
    require(actor, to, on=Place(note.department_id))
    return note


async def list_peer_notes(
    session: AsyncSession, filters: PeerNoteFilter, *, actor: Actor
) -> tuple[Sequence[PeerNote], str | None]:
    """A page of peer notes."""
    return await list_page(session, visible_peer_notes(actor), PeerNote, filters, actor=actor)
