"""`/settings/owners`: finding, adding and changing who is accountable for things, and letting them in."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict, StringConstraints

from app.actions.owners import archive_owner, create_owner, update_owner
from app.actions.sign_ins import LINK_DAYS, make_password_link
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, Role, may
from app.domain.words import Level
from app.models.base import Reference
from app.models.owners import Owner, OwnerInput
from app.models.sign_ins import LinkPurpose
from app.queries._find import load_references, resolve_reference
from app.queries.organization import zone_of
from app.queries.owners import OwnerSearch, find_owner, list_owner_choices, search_owners
from app.queries.sign_ins import find_way_in
from app.web.filling import fill_form
from app.web.forms import Contract, Form, blank_is_none, read_form
from app.web.render import done, go_to
from app.web.saving import OK, save_form
from app.web.settings import KeeperDep, answer_form, settings_page, with_heading
from app.web.settings_departments import list_department_choices
from app.web.times import read_clock

router = APIRouter(include_in_schema=False, prefix="/settings/owners")
AREA = "/settings/owners"
ROLES = {
    Role.ADMIN: "Administrator: everything, keys and roles too",
    Role.EXECUTIVE: "Executive: sees all, keeps the goals, runs reviews",
    Role.HEAD: "Head: writes in the own department and below",
    Role.CONTRIBUTOR: "Contributor: updates what is assigned",
    Role.VIEWER: "Viewer: reads",
    Role.FACILITATOR: "Facilitator: surveys and reviews, aggregates only",
}


class OwnersQuery(Contract):
    """Whom the list shows; blank fields of the form ask for nothing."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    q: Annotated[
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None,
        BeforeValidator(blank_is_none),
    ] = None
    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    role: Annotated[Role | None, BeforeValidator(blank_is_none)] = None
    archived: bool = False
    after: UUID | None = None


@router.get("")
async def list_owners_page(
    request: Request, session: SessionDep, person: KeeperDep, asked: Annotated[OwnersQuery, Query()]
) -> Response:
    """Owners by name, a page at a time."""
    department = None
    if asked.department:
        department = await resolve_reference(
            session, "departments", asked.department, "?department", actor=person
        )
    wanted = OwnerSearch(asked.q, department, asked.role, asked.archived, asked.after)
    rows, following = await search_owners(session, wanted, actor=person)
    return settings_page(
        request,
        "settings/owners.html",
        AREA,
        asked=asked,
        rows=rows,
        departments=await list_department_choices(session, person),
        roles=[(role.value, role.value) for role in Role],
        first_url=_page_url(asked, None) if asked.after else None,
        next_url=_page_url(asked, following) if following else None,
    )


@router.get("/new")
async def new_owner(request: Request, session: SessionDep, person: KeeperDep) -> Response:
    """The form of a new owner."""
    form: Form[OwnerInput] = Form(values={"active": True})
    return await _show(request, session, person, form, None)


@router.post("")
async def add_owner(request: Request, session: SessionDep, person: KeeperDep) -> Response:
    """Adds an owner, and goes on to letting them in."""
    form = await read_form(request, OwnerInput)
    made: list[Owner] = []

    async def save(data: OwnerInput) -> None:
        made.append(await create_owner(session, data, actor=person))

    status = await save_form(session, form, save)
    if status != OK:
        return await _show(request, session, person, form, None, status=status)
    return go_to(request, f"{AREA}/{made[0].id}")


@router.get("/{owner}")
async def edit_owner(request: Request, session: SessionDep, person: KeeperDep, owner: str) -> Response:
    """The form of an owner, and how they get in."""
    row = await find_owner(session, owner, actor=person)
    return await _show(request, session, person, await _fill(session, row), row)


@router.post("/{owner}")
async def save_owner(request: Request, session: SessionDep, person: KeeperDep, owner: str) -> Response:
    """Replaces what is written about an owner."""
    form = await read_form(request, OwnerInput)
    row = await find_owner(session, owner, actor=person, to=Permission.DIRECTORY_WRITE, lock=True)
    now = await _fill(session, row)

    async def save(data: OwnerInput) -> None:
        await update_owner(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        row = await find_owner(session, owner, actor=person)
        return await _show(request, session, person, form, row, status=status)
    context = await _gather(session, person, await _fill(session, row), row)
    parts = with_heading("settings/_owner.html", context)
    parts.append(("settings/_way_in.html", context | {"target": "settings-way-in"}))
    return done(request, parts, to=f"{AREA}/{row.id}", said=f"{row.name} is saved.")


@router.post("/{owner}/archive")
async def archive_one_owner(request: Request, session: SessionDep, person: KeeperDep, owner: str) -> Response:
    """Takes an owner out of the lists and ends their access."""
    row = await find_owner(session, owner, actor=person, to=Permission.DIRECTORY_WRITE, lock=True)
    await archive_owner(session, row, actor=person)
    return go_to(request, AREA)


@router.post("/{owner}/link")
async def make_link(request: Request, session: SessionDep, person: KeeperDep, owner: str) -> Response:
    """Makes a link with which somebody sets a password, and shows it this once."""
    row = await find_owner(session, owner, actor=person, to=Permission.DIRECTORY_WRITE, lock=True)
    before = await find_way_in(session, row.id)
    purpose = LinkPurpose.RESET if before.password_since else LinkPurpose.INVITATION
    token = await make_password_link(session, row, purpose, actor=person)
    context = await _gather(session, person, await _fill(session, row), row)
    context["link"] = f"{request.base_url}welcome/{token}"
    fragment, template = "settings/_way_in.html", "settings/owner.html"
    return answer_form(request, fragment, template, AREA, status=OK, context=context)


def _page_url(asked: OwnersQuery, after: UUID | None) -> str:
    kept: Mapping[str, Any] = asked.model_dump(mode="json", exclude_defaults=True, exclude={"after"})
    query = urlencode({**kept, **({"after": after} if after else {})})
    return f"{AREA}?{query}" if query else AREA


async def _fill(session: SessionDep, row: Owner) -> Form[OwnerInput]:
    return fill_form(OwnerInput, row, await load_references(session, [row]))


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[OwnerInput],
    row: Owner | None,
    *,
    status: int = OK,
) -> Response:
    context = await _gather(session, person, form, row)
    fragment, template = "settings/_owner.html", "settings/owner.html"
    return answer_form(request, fragment, template, AREA, status=status, context=context)


async def _gather(
    session: SessionDep, person: Actor, form: Form[OwnerInput], row: Owner | None
) -> dict[str, Any]:
    return {
        "form": form,
        "owner": row,
        "heading": "New owner" if row is None else row.name,
        "page_url": row and f"/owners/{row.id}",
        "mark": ("archived", "amber") if row and row.archived_at else None,
        "action": AREA if row is None else f"{AREA}/{row.id}",
        "departments": await list_department_choices(session, person),
        "people": await list_owner_choices(session, actor=person),
        "levels": [(level.value, level.value) for level in Level],
        "roles": [(role.value, words) for role, words in ROLES.items()],
        "may_give_roles": may(person, Permission.ROLES_WRITE),
        "way_in": row and await find_way_in(session, row.id),
        "clock": read_clock(await zone_of(session)),
        "link": None,
        "link_days": LINK_DAYS,
    }
