"""`/settings`: who gets there, and the organization itself."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import SCOPES, Role
from app.models import Event, Organization, Owner
from app.web import web_routes
from app.web.settings_clients import SCOPE_WORDS
from app.web.settings_owners import ROLES
from tests.factories import make_department, make_owner
from tests.web.browsing import sign_in

ORGANIZATION = {
    "name": "Acme",
    "time_zone": "Europe/Berlin",
    "fiscal_year_start": "4",
    "minimum_group": "6",
    "mission": "We carry.",
    "vision.statement": "Everybody rows.",
    "vision.core_terms": "boat\nwater",
    "values.0.name": "Courage",
    "values.0.behaviours": "Says no\nAsks why",
}
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


async def open_as(app: FastAPI, session: AsyncSession, role: Role | None) -> httpx2.AsyncClient:
    """A browser in which somebody of a role is signed in."""
    return await sign_in(app, session, await make_owner(session, role=role))


def read_version(html: str) -> str:
    """The version that a form was made from."""
    found = re.search(r'name="version"\s+value="([^"]*)"', html)
    assert found is not None
    return found[1]


def list_settings_routes() -> Iterator[tuple[str, str]]:
    """Method and address of every route of the settings, with an id of nothing."""
    for route in web_routes:
        if isinstance(route, APIRoute) and route.path.startswith("/settings"):
            path = re.sub(r"\{\w+\}", "019a2048-1a9b-771c-9e35-9551a0175811", route.path)
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, path


ROUTES = list(list_settings_routes())


@pytest.mark.parametrize("role", [Role.HEAD, Role.CONTRIBUTOR, Role.VIEWER, Role.FACILITATOR])
async def test_the_settings_are_for_administrators_and_executives(
    app: FastAPI, session: AsyncSession, role: Role
) -> None:
    browser = await open_as(app, session, role)
    assert len(ROUTES) > 20
    for method, path in ROUTES:
        assert (await browser.request(method, path)).status_code == 403, (method, path)
    assert 'href="/settings"' not in (await browser.get("/sign-ins")).text


async def test_what_is_not_there_is_not_found(app: FastAPI, session: AsyncSession) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    for method, path in ROUTES:
        if "019a2048" in path:
            assert (await browser.request(method, path)).status_code == 404, (method, path)


async def test_another_site_cannot_press_any_button_here(app: FastAPI, session: AsyncSession) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    for method, path in ROUTES:
        if method == "POST":
            answer = await browser.post(path, headers={"sec-fetch-site": "cross-site"})
            assert answer.status_code == 403, path


@pytest.mark.parametrize("role", [Role.ADMIN, Role.EXECUTIVE])
async def test_the_organization_is_written_as_a_whole(
    app: FastAPI, session: AsyncSession, role: Role
) -> None:
    browser = await open_as(app, session, role)
    version = read_version((await browser.get("/settings")).text)
    answer = await browser.post("/settings", data=ORGANIZATION | {"version": version})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    row = (await session.scalars(select(Organization))).one()
    await session.refresh(row)
    assert (row.name, row.time_zone, row.fiscal_year_start, row.minimum_group) == (
        "Acme",
        "Europe/Berlin",
        4,
        6,
    )
    assert row.values == [{"name": "Courage", "behaviours": ["Says no", "Asks why"]}]
    shown = (await browser.get("/settings")).text
    assert re.search(r">\s*Everybody rows\.</textarea>", shown)
    assert "boat\nwater</textarea>" in shown
    assert re.search(r'<option value="Europe/Berlin"\s+selected>', shown)
    assert 'name="values.1.name"' in shown
    events = await session.scalars(select(Event).where(col(Event.kind) == "organization"))
    assert [event.action for event in events] == ["updated"]


async def test_another_vision_is_a_new_version_and_the_old_one_is_shown(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await open_as(app, session, Role.EXECUTIVE)
    for statement in ("First.", "Second."):
        version = read_version((await browser.get("/settings")).text)
        sent = ORGANIZATION | {"vision.statement": statement, "version": version}
        assert (await browser.post("/settings", data=sent)).status_code == 303
    shown = (await browser.get("/settings")).text
    assert "All 2 versions" in shown
    assert shown.index("<p>Second.</p>") < shown.index("<p>First.</p>")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"minimum_group": "2"}, "minimum_group"),
        ({"minimum_group": "few"}, "minimum_group"),
        ({"fiscal_year_start": "13"}, "fiscal_year_start"),
        ({"vision.statement": ""}, "vision.statement"),
        ({"values.0.name": ""}, "values.0.name"),
        ({"mission": "x" * 10_001}, "mission"),
    ],
)
async def test_what_does_not_fit_is_said_beside_its_field(
    app: FastAPI, session: AsyncSession, change: dict[str, str], field: str
) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    version = read_version((await browser.get("/settings")).text)
    sent = ORGANIZATION | change | {"version": version}
    for headers in ({}, PARTIAL):
        answer = await browser.post("/settings", data=sent, headers=headers)
        assert answer.status_code == 422
        assert f'id="{field}-wrong"' in answer.text
        assert "Asks why</textarea>" in answer.text
        assert answer.text.lstrip().startswith("<form") == bool(headers)
    assert "Acme" not in (await browser.get("/settings")).text


async def test_two_who_edit_at_once_see_both_values(app: FastAPI, session: AsyncSession) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    version = read_version((await browser.get("/settings")).text)
    first = ORGANIZATION | {"version": version}
    assert (await browser.post("/settings", data=first)).status_code == 303
    late = ORGANIZATION | {"version": version, "name": "Mine", "vision.core_terms": "oar"}
    answer = await browser.post("/settings", data=late)
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text
    told = re.findall(r'class="theirs">Saved meanwhile: <strong>([^<]*)<', answer.text)
    assert told == ["Acme", "boat, water"]
    assert 'value="Mine"' in answer.text
    again = late | {"version": read_version(answer.text)}
    assert (await browser.post("/settings", data=again)).status_code == 303
    assert 'value="Mine"' in (await browser.get("/settings")).text


async def test_htmx_gets_the_saved_form_and_a_word(app: FastAPI, session: AsyncSession) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    version = read_version((await browser.get("/settings")).text)
    answer = await browser.post("/settings", data=ORGANIZATION | {"version": version}, headers=PARTIAL)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<form id="settings-organization"')
    assert "The organization is saved." in answer.text
    assert read_version(answer.text) == str(int(version) + 1)


async def test_a_form_that_does_not_say_what_it_saw_overwrites_nothing(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    for sent in (ORGANIZATION, ORGANIZATION | {"version": "one"}):
        assert (await browser.post("/settings", data=sent)).status_code == 409
    assert "Acme" not in (await browser.get("/settings")).text


def test_every_role_and_every_scope_is_explained() -> None:
    assert set(ROLES) == set(Role)
    assert set(SCOPE_WORDS) == set(SCOPES)


async def test_what_is_written_is_printed_as_text(app: FastAPI, session: AsyncSession) -> None:
    owner = await make_owner(session, name="<b>Eve</b>", role=Role.ADMIN)
    browser = await sign_in(app, session, owner)
    for path in ("/settings/owners", f"/settings/owners/{owner.id}"):
        assert "<b>Eve</b>" not in (await browser.get(path)).text
    assert (await session.get_one(Owner, owner.id)).name == "<b>Eve</b>"


async def test_pages_of_departments_and_owners_lead_to_their_forms_and_back(
    app: FastAPI, session: AsyncSession
) -> None:
    department, owner = await make_department(session), await make_owner(session)
    pages = {"departments": department, "owners": owner}
    keeper, head = await open_as(app, session, Role.EXECUTIVE), await open_as(app, session, Role.HEAD)
    for noun, row in pages.items():
        form = f'href="/settings/{noun}/{row.id}"'
        assert form in (await keeper.get(f"/{noun}/{row.id}")).text
        assert form not in (await head.get(f"/{noun}/{row.id}")).text
        back = re.search(
            r'href="(/(?:departments|owners)/[^"]+)">What others see<',
            (await keeper.get(f"/settings/{noun}/{row.id}")).text,
        )
        assert back is not None
        assert (await keeper.get(back[1])).status_code == 200
