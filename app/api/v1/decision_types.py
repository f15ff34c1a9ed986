"""Decision types in JSON."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.decision_types import archive_decision_type, create_decision_type, update_decision_type
from app.api.answers import ArchivableOut, PageOut, send_created, send_item, send_page, shape_many, shape_one
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.models.decision_types import DecisionType, DecisionTypeFilter, DecisionTypeInput
from app.queries.decision_types import find_decision_type, list_decision_types

router = ApiRouter("/decision-types", tag="decisions")


class DecisionTypeOut(ArchivableOut):
    """A kind of decision: how many days it may stay open, and who decides, advises and is informed."""

    code: str
    name: str
    description: str | None
    limit_days: int | None
    decides: list[str]
    advises: list[str]
    informed: list[str]


async def show_decision_type(session: SessionDep, row: DecisionType) -> DecisionTypeOut:
    """A type as an answer."""
    return await shape_one(session, DecisionTypeOut, row)


DECISION_TYPE = Editable(
    find=find_decision_type,
    show=show_decision_type,
    contract=DecisionTypeInput,
    update=update_decision_type,
    archive=archive_decision_type,
    permission=Permission.DECISIONS_WRITE,
)


@router.get("", summary="List decision types", response_model=PageOut[DecisionTypeOut])
async def list_decision_types_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[DecisionTypeFilter, Query()]
) -> Response:
    """Every type, in the order of making."""
    rows, next_cursor = await list_decision_types(session, filters, actor=actor)
    return send_page(request, await shape_many(session, DecisionTypeOut, rows), next_cursor)


@router.post("", summary="Add a decision type", status_code=201, response_model=DecisionTypeOut)
async def create_decision_type_route(
    request: Request, session: SessionDep, actor: ActorDep, data: DecisionTypeInput
) -> Response:
    """Adds a type. Types hold for the whole organization."""
    row = await create_decision_type(session, data, actor=actor)
    return send_created(request, await show_decision_type(session, row))


@router.get("/{type}", summary="Show a decision type", response_model=DecisionTypeOut)
async def show_decision_type_route(
    request: Request, session: SessionDep, actor: ActorDep, type: str
) -> Response:
    """One type by id or code."""
    row = await find_decision_type(session, type, actor=actor)
    return send_item(request, await show_decision_type(session, row))


@router.put("/{type}", summary="Replace a decision type", response_model=DecisionTypeOut)
async def update_decision_type_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    type: str,
    data: DecisionTypeInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about a type. A new limit counts for open decisions at once."""
    return await put_one(request, session, DECISION_TYPE, type, data, actor=actor, if_match=if_match)


@router.patch("/{type}", summary="Change a decision type", response_model=DecisionTypeOut)
async def patch_decision_type_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    type: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a type (JSON Merge Patch)."""
    return await patch_one(request, session, DECISION_TYPE, type, patch, actor=actor, if_match=if_match)


@router.delete("/{type}", summary="Archive a decision type", response_model=DecisionTypeOut)
async def delete_decision_type_route(
    request: Request, session: SessionDep, actor: ActorDep, type: str, if_match: IfMatch = None
) -> Response:
    """Takes a type out of the lists; decisions of it keep it."""
    return await archive_one(request, session, DECISION_TYPE, type, actor=actor, if_match=if_match)


@router.post("/{type}/archive", summary="Archive a decision type", response_model=DecisionTypeOut)
async def archive_decision_type_route(
    request: Request, session: SessionDep, actor: ActorDep, type: str
) -> Response:
    """Takes a type out of the lists; decisions of it keep it."""
    return await archive_one(request, session, DECISION_TYPE, type, actor=actor, if_match="*")
