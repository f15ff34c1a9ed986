"""Changing links, under one lock: two changes cannot jointly close a cycle or give away too much effort."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import (
    add_record,
    archive_record,
    change_record,
    delete_record,
    plain_input,
    take_lock,
)
from app.domain.dependencies import what_is_asked
from app.domain.linkage.cycles import would_create_cycle
from app.domain.linkage.names import write_link_code
from app.domain.permissions import Actor, Permission, require
from app.domain.words import LinkType, NodeKind
from app.errors import Conflict, Fault, Invalid, NotFound
from app.models.base import write_number
from app.models.goals import Goal
from app.models.initiatives import Initiative
from app.models.links import Link, LinkInput
from app.models.nodes import Node
from app.models.objectives import Objective
from app.queries._find import find_one, resolve_reference
from app.queries.goals import visible_goals
from app.queries.initiatives import visible_initiatives
from app.queries.links import End, find_place_of_link, place_of_end, read_other_links, read_way_back
from app.queries.objectives import visible_objectives
from app.queries.organization import today_of

WRITE = Permission.GOALS_WRITE
WHOLE_EFFORT = 100


class _Ends(NamedTuple):
    source: Objective | Initiative
    target: End


async def create_link(session: AsyncSession, data: LinkInput, *, actor: Actor) -> Link:
    """Ties an objective to a goal or to another objective; a dependency is asked for today."""
    require(actor, WRITE)
    ends = await _find_ends(session, data, actor)
    require(actor, WRITE, on=place_of_end(ends.source))
    await _check_link(session, data, ends, None)
    values = _read_values(data, ends)
    asked = what_is_asked(None, values, today=await today_of(session))
    return await add_record(session, Link, values | asked, actor=actor)


async def update_link(session: AsyncSession, link: Link, data: LinkInput, *, actor: Actor) -> Link:
    """Replaces what is written about a link, its ends included."""
    await _require_source(session, link, actor)
    ends = await _find_ends(session, data, actor)
    require(actor, WRITE, on=place_of_end(ends.source))
    await _check_link(session, data, ends, link)
    values = _read_values(data, ends)
    asked = what_is_asked(link, values, today=await today_of(session))
    await change_record(session, link, values | asked, actor=actor)
    return link


async def affirm_link(session: AsyncSession, link: Link, *, actor: Actor) -> None:
    """Says that the link still holds, whatever changed at its target."""
    await _require_source(session, link, actor)
    values = {"affirmed_at": datetime.now(UTC), "affirmed_by": actor.name}
    await change_record(session, link, values, actor=actor, action="affirmed")


async def archive_link(session: AsyncSession, link: Link, *, actor: Actor) -> None:
    """Takes a link out of the graph; the same two may be tied again."""
    await _require_source(session, link, actor)
    await archive_record(session, link, actor=actor)


async def delete_link(session: AsyncSession, link: Link, *, actor: Actor) -> bool:
    """Removes the link of a mere draft (True), archives anything else."""
    await _require_source(session, link, actor)
    return await delete_record(session, link, actor=actor)


async def _require_source(session: AsyncSession, link: Link, actor: Actor) -> None:
    require(actor, WRITE, on=await find_place_of_link(session, link))


def _read_values(data: LinkInput, ends: _Ends) -> dict[str, Any]:
    return plain_input(data, Link) | {"source_id": ends.source.id, "target_id": ends.target.id}


async def _find_ends(session: AsyncSession, data: LinkInput, actor: Actor) -> _Ends:
    source = await _find_end(session, data.source, "/source", actor)
    target = await _find_end(session, data.target, "/target", actor)
    if isinstance(source, Goal):
        raise Invalid.at("/source", "wrong_kind", f"A link starts at an objective; {source.code} is a goal.")
    for end in (source, target):
        if isinstance(end, Initiative) and data.type is LinkType.CONTRIBUTES:
            detail = f"{end.code} is an initiative: what it is for stands under its `supports`."
            raise Invalid.at("/type", "wrong_kind", detail)
    return _Ends(source, target)


async def _find_end(session: AsyncSession, text: str, pointer: str, actor: Actor) -> End:
    """Something this actor sees. A hidden one is as unknown as one that is not there."""
    identity = await resolve_reference(session, "ends", text, pointer, actor=actor)
    node = await session.get(Node, identity)
    if node is None:
        # A draft that was deleted between the two looks.
        raise Invalid.at(pointer, "unknown_reference", f"There is no node {text}.")
    if node.kind is NodeKind.THEME:
        raise Invalid.at(pointer, "wrong_kind", f"Links tie objectives and goals; {node.code} is a theme.")
    try:
        if node.kind is NodeKind.GOAL:
            return await find_one(session, visible_goals(actor, to=WRITE), Goal, str(identity))
        if node.kind is NodeKind.INITIATIVE:
            return await find_one(session, visible_initiatives(actor, to=WRITE), Initiative, str(identity))
        return await find_one(session, visible_objectives(actor, to=WRITE), Objective, str(identity))
    except NotFound as error:
        raise Invalid.at(pointer, "unknown_reference", f"There is no node {text}.") from error


async def _check_link(session: AsyncSession, data: LinkInput, ends: _Ends, link: Link | None) -> None:
    """Refuses what contradicts the rest of the graph."""
    _refuse_archived(ends, link)
    # Before the first look at other links: what is read from here on cannot change until the commit.
    await take_lock(session, "links")
    others = await read_other_links(
        session,
        link.id if link else None,
        source_id=ends.source.id,
        target_id=ends.target.id,
        type=data.type,
    )
    if others.same:
        code = write_link_code(ends.source.code, ends.target.code, data.type)
        raise _conflict("duplicate", f"This link exists already: {code}.")
    _check_effort(data, ends.source, others.effort)
    if data.type is LinkType.CONTRIBUTES:
        await _refuse_cycle(session, ends, link.id if link else None)
    elif ends.source.id == ends.target.id:
        raise Invalid.at("/target", "self_link", f"{ends.source.code} cannot be tied to itself.")


def _refuse_archived(ends: _Ends, link: Link | None) -> None:
    """A new end must be in force; one that was archived later keeps its links."""
    if link is not None and link.archived_at is not None:
        raise Conflict("This link is archived; make a new one.", code="archived")
    kept = (link.source_id, link.target_id) if link else ()
    for pointer, end in (("/source", ends.source), ("/target", ends.target)):
        if end.archived_at is not None and end.id not in kept:
            detail = f"{end.code} is archived."
            raise Conflict(detail, code="archived", faults=(Fault(pointer, "archived", detail),))


def _check_effort(data: LinkInput, source: Objective | Initiative, others: Decimal) -> None:
    if data.effort is not None and data.effort + others > WHOLE_EFFORT:
        total = write_number(data.effort + others)
        detail = f"With this link {source.code} would give away {total} % of its effort, more than 100."
        raise Invalid.at("/effort", "effort_over_100", detail)


async def _refuse_cycle(session: AsyncSession, ends: _Ends, link_id: UUID | None) -> None:
    edges = await read_way_back(
        session, source_id=ends.source.id, target_id=ends.target.id, except_link=link_id
    )
    cycle = would_create_cycle(edges, source=ends.source.code, target=ends.target.code)
    if cycle is not None:
        raise _conflict("cycle", f"This link would close a cycle: {' → '.join(cycle)}.")


def _conflict(code: str, detail: str) -> Conflict:
    return Conflict(detail, code=code, faults=(Fault("/target", code, detail),))
