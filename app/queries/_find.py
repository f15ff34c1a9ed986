"""Finding and listing, written once: by id or code, with a lock, page by page in a stable order."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, TEXT, ColumnElement, Select, Uuid, and_, any_, false, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from app.domain.linkage.names import read_link_code
from app.domain.permissions import Actor
from app.errors import Invalid, NotFound
from app.models.base import ListFilter, PageFilter, Record
from app.models.departments import Department
from app.models.links import Link
from app.models.nodes import Node
from app.models.peer_notes import PeerNote
from app.queries._reach import shows
from app.queries._tables import load_table

R = TypeVar("R", bound=Record)

# Several tables of the one namespace: what KPIs measure, what initiatives are for, and what links tie.
_SEVERAL = {
    "nodes": ("themes", "goals", "objectives"),
    "aims": ("goals", "objectives"),
    "ends": ("goals", "objectives", "initiatives"),
}
_NODES = ("themes", "goals", "objectives", "initiatives")
# What says how a thing is called, where that is no name.
_CALLED = dict.fromkeys(("goals", "objectives", "initiatives", "decisions"), "title") | {"reviews": "code"}


def read_uuid(text: str) -> UUID | None:
    """The UUID a text spells in its usual form, or None."""
    if len(text) != 36:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def matches_reference(model: type[Any], text: str) -> ColumnElement[bool]:
    """Rows of a table named by id or by code, whatever its case."""
    if identity := read_uuid(text):
        return col(model.id) == identity
    key = text.lower()
    if model.__tablename__ == "links":
        return _matches_link_code(text)
    if model.__tablename__ == "peer_notes":
        return _matches_peer_note_code(key)
    if model.__tablename__ in _NODES:
        return col(model.id) == select(col(Node.id)).where(func.lower(Node.code) == key).scalar_subquery()
    code = getattr(model, getattr(model, "code_field", "code"))
    return func.lower(code) == key


def _matches_link_code(text: str) -> ColumnElement[bool]:
    name = read_link_code(text)
    if name is None:
        return false()
    source, target = (
        select(col(Node.id)).where(func.lower(Node.code) == code.lower()).scalar_subquery()
        for code in (name.source, name.target)
    )
    return and_(col(Link.source_id) == source, col(Link.target_id) == target, col(Link.type) == name.type)


def _matches_peer_note_code(key: str) -> ColumnElement[bool]:
    code, _, period = key.rpartition(":")
    department = select(col(Department.id)).where(func.lower(col(Department.code)) == code)
    return and_(
        col(PeerNote.department_id) == department.scalar_subquery(),
        func.lower(col(PeerNote.period)) == period,
    )


async def find_one(
    session: AsyncSession, statement: Select[R], model: type[R], reference: str, *, lock: bool = False
) -> R:
    """The one visible row of that id or code, or NotFound. `lock` keeps it until the transaction ends."""
    if "\x00" in reference:
        raise NotFound(f"There is no {model.noun} of that name.")
    statement = statement.where(matches_reference(model, reference))
    if lock:
        # Not a full lock: rows that point here are added meanwhile without waiting.
        statement = statement.with_for_update(of=model, key_share=True)
    row = await session.scalar(statement)
    if row is None:
        raise NotFound(f"There is no {model.noun} {reference}.")
    return row


async def resolve_reference(
    session: AsyncSession, table: str, text: str, pointer: str, *, actor: Actor, kept: UUID | None = None
) -> UUID:
    """The id of the row a body or filter points at, or a fault that names the place.

    What the actor does not see is as unknown as what is not there, unless it is `kept` as it was.
    """
    model = load_table(table)
    shown = or_(shows(actor, table), col(model.id) == kept) if kept else shows(actor, table)
    identity = (
        await session.execute(select(col(model.id)).where(matches_reference(model, text), shown))
    ).scalar_one_or_none()
    if identity is None:
        noun = getattr(model, "noun", "node")
        raise Invalid.at(pointer, "unknown_reference", f"There is no {noun} {text}.")
    found: UUID = identity
    return found


async def resolve_list(
    session: AsyncSession, table: str, texts: Sequence[str], *, actor: Actor, kept: Sequence[UUID] = ()
) -> list[UUID | None]:
    """The ids of what a list of a body names, in one statement; None for each that is hidden or not there."""
    if not texts:
        return []
    model = load_table(table)
    code = func.lower(getattr(model, getattr(model, "code_field", "code")))
    ids = literal([identity for text in texts if (identity := read_uuid(text))], ARRAY(Uuid))
    names = literal([text.lower() for text in texts], ARRAY(TEXT))
    found = await session.execute(
        select(col(model.id), code).where(
            or_(col(model.id) == any_(ids), code == any_(names)),
            or_(shows(actor, table), col(model.id).in_(kept)),
        )
    )
    known = {key: row[0] for row in found for key in (row[0], row[1])}
    return [known.get(read_uuid(text) or text.lower()) for text in texts]


async def resolve_visible(
    session: AsyncSession,
    table: str,
    texts: Sequence[str],
    pointer: str,
    *,
    actor: Actor,
) -> list[UUID] | None:
    """The ids that a repeated filter names; None when it names none."""
    if not texts:
        return None
    known = []
    for each, identity in zip(texts, await resolve_list(session, table, texts, actor=actor), strict=True):
        if identity is None:
            raise Invalid.at(pointer, "unknown_reference", f"There is no {load_table(table).noun} {each}.")
        known.append(identity)
    return known


async def resolve_references(
    session: AsyncSession, model: type[Record], data: SQLModel, *, actor: Actor, current: Record | None = None
) -> dict[str, UUID | None]:
    """`theme="T1"` of an input as `theme_id=<uuid>`, for every reference of the noun.

    What the actor does not see cannot be named, only kept from the current row.
    """
    resolved: dict[str, UUID | None] = {}
    for field, table in model.references.items():
        text = getattr(data, field)
        kept = getattr(current, f"{field}_id", None)
        resolved[f"{field}_id"] = text and await resolve_reference(
            session, table, text, f"/{field}", actor=actor, kept=kept
        )
    return resolved


async def filter_records(
    session: AsyncSession, statement: Select[R], model: type[R], filters: PageFilter, *, actor: Actor
) -> Select[R]:
    """Narrows a statement by a noun's filters: references, lists of values, single values."""
    for field in type(filters).model_fields.keys() - ListFilter.model_fields.keys():
        value = getattr(filters, field)
        if value is None or value == []:
            continue
        if field in model.references:
            value = await resolve_reference(session, model.references[field], value, f"?{field}", actor=actor)
            statement = statement.where(getattr(model, f"{field}_id") == value)
        elif isinstance(value, list):
            statement = statement.where(getattr(model, field).in_(value))
        else:
            statement = statement.where(getattr(model, field) == value)
    if filters.updated_since is not None:
        statement = statement.where(col(model.updated_at) >= filters.updated_since)
    if hasattr(model, "archived_at"):
        archived = col(getattr(model, "archived_at"))  # noqa: B009
        statement = statement.where(
            archived.is_not(None) if getattr(filters, "archived", None) else archived.is_(None)
        )
    return statement


async def list_page(
    session: AsyncSession, statement: Select[R], model: type[R], filters: PageFilter, *, actor: Actor
) -> tuple[Sequence[R], str | None]:
    """One page in the order of making (ids sort by time), and the cursor of the next page."""
    statement = await filter_records(session, statement, model, filters, actor=actor)
    if filters.cursor is not None:
        statement = statement.where(col(model.id) > read_cursor(filters.cursor))
    statement = statement.order_by(col(model.id)).limit(filters.limit + 1)
    rows = (await session.scalars(statement)).all()
    if len(rows) <= filters.limit:
        return rows, None
    return rows[: filters.limit], write_cursor(rows[filters.limit - 1].id)


def write_cursor(identity: UUID) -> str:
    """A place in a list, opaque to callers."""
    return base64.urlsafe_b64encode(identity.bytes).decode().rstrip("=")


def read_cursor(cursor: str) -> UUID:
    """The id after which a page starts, or a fault."""
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise Invalid.at("?cursor", "bad_cursor", "This cursor is not one of ours.") from error


async def load_references(session: AsyncSession, rows: Sequence[Any]) -> dict[UUID, tuple[str, str]]:
    """Code and name of everything the rows point at, in one statement."""
    wanted: dict[str, set[UUID]] = {}
    for row in rows:
        for field, table in row.references.items():
            if identity := getattr(row, f"{field}_id"):
                wanted.setdefault(table, set()).add(identity)
    return await load_named(session, wanted)


async def load_named(
    session: AsyncSession, wanted: dict[str, set[UUID]], *, actor: Actor | None = None
) -> dict[UUID, tuple[str, str]]:
    """Code and name by id, for ids of several tables, in one statement: all, or what an actor sees."""
    parts = [part for table, ids in sorted(wanted.items()) if ids for part in _named(table, ids, actor)]
    if not parts:
        return {}
    statement = parts[0].union_all(*parts[1:]) if len(parts) > 1 else parts[0]
    return {row[0]: (row[1], row[2]) for row in await session.execute(statement)}


def _named(table: str, ids: set[UUID], actor: Actor | None) -> list[Select[Any]]:
    if table in _SEVERAL:
        return [part for each in _SEVERAL[table] for part in _named(each, ids, actor)]
    model = load_table(table)
    name = getattr(model, _CALLED.get(table, "name"))
    named = select(model.id, getattr(model, model.code_field), name).where(model.id.in_(ids))
    return [named.where(shows(actor, table)) if actor else named]
