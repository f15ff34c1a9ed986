"""The page of the design system: on this machine only."""

import httpx2
from fastapi import FastAPI

from tests.web.browsing import open_browser


async def test_it_shows_every_status_with_its_word(app: FastAPI) -> None:
    async with open_browser(app) as browser:
        page = await browser.get("/design")
    assert page.status_code == 200
    for word in ("green", "amber", "red", "unknown", "This code is taken."):
        assert word in page.text


async def test_from_elsewhere_it_is_not_there(app: FastAPI) -> None:
    transport = httpx2.ASGITransport(app, client=("192.0.2.7", 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://coxswain.example") as browser:
        assert (await browser.get("/design")).status_code == 404
