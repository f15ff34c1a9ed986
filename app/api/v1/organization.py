"""The organization in JSON: one thing, without a list; and the versions of its vision."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from app.actions.organization import update_organization
from app.api.answers import Out, PageOut, RecordOut, make_shape, send_item, send_page, shape_many
from app.api.deps import ActorDep
from app.api.editing import IfMatch, Patch, patched_input, require_match
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.models.base import PageFilter
from app.models.organization import Organization, OrganizationInput, Value
from app.queries.organization import find_organization, find_vision, list_visions

router = ApiRouter("/organization", tag="organization")


class VisionOut(Out):
    """The vision in force."""

    statement: str
    why: str | None
    horizon: str | None
    core_terms: list[str]


class VisionVersionOut(RecordOut):
    """One version of the vision."""

    number: int
    statement: str
    why: str | None
    horizon: str | None
    core_terms: list[str]


class OrganizationOut(RecordOut):
    """The organization. *Today* is the date in its time zone."""

    name: str
    vision: VisionOut | None
    mission: str | None
    values: list[Value]
    fiscal_year_start: int
    minimum_group: int
    time_zone: str


async def show_organization(session: SessionDep, row: Organization) -> OrganizationOut:
    """The organization as an answer."""
    vision = await find_vision(session, row)
    return make_shape(OrganizationOut, row, {}, vision=vision and make_shape(VisionOut, vision, {}))


@router.get("", summary="Show the organization", response_model=OrganizationOut)
async def show_organization_route(request: Request, session: SessionDep, actor: ActorDep) -> Response:
    """Name, vision, mission and values, and the settings that hold everywhere."""
    row = await find_organization(session, actor=actor)
    return send_item(request, await show_organization(session, row))


@router.put("", summary="Replace the organization", response_model=OrganizationOut)
async def update_organization_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    data: OrganizationInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about the organization; what is left out is cleared."""
    row, _ = await _find_for_edit(session, actor, if_match)
    await update_organization(session, row, data, actor=actor)
    return send_item(request, await show_organization(session, row))


@router.patch("", summary="Change the organization", response_model=OrganizationOut)
async def patch_organization_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields (JSON Merge Patch). Another vision is a new version of it."""
    row, current = await _find_for_edit(session, actor, if_match)
    data = patched_input(OrganizationInput, current, patch)
    await update_organization(session, row, data, actor=actor)
    return send_item(request, await show_organization(session, row))


@router.get("/visions", summary="List the versions of the vision", response_model=PageOut[VisionVersionOut])
async def list_visions_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[PageFilter, Query()]
) -> Response:
    """Every vision the organization has had, the first one first."""
    rows, next_cursor = await list_visions(session, filters, actor=actor)
    return send_page(request, await shape_many(session, VisionVersionOut, rows), next_cursor)


async def _find_for_edit(
    session: SessionDep, actor: ActorDep, if_match: str | None
) -> tuple[Organization, dict[str, Any]]:
    """The row, locked, and what its input would be now."""
    row = await find_organization(session, actor=actor, to=Permission.GOALS_WRITE, lock=True)
    current = await show_organization(session, row)
    require_match(if_match, current)
    return row, current.model_dump(mode="json", include=set(OrganizationInput.model_fields))
