"""Departmental objectives in JSON."""

from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from app.actions.objectives import archive_objective, create_objective, delete_objective, update_objective
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
from app.api.editing import GONE, Editable, IfMatch, Patch, archive_one, delete_one, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.words import NodeStatus
from app.models.base import Number
from app.models.objectives import Objective, ObjectiveFilter, ObjectiveInput
from app.queries.objectives import find_objective, list_objectives

router = ApiRouter("/objectives", tag="objectives")


class ObjectiveOut(ArchivableOut):
    """A departmental objective. `effort` is in person-days a month."""

    code: str
    title: str
    why: str | None
    department: Ref
    owner: Ref | None
    status: NodeStatus
    starts_on: date | None
    ends_on: date | None
    effort: Number
    changed_at: AwareDatetime


async def show_objective(session: SessionDep, row: Objective) -> ObjectiveOut:
    """An objective as an answer."""
    return await shape_one(session, ObjectiveOut, row)


OBJECTIVE = Editable(
    find=find_objective,
    show=show_objective,
    contract=ObjectiveInput,
    update=update_objective,
    archive=archive_objective,
    permission=Permission.GOALS_WRITE,
)


@router.get("", summary="List objectives", response_model=PageOut[ObjectiveOut])
async def list_objectives_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[ObjectiveFilter, Query()]
) -> Response:
    """Every departmental objective, in the order of making."""
    rows, next_cursor = await list_objectives(session, filters, actor=actor)
    return send_page(request, await shape_many(session, ObjectiveOut, rows), next_cursor)


@router.post("", summary="Add an objective", status_code=201, response_model=ObjectiveOut)
async def create_objective_route(
    request: Request, session: SessionDep, actor: ActorDep, data: ObjectiveInput
) -> Response:
    """Adds a departmental objective."""
    objective = await create_objective(session, data, actor=actor)
    return send_created(request, await show_objective(session, objective))


@router.get("/{objective}", summary="Show an objective", response_model=ObjectiveOut)
async def show_objective_route(
    request: Request, session: SessionDep, actor: ActorDep, objective: str
) -> Response:
    """One objective by id or code."""
    row = await find_objective(session, objective, actor=actor)
    return send_item(request, await show_objective(session, row))


@router.put("/{objective}", summary="Replace an objective", response_model=ObjectiveOut)
async def update_objective_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    objective: str,
    data: ObjectiveInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about an objective; what is left out is cleared."""
    return await put_one(request, session, OBJECTIVE, objective, data, actor=actor, if_match=if_match)


@router.patch("/{objective}", summary="Change an objective", response_model=ObjectiveOut)
async def patch_objective_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    objective: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of an objective (JSON Merge Patch)."""
    return await patch_one(request, session, OBJECTIVE, objective, patch, actor=actor, if_match=if_match)


@router.delete("/{objective}", summary="Delete an objective", response_model=ObjectiveOut, responses=GONE)
async def delete_objective_route(
    request: Request, session: SessionDep, actor: ActorDep, objective: str, if_match: IfMatch = None
) -> Response:
    """Removes an objective that was only ever a draft and that nothing points at; archives any other."""
    return await delete_one(
        request, session, OBJECTIVE, objective, delete_objective, actor=actor, if_match=if_match
    )


@router.post("/{objective}/archive", summary="Archive an objective", response_model=ObjectiveOut)
async def archive_objective_route(
    request: Request, session: SessionDep, actor: ActorDep, objective: str
) -> Response:
    """Takes an objective out of the lists. Its history stays, and its code stays taken."""
    return await archive_one(request, session, OBJECTIVE, objective, actor=actor, if_match="*")
