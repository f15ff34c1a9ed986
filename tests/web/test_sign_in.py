"""Signing in and out: who gets in, what a stranger learns, and when it ends."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions import traffic
from app.actions.sign_ins import make_first_run_code, make_password_link
from app.domain.permissions import SYSTEM, Role
from app.models import Event, Owner
from app.models.sign_ins import LinkPurpose
from tests.cast import Cast
from tests.conftest import run_sql
from tests.factories import make_owner
from tests.web.browsing import PASSWORD, give_password, open_browser, sign_in

FORM = {"email": "ada@coxswain.test", "password": PASSWORD, "next": "/linkage"}


@pytest.fixture
async def ada(session: AsyncSession) -> Owner:
    """An administrator with a password."""
    owner = await make_owner(session, email="ada@coxswain.test", name="Ada", role=Role.ADMIN)
    await give_password(session, owner)
    return owner


async def test_signing_in_leads_to_the_page_that_was_wanted(app: FastAPI, ada: Owner) -> None:
    async with open_browser(app) as browser:
        sent = await browser.get("/linkage?rule=L101")
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=/linkage%3Frule%3DL101")
        shown = await browser.get(sent.headers["location"])
        assert 'value="/linkage?rule=L101"' in shown.text
        answer = await browser.post("/sign-in", data=FORM)
        assert (answer.status_code, answer.headers["location"]) == (303, "/linkage")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert (await browser.get("/linkage")).status_code == 200
        assert "Ada" in (await browser.get("/")).text


async def test_over_tls_the_cookie_is_bound_to_the_host(app: FastAPI, ada: Owner) -> None:
    async with open_browser(app) as browser:
        answer = await browser.post("https://localhost/sign-in", data=FORM)
        assert re.match(r"__Host-coxswain=[\w-]{43}; .*Path=/.*Secure", answer.headers["set-cookie"])


@pytest.mark.parametrize(
    "change",
    [
        {"password": "not the password"},
        {"email": "nobody@coxswain.test"},
        {"email": "ada\x00@coxswain.test"},
        {"password": ""},
        {"email": ""},
    ],
)
async def test_a_refusal_does_not_say_which_of_the_two_was_wrong(
    app: FastAPI, ada: Owner, change: dict[str, str]
) -> None:
    async with open_browser(app) as browser:
        answer = await browser.post("/sign-in", data=FORM | change)
        assert answer.status_code == 422
        told = re.findall(r'role="alert">([^<]*)<', answer.text)
        assert told == ["E-mail and password do not belong together. Check both and try again."]
        assert "set-cookie" not in answer.headers
        assert PASSWORD not in answer.text


@pytest.mark.parametrize("field", ["active", "role", "archived_at"])
async def test_who_may_not_in_any_more_is_out_at_once(
    app: FastAPI, session: AsyncSession, ada: Owner, field: str
) -> None:
    browser = await sign_in(app, session, ada)
    assert (await browser.get("/")).status_code == 200
    value = {"active": "false", "role": "null", "archived_at": "now()"}[field]
    statement = f"update owners set {field} = {value} where id = :id"  # noqa: S608  (words of this test)
    await session.execute(text(statement), {"id": ada.id})
    assert (await browser.get("/")).headers["location"].startswith("/sign-in")
    async with open_browser(app) as other:
        refused = await other.post("/sign-in", data=FORM)
        assert refused.headers.get("location") in (None, "/first-run")
        assert "set-cookie" not in refused.headers


async def test_signing_out_ends_the_cookie_for_good(app: FastAPI, session: AsyncSession, ada: Owner) -> None:
    browser = await sign_in(app, session, ada)
    kept = dict(browser.cookies)
    answer = await browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    async with open_browser(app, cookies=kept) as thief:
        assert (await thief.get("/")).status_code == 303


@pytest.mark.parametrize(("column", "interval"), [("seen_at", "13 hours"), ("made_at", "31 days")])
async def test_a_sign_in_ends_by_itself(
    app: FastAPI, session: AsyncSession, ada: Owner, column: str, interval: str
) -> None:
    browser = await sign_in(app, session, ada)
    statement = f"update sign_ins set {column} = now() - interval '{interval}'"  # noqa: S608  (words of this test)
    await session.execute(text(statement))
    assert (await browser.get("/")).status_code == 303


async def test_the_eleventh_try_waits_and_others_do_not(
    app: FastAPI, session: AsyncSession, ada: Owner
) -> None:
    bob = await make_owner(session, email="bob@coxswain.test", role=Role.VIEWER)
    await give_password(session, bob)
    async with open_browser(app) as browser:
        wrong = FORM | {"password": "guessed again and again"}
        for _ in range(10):
            assert (await browser.post("/sign-in", data=wrong)).status_code == 422
        late = await browser.post("/sign-in", data=FORM)
        assert late.status_code == 429
        assert 0 < int(late.headers["retry-after"]) <= 300
        assert (await browser.post("/sign-in", data=FORM | {"email": bob.email})).status_code == 303


async def test_a_whole_office_behind_one_address_comes_to_work(
    app: FastAPI, session: AsyncSession, ada: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traffic, "TRIES_PER_ADDRESS", 3)
    for _ in range(5):
        async with open_browser(app) as browser:
            assert (await browser.post("/sign-in", data=FORM)).status_code == 303
    wrong = FORM | {"password": "guessed again and again"}
    async with open_browser(app) as browser:
        statuses = [(await browser.post("/sign-in", data=wrong)).status_code for _ in range(3)]
        assert statuses == [422] * 3
        # What succeeds in between does not buy further guesses.
        assert (await browser.post("/sign-in", data=FORM)).status_code == 429


async def test_failed_tries_of_an_account_are_forgotten_by_signing_in(app: FastAPI, ada: Owner) -> None:
    wrong = FORM | {"password": "guessed again and again"}
    async with open_browser(app) as browser:
        for _ in range(2):
            for _ in range(9):
                assert (await browser.post("/sign-in", data=wrong)).status_code == 422
            assert (await browser.post("/sign-in", data=FORM)).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "javascript:1",
        "",
        # What an address, or a header, cannot carry.
        "//[",
        "/goals/\u2028x",
        "/goals/\x7f",
        "/goals\r\nset-cookie: a=b",
        "/" + "a" * 5000,
    ],
)
async def test_nobody_is_led_to_another_site(app: FastAPI, ada: Owner, wanted: str) -> None:
    async with open_browser(app) as browser:
        answer = await browser.post("/sign-in", data=FORM | {"next": wanted})
        assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
    ],
)
async def test_another_site_cannot_press_our_buttons(
    app: FastAPI, session: AsyncSession, ada: Owner, headers: dict[str, str]
) -> None:
    browser = await sign_in(app, session, ada)
    for path in ("/sign-in", "/sign-out", "/sign-in/as", "/welcome/x", "/first-run"):
        answer = await browser.post(path, data=FORM, headers=headers)
        assert answer.status_code == 403, path
    assert (await browser.get("/")).status_code == 200


async def test_a_link_sets_a_password_once(app: FastAPI, session: AsyncSession) -> None:
    eve = await make_owner(session, email="eve@coxswain.test", name="Eve", role=Role.VIEWER)
    token = await make_password_link(session, eve, LinkPurpose.INVITATION, actor=SYSTEM)
    async with open_browser(app) as browser:
        shown = await browser.get(f"/welcome/{token}")
        assert "Welcome, Eve" in shown.text
        assert shown.headers["cache-control"] == "no-store"
        weak = await browser.post(f"/welcome/{token}", data={"password": "short"})
        assert weak.status_code == 422
        assert "at least 12 characters" in weak.text
        known = await browser.post(f"/welcome/{token}", data={"password": "Eve@coxswain.test"})
        assert known.status_code == 422
        done = await browser.post(f"/welcome/{token}", data={"password": " spaces count here "})
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert (await browser.get("/")).status_code == 200
        assert (await browser.get(f"/welcome/{token}")).status_code == 404
    async with open_browser(app) as other:
        form = {"email": eve.email, "password": " spaces count here "}
        assert (await other.post("/sign-in", data=form)).status_code == 303
    events = await session.scalars(select(Event).where(col(Event.object_id) == eve.id))
    assert {event.action for event in events} >= {"password_link_made", "password_set", "signed_in"}


async def test_the_log_does_not_tell_links_that_set_passwords(
    app: FastAPI, session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    eve = await make_owner(session, email="eve@coxswain.test", name="Eve", role=Role.VIEWER)
    token = await make_password_link(session, eve, LinkPurpose.INVITATION, actor=SYSTEM)
    with caplog.at_level("INFO", logger="coxswain.access"):
        async with open_browser(app) as browser:
            assert (await browser.get(f"/welcome/{token}")).status_code == 200
            assert (await browser.get("/linkage/rules")).status_code == 200
    paths = [vars(record)["path"] for record in caplog.records if record.name == "coxswain.access"]
    assert paths == ["/welcome/…", "/linkage/rules"]


async def test_who_comes_and_goes_is_not_told_to_everybody(
    app: FastAPI, session: AsyncSession, ada: Owner, cast: Cast
) -> None:
    browser = await sign_in(app, session, ada)
    await browser.post("/sign-out")
    await run_sql("select pg_current_xact_id()")
    for client, told in ((await cast.viewer(), False), (await cast.ceo(), True)):
        items = (await client.get("/api/v1/changes?kind=owner&limit=1000")).json()["items"]
        actions = {item["action"] for item in items if item["id"] == str(ada.id)}
        assert (("signed_in" in actions), ("signed_out" in actions)) == (told, told)


async def test_a_new_password_ends_every_sign_in(app: FastAPI, session: AsyncSession, ada: Owner) -> None:
    browser = await sign_in(app, session, ada)
    token = await make_password_link(session, ada, LinkPurpose.RESET, actor=SYSTEM)
    async with open_browser(app) as other:
        await other.post(f"/welcome/{token}", data={"password": "another fine sentence"})
    assert (await browser.get("/")).status_code == 303


async def test_an_empty_installation_is_begun_with_a_code(app: FastAPI, session: AsyncSession) -> None:
    code = await make_first_run_code(session, actor=SYSTEM)
    assert code is not None
    form = {"code": code, "name": "Ada", "email": "ada@coxswain.test", "password": PASSWORD}
    async with open_browser(app) as browser:
        assert (await browser.get("/sign-in")).headers["location"] == "/first-run"
        wrong = await browser.post("/first-run", data=form | {"code": "guessed"})
        assert wrong.status_code == 422
        assert "printed last" in wrong.text
        done = await browser.post("/first-run", data=form)
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert "Ada" in (await browser.get("/")).text
        assert "The first run created Ada." in (await browser.get("/events")).text
        assert (await browser.post("/first-run", data=form | {"email": "b@x.test"})).status_code == 422
    assert await make_first_run_code(session, actor=SYSTEM) is None


async def test_a_guessed_first_run_code_costs_no_hash(
    app: FastAPI, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def note_hash(password: str) -> str:
        hashed.append(password)
        return "hash"

    monkeypatch.setattr("app.web.hashing.hash_password", note_hash)
    code = await make_first_run_code(session, actor=SYSTEM)
    form = {"name": "Ada", "email": "ada@coxswain.test", "password": PASSWORD}
    async with open_browser(app) as browser:
        assert (await browser.post("/first-run", data=form | {"code": "guessed"})).status_code == 422
        assert hashed == []
        assert (await browser.post("/first-run", data=form | {"code": str(code)})).status_code == 303
        assert hashed == [PASSWORD]


async def test_the_demo_lets_in_only_on_this_machine(app: FastAPI, session: AsyncSession, ada: Owner) -> None:
    async with open_browser(app) as browser:
        assert "Sign in as" not in (await browser.get("/sign-in")).text
        assert (await browser.post("/sign-in/as", data={"email": ada.email})).status_code == 404
        await session.execute(text("update organization set is_demo = true"))
        assert "Sign in as Ada" in (await browser.get("/sign-in")).text
        assert "Sign in as Ada" in (await browser.post("/sign-in", data=FORM | {"password": "a guess"})).text
        for headers in ({"x-forwarded-for": "10.0.0.1"}, {"host": "coxswain.example"}):
            assert "Sign in as" not in (await browser.get("/sign-in", headers=headers)).text
            refused = await browser.post("/sign-in/as", data={"email": ada.email}, headers=headers)
            assert refused.status_code == 404
        answer = await browser.post("/sign-in/as", data={"email": ada.email})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert (await browser.get("/")).status_code == 200
