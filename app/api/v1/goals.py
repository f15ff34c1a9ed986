"""Strategic goals in JSON."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from app.actions.goals import archive_goal, create_goal, update_goal
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
from app.api.editing import IfMatch, Patch, current_input, patched_input, require_match
from app.api.route import ApiRoute
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.words import NodeStatus
from app.models.goals import Assumption, Goal, GoalFilter, GoalInput
from app.queries.goals import find_goal, list_goals

router = APIRouter(prefix="/goals", tags=["goals"], route_class=ApiRoute)
WRITE = Permission.GOALS_WRITE


class GoalOut(ArchivableOut):
    """A strategic goal."""

    code: str
    title: str
    why: str | None
    theme: Ref | None
    owner: Ref | None
    status: NodeStatus
    starts_on: date | None
    ends_on: date | None
    rank: int | None
    cross_functional: bool
    assumptions: list[Assumption]
    changed_at: AwareDatetime


@router.get("", summary="List goals", response_model=PageOut[GoalOut])
async def list_goals_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[GoalFilter, Query()]
) -> Response:
    """Every strategic goal, in the order of making."""
    rows, next_cursor = await list_goals(session, filters, actor=actor)
    return send_page(request, await shape_many(session, GoalOut, rows), next_cursor)


@router.post("", summary="Add a goal", status_code=201, response_model=GoalOut)
async def create_goal_route(
    request: Request, session: SessionDep, actor: ActorDep, data: GoalInput
) -> Response:
    """Adds a strategic goal."""
    goal = await create_goal(session, data, actor=actor)
    return send_created(request, await shape_one(session, GoalOut, goal))


@router.get("/{goal}", summary="Show a goal", response_model=GoalOut)
async def show_goal_route(request: Request, session: SessionDep, actor: ActorDep, goal: str) -> Response:
    """One goal by id or code."""
    row = await find_goal(session, goal, actor=actor)
    return send_item(request, await shape_one(session, GoalOut, row))


@router.put("/{goal}", summary="Replace a goal", response_model=GoalOut)
async def update_goal_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    goal: str,
    data: GoalInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about a goal; what is left out is cleared."""
    row = await _find_for_edit(session, goal, actor, if_match)
    return await _update(request, session, actor, row, data)


@router.patch("/{goal}", summary="Change a goal", response_model=GoalOut)
async def patch_goal_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    goal: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a goal (JSON Merge Patch)."""
    row = await _find_for_edit(session, goal, actor, if_match)
    data = patched_input(GoalInput, current_input(row, GoalInput), patch)
    return await _update(request, session, actor, row, data)


@router.delete("/{goal}", summary="Archive a goal", response_model=GoalOut)
async def archive_goal_route(
    request: Request, session: SessionDep, actor: ActorDep, goal: str, if_match: IfMatch = None
) -> Response:
    """Takes a goal out of the lists. Its history stays, and its code stays taken."""
    row = await _find_for_edit(session, goal, actor, if_match)
    await archive_goal(session, row, actor=actor)
    return send_item(request, await shape_one(session, GoalOut, row))


async def _find_for_edit(session: SessionDep, goal: str, actor: ActorDep, if_match: str | None) -> Goal:
    row = await find_goal(session, goal, actor=actor, to=WRITE, lock=True)
    require_match(if_match, await shape_one(session, GoalOut, row))
    return row


async def _update(
    request: Request, session: SessionDep, actor: ActorDep, row: Goal, data: GoalInput
) -> Response:
    await update_goal(session, row, data, actor=actor)
    return send_item(request, await shape_one(session, GoalOut, row))
