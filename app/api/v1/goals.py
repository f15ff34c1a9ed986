"""Strategic goals in JSON."""

from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from app.actions.goals import archive_goal, create_goal, delete_goal, update_goal
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
from app.models.goals import Assumption, Goal, GoalFilter, GoalInput
from app.queries.goals import find_goal, list_goals

router = ApiRouter("/goals", tag="goals")


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


async def show_goal(session: SessionDep, row: Goal) -> GoalOut:
    """A goal as an answer."""
    return await shape_one(session, GoalOut, row)


GOAL = Editable(
    find=find_goal,
    show=show_goal,
    contract=GoalInput,
    update=update_goal,
    archive=archive_goal,
    permission=Permission.GOALS_WRITE,
)


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
    return send_created(request, await show_goal(session, goal))


@router.get("/{goal}", summary="Show a goal", response_model=GoalOut)
async def show_goal_route(request: Request, session: SessionDep, actor: ActorDep, goal: str) -> Response:
    """One goal by id or code."""
    row = await find_goal(session, goal, actor=actor)
    return send_item(request, await show_goal(session, row))


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
    return await put_one(request, session, GOAL, goal, data, actor=actor, if_match=if_match)


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
    return await patch_one(request, session, GOAL, goal, patch, actor=actor, if_match=if_match)


@router.delete("/{goal}", summary="Delete a goal", response_model=GoalOut, responses=GONE)
async def delete_goal_route(
    request: Request, session: SessionDep, actor: ActorDep, goal: str, if_match: IfMatch = None
) -> Response:
    """Removes a goal that was only ever a draft and that nothing points at; archives any other."""
    return await delete_one(request, session, GOAL, goal, delete_goal, actor=actor, if_match=if_match)


@router.post("/{goal}/archive", summary="Archive a goal", response_model=GoalOut)
async def archive_goal_route(request: Request, session: SessionDep, actor: ActorDep, goal: str) -> Response:
    """Takes a goal out of the lists. Its history stays, and its code stays taken."""
    return await archive_one(request, session, GOAL, goal, actor=actor, if_match="*")
