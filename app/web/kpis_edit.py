"""Defining a KPI: `/kpis/new`, `/kpis/CODE/edit`, and putting one away. Its targets are in `kpis_targets`."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.actions.kpis import archive_kpi, create_kpi, update_kpi
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.domain.scoring import Unit
from app.errors import Forbidden
from app.models.base import Reference
from app.models.kpis import Kpi, KpiInput
from app.queries.departments import list_choices
from app.queries.kpis import find_kpi, load_kpi_links, load_kpi_references
from app.queries.owners import list_owner_choices
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.kpi_words import AGGREGATIONS, CADENCES, DIRECTIONS, KINDS, SOURCES
from app.web.kpis import is_kpi_author
from app.web.render import fragments, go_to, is_partial, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False)
_OPTIONS = {
    "directions": [(key.value, text) for key, text in DIRECTIONS.items()],
    "cadences": [(key.value, text) for key, text in CADENCES.items()],
    "aggregations": [(key.value, text) for key, text in AGGREGATIONS.items()],
    "kinds": [(key.value, text) for key, text in KINDS.items()],
    "sources": [(key.value, text) for key, text in SOURCES.items()],
    "units": [(unit.value, unit.value) for unit in Unit],
}
_NEW = {
    "unit": Unit.PERCENT.value,
    "direction": "higher",
    "cadence": "monthly",
    "grace_days": "5",
    "aggregation": "mean",
    "kind": "numeric",
    "source": "manual",
    "active": True,
}


@router.get("/kpis/new")
async def new_kpi(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    measures: Annotated[list[Reference] | None, Query()] = None,
    department: Annotated[str, Query(max_length=320)] = "",
) -> Response:
    """The form of a new KPI, perhaps for a goal or objective that has none."""
    _require_author(person)
    form: Form[KpiInput] = Form(values={**_NEW, "measures": measures or [], "department": department})
    return await _show(request, session, person, form, None)


@router.post("/kpis")
async def add_kpi(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Adds a KPI and leads to its page."""
    _require_author(person)
    form = await read_form(request, KpiInput)

    async def save(data: KpiInput) -> None:
        await create_kpi(session, data, actor=person)

    status = await save_form(session, form, save)
    if status != OK or form.data is None:
        return await _show(request, session, person, form, None, status=status)
    return go_to(request, f"/kpis/{quote(form.data.code)}")


@router.get("/kpis/{kpi}/edit")
async def edit_kpi(request: Request, session: SessionDep, person: PersonDep, kpi: str) -> Response:
    """The form of a KPI."""
    row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE)
    return await _show(request, session, person, await _fill(session, row), row)


@router.post("/kpis/{kpi}")
async def save_kpi(request: Request, session: SessionDep, person: PersonDep, kpi: str) -> Response:
    """Replaces a definition; what has changed meanwhile is shown beside what was typed."""
    form = await read_form(request, KpiInput)
    row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE, lock=True)
    now = await _fill(session, row)

    async def save(data: KpiInput) -> None:
        await update_kpi(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK or form.data is None:
        # What was refused is undone: the row is read again.
        row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE)
        return await _show(request, session, person, form, row, status=status)
    return go_to(request, f"/kpis/{quote(form.data.code)}")


@router.post("/kpis/{kpi}/archive")
async def put_kpi_away(request: Request, session: SessionDep, person: PersonDep, kpi: str) -> Response:
    """Takes a KPI out of the lists; its values stay."""
    row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE, lock=True)
    await archive_kpi(session, row, actor=person)
    return go_to(request, f"/kpis/{quote(row.code)}")


def _require_author(person: Actor) -> None:
    if not is_kpi_author(person):
        raise Forbidden("To define KPIs is for those who keep goals.")


async def _fill(session: SessionDep, row: Kpi) -> Form[KpiInput]:
    links = (await load_kpi_links(session, [row.id]))[row.id]
    names = await load_kpi_references(session, [row], {row.id: links})

    def list_codes(ids: list[UUID]) -> list[str]:
        return sorted(names[each][0] for each in ids if each in names)

    return fill_form(
        KpiInput,
        row,
        names,
        departments=list_codes(links.departments),
        measures=list_codes(links.measures),
        guards=list_codes(links.guards),
    )


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[KpiInput],
    row: Kpi | None,
    *,
    status: int = 200,
) -> Response:
    context: dict[str, Any] = {
        "form": form,
        "kpi": row,
        "action": "/kpis" if row is None else f"/kpis/{quote(row.code)}",
        "departments": await list_choices(session, actor=person),
        "people": await list_owner_choices(session, actor=person),
        **_OPTIONS,
    }
    if is_partial(request):
        return fragments(request, [("kpis/_form.html", context)], status=status)
    return page(request, "kpis/edit.html", status=status, **context)
