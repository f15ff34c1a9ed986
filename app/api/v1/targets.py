"""Targets of a KPI in JSON, below `/kpis/{kpi}/targets`."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import Field

from app.actions.targets import archive_target, create_target, update_target
from app.api.answers import ArchivableOut, PageOut, Ref, make_shape, send_created, send_item, send_page
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, current_input, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.models.base import Number
from app.models.kpis import Kpi
from app.models.targets import Target, TargetFilter, TargetInput
from app.queries._find import load_references
from app.queries.kpis import find_kpi
from app.queries.targets import find_target, list_targets

router = ApiRouter("/kpis/{kpi}/targets", tag="kpis")
WRITE = Permission.GOALS_WRITE


class TargetOut(ArchivableOut):
    """What counts as green, amber and red in a range of periods."""

    kpi: Ref
    department: Ref | None
    from_: str = Field(serialization_alias="from")
    to: str | None
    target: Number | None
    amber: Number | None
    red: Number | None
    low: Number | None
    high: Number | None
    red_low: Number | None
    red_high: Number | None


async def show_targets(session: SessionDep, kpi: Kpi, rows: Sequence[Target]) -> list[TargetOut]:
    """Targets as answers."""
    references = await load_references(session, rows)
    named = Ref.model_construct(id=kpi.id, code=kpi.code, name=kpi.name)
    return [
        make_shape(TargetOut, row, references, kpi=named, from_=row.first_period, to=row.last_period)
        for row in rows
    ]


async def _find_editable(
    session: SessionDep, reference: str, actor: Actor
) -> tuple[Kpi, Editable[Target, TargetInput]]:
    """The KPI, locked before its targets are, and how a target of it is edited."""
    kpi = await find_kpi(session, reference, actor=actor, to=WRITE, lock=True)

    async def show(session: SessionDep, row: Target) -> TargetOut:
        return (await show_targets(session, kpi, [row]))[0]

    async def read_input(_: SessionDep, row: Target) -> dict[str, Any]:
        return current_input(row, TargetInput, **{"from": row.first_period, "to": row.last_period})

    return kpi, Editable(
        find=partial(find_target, kpi=kpi),
        show=show,
        contract=TargetInput,
        update=partial(update_target, kpi=kpi),
        archive=partial(archive_target, kpi=kpi),
        permission=WRITE,
        read_input=read_input,
    )


@router.get("", summary="List targets", response_model=PageOut[TargetOut])
async def list_targets_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    filters: Annotated[TargetFilter, Query()],
) -> Response:
    """The targets of a KPI. Where a department has one of its own, the general one does not hold for it."""
    row = await find_kpi(session, kpi, actor=actor)
    targets, next_cursor = await list_targets(session, filters, kpi=row, actor=actor)
    return send_page(request, await show_targets(session, row, targets), next_cursor)


@router.post("", summary="Add a target", status_code=201, response_model=TargetOut)
async def create_target_route(
    request: Request, session: SessionDep, actor: ActorDep, kpi: str, data: TargetInput
) -> Response:
    """Adds a target for a range of periods, and reads the values it covers again."""
    row, noun = await _find_editable(session, kpi, actor)
    target = await create_target(session, row, data, actor=actor)
    return send_created(request, await noun.show(session, target))


@router.get("/{target}", summary="Show a target", response_model=TargetOut)
async def show_target_route(
    request: Request, session: SessionDep, actor: ActorDep, kpi: str, target: str
) -> Response:
    """One target by its id; targets have no codes."""
    row = await find_kpi(session, kpi, actor=actor)
    found = await find_target(session, target, kpi=row, actor=actor, to=Permission.GOALS_READ, lock=False)
    return send_item(request, (await show_targets(session, row, [found]))[0])


@router.put("/{target}", summary="Replace a target", response_model=TargetOut)
async def update_target_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    target: str,
    data: TargetInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces a target, and reads the values it covers or covered again."""
    _, noun = await _find_editable(session, kpi, actor)
    return await put_one(request, session, noun, target, data, actor=actor, if_match=if_match)


@router.patch("/{target}", summary="Change a target", response_model=TargetOut)
async def patch_target_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    target: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a target (JSON Merge Patch)."""
    _, noun = await _find_editable(session, kpi, actor)
    return await patch_one(request, session, noun, target, patch, actor=actor, if_match=if_match)


@router.delete("/{target}", summary="Archive a target", response_model=TargetOut)
async def archive_target_route(
    request: Request, session: SessionDep, actor: ActorDep, kpi: str, target: str, if_match: IfMatch = None
) -> Response:
    """Takes a target away: the general one holds again, or none."""
    _, noun = await _find_editable(session, kpi, actor)
    return await archive_one(request, session, noun, target, actor=actor, if_match=if_match)
