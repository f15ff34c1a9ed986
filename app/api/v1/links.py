"""Links in JSON: how an objective relates to a goal or to another objective, and what depends on what."""

from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from app.actions.dependencies import accept_dependency, decline_dependency, deliver_dependency
from app.actions.links import affirm_link, archive_link, create_link, delete_link, update_link
from app.api.answers import (
    ArchivableOut,
    PageOut,
    Ref,
    References,
    make_shape,
    send_created,
    send_item,
    send_page,
)
from app.api.deps import ActorDep
from app.api.editing import GONE, Editable, IfMatch, Patch, archive_one, delete_one, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.linkage.names import write_link_code
from app.domain.permissions import Permission
from app.domain.words import DependencyState, LinkType
from app.models.base import Number
from app.models.links import DependencyDelivery, DependencyRefusal, Link, LinkFilter, LinkInput
from app.queries._find import load_references
from app.queries.links import find_dependency, find_link, list_links

router = ApiRouter("/links", tag="links")


class LinkOut(ArchivableOut):
    """A link. Its code is made of its ends and its type; percentages are as in the input.

    `state` and the days and words that follow it tell how a dependency was answered.
    """

    code: str
    source: Ref
    target: Ref
    type: LinkType
    weight: Number | None
    effort: Number | None
    rationale: str | None
    need_by: date | None
    affirmed_at: AwareDatetime | None
    affirmed_by: str | None
    state: DependencyState | None
    requested_on: date | None
    answered_on: date | None
    answered_by: str | None
    decline_reason: str | None
    delivered_on: date | None


def shape_link(row: Link, references: References) -> LinkOut:
    """A link with its code."""
    code = write_link_code(references[row.source_id][0], references[row.target_id][0], row.type)
    return make_shape(LinkOut, row, references, code=code)


async def show_link(session: SessionDep, row: Link) -> LinkOut:
    """A link as an answer."""
    return shape_link(row, await load_references(session, [row]))


LINK = Editable(
    find=find_link,
    show=show_link,
    contract=LinkInput,
    update=update_link,
    archive=archive_link,
    permission=Permission.GOALS_WRITE,
)


@router.get("", summary="List links", response_model=PageOut[LinkOut])
async def list_links_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[LinkFilter, Query()]
) -> Response:
    """Every link, in the order of making."""
    rows, next_cursor = await list_links(session, filters, actor=actor)
    references = await load_references(session, rows)
    return send_page(request, [shape_link(row, references) for row in rows], next_cursor)


@router.post("", summary="Add a link", status_code=201, response_model=LinkOut)
async def create_link_route(
    request: Request, session: SessionDep, actor: ActorDep, data: LinkInput
) -> Response:
    """Adds a link."""
    link = await create_link(session, data, actor=actor)
    return send_created(request, await show_link(session, link))


@router.get("/{link}", summary="Show a link", response_model=LinkOut)
async def show_link_route(request: Request, session: SessionDep, actor: ActorDep, link: str) -> Response:
    """One link by id or code."""
    row = await find_link(session, link, actor=actor)
    return send_item(request, await show_link(session, row))


@router.put("/{link}", summary="Replace a link", response_model=LinkOut)
async def update_link_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    link: str,
    data: LinkInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about a link; what is left out is cleared."""
    return await put_one(request, session, LINK, link, data, actor=actor, if_match=if_match)


@router.patch("/{link}", summary="Change a link", response_model=LinkOut)
async def patch_link_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    link: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a link (JSON Merge Patch)."""
    return await patch_one(request, session, LINK, link, patch, actor=actor, if_match=if_match)


@router.delete("/{link}", summary="Delete a link", response_model=LinkOut, responses=GONE)
async def delete_link_route(
    request: Request, session: SessionDep, actor: ActorDep, link: str, if_match: IfMatch = None
) -> Response:
    """Removes the link of an objective that was only ever a draft; archives any other."""
    return await delete_one(request, session, LINK, link, delete_link, actor=actor, if_match=if_match)


@router.post("/{link}/archive", summary="Archive a link", response_model=LinkOut)
async def archive_link_route(request: Request, session: SessionDep, actor: ActorDep, link: str) -> Response:
    """Takes a link out of the graph. The same two may be tied again."""
    return await archive_one(request, session, LINK, link, actor=actor, if_match="*")


@router.post("/{link}/affirm", summary="Affirm a link", response_model=LinkOut)
async def affirm_link_route(request: Request, session: SessionDep, actor: ActorDep, link: str) -> Response:
    """Says that a link still holds after its target changed."""
    row = await find_link(session, link, actor=actor, to=LINK.permission, lock=True)
    await affirm_link(session, row, actor=actor)
    return send_item(request, await show_link(session, row))


@router.post("/{link}/accept", summary="Promise a dependency", response_model=LinkOut)
async def accept_dependency_route(
    request: Request, session: SessionDep, actor: ActorDep, link: str
) -> Response:
    """Promises what a dependency asks for. Whoever writes its target answers."""
    row = await find_dependency(session, link, actor=actor, lock=True)
    await accept_dependency(session, row, actor=actor)
    return send_item(request, await show_link(session, row))


@router.post("/{link}/decline", summary="Decline a dependency", response_model=LinkOut)
async def decline_dependency_route(
    request: Request, session: SessionDep, actor: ActorDep, link: str, data: DependencyRefusal
) -> Response:
    """Says that what a dependency asks for will not come, and why."""
    row = await find_dependency(session, link, actor=actor, lock=True)
    await decline_dependency(session, row, data, actor=actor)
    return send_item(request, await show_link(session, row))


@router.post("/{link}/deliver", summary="Deliver a dependency", response_model=LinkOut)
async def deliver_dependency_route(
    request: Request, session: SessionDep, actor: ActorDep, link: str, data: DependencyDelivery
) -> Response:
    """Says on which day what a dependency asks for was there."""
    row = await find_dependency(session, link, actor=actor, lock=True)
    await deliver_dependency(session, row, data, actor=actor)
    return send_item(request, await show_link(session, row))
