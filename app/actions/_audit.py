"""The audit rows: every action leaves an event in its own transaction."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from app.actions._live import EVERY_REVIEW, Part, tell_review
from app.domain.permissions import Actor
from app.models.base import Record, write_number
from app.models.events import Event
from app.models.links import Link
from app.models.peer_notes import PeerNote
from app.queries._names import name_link, name_peer_note

# What stands on the page of every open review, whoever wrote it and where.
_SHOWN = {"decision": Part.DECISIONS, "peer_note": Part.SLOTS}
# Said by the event itself.
_LEFT_OUT = frozenset({"created_at", "updated_at", "version"})


def plain_value(value: Any) -> Any:
    """A column's value as JSON can hold it."""
    if isinstance(value, Decimal):
        return write_number(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | UUID):
        return str(value)
    return value


def take_snapshot(row: SQLModel) -> dict[str, Any]:
    """Every column of a row as it is now."""
    columns = type(row).model_fields.keys() - _LEFT_OUT
    return {name: plain_value(getattr(row, name)) for name in sorted(columns)}


async def record_event(
    session: AsyncSession,
    actor: Actor,
    action: str,
    row: Record,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Writes who did what to which row, with everything before and after."""
    code, department_id = await _name_row(session, row)
    session.add(
        Event(
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            request_id=session.info.get("request_id"),
            kind=row.noun,
            object_id=row.id,
            code=code,
            action=action,
            version=row.version,
            department_id=department_id,
            before=before,
            after=after if after is not None else take_snapshot(row),
        )
    )
    await session.flush()
    if part := _SHOWN.get(row.noun):
        await tell_review(session, EVERY_REVIEW, part)


async def _name_row(session: AsyncSession, row: Record) -> tuple[str, UUID | None]:
    """The code of a row and its department. Links and peer notes are named by what they tie."""
    if isinstance(row, Link):
        return await name_link(session, row)
    if isinstance(row, PeerNote):
        return await name_peer_note(session, row)
    department_id = row.id if row.noun == "department" else getattr(row, "department_id", None)
    return str(getattr(row, row.code_field)), department_id
