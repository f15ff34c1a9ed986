"""Themes in JSON."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.themes import archive_theme, create_theme, update_theme
from app.api.answers import (
    ArchivableOut,
    PageOut,
    send_created,
    send_item,
    send_page,
    shape_many,
    shape_one,
)
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.models.themes import Theme, ThemeFilter, ThemeInput
from app.queries.themes import find_theme, list_themes

router = ApiRouter("/themes", tag="themes")


class ThemeOut(ArchivableOut):
    """A pillar of the vision."""

    code: str
    name: str
    description: str | None
    rank: int | None


async def show_theme(session: SessionDep, row: Theme) -> ThemeOut:
    """A theme as an answer."""
    return await shape_one(session, ThemeOut, row)


THEME = Editable(
    find=find_theme,
    show=show_theme,
    contract=ThemeInput,
    update=update_theme,
    archive=archive_theme,
    permission=Permission.GOALS_WRITE,
)


@router.get("", summary="List themes", response_model=PageOut[ThemeOut])
async def list_themes_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[ThemeFilter, Query()]
) -> Response:
    """Every theme, in the order of making."""
    rows, next_cursor = await list_themes(session, filters, actor=actor)
    return send_page(request, await shape_many(session, ThemeOut, rows), next_cursor)


@router.post("", summary="Add a theme", status_code=201, response_model=ThemeOut)
async def create_theme_route(
    request: Request, session: SessionDep, actor: ActorDep, data: ThemeInput
) -> Response:
    """Adds a theme."""
    theme = await create_theme(session, data, actor=actor)
    return send_created(request, await show_theme(session, theme))


@router.get("/{theme}", summary="Show a theme", response_model=ThemeOut)
async def show_theme_route(request: Request, session: SessionDep, actor: ActorDep, theme: str) -> Response:
    """One theme by id or code."""
    row = await find_theme(session, theme, actor=actor)
    return send_item(request, await show_theme(session, row))


@router.put("/{theme}", summary="Replace a theme", response_model=ThemeOut)
async def update_theme_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    theme: str,
    data: ThemeInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about a theme; what is left out is cleared."""
    return await put_one(request, session, THEME, theme, data, actor=actor, if_match=if_match)


@router.patch("/{theme}", summary="Change a theme", response_model=ThemeOut)
async def patch_theme_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    theme: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a theme (JSON Merge Patch)."""
    return await patch_one(request, session, THEME, theme, patch, actor=actor, if_match=if_match)


@router.delete("/{theme}", summary="Archive a theme", response_model=ThemeOut)
async def delete_theme_route(
    request: Request, session: SessionDep, actor: ActorDep, theme: str, if_match: IfMatch = None
) -> Response:
    """Takes a theme out of the lists. Its goals keep it, and its code stays taken."""
    return await archive_one(request, session, THEME, theme, actor=actor, if_match=if_match)


@router.post("/{theme}/archive", summary="Archive a theme", response_model=ThemeOut)
async def archive_theme_route(request: Request, session: SessionDep, actor: ActorDep, theme: str) -> Response:
    """The same as DELETE, without If-Match."""
    return await archive_one(request, session, THEME, theme, actor=actor, if_match="*")
