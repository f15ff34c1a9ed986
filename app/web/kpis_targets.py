"""`/kpis/CODE/targets`: what is aimed at and when; adding, changing and taking away a target."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from app.actions.targets import archive_target, create_target, update_target
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.domain.scoring import Direction
from app.models.kpis import Kpi
from app.models.targets import Target, TargetInput
from app.queries._find import load_references
from app.queries.departments import list_choices
from app.queries.kpis import find_kpi
from app.queries.kpis_story import list_every_target
from app.queries.organization import today_of
from app.queries.targets import find_target
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.kpi_words import TargetLine, tell_target
from app.web.render import fragments, go_to, is_partial, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False)
_GREEN = {
    Direction.HIGHER: "Green begins here; blank: at the target.",
    Direction.LOWER: "Green ends here; blank: at the target.",
}
_RED = {
    Direction.HIGHER: "Below this it is red; blank: below amber.",
    Direction.LOWER: "Above this it is red; blank: above amber.",
}


class TargetPlace(NamedTuple):
    """Where a form is: at a KPI, perhaps at one of its targets."""

    kpi: Kpi
    target: Target | None = None


@router.get("/kpis/{kpi}/targets")
async def list_kpi_targets(request: Request, session: SessionDep, person: PersonDep, kpi: str) -> Response:
    """Every target, and the form of a new one for those who may."""
    row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE)
    return await _show(request, session, person, TargetPlace(row), Form(values={}))


@router.post("/kpis/{kpi}/targets")
async def add_target(request: Request, session: SessionDep, person: PersonDep, kpi: str) -> Response:
    """Adds a target; the values of its periods are judged again."""
    form = await read_form(request, TargetInput)
    row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE, lock=True)

    async def save(data: TargetInput) -> None:
        await create_target(session, row, data, actor=person)

    status = await save_form(session, form, save)
    if status != OK:
        row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE)
        return await _show(request, session, person, TargetPlace(row), form, status=status)
    return go_to(request, f"/kpis/{quote(row.code)}/targets")


@router.get("/kpis/{kpi}/targets/{target}")
async def edit_target(
    request: Request, session: SessionDep, person: PersonDep, kpi: str, target: str
) -> Response:
    """The form of a target."""
    row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE)
    aim = await find_target(session, target, kpi=row, actor=person, to=Permission.GOALS_WRITE, lock=False)
    return await _show(request, session, person, TargetPlace(row, aim), await _fill(session, aim))


@router.post("/kpis/{kpi}/targets/{target}")
async def save_target(
    request: Request, session: SessionDep, person: PersonDep, kpi: str, target: str
) -> Response:
    """Replaces a target; the values of its periods are judged again."""
    form = await read_form(request, TargetInput)
    row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE, lock=True)
    aim = await find_target(session, target, kpi=row, actor=person, to=Permission.GOALS_WRITE, lock=True)
    now = await _fill(session, aim)

    async def save(data: TargetInput) -> None:
        await update_target(session, aim, data, kpi=row, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE)
        return await _show(request, session, person, TargetPlace(row, aim), form, status=status)
    return go_to(request, f"/kpis/{quote(row.code)}/targets")


@router.post("/kpis/{kpi}/targets/{target}/archive")
async def take_target_away(
    request: Request, session: SessionDep, person: PersonDep, kpi: str, target: str
) -> Response:
    """Takes a target away: the general one holds again, or none."""
    row = await find_kpi(session, kpi, actor=person, to=Permission.GOALS_WRITE, lock=True)
    aim = await find_target(session, target, kpi=row, actor=person, to=Permission.GOALS_WRITE, lock=True)
    await archive_target(session, aim, kpi=row, actor=person)
    return go_to(request, f"/kpis/{quote(row.code)}/targets")


async def _fill(session: SessionDep, row: Target) -> Form[TargetInput]:
    names = await load_references(session, [row])
    return fill_form(TargetInput, row, names, from_=row.first_period, to=row.last_period)


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    place: TargetPlace,
    form: Form[TargetInput],
    *,
    status: int = 200,
) -> Response:
    kpi, target = place
    at = f"/kpis/{quote(kpi.code)}/targets"
    context: dict[str, Any] = {
        "form": form,
        "kpi": kpi,
        "target": target,
        "action": at if target is None else f"{at}/{target.id}",
        "departments": await list_choices(session, actor=person),
        "green_note": _GREEN.get(Direction(kpi.direction)),
        "red_note": _RED.get(Direction(kpi.direction)),
    }
    if is_partial(request):
        return fragments(request, [("kpis/_target.html", context)], status=status)
    rows = await list_every_target(session, kpi, actor=person)
    lines = await _tell_targets(session, kpi, rows, today=await today_of(session))
    return page(request, "kpis/targets.html", status=status, lines=lines, **context)


async def _tell_targets(
    session: SessionDep, kpi: Kpi, rows: Sequence[Target], *, today: date
) -> list[TargetLine]:
    names = await load_references(session, rows)
    return [tell_target(row, kpi, names, today=today) for row in rows]
