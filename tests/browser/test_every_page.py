"""Every page, walked from the routes: no barriers, no broken markup, nothing wider than the screen."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from justhtml import JustHTML

from app.domain.recurrence import expand_days, read_rule
from app.web import web_routes
from tests.browser.site import CHIEF, MAIL, SIZES, Site, find_barriers

# The second Tuesday before today, on which the demo's last review was.
LAST_REVIEW = expand_days(
    read_rule("FREQ=MONTHLY;BYDAY=2TU"),
    date(2025, 1, 14),
    first=date(2025, 1, 14),
    last=datetime.now(UTC).date() - timedelta(days=1),
)[-1]
# Something of the demo organization for every part of an address.
SAMPLES = {
    "code": "L101",
    "slug": "not_found",
    "token": "none",
    "goal": "G1",
    "objective": "STORES-1",
    "initiative": "SELF-TILLS",
    "kpi": "ENGAGEMENT",
    "department": "STORES",
    "owner": "gareth.lowell@larkmoor.example",
    "client": "BI",
    "link": "STORES-3%3EG2:contributes",
    "target": "TARGET",
    "survey": "SAFETY-1",
    "question": "SAFE-1",
    "partnership": "P-1",
    "commitment": "C-10",
    "ritual": "REVIEW",
    "day": str(LAST_REVIEW),
    "period": "2026-10",
    "decision": "D-3",
    "type": "PRICING",
    "mail": str(MAIL),
}
NOT_PAGES = ("/static/", "/sign-out", "/updates/kpis/")
# What pages ask by themselves, and what `test_review` looks at.
NOT_PAGES_EITHER = ("/live", "/edition", "/parts/{part}", "/findings/{finding}", "/export.{kind}")
# The parts of one page that look unlike.
PARTS_OF_PAGES = [
    f"/surveys/{survey}/results{part}"
    for survey in ("AUDIT-1", "PRIORITIES-1", "MESSAGE-3")
    for part in ("", "?part=departments", "?part=levels", "?part=answered")
]
PARTS_OF_PAGES += ["/surveys/AUDIT-1/results?part=words"]
# A month that is closed and can be opened again, one that was (`Site.prepare_walk`) with its frozen revision,
# and months beside each other; each by what shows that it is the one.
REVIEWS = {
    "/reviews/2026-10": "Start the review",
    "/reviews/2026-08": "Open it again",
    "/reviews/2026-09": "Close the review",
    "/reviews/2026-09?revision=1": "As it was frozen, revision 1",
    "/reviews/2026-08/compare": "August 2026 beside July 2026",
    "/reviews/2026-10/compare?with=2026-07": "October 2026 beside July 2026",
}
PARTS_OF_PAGES += list(REVIEWS)[1:]
# Several pages share a server and a browser: to start those takes longer than to look.
PARTS = 6
# Pictures and scripts tell nothing about which page it is.
READ: Literal["domcontentloaded"] = "domcontentloaded"
SIGNED_OUT = ("/sign-in", "/welcome", "/first-run", "/surveys/answer/", "/surveys/answered")


def list_addresses() -> list[str]:
    """An address of every page."""
    routes = [route for route in web_routes if isinstance(route, APIRoute)]
    paths = {route.path for route in routes if "GET" in (route.methods or ())}
    wanted = sorted(
        path for path in paths if not path.startswith(NOT_PAGES) and not path.endswith(NOT_PAGES_EITHER)
    )
    return [re.sub(r"\{(\w+)(:\w+)?\}", lambda match: SAMPLES[match[1]], path) for path in wanted]


ADDRESSES = list_addresses() + PARTS_OF_PAGES


def whose(address: str) -> str | None:
    """Who looks: nobody where one comes in, else somebody who sees everything."""
    return None if address.startswith(SIGNED_OUT) else CHIEF


def test_there_are_pages(app: FastAPI) -> None:
    assert len(ADDRESSES) > 8


@pytest.mark.parametrize("part", range(PARTS))
async def test_pages_have_no_barriers_in_light_and_dark(site: Site, part: int) -> None:
    chief, nobody = await site.open("/healthz", as_=CHIEF), await site.open("/healthz")
    target, found = await site.prepare_walk(), []
    for address in ADDRESSES[part::PARTS]:
        page = chief if whose(address) else nobody
        await page.goto(f"{site.url}{address.replace('TARGET', target)}")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{address} in {scheme}: {barrier}" for barrier in await find_barriers(page)]
        for only in ("h1", "main"):
            if (count := await page.locator(only).count()) != 1:
                found.append(f"{address}: {count} {only}")
    assert found == []


async def test_reviews_have_no_barriers_when_all_that_is_folded_is_open(site: Site) -> None:
    page, found = await site.open("/healthz", as_=CHIEF), []
    await site.prepare_walk()
    for address, shown in REVIEWS.items():
        await page.goto(f"{site.url}{address}", wait_until=READ)
        await page.evaluate("document.querySelectorAll('main details').forEach((each) => each.open = true)")
        found += [] if shown in await page.inner_text("main") else [f"{address} does not say: {shown}"]
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{address} in {scheme}: {barrier}" for barrier in await find_barriers(page)]
    assert found == []


@pytest.mark.parametrize("part", range(PARTS))
async def test_pages_fit_every_screen_and_are_whole_markup(site: Site, part: int) -> None:
    chief = await site.open("/healthz", as_=CHIEF, javascript=False)
    nobody = await site.open("/healthz", javascript=False)
    target, found = await site.prepare_walk(), []
    for address in ADDRESSES[part::PARTS]:
        page = chief if whose(address) else nobody
        answer = await page.goto(f"{site.url}{address.replace('TARGET', target)}")
        assert answer is not None
        for size, (width, height) in SIZES.items():
            await page.set_viewport_size({"width": width, "height": height})
            wide = await page.evaluate("document.documentElement.scrollWidth")
            found += [f"{address}: {wide} wide on a {size}"] if wide > width else []
        parsed = JustHTML(await answer.text(), collect_errors=True, sanitize=False)
        found += [f"{address}: {error}" for error in parsed.errors]
    assert found == []


@pytest.mark.parametrize("part", range(PARTS))
async def test_reload_and_back_show_the_same_page(site: Site, part: int) -> None:
    chief, nobody = await site.open("/healthz", as_=CHIEF), await site.open("/healthz")
    target, found = await site.prepare_walk(), []
    for address in ADDRESSES[part::PARTS]:
        page = chief if whose(address) else nobody
        await page.goto(f"{site.url}{address.replace('TARGET', target)}", wait_until=READ)
        wanted = (page.url, await page.locator("h1").inner_text())
        await page.reload(wait_until=READ)
        again = (page.url, await page.locator("h1").inner_text())
        await page.goto(f"{site.url}/problems/conflict", wait_until=READ)
        await page.go_back(wait_until=READ)
        back = (page.url, await page.locator("h1").inner_text())
        found += [f"{address}: {wanted}, {again}, {back}"] if {wanted} != {wanted, again, back} else []
    assert found == []
