"""`/settings/owners`: finding, adding and changing owners, who gives roles, and links that let them in."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.models import Event, Owner
from tests.factories import make_department, make_owner
from tests.house.test_query_counts import count_statements
from tests.web.browsing import PASSWORD, give_password, open_browser, sign_in
from tests.web.test_settings import PARTIAL, open_as, read_version

PATH = "/settings/owners"
ADA = "ada@coxswain.test"
SENT = {"name": "Ada", "email": ADA, "active": "on"}


async def find_by_email(session: AsyncSession, email: str) -> Owner:
    """An owner as it is stored."""
    row = (await session.scalars(select(Owner).where(col(Owner.email) == email))).one()
    await session.refresh(row)
    return row


def list_names(html: str) -> list[str]:
    """Whom the list shows, in its order."""
    return re.findall(r'<a href="/settings/owners/[0-9a-f-]{36}">([^<]*)</a>', html)


def read_link(html: str) -> str | None:
    """The path of the link that a page shows."""
    found = re.search(r"http://localhost(/welcome/[\w-]+)", html)
    return found and found[1]


async def test_owners_are_found_by_name_address_department_and_role(
    app: FastAPI, session: AsyncSession
) -> None:
    sales = await make_department(session, code="SALES", name="Sales")
    await make_owner(session, name="zoe", email="zoe@coxswain.test", department=sales, role=Role.HEAD)
    await make_owner(session, name="Bob 100%", email="bob@coxswain.test", department=sales)
    await make_owner(session, name="Ann", email="ann_x@coxswain.test", role=Role.HEAD)
    browser = await sign_in(app, session, await make_owner(session, name="Me", role=Role.EXECUTIVE))
    for query, names in (
        ("", ["Ann", "Bob 100%", "Me", "zoe"]),
        ("?q=&department=&role=", ["Ann", "Bob 100%", "Me", "zoe"]),
        ("?q=ZOE", ["zoe"]),
        ("?q=100%25", ["Bob 100%"]),
        ("?q=_", ["Ann"]),
        ("?department=sales", ["Bob 100%", "zoe"]),
        ("?role=head", ["Ann", "zoe"]),
        ("?role=head&department=SALES&q=o", ["zoe"]),
        ("?q=nobody", []),
        ("?archived=true", []),
    ):
        assert list_names((await browser.get(PATH + query)).text) == names, query


@pytest.mark.parametrize(
    "query",
    ["?role=king", "?department=NOWHERE", "?after=x", "?unknown=1", "?q=" + "x" * 201, "?archived=perhaps"],
)
async def test_filters_that_mean_nothing_are_refused(app: FastAPI, session: AsyncSession, query: str) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    assert (await browser.get(PATH + query)).status_code == 422


async def test_a_long_list_is_turned_page_by_page(app: FastAPI, session: AsyncSession) -> None:
    for _ in range(55):
        for name in ("ann", "Ann"):
            await make_owner(session, name=name)
    browser = await sign_in(app, session, await make_owner(session, name="Zed", role=Role.ADMIN))
    seen: list[str] = []
    url, pages = PATH + "?q=&role=", 0
    while url:
        html = (await browser.get(url)).text
        seen += re.findall(r'href="/settings/owners/([0-9a-f-]{36})"', html)
        found = re.search(r'href="([^"]*)">Next page<', html)
        url, pages = found[1].replace("&amp;", "&") if found else "", pages + 1
        assert ("First page" in html) == (pages > 1)
    assert (len(seen), len(set(seen)), pages) == (111, 111, 3)


async def test_an_owner_is_added_and_let_in(app: FastAPI, session: AsyncSession) -> None:
    sales = await make_department(session, code="SALES")
    boss = await make_owner(session, email="boss@coxswain.test")
    browser = await open_as(app, session, Role.ADMIN)
    sent = SENT | {"department": "SALES", "manager": "Boss@coxswain.test", "level": "senior", "role": "head"}
    made = await browser.post(PATH, data=sent | {"title": "Head of Sales"})
    ada = await find_by_email(session, ADA)
    assert (made.status_code, made.headers["location"]) == (303, f"{PATH}/{ada.id}")
    assert (ada.department_id, ada.manager_id, ada.level, ada.role) == (sales.id, boss.id, "senior", "head")
    shown = await browser.post(f"{PATH}/{ada.id}/link")
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    path = read_link(shown.text)
    assert path is not None
    async with open_browser(app) as stranger:
        assert "Welcome, Ada" in (await stranger.get(path)).text
        assert (await stranger.post(path, data={"password": PASSWORD})).status_code == 303
        assert (await stranger.get("/sign-ins")).status_code == 200
    again = (await browser.get(f"{PATH}/{ada.id}")).text
    assert read_link(again) is None
    assert "Make a link for a new password" in again
    assert "in 1 browser" in again


async def test_a_reset_link_is_told_once_with_its_end_and_ends_the_one_before(
    app: FastAPI, session: AsyncSession
) -> None:
    ada = await make_owner(session, email=ADA, name="Ada", role=Role.VIEWER)
    await give_password(session, ada)
    browser = await open_as(app, session, Role.ADMIN)
    first = await browser.post(f"{PATH}/{ada.id}/link", headers=PARTIAL)
    assert first.text.lstrip().startswith('<section id="settings-way-in"')
    assert re.search(r"works once, until \d+ \w+, \d\d:\d\d", " ".join(first.text.split()))
    second = await browser.post(f"{PATH}/{ada.id}/link", headers=PARTIAL)
    paths = [read_link(first.text) or "", read_link(second.text) or ""]
    async with open_browser(app) as stranger:
        assert [(await stranger.get(path)).status_code for path in paths] == [404, 200]
    made = select(Event).where(col(Event.object_id) == ada.id, col(Event.action) == "password_link_made")
    assert [event.after for event in await session.scalars(made)] == [{"purpose": "reset"}] * 2


async def test_executives_keep_owners_but_neither_give_roles_nor_let_anybody_in(
    app: FastAPI, session: AsyncSession
) -> None:
    ada = await make_owner(session, email=ADA, name="Ada", role=Role.VIEWER)
    browser = await open_as(app, session, Role.EXECUTIVE)
    page = (await browser.get(f"{PATH}/{ada.id}")).text
    assert '<select id="role"' not in page
    assert "Make an invitation link" not in page
    sent = SENT | {"title": "Chief", "role": "viewer", "version": read_version(page)}
    assert (await browser.post(f"{PATH}/{ada.id}", data=sent)).status_code == 303
    ada = await find_by_email(session, ADA)
    assert (ada.title, ada.role) == ("Chief", Role.VIEWER)
    page = (await browser.get(f"{PATH}/{ada.id}")).text
    forged = sent | {"role": "admin", "version": read_version(page)}
    refused = await browser.post(f"{PATH}/{ada.id}", data=forged)
    assert refused.status_code == 403
    assert "A role is given and taken by an administrator" in refused.text
    assert (await browser.post(PATH, data=SENT | {"email": "b@c.test", "role": "admin"})).status_code == 403
    assert (await browser.post(f"{PATH}/{ada.id}/link")).status_code == 403
    assert (await find_by_email(session, ADA)).role is Role.VIEWER


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "taken@coxswain.test"}, "email"),
        ({"name": ""}, "name"),
        ({"level": "boss"}, "level"),
        ({"role": "king"}, "role"),
        ({"department": "NOWHERE"}, "department"),
        ({"manager": "nobody@coxswain.test"}, "manager"),
    ],
)
async def test_what_does_not_fit_is_said_beside_its_field(
    app: FastAPI, session: AsyncSession, change: dict[str, str], field: str
) -> None:
    await make_owner(session, email="taken@coxswain.test")
    browser = await open_as(app, session, Role.ADMIN)
    for headers in ({}, PARTIAL):
        answer = await browser.post(PATH, data=SENT | {"title": "Typed"} | change, headers=headers)
        assert answer.status_code in (409, 422)
        assert f'id="{field}-wrong"' in answer.text
        assert 'value="Typed"' in answer.text


async def test_two_who_edit_at_once_see_both_values(app: FastAPI, session: AsyncSession) -> None:
    ada = await make_owner(session, email=ADA, name="Ada")
    browser = await open_as(app, session, Role.ADMIN)
    version = read_version((await browser.get(f"{PATH}/{ADA}")).text)
    sent = SENT | {"version": version}
    assert (await browser.post(f"{PATH}/{ada.id}", data=sent | {"title": "First"})).status_code == 303
    late = await browser.post(f"{PATH}/{ada.id}", data=sent | {"title": "Second", "active": ""})
    assert late.status_code == 409
    assert re.findall(r"Saved meanwhile: <strong>([^<]*)<", late.text) == ["First"]
    gone = SENT | {"version": read_version(late.text), "title": "Third"}
    del gone["active"]
    assert (await browser.post(f"{PATH}/{ada.id}", data=gone)).status_code == 303
    ada = await find_by_email(session, ADA)
    assert (ada.title, ada.active) == ("Third", False)


async def test_nobody_takes_away_their_own_access(app: FastAPI, session: AsyncSession) -> None:
    me = await make_owner(session, email=ADA, name="Ada", role=Role.ADMIN)
    browser = await sign_in(app, session, me)
    page = (await browser.get(f"{PATH}/{ADA}")).text
    answer = await browser.post(f"{PATH}/{me.id}", data=SENT | {"version": read_version(page), "role": ""})
    assert answer.status_code == 409
    assert "Let another administrator do this" in answer.text
    assert (await browser.post(f"{PATH}/{me.id}/archive")).status_code == 409
    assert (await browser.get(PATH)).status_code == 200


async def test_who_is_archived_is_out_at_once_and_no_longer_listed(
    app: FastAPI, session: AsyncSession
) -> None:
    ada = await make_owner(session, email=ADA, name="Ada", role=Role.VIEWER)
    hers = await sign_in(app, session, ada)
    browser = await open_as(app, session, Role.ADMIN)
    answer = await browser.post(f"{PATH}/{ada.id}/archive")
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert (await hers.get("/")).status_code == 303
    assert "Ada" not in list_names((await browser.get(PATH)).text)
    assert list_names((await browser.get(f"{PATH}?archived=true")).text) == ["Ada"]
    assert "Archive this owner" not in (await browser.get(f"{PATH}/{ada.id}")).text


async def test_the_list_costs_the_same_however_many_there_are(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    counts = []
    for more in (2, 30):
        for _ in range(more):
            boss = await make_owner(session)
            await make_owner(session, department=await make_department(session), manager_id=boss.id)
        with count_statements(connection) as statements:
            assert (await browser.get(PATH)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4
