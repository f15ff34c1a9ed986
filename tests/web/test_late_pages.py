"""The pages come after the start: with the first page that is asked for, or by themselves a moment later."""

import asyncio

import pytest
from fastapi import FastAPI
from starlette.routing import Route

from app import main
from app.web import web_routes
from tests.web.browsing import open_browser


def list_pages(app: FastAPI) -> list[object]:
    """The routes of pages that the application knows by now."""
    return [route for route in app.routes if isinstance(route, Route) and route in web_routes]


async def test_the_first_page_that_is_asked_for_brings_all_of_them(app: FastAPI) -> None:
    assert list_pages(app) == []
    async with open_browser(app) as browser:
        answer = await browser.get("/linkage/rules")
        assert answer.status_code == 200
        assert list_pages(app) == web_routes
        assert (await browser.get("/linkage/rules")).content == answer.content


async def test_many_who_come_first_at_once_are_all_answered(app: FastAPI) -> None:
    async with open_browser(app) as browser:
        answers = await asyncio.gather(*(browser.get("/linkage/rules") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert list_pages(app) == web_routes


async def test_what_machines_ask_for_needs_no_pages(app: FastAPI) -> None:
    async with open_browser(app) as browser:
        assert (await browser.get("/readyz")).status_code == 200
        assert (await browser.get("/api/v1/goals")).status_code == 401
        assert (await browser.put("/healthz")).status_code == 405
    assert list_pages(app) == []


async def test_machines_are_refused_in_their_voice(app: FastAPI) -> None:
    for path in ("/api/v1/nowhere", "/api/", "/healthz/more"):
        async with open_browser(app) as browser:
            refused = await browser.get(path)
        assert refused.status_code == 404
        assert refused.headers["content-type"] == "application/problem+json"


async def test_the_reference_of_the_api_is_a_page(app: FastAPI) -> None:
    async with open_browser(app) as browser:
        assert "<h1" in (await browser.get("/api/docs")).text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/api", 404), ("PUT", "/sign-in", 405)]
)
async def test_a_refusal_is_the_same_page_first_and_later(
    app: FastAPI, method: str, path: str, status: int
) -> None:
    named = {"x-request-id": "same"}
    async with open_browser(app) as browser:
        first, later = [await browser.request(method, path, headers=named) for _ in range(2)]
    assert first.status_code == status
    assert "<h1" in first.text
    assert (first.status_code, first.text, first.headers) == (later.status_code, later.text, later.headers)


async def test_they_come_by_themselves_soon_after_the_start(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "LATE_AFTER_SECONDS", 0.01)
    async with app.router.lifespan_context(app), asyncio.timeout(30):
        assert list_pages(app) == []
        while not list_pages(app):
            await asyncio.sleep(0.01)
    assert list_pages(app) == web_routes
