"""Steps that every write shares: adding, changing and archiving a row with its event, and clear conflicts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from app.actions._audit import record_event, take_snapshot
from app.domain.permissions import Actor
from app.domain.words import NodeKind
from app.errors import Conflict, CoxswainError, Fault, Invalid
from app.models.base import Record
from app.models.nodes import Node
from app.queries._drafts import was_always_draft

R = TypeVar("R", bound=Record)

UNIQUE_VIOLATION = "23505"
FOREIGN_KEY_VIOLATION = "23503"
_NODE_NOUNS = frozenset(NodeKind)
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")


def plain_input(data: SQLModel, model: type[Record]) -> dict[str, Any]:
    """The validated input as column values; references are resolved elsewhere."""
    columns = model.model_fields.keys() & type(data).model_fields.keys()
    nested = {name for name in columns if isinstance(getattr(data, name), list | SQLModel)}
    dumped = data.model_dump(mode="json", include=nested)
    return {name: dumped[name] if name in nested else getattr(data, name) for name in columns}


def check_span(starts_on: date | None, ends_on: date | None) -> None:
    """Refuses an end before the start."""
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid.at("/ends_on", "ends_before_start", f"{ends_on} is before the start, {starts_on}.")


async def add_record(session: AsyncSession, model: type[R], values: Mapping[str, Any], *, actor: Actor) -> R:
    """A new row from validated values, with its event. What shares a namespace takes its code first."""
    row = model.model_validate(values)
    if model.noun in _NODE_NOUNS:
        session.add(Node(id=row.id, kind=NodeKind(model.noun), code=getattr(row, "code")))  # noqa: B009
        await flush_changes(session)
    session.add(row)
    await flush_changes(session)
    await record_event(session, actor, "created", row)
    return row


async def change_record(
    session: AsyncSession, row: Record, values: Mapping[str, Any], *, actor: Actor, action: str = "updated"
) -> bool:
    """Sets what differs, with its event. Says whether anything did: the same content is no change."""
    before = take_snapshot(row)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(row, name, value)
    if "code" in changed and row.noun in _NODE_NOUNS:
        node = await session.get_one(Node, row.id)
        node.code = changed["code"]
    await flush_changes(session)
    await record_event(session, actor, action, row, before=before)
    return True


async def archive_record(session: AsyncSession, row: Record, *, actor: Actor) -> None:
    """Takes a row out of the lists; what pointed at it still does, and its code stays taken."""
    if getattr(row, "archived_at") is None:  # noqa: B009  (every archivable noun has it, Record does not)
        await change_record(session, row, {"archived_at": datetime.now(UTC)}, actor=actor, action="archived")


async def delete_record(session: AsyncSession, row: Record, *, actor: Actor) -> bool:
    """Removes what was only ever a draft (True), archives anything else (False).

    The foreign keys decide whether something still points at it, so that nothing can be forgotten here. Its
    events stay; its code is free again.
    """
    if await was_always_draft(session, row) and await _remove_unreferenced(session, row, actor):
        return True
    await archive_record(session, row, actor=actor)
    return False


async def _remove_unreferenced(session: AsyncSession, row: Record, actor: Actor) -> bool:
    before = take_snapshot(row)
    tables: list[type[Any]] = [type(row), *([Node] if row.noun in _NODE_NOUNS else [])]
    try:
        async with session.begin_nested():
            for table in tables:
                statement = delete(table).where(col(table.id) == row.id)
                await session.execute(statement, execution_options={"synchronize_session": False})
    except IntegrityError:
        return False
    await record_event(session, actor, "deleted", row, before=before, after={})
    session.expunge(row)
    return True


async def take_lock(session: AsyncSession, name: str) -> None:
    """Waits until nobody else holds the lock of this name, and keeps it until the transaction ends."""
    await session.execute(_LOCK, params={"name": name})


async def flush_changes(session: AsyncSession) -> None:
    """Sends the changes; a broken unique or foreign key becomes a conflict that names its field."""
    try:
        await session.flush()
    except IntegrityError as error:
        raise read_conflict(error) from error


def read_conflict(error: IntegrityError) -> CoxswainError:
    """The sentence behind a broken constraint; the naming convention tells the field."""
    cause = getattr(error.orig, "__cause__", None)
    constraint = getattr(cause, "constraint_name", None) or ""
    code = getattr(error.orig, "sqlstate", None)
    if code == FOREIGN_KEY_VIOLATION:
        if "is not present" in (getattr(cause, "detail", None) or ""):
            return Conflict("Something that this points at has just been deleted.", code="reference_gone")
        return Conflict("Something else still points at this.", code="referenced")
    if code != UNIQUE_VIOLATION:
        raise error
    for field in ("external_id", "code", "email", "name"):
        if constraint.endswith(f"_{field}"):
            detail = f"This {field.replace('_', ' ')} is taken (archived things keep theirs)."
            return Conflict(detail, code="duplicate", faults=(Fault(f"/{field}", "duplicate", detail),))
    return Conflict("The same thing exists already.", code="duplicate")
