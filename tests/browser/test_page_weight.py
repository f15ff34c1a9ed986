"""What a page weighs as it goes over the wire: the first visit with all it needs, the next one alone."""

import pytest
from playwright.async_api import Page, Response

from tests.browser.site import CHIEF, Site
from tests.browser.test_every_page import ADDRESSES, PARTS, whose

FIRST_VISIT_BYTES = 60_000
NEXT_PAGE_BYTES = 15_000
MOST_REQUESTS = 10
# Made to be read at length, and never on the way to anything: the reference, and the page of a whole meeting,
# as long as it is open (the walk opens September once more).
MEETING_BYTES = 7_000
LONG_READS = {"/api/docs": 60_000, "/reviews/2026-10": MEETING_BYTES, "/reviews/2026-09": MEETING_BYTES}


async def weigh(page: Page, address: str) -> tuple[int, int]:
    """The bytes that a visit transfers, and in how many answers."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        # What goes on while a review is open has no size yet.
        if not answer.url.endswith("/live"):
            answers.append(answer)

    page.on("response", note)
    await page.goto(address, wait_until="load")
    page.remove_listener("response", note)
    total = 0
    for answer in answers:
        sizes = await answer.request.sizes()
        # A negative size: the browser had it already.
        total += max(0, sizes["responseBodySize"]) + sizes["responseHeadersSize"]
    return total, len(answers)


@pytest.mark.parametrize("part", range(PARTS))
async def test_pages_are_light(site: Site, part: int) -> None:
    target, heavy = await site.prepare_walk(), []
    for address in ADDRESSES[part::PARTS]:
        page = await site.open("/healthz", as_=whose(address))
        wanted = f"{site.url}{address.replace('TARGET', target)}"
        first, _ = await weigh(page, wanted)
        await page.goto(
            f"{site.url}/linkage/rules" if whose(address) == CHIEF else f"{site.url}/problems/conflict"
        )
        again, requests = await weigh(page, wanted)
        more = LONG_READS.get(address, 0)
        if first > FIRST_VISIT_BYTES + more or again > NEXT_PAGE_BYTES + more or requests > MOST_REQUESTS:
            heavy.append(f"{address}: {first} and {again} bytes in {requests} answers")
        await page.context.close()
    assert heavy == []
