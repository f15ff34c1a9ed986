"""Answers of buttons: parts for htmx, a way to go for a plain form; errors beside the page; packed pages."""

import gzip
import re
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from app.web.render import done, fragments, page
from tests.factories import make_owner
from tests.web.browsing import open_browser, sign_in

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
PARTS: list[tuple[str, dict[str, Any]]] = [
    ("shared/_said.html", {"said": "first"}),
    ("shared/_said.html", {"said": "<second>", "target": "row-2"}),
]


def ask(**headers: str) -> Request:
    """A request with these headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/x", "query_string": b"", "headers": raw})


def test_a_plain_form_is_sent_on() -> None:
    answer = done(ask(), PARTS, to="/goals", said="Saved")
    assert (answer.status_code, answer.headers["location"]) == (303, "/goals")


def test_htmx_gets_the_parts_that_changed_and_the_sentence() -> None:
    answer = done(ask(hx_request="true", hx_request_type="partial"), PARTS, to="/goals", said="Saved")
    assert answer.status_code == 200
    text = bytes(answer.body).decode()
    assert re.findall(r'hx-target="#([^"]+)"', text) == ["said", "row-2", "said", "said"]
    assert "&lt;second&gt;" in text
    assert "Saved" in text


def test_htmx_is_sent_on_where_there_are_no_parts() -> None:
    answer = done(ask(hx_request="true", hx_request_type="partial"), to="/goals")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/goals")


def test_refused_parts_carry_their_status() -> None:
    assert fragments(ask(), PARTS[:1], status=422).status_code == 422


@pytest.mark.parametrize("packs", [True, False])
def test_pages_are_packed_for_whoever_unpacks(packs: bool) -> None:
    request = ask(accept_encoding="br, gzip") if packs else ask()
    answer = page(request, "problems/show.html", problem=_Problem(), others=[_Problem()])
    body = gzip.decompress(answer.body) if packs else bytes(answer.body)
    assert body.startswith(b"<!DOCTYPE html>") or b"<!DOCTYPE html>" in body[:200]
    assert answer.headers.get("content-encoding") == ("gzip" if packs else None)
    assert answer.headers["vary"] == "accept-encoding"


class _Problem:
    title = slug = meaning = remedy = example = "word"
    status = 404


async def test_an_error_of_a_part_leaves_the_page_as_it_is(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    answer = await browser.post("/linkage/findings/nonsense/waive", headers=PARTIAL)
    assert answer.status_code == 422
    assert (answer.headers["hx-retarget"], answer.headers["hx-reswap"]) == ("#problem", "innerHTML")
    assert "<html" not in answer.text


async def test_a_part_asked_for_by_nobody_in_particular_leads_to_the_sign_in(app: FastAPI) -> None:
    async with open_browser(app) as browser:
        answer: httpx2.Response = await browser.post("/sign-out", headers=PARTIAL)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/sign-in?next=/")


@pytest.mark.parametrize(
    ("referer", "wanted"),
    [
        ("http://localhost/updates?period=2026-10", "/updates%3Fperiod%3D2026-10"),
        ("http://elsewhere.example/updates", "/"),
        ("http://localhost//elsewhere.example", "/"),
        ("nonsense", "/"),
        ("http://[", "/"),
    ],
)
async def test_whoever_signs_in_again_comes_back_to_the_form(app: FastAPI, referer: str, wanted: str) -> None:
    async with open_browser(app) as browser:
        answer = await browser.post("/sign-ins/end-others", headers={"Referer": referer})
    assert answer.headers["location"] == f"/sign-in?next={wanted}"
