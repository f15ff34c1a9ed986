"""Every page, walked from the routes: no barriers, no broken markup, nothing wider than the screen."""

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from justhtml import JustHTML

from app.web import web_routes
from tests.browser.site import SIZES, Site, find_barriers

# Something of the demo organization for every part of an address.
SAMPLES = {
    "code": "L101",
    "slug": "not_found",
    "token": "none",
    "goal": "G1",
    "objective": "STORES-1",
    "kpi": "ENGAGEMENT",
    "department": "STORES",
    "owner": "gareth.lowell@larkmoor.example",
    "client": "none",
    "link": "STORES-3%3EG2:contributes",
    "target": "none",
}
CHIEF = "helena.marsh@larkmoor.example"
NOT_PAGES = ("/static/", "/sign-out", "/updates/kpis/")
SIGNED_OUT = ("/sign-in", "/welcome", "/first-run")


def list_addresses() -> list[str]:
    """An address of every page."""
    routes = [route for route in web_routes if isinstance(route, APIRoute)]
    paths = {route.path for route in routes if "GET" in (route.methods or ())}
    wanted = sorted(path for path in paths if not path.startswith(NOT_PAGES))
    return [re.sub(r"\{(\w+)(:\w+)?\}", lambda match: SAMPLES[match[1]], path) for path in wanted]


ADDRESSES = list_addresses()


def whose(address: str) -> str | None:
    """Who looks: nobody where one comes in, else somebody who sees everything."""
    return None if address.startswith(SIGNED_OUT) else CHIEF


def test_there_are_pages(app: FastAPI) -> None:
    assert len(ADDRESSES) > 8


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_page_has_no_barriers_in_light_and_dark(site: Site, address: str) -> None:
    page = await site.open(address, as_=whose(address))
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert await find_barriers(page) == [], scheme
    assert await page.locator("h1").count() == 1
    assert await page.locator("main").count() == 1


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_page_fits_every_screen_and_is_whole_markup(site: Site, address: str) -> None:
    page = await site.open(address, as_=whose(address), javascript=False)
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{size}: {wide} of {width}"
    answer = await page.request.get(page.url, headers={"accept": "text/html"})
    parsed = JustHTML(await answer.text(), collect_errors=True, sanitize=False)
    assert [str(error) for error in parsed.errors] == []
