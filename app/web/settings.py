"""`/settings`: the organization itself, and what all pages of the settings share."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Depends, Request, Response

from app.actions.organization import update_organization
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, require
from app.models.base import PageFilter
from app.models.organization import Organization, OrganizationInput, VisionVersion
from app.queries.organization import find_organization, find_vision, list_visions
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.render import Fragment, done, fragments, is_partial, page
from app.web.saving import OK, save_form
from app.web.times import read_clock

router = APIRouter(include_in_schema=False)
AREAS = [
    ("/settings", "Organization"),
    ("/settings/departments", "Departments"),
    ("/settings/owners", "Owners"),
    ("/settings/decision-types", "Decision types"),
    ("/settings/clients", "Clients"),
    ("/settings/segments", "Segments"),
]
MONTHS = list(enumerate(calendar.month_name))[1:]
# Rows of values that stand empty for what comes next; saving adds a new one.
EMPTY_ROWS = 1
_OLD_AREAS = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


async def get_keeper(person: PersonDep) -> Actor:
    """Who sees the settings: administrators and executives."""
    require(person, Permission.CLIENTS_READ)
    return person


KeeperDep = Annotated[Actor, Depends(get_keeper)]


@dataclass(frozen=True, slots=True)
class VisionLine:
    """One version of the vision."""

    number: int
    statement: str
    since: str


def settings_page(
    request: Request, template: str, area: str, *, status: int = 200, **context: Any
) -> Response:
    """A page of the settings, with its area marked."""
    return page(request, template, status=status, headers=None, areas=AREAS, area=area, **context)


def answer_form(
    request: Request, fragment: str, template: str, area: str, *, status: int, context: Mapping[str, Any]
) -> Response:
    """A form that was refused: itself for htmx, else its whole page, with what was typed."""
    if is_partial(request):
        return fragments(request, [(fragment, dict(context))], status=status)
    return settings_page(request, template, area, status=status, **context)


def with_heading(fragment: str, context: Mapping[str, Any]) -> list[Fragment]:
    """A form that was saved, and the heading above it, which says what the thing is called now."""
    return [(fragment, dict(context)), ("settings/_heading.html", {**context, "target": "settings-heading"})]


@router.get("/settings")
async def show_organization_settings(request: Request, session: SessionDep, person: KeeperDep) -> Response:
    """The form of the organization, and the versions of its vision."""
    organization = await find_organization(session, actor=person)
    form = fill_organization(organization, await find_vision(session, organization))
    return await _show(request, session, person, form)


@router.post("/settings")
async def save_organization(request: Request, session: SessionDep, person: KeeperDep) -> Response:
    """Replaces what is written about the organization; another vision is a new version."""
    form = await read_form(request, OrganizationInput)
    organization = await find_organization(session, actor=person, to=Permission.GOALS_WRITE, lock=True)
    now = fill_organization(organization, await find_vision(session, organization))

    async def save(data: OrganizationInput) -> None:
        await update_organization(session, organization, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        return await _show(request, session, person, form, status=status)
    saved = fill_organization(organization, await find_vision(session, organization))
    context = await _gather(session, person, saved)
    return done(
        request, [("settings/_organization.html", context)], to="/settings", said="The organization is saved."
    )


def fill_organization(organization: Organization, vision: VisionVersion | None) -> Form[OrganizationInput]:
    """The organization as a form."""
    return fill_form(OrganizationInput, organization, vision=vision)


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[OrganizationInput],
    *,
    status: int = 200,
) -> Response:
    context = await _gather(session, person, form)
    return answer_form(
        request,
        "settings/_organization.html",
        "settings/organization.html",
        "/settings",
        status=status,
        context=context,
    )


async def _gather(session: SessionDep, person: Actor, form: Form[OrganizationInput]) -> dict[str, Any]:
    organization = await find_organization(session, actor=person)
    clock = read_clock(ZoneInfo(organization.time_zone))
    visions, _ = await list_visions(session, PageFilter(limit=1000), actor=person)
    return {
        "form": form,
        "months": MONTHS,
        "zones": list_zones(form.values.get("time_zone")),
        "value_rows": range(int(form.values.get("values") or 0) + EMPTY_ROWS),
        "visions": [
            VisionLine(each.number, each.statement, clock.say(each.created_at)) for each in reversed(visions)
        ],
    }


@cache
def _usual_zones() -> list[str]:
    names = available_timezones()
    return sorted(name for name in names if "/" in name and not name.startswith(_OLD_AREAS))


def list_zones(chosen: str | None) -> list[tuple[str, str]]:
    """Time zones by the names people know, UTC first; the one that is chosen is always among them."""
    usual = ["UTC", *_usual_zones()]
    if chosen and chosen not in usual:
        usual.append(chosen)
    return [(name, name.replace("_", " ")) for name in usual]
