"""What was parked in reviews, in JSON. Parking something is in `reviews`."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.reviews import update_parked_item
from app.api.answers import ArchivableOut, PageOut, Ref, send_item, send_page, shape_many, shape_one
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.reviews import ParkedState
from app.models.reviews import ParkedItem, ParkedItemFilter, ParkedItemInput
from app.queries.reviews import find_parked_item, list_parked_items

router = ApiRouter("/parked-items", tag="reviews")


class ParkedItemOut(ArchivableOut):
    """Something for later. `by`: who said so, if a person did. `archived_at`: when that was taken back."""

    code: str
    what: str
    state: ParkedState
    review: Ref | None
    by: Ref | None


async def show_parked_item(session: SessionDep, row: ParkedItem) -> ParkedItemOut:
    """A parked item as an answer."""
    return await shape_one(session, ParkedItemOut, row)


PARKED = Editable(
    find=find_parked_item,
    show=show_parked_item,
    contract=ParkedItemInput,
    update=update_parked_item,
    permission=Permission.REVIEWS_CAPTURE,
)


@router.get("", summary="List what was parked", response_model=PageOut[ParkedItemOut])
async def list_parked_items_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[ParkedItemFilter, Query()]
) -> Response:
    """What was put aside for later, in all reviews or in one."""
    rows, next_cursor = await list_parked_items(session, filters, actor=actor)
    return send_page(request, await shape_many(session, ParkedItemOut, rows), next_cursor)


@router.get("/{item}", summary="Show a parked item", response_model=ParkedItemOut)
async def show_parked_item_route(
    request: Request, session: SessionDep, actor: ActorDep, item: str
) -> Response:
    """One parked item by id or code."""
    row = await find_parked_item(session, item, actor=actor)
    return send_item(request, await show_parked_item(session, row))


@router.put("/{item}", summary="Replace a parked item", response_model=ParkedItemOut)
async def update_parked_item_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    item: str,
    data: ParkedItemInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces what is written about it: its words, and whether it was taken up or dropped."""
    return await put_one(request, session, PARKED, item, data, actor=actor, if_match=if_match)


@router.patch("/{item}", summary="Change a parked item", response_model=ParkedItemOut)
async def patch_parked_item_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    item: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some of it (JSON Merge Patch)."""
    return await patch_one(request, session, PARKED, item, patch, actor=actor, if_match=if_match)
