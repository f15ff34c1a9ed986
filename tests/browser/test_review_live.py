"""A review on several screens, of two processes: what one captures all see, whatever breaks meanwhile."""

import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import URL, select, text
from sqlmodel import col

from app.actions.peer_notes import update_peer_note
from app.actions.reviews import open_due_review, park_item, start_review
from app.database import LISTENER, Database
from app.domain.permissions import SYSTEM
from app.models import Department, PeerNote, Review
from app.models.peer_notes import PeerNoteInput
from app.models.reviews import ParkedItemInput
from tests.browser.site import CHIEF, Site, find_barriers
from tests.faults.processes import free_port
from tests.web.following import serve_apart

HEAD = "gareth.lowell@larkmoor.example"
CAPTURES = 50
# A second is promised where the machine is the servers' own (alone: 0.1 to 0.3 s); here tests share it. What
# only polling brings takes longer.
LONGEST_SECONDS = 3.0
DROP = text(
    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where application_name = :name and datname = current_database()"
)


@dataclass
class Meeting:
    """A review in session, and a database to write into it beside the browsers."""

    database: Database
    period: str

    @property
    def path(self) -> str:
        """Its page."""
        return f"/reviews/{self.period}"

    async def park(self, what: str) -> None:
        """Somebody captures, in whichever process."""
        async with self.database.unit_of_work() as session:
            row = (await session.scalars(select(Review).where(col(Review.code) == self.period))).one()
            await park_item(session, row, ParkedItemInput(what=what), actor=SYSTEM)


async def meet(database: Database) -> Meeting:
    """Opens the review of the month that has ended, and starts it."""
    async with database.unit_of_work() as session:
        await open_due_review(session, actor=SYSTEM)
    async with database.unit_of_work() as session:
        review = (await session.scalars(select(Review).order_by(col(Review.code).desc()))).first()
        assert review is not None
        await start_review(session, review, actor=SYSTEM)
        return Meeting(database, review.code)


@pytest.fixture
async def meeting(site: Site) -> Meeting:
    """A review in session on the server of the journey."""
    return await meet(site.database)


@dataclass
class TwoSites:
    """Two processes over one database. The second can be stopped and started again."""

    one: Site
    other: Site
    meeting: Meeting
    stack: AsyncExitStack
    port: int
    url: URL

    async def start_other(self) -> None:
        """The second process, at its place."""
        await self.stack.enter_async_context(serve_apart(self.url, port=self.port))


@pytest.fixture
async def two(demo_url: URL, chromium: Browser) -> AsyncIterator[TwoSites]:
    """The demo organization served by two processes, with a review in session."""
    database = Database(demo_url, pool_size=3)
    meeting = await meet(database)
    async with AsyncExitStack() as apart, AsyncExitStack() as stack:
        url, _ = await apart.enter_async_context(serve_apart(demo_url))
        port = free_port()
        one = Site(url, chromium, database)
        other = Site(f"http://127.0.0.1:{port}", chromium, database)
        sites = TwoSites(one, other, meeting, stack, port, demo_url)
        await sites.start_other()
        yield sites
        await one.close()
        await other.close()
    await database.close()
    # While a process is away, browsers say so; nothing else may have gone wrong.
    told = ("net::ERR", "htmx:sse:error")
    assert [each for each in one.complaints + other.complaints if not any(map(each.count, told))] == []


async def wait_until_live(page: Page, seconds: float = 15) -> None:
    """The screen says that it is told of changes."""
    await expect(page.locator("#review-live")).to_contain_text("Live", timeout=seconds * 1000)


async def capture(page: Page, what: str) -> None:
    """From anywhere: one key, one line."""
    await page.keyboard.press("c")
    await page.get_by_role("radio", name="Parking lot").check(force=True)
    await page.get_by_label("Capture in one line").fill(what)
    await page.keyboard.press("Enter")


async def test_what_one_captures_is_on_the_other_screen_at_once(two: TwoSites) -> None:
    here = await two.one.open(two.meeting.path, as_=CHIEF)
    there = await two.other.open(two.meeting.path, as_=HEAD)
    await wait_until_live(here)
    await wait_until_live(there)
    took = []
    for number in range(CAPTURES):
        what = f"For later, number {number}."
        await capture(here, what)
        began = time.perf_counter()
        await there.locator("#review-parked").get_by_text(what).wait_for(state="attached")
        took.append(time.perf_counter() - began)
        await expect(here.get_by_label("Capture in one line")).to_have_value("")
    took.sort()
    p95 = took[int(CAPTURES * 0.95) - 1]
    sys.stdout.write(
        f"captured here, seen there: median {took[25]:.3f} s, p95 {p95:.3f} s, {took[-1]:.3f} s\n"
    )
    assert p95 <= LONGEST_SECONDS


async def test_screens_go_on_when_the_connection_or_the_process_is_lost(two: TwoSites) -> None:
    there = await two.other.open(two.meeting.path, as_=HEAD)
    await wait_until_live(there)
    async with two.meeting.database.unit_of_work() as session:
        assert await session.scalar(DROP, {"name": LISTENER}) == 1
    await two.meeting.park("While nobody listens.")
    await expect(there.locator("#review-parked")).to_contain_text("While nobody listens.")
    await two.stack.aclose()
    await two.meeting.park("While the process is away.")
    await expect(there.locator("#review-live")).not_to_contain_text("Live", timeout=15_000)
    await two.start_other()
    await expect(there.locator("#review-parked")).to_contain_text(
        "While the process is away.", timeout=25_000
    )
    await wait_until_live(there, 25)


async def test_a_screen_that_no_stream_reaches_looks_by_itself(site: Site, meeting: Meeting) -> None:
    page = await site.open("/healthz", as_=CHIEF)
    await page.clock.install()

    async def refuse(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body="<p>Please sign in to the hotel.</p>")

    await page.route("**/live", refuse)
    await page.goto(f"{site.url}{meeting.path}")
    await page.clock.fast_forward(5_100)
    await expect(page.locator("#review-live")).to_contain_text("Looks every few seconds")
    await meeting.park("Without a stream.")
    await page.clock.fast_forward(5_100)
    await expect(page.locator("#review-parked")).to_contain_text("Without a stream.")
    await page.unroute("**/live", refuse)
    await page.clock.fast_forward(25_000)
    await wait_until_live(page)


async def test_a_screen_whose_sign_in_ends_says_so(site: Site, meeting: Meeting) -> None:
    page = await site.open(meeting.path, as_=HEAD)
    await wait_until_live(page)
    async with meeting.database.unit_of_work() as session:
        await session.execute(text("update sign_ins set ended_at = now()"))
    await meeting.park("Not for those who left.")
    await expect(page.locator("#review-live")).to_contain_text("You are signed out here.")
    await expect(page.locator("#review-parked")).not_to_contain_text("Not for those who left.")


async def test_what_somebody_types_is_not_swapped_under_their_hands(site: Site, meeting: Meeting) -> None:
    page = await site.open(meeting.path, as_=HEAD)
    await wait_until_live(page)
    slots = page.locator("#review-slots")
    await slots.get_by_text("Write what your peers should know").click()
    await slots.get_by_label("Challenge").fill("The new tills are late")
    async with meeting.database.unit_of_work() as session:
        found = select(PeerNote).join(Department, col(Department.id) == col(PeerNote.department_id))
        mine = (col(PeerNote.period) == meeting.period, col(Department.code) == "ONLINE")
        note = (await session.scalars(found.where(*mine))).one()
        data = PeerNoteInput(department="ONLINE", period=meeting.period, challenge="Cash is tight.")
        await update_peer_note(session, note, data, actor=SYSTEM)
    await expect(slots).to_contain_text("Changed meanwhile")
    await expect(slots).not_to_contain_text("Cash is tight.")
    await expect(slots.get_by_label("Challenge")).to_have_value("The new tills are late")
    await slots.get_by_role("button", name="Show it now").click()
    await expect(slots).to_contain_text("Cash is tight.")
    await expect(slots).not_to_contain_text("Changed meanwhile")


async def test_what_somebody_opened_and_stands_on_stays_while_others_capture(
    site: Site, meeting: Meeting
) -> None:
    page = await site.open(meeting.path, as_=HEAD)
    await wait_until_live(page)
    promises = page.locator("#review-commitments")
    await promises.get_by_text("not due yet").last.click()
    await page.keyboard.press("j")
    stood = await page.evaluate("document.activeElement.id")
    assert stood.startswith("promise-")
    chief = await site.open(meeting.path, as_=CHIEF)
    await chief.get_by_label("Capture in one line").fill("Open a third till @gareth 30 Jun")
    await chief.keyboard.press("Enter")
    await expect(promises).to_contain_text("Open a third till")
    await expect(promises.locator("details.more", has_text="not due yet")).to_have_attribute("open", "")
    assert await page.evaluate("document.activeElement.id") == stood


async def test_the_presenter_leads_and_those_who_follow_are_led(site: Site, meeting: Meeting) -> None:
    chief = await site.open(meeting.path, as_=CHIEF)
    follower = await site.open(meeting.path, as_=HEAD)
    onlooker = await site.open(meeting.path, as_=HEAD)
    for page in (chief, follower, onlooker):
        await wait_until_live(page)
    await follower.get_by_role("button", name="Follow").click()
    await expect(follower.get_by_role("region", name="Presenting")).to_contain_text("Nothing is presented")
    await chief.keyboard.press("ArrowRight")
    for page in (chief, follower, onlooker):
        await expect(page.get_by_role("region", name="Presenting")).to_contain_text("Where we stand")
    for _ in range(3):
        item = await chief.locator("#review-presenting").get_attribute("data-item")
        await chief.keyboard.press("ArrowRight")
        await expect(chief.locator("#review-presenting")).not_to_have_attribute("data-item", item or "")
    for page in (chief, follower):
        await expect(page.locator("#review-findings.is-on > h2")).to_be_in_viewport()
    await expect(onlooker.locator("#review-findings.is-on > h2")).not_to_be_in_viewport()
    await expect(chief.get_by_role("timer")).to_have_text("0:02")
    assert await find_barriers(chief) == []
    await chief.keyboard.press("ArrowLeft")
    await expect(follower.get_by_role("region", name="Presenting")).to_contain_text("What we promised")
    await chief.keyboard.press("?")
    await expect(chief.get_by_role("dialog", name="Keys")).to_be_visible()
    await chief.reload()
    await expect(chief.get_by_role("region", name="Presenting")).to_contain_text("What we promised")


async def test_a_private_note_is_kept_by_leaving_it_and_stays_hidden_where_one_says_so(
    site: Site, meeting: Meeting
) -> None:
    page = await site.open(meeting.path, as_=HEAD)
    other = await site.open(meeting.path, as_=CHIEF)
    await wait_until_live(page)
    await page.keyboard.press("n")
    await page.keyboard.type("Ask Priya in private")
    await page.keyboard.press("Tab")
    await expect(page.locator("#review-my-note").get_by_role("status")).to_have_text("Saved.")
    await page.reload()
    await expect(page.get_by_label("Notes for yourself")).to_be_hidden()
    await page.keyboard.press("n")
    await expect(page.get_by_label("Notes for yourself")).to_have_value("Ask Priya in private")
    assert await find_barriers(page) == []
    await page.get_by_role("button", name="Hide my notes").click()
    await page.reload()
    await expect(page.get_by_text("My notes", exact=True)).to_be_hidden()
    await other.reload()
    assert "Ask Priya" not in await other.content()


async def test_the_bar_works_without_a_script(site: Site, meeting: Meeting) -> None:
    page = await site.open(meeting.path, as_=CHIEF, javascript=False)
    await page.get_by_role("button", name="Present").click()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("region", name="Presenting")).to_contain_text("How aligned we are")
    await expect(page.get_by_role("link", name="Read again")).to_be_visible()
    await page.get_by_text("My notes", exact=True).click()
    await page.get_by_label("Notes for yourself").fill("By hand")
    await page.locator("#review-my-note").get_by_role("button", name="Save").click()
    await page.get_by_text("My notes", exact=True).click()
    await expect(page.get_by_label("Notes for yourself")).to_have_value("By hand")
