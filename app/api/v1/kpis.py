"""Definitions of KPIs in JSON. Their targets and measurements have files of their own."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from app.actions.kpis import archive_kpi, create_kpi, update_kpi
from app.api.answers import (
    ArchivableOut,
    PageOut,
    Ref,
    References,
    make_ref,
    make_shape,
    send_created,
    send_item,
    send_page,
)
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, current_input, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.periods import Cadence
from app.domain.permissions import Permission
from app.domain.scoring import Aggregation, Direction, KpiKind, KpiSource
from app.models.base import Number
from app.models.kpis import Feed, Kpi, KpiFilter, KpiInput
from app.queries.kpis import find_kpi, list_kpis, load_kpi_links, load_kpi_references

router = ApiRouter("/kpis", tag="kpis")


class KpiOut(ArchivableOut):
    """The definition of a KPI."""

    code: str
    name: str
    description: str | None
    unit: str
    direction: Direction
    cadence: Cadence
    grace_days: int
    aggregation: Aggregation
    kind: KpiKind
    source: KpiSource
    feed: Feed | None
    metric: str | None
    owner: Ref | None
    updater: Ref | None
    department: Ref | None
    departments: list[Ref]
    measures: list[Ref]
    baseline: Number | None
    active: bool
    guards: list[Ref]
    built_in: bool


async def show_kpis(session: SessionDep, rows: Sequence[Kpi]) -> list[KpiOut]:
    """KPIs as answers, with two statements for all that they name."""
    links = await load_kpi_links(session, [row.id for row in rows])
    references = await load_kpi_references(session, rows, links)
    return [
        make_shape(
            KpiOut,
            row,
            references,
            feed=row.feed and Feed.model_validate(row.feed),
            departments=_list_refs(links[row.id].departments, references),
            measures=_list_refs(links[row.id].measures, references),
            guards=_list_refs(links[row.id].guards, references),
        )
        for row in rows
    ]


async def show_kpi(session: SessionDep, row: Kpi) -> KpiOut:
    """A KPI as an answer."""
    return (await show_kpis(session, [row]))[0]


async def read_kpi_input(session: SessionDep, row: Kpi) -> dict[str, Any]:
    """What would be sent to make the KPI what it is."""
    links = (await load_kpi_links(session, [row.id]))[row.id]
    return current_input(
        row, KpiInput, departments=links.departments, measures=links.measures, guards=links.guards
    )


def _list_refs(ids: Iterable[UUID], references: References) -> list[Ref]:
    refs = [ref for identity in ids if (ref := make_ref(identity, references))]
    return sorted(refs, key=lambda ref: ref.code)


KPI = Editable(
    find=find_kpi,
    show=show_kpi,
    contract=KpiInput,
    update=update_kpi,
    archive=archive_kpi,
    permission=Permission.GOALS_WRITE,
    read_input=read_kpi_input,
)


@router.get("", summary="List KPIs", response_model=PageOut[KpiOut])
async def list_kpis_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[KpiFilter, Query()]
) -> Response:
    """Every definition, in the order of making. `measures` names a theme, goal or objective."""
    rows, next_cursor = await list_kpis(session, filters, actor=actor)
    return send_page(request, await show_kpis(session, rows), next_cursor)


@router.post("", summary="Add a KPI", status_code=201, response_model=KpiOut)
async def create_kpi_route(
    request: Request, session: SessionDep, actor: ActorDep, data: KpiInput
) -> Response:
    """Adds a KPI: of a department, or (without one) of the whole organization."""
    kpi = await create_kpi(session, data, actor=actor)
    return send_created(request, await show_kpi(session, kpi))


@router.get("/{kpi}", summary="Show a KPI", response_model=KpiOut)
async def show_kpi_route(request: Request, session: SessionDep, actor: ActorDep, kpi: str) -> Response:
    """One definition by id or code."""
    row = await find_kpi(session, kpi, actor=actor)
    return send_item(request, await show_kpi(session, row))


@router.put("/{kpi}", summary="Replace a KPI", response_model=KpiOut)
async def update_kpi_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    data: KpiInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces the definition; its values are read again by the new one. Cadence: only without values."""
    return await put_one(request, session, KPI, kpi, data, actor=actor, if_match=if_match)


@router.patch("/{kpi}", summary="Change a KPI", response_model=KpiOut)
async def patch_kpi_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    kpi: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of the definition (JSON Merge Patch)."""
    return await patch_one(request, session, KPI, kpi, patch, actor=actor, if_match=if_match)


@router.delete("/{kpi}", summary="Archive a KPI", response_model=KpiOut)
async def archive_kpi_route(
    request: Request, session: SessionDep, actor: ActorDep, kpi: str, if_match: IfMatch = None
) -> Response:
    """Takes a KPI out of the lists; its values stay. The alignment KPIs can only be made inactive."""
    return await archive_one(request, session, KPI, kpi, actor=actor, if_match=if_match)


@router.post("/{kpi}/archive", summary="Archive a KPI", response_model=KpiOut)
async def archive_kpi_verb_route(
    request: Request, session: SessionDep, actor: ActorDep, kpi: str
) -> Response:
    """The same as DELETE, without a condition."""
    return await archive_one(request, session, KPI, kpi, actor=actor, if_match="*")
