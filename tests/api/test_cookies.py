"""The cookie of a browser at the API: good for pages of ours, worth nothing to any other site."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.main import create_app
from app.models import Event, Owner, Theme
from app.settings import Settings
from tests.cast import Cast
from tests.conftest import PinnedDatabase
from tests.factories import make_owner
from tests.web.browsing import open_browser, sign_in

THEMES = "/api/v1/themes"
THEME = {"code": "T1", "name": "Customers"}
FROM_HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
async def ada(session: AsyncSession) -> Owner:
    """An executive."""
    return await make_owner(session, name="Ada", role=Role.EXECUTIVE)


async def list_codes(session: AsyncSession) -> list[str]:
    """The codes of the themes there are."""
    return list((await session.scalars(select(col(Theme.code)))).all())


async def test_a_person_who_is_signed_in_reads_without_a_key(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    browser = await sign_in(app, session, ada)
    for headers in ({}, FROM_HERE, {"sec-fetch-site": "none"}):
        answer = await browser.get("/api/v1/me", headers=headers)
        assert (answer.status_code, answer.json()["email"]) == (200, ada.email)


@pytest.mark.parametrize(
    "headers", [FROM_HERE, {"origin": "http://localhost"}, FROM_HERE | {"origin": "http://localhost"}]
)
async def test_a_page_of_ours_changes_things_as_the_person_may(
    app: FastAPI, session: AsyncSession, ada: Owner, headers: dict[str, str]
) -> None:
    browser = await sign_in(app, session, ada)
    made = await browser.post(THEMES, json=THEME, headers=headers)
    assert made.status_code == 201, made.text
    event = (await session.scalars(select(Event).where(col(Event.kind) == "theme"))).one()
    assert (event.actor_id, event.actor_name) == (ada.id, "Ada")
    viewer = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    refused = await viewer.post(THEMES, json=THEME | {"code": "T2"}, headers=headers)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": ""},
        {"sec-fetch-site": "cross-site", "origin": "http://localhost"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://localhost.evil.test"},
        {"origin": "http://localhost:81"},
        {"referer": "http://localhost/"},
    ],
)
async def test_no_other_site_changes_anything(
    app: FastAPI, session: AsyncSession, ada: Owner, headers: dict[str, str]
) -> None:
    browser = await sign_in(app, session, ada)
    requests: list[tuple[str, str, Any]] = [
        ("POST", THEMES, THEME),
        ("PUT", f"{THEMES}/T1", THEME),
        ("PATCH", f"{THEMES}/T1", {"name": "x"}),
        ("DELETE", f"{THEMES}/T1", None),
    ]
    for method, path, body in requests:
        answer = await browser.request(method, path, json=body, headers=headers | {"if-match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), method
    assert await list_codes(session) == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_no_other_site_reads_anything_with_it(
    app: FastAPI, session: AsyncSession, ada: Owner, site: str
) -> None:
    browser = await sign_in(app, session, ada)
    for path in ("/api/v1/me", "/api/v1/linkage?fresh=true"):
        answer = await browser.get(path, headers={"sec-fetch-site": site})
        assert answer.status_code == 403
        assert ada.email not in answer.text


async def test_a_key_wins_over_a_cookie_and_a_bad_key_is_not_made_good_by_one(
    app: FastAPI, session: AsyncSession, ada: Owner, cast: Cast
) -> None:
    browser = await sign_in(app, session, ada)
    head = await cast.head()
    own = await browser.get("/api/v1/me", headers={"authorization": head.headers["authorization"]})
    assert own.json()["role"] == "head"
    for bad in ("Bearer nonsense", "Basic YTpi", "Bearer", ""):
        answer = await browser.get("/api/v1/me", headers={"authorization": bad})
        assert answer.status_code == 401, bad


async def test_a_key_needs_no_word_about_where_it_comes_from(cast: Cast) -> None:
    ceo = await cast.ceo()
    assert (await ceo.post(THEMES, json=THEME)).status_code == 201
    other = await ceo.post(THEMES, json=THEME | {"code": "T2"}, headers={"sec-fetch-site": "cross-site"})
    assert other.status_code == 201


@pytest.mark.parametrize("change", ["ended_at = now()", "seen_at = now() - interval '13 hours'"])
async def test_a_sign_in_that_is_over_opens_nothing(
    app: FastAPI, session: AsyncSession, ada: Owner, change: str
) -> None:
    browser = await sign_in(app, session, ada)
    await session.execute(text(f"update sign_ins set {change}"))  # noqa: S608  (words of this test)
    answer = await browser.get("/api/v1/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    async with open_browser(app, cookies={"coxswain": "made-up"}) as stranger:
        assert (await stranger.get("/api/v1/me")).status_code == 401


async def test_over_tls_only_the_cookie_of_this_host_counts(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    browser = await sign_in(app, session, ada)
    token = browser.cookies["coxswain"]
    async with open_browser(app, cookies={"coxswain": token}) as planted:
        assert (await planted.get("https://localhost/api/v1/me")).status_code == 401
    async with open_browser(app, headers={"cookie": f"__Host-coxswain={token}"}) as bound:
        assert (await bound.get("https://localhost/api/v1/me")).status_code == 200


async def test_requests_with_a_cookie_are_counted_with_those_of_the_person(
    database: PinnedDatabase, session: AsyncSession, ada: Owner
) -> None:
    app = create_app(Settings(_env_file=None, rate_limit_per_minute=3), database=database)

    async def lease(*_: object) -> tuple[int, int]:
        return 0, 1

    app.state.allowances._lease = lease
    browser = await sign_in(app, session, ada)
    answer = await browser.get("/api/v1/me")
    assert answer.headers["ratelimit"].startswith('"default";r=2;t=')


async def test_using_the_api_keeps_a_sign_in_alive(app: FastAPI, session: AsyncSession, ada: Owner) -> None:
    browser: httpx2.AsyncClient = await sign_in(app, session, ada)
    app.state.sign_ins_seen.clear()
    await browser.get("/api/v1/me")
    assert len(app.state.sign_ins_seen) == 1
