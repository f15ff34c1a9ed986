"""`/sign-ins`: where a person is signed in, ending it from elsewhere, and changing the password."""

import re

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.models import Event, Owner, SignIn
from tests.factories import make_owner
from tests.house.test_query_counts import count_statements
from tests.web.browsing import PASSWORD, give_password, open_browser, sign_in

NEW = "the tide turns at midnight"
CHANGE = {"present_password": PASSWORD, "password": NEW}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
async def ada(session: AsyncSession) -> Owner:
    """A contributor with a password."""
    owner = await make_owner(session, email="ada@coxswain.test", name="Ada", role=Role.CONTRIBUTOR)
    await give_password(session, owner)
    return owner


async def find_ids(browser: httpx2.AsyncClient) -> list[str]:
    """The sign-ins that the page shows, in their order."""
    return re.findall(r'id="sign-in-([^"]+)"', (await browser.get("/sign-ins")).text)


def as_header(cookies: dict[str, str]) -> dict[str, str]:
    """A cookie that is sent along without being kept."""
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


async def test_a_person_sees_their_browsers_and_which_is_this_one(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    browser = await sign_in(app, session, ada)
    other = await sign_in(app, session, ada)
    await sign_in(app, session, await make_owner(session, role=Role.ADMIN))
    await session.execute(
        text("update sign_ins set browser = :browser where owner_id = :id"),
        {"browser": FIREFOX, "id": ada.id},
    )
    shown = (await browser.get("/sign-ins")).text
    assert len(re.findall(r'id="sign-in-', shown)) == 2
    assert shown.count("Firefox on Windows</strong>") == 2
    mine, theirs = await find_ids(browser), await find_ids(other)
    assert mine == list(reversed(theirs))
    rows = re.split(r'id="sign-in-', shown)[1:]
    assert ["this browser" in row for row in rows] == [True, False]


async def test_another_browser_is_signed_out_from_here(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    browser, other = await sign_in(app, session, ada), await sign_in(app, session, ada)
    _, its_id = await find_ids(browser)
    answer = await browser.post(f"/sign-ins/{its_id}/end")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-ins")
    assert (await other.get("/")).status_code == 303
    assert (await browser.get("/")).status_code == 200
    assert (await browser.post(f"/sign-ins/{its_id}/end")).status_code == 404


async def test_htmx_gets_the_list_that_is_left(app: FastAPI, session: AsyncSession, ada: Owner) -> None:
    browser, _ = await sign_in(app, session, ada), await sign_in(app, session, ada)
    _, its_id = await find_ids(browser)
    answer = await browser.post(f"/sign-ins/{its_id}/end", headers=PARTIAL)
    assert answer.text.strip().startswith('<div id="sign-ins-list"')
    assert its_id not in answer.text
    assert "That browser is signed out." in answer.text


async def test_to_end_this_one_is_to_sign_out(app: FastAPI, session: AsyncSession, ada: Owner) -> None:
    browser = await sign_in(app, session, ada)
    (its_id,) = await find_ids(browser)
    answer = await browser.post(f"/sign-ins/{its_id}/end")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert 'coxswain=""' in answer.headers["set-cookie"]
    assert (await browser.get("/sign-ins")).status_code == 303


@pytest.mark.parametrize("role", [Role.ADMIN, Role.EXECUTIVE, Role.HEAD])
async def test_nobody_ends_the_sign_in_of_somebody_else(
    app: FastAPI, session: AsyncSession, ada: Owner, role: Role
) -> None:
    browser = await sign_in(app, session, ada)
    (its_id,) = await find_ids(browser)
    stranger = await sign_in(app, session, await make_owner(session, role=role))
    assert its_id not in (await stranger.get("/sign-ins")).text
    hidden = await stranger.post(f"/sign-ins/{its_id}/end")
    unknown = await stranger.post("/sign-ins/019a2048-1a9b-771c-9e35-9551a0175811/end")
    assert [hidden.status_code, unknown.status_code] == [404, 404]
    await stranger.post("/sign-ins/end-others")
    assert (await browser.get("/")).status_code == 200


async def test_all_others_end_at_once_and_leave_one_event(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    browsers = [await sign_in(app, session, ada) for _ in range(4)]
    answer = await browsers[0].post("/sign-ins/end-others")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-ins")
    assert [(await browser.get("/")).status_code for browser in browsers] == [200, 303, 303, 303]
    ended = select(Event).where(col(Event.object_id) == ada.id, col(Event.action) == "signed_out")
    assert len((await session.scalars(ended)).all()) == 1
    assert (await browsers[0].post("/sign-ins/end-others")).status_code == 303
    assert len((await session.scalars(ended)).all()) == 1


async def test_a_new_password_opens_and_the_old_one_does_not(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    browser, other = await sign_in(app, session, ada), await sign_in(app, session, ada)
    before = dict(browser.cookies)
    browser.cookies.clear()
    answer = await browser.post("/sign-ins/password", data=CHANGE, headers=as_header(before))
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-ins?changed=true")
    # The token of this browser changes, too: whoever had copied it is out.
    async with open_browser(app, cookies=before) as thief:
        assert (await thief.get("/")).status_code == 303
    assert "Your password is changed" in (await browser.get("/sign-ins?changed=true")).text
    assert (await other.get("/")).status_code == 303
    async with open_browser(app) as stranger:
        for password, status in ((PASSWORD, 422), (NEW, 303)):
            form = {"email": ada.email, "password": password}
            assert (await stranger.post("/sign-in", data=form)).status_code == status


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (CHANGE | {"present_password": "guessed it"}, "present_password"),
        (CHANGE | {"present_password": ""}, "present_password"),
        (CHANGE | {"password": "short"}, "password"),
        (CHANGE | {"password": "ada@coxswain.test"}, "password"),
        (CHANGE | {"password": ""}, "password"),
    ],
)
async def test_a_refused_password_changes_nothing(
    app: FastAPI, session: AsyncSession, ada: Owner, sent: dict[str, str], field: str
) -> None:
    browser, other = await sign_in(app, session, ada), await sign_in(app, session, ada)
    for headers in ({}, PARTIAL):
        answer = await browser.post("/sign-ins/password", data=sent, headers=headers)
        assert answer.status_code == 422
        assert f'id="{field}-wrong"' in answer.text
        assert NEW not in answer.text
    assert (await other.get("/")).status_code == 200


async def test_the_present_password_cannot_be_guessed_from_a_browser_left_open(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    browser = await sign_in(app, session, ada)
    for _ in range(10):
        wrong = await browser.post("/sign-ins/password", data=CHANGE | {"present_password": "guess"})
        assert wrong.status_code == 422
    late = await browser.post("/sign-ins/password", data=CHANGE)
    assert late.status_code == 429
    assert "Too many tries" in late.text
    assert 0 < int(late.headers["retry-after"]) <= 300


async def test_without_a_password_there_is_no_form_to_guess_one(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert "Ask an administrator for a link" in (await browser.get("/sign-ins")).text
    assert (await browser.post("/sign-ins/password", data=CHANGE)).status_code == 422


@pytest.mark.parametrize("path", ["/sign-ins/end-others", "/sign-ins/password"])
async def test_another_site_cannot_press_these_buttons(
    app: FastAPI, session: AsyncSession, ada: Owner, path: str
) -> None:
    browser, other = await sign_in(app, session, ada), await sign_in(app, session, ada)
    answer = await browser.post(path, data=CHANGE, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert (await other.get("/")).status_code == 200


async def test_the_page_costs_the_same_with_many_browsers(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection, ada: Owner
) -> None:
    browser = await sign_in(app, session, ada)
    counts = []
    for more in (1, 20):
        for _ in range(more):
            await sign_in(app, session, ada)
        with count_statements(connection) as statements:
            assert (await browser.get("/sign-ins")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5
    assert len((await session.scalars(select(SignIn))).all()) == 22
