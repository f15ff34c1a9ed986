"""`/reviews/{period}/live`: who may follow, what is told, and what happens when something breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text, update
from sqlmodel import col

from app import hearing
from app.actions._live import Part, tell_review
from app.actions.reviews import park_item
from app.api import envelope
from app.database import LISTENER, Database
from app.domain.permissions import SYSTEM, Role
from app.main import create_app
from app.models import Owner, Review
from app.models.reviews import ParkedItemInput
from app.settings import Settings
from app.web import event_stream, reviews_live
from tests.factories import make_owner, make_review
from tests.web.following import Stream, follow, open_screen, serve_app

LISTENING = "from pg_stat_activity where application_name = :name and datname = current_database()"
DROP = text(f"select count(pg_terminate_backend(pid)) {LISTENING}")


@dataclass
class Room:
    """A review that is held, and who is in it."""

    app: FastAPI
    database: Database
    url: str
    review: Review
    chief: Owner
    head: Owner
    stack: AsyncExitStack

    async def open(self, owner: Owner) -> httpx2.AsyncClient:
        """A screen of somebody."""
        return await self.stack.enter_async_context(await open_screen(self.database, owner, self.url))

    async def follow(self, owner: Owner) -> Stream:
        """A screen that follows the review."""
        return await self.stack.enter_async_context(follow(await self.open(owner)))

    async def tell(self, part: Part, period: str = "2026-10") -> None:
        """A change that is committed."""
        async with self.database.unit_of_work() as session:
            await tell_review(session, period, part)

    async def park(self, what: str) -> None:
        """Something is put aside."""
        async with self.database.unit_of_work() as session:
            review = await session.get_one(Review, self.review.id)
            await park_item(session, review, ParkedItemInput(what=what), actor=SYSTEM)


@pytest.fixture
async def room(fresh_database: Database, settings: Settings) -> AsyncIterator[Room]:
    """A served application with a review and two people, on a database of its own."""
    async with fresh_database.unit_of_work() as session:
        chief, head = (
            await make_owner(session, role=Role.EXECUTIVE),
            await make_owner(session, role=Role.HEAD),
        )
        review = await make_review(session, code="2026-10")
    app = create_app(settings, database=fresh_database)
    async with serve_app(app) as url, AsyncExitStack() as stack:
        yield Room(app, fresh_database, url, review, chief, head, stack)


async def test_what_is_captured_is_told_to_every_screen(room: Room) -> None:
    screens = [await room.follow(room.chief), await room.follow(room.head)]
    await room.park("The canteen")
    for screen in screens:
        assert await screen.read_names(1) == ["parked"]


async def test_another_month_is_not_told(room: Room) -> None:
    screen = await room.follow(room.chief)
    await room.tell(Part.SLOTS, "2026-09")
    await room.tell(Part.HEADER)
    assert await screen.read_names(1) == ["header"]


async def test_a_stream_is_not_kept_by_anybody_and_says_how_to_come_back(room: Room) -> None:
    screen = await room.open(room.chief)
    async with screen.stream("GET", "/reviews/2026-10/live") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert "content-encoding" not in answer.headers
        assert answer.headers["x-request-id"]
        assert await anext(answer.aiter_lines()) == "retry: 1000"


@pytest.mark.parametrize("part", ["live", "edition"])
async def test_only_who_may_read_reviews_follows_one(room: Room, part: str) -> None:
    async with room.database.unit_of_work() as session:
        viewer = await make_owner(session, role=Role.VIEWER)
    nobody = await room.stack.enter_async_context(httpx2.AsyncClient(base_url=room.url))
    answer = await nobody.get(f"/reviews/2026-10/{part}")
    assert (answer.status_code, answer.headers["location"][:14]) == (303, "/sign-in?next=")
    missing = await (await room.open(viewer)).get(f"/reviews/2026-08/{part}")
    assert missing.status_code == 404


async def test_the_edition_is_another_one_after_every_capture_and_only_then(room: Room) -> None:
    screen = await room.open(room.chief)
    first = await screen.get("/reviews/2026-10/edition")
    same = await screen.get("/reviews/2026-10/edition", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    await room.park("The canteen")
    other = await screen.get("/reviews/2026-10/edition", headers={"If-None-Match": first.headers["etag"]})
    assert (other.status_code, other.text != first.text) == (200, True)


async def test_following_is_no_use_of_a_sign_in(room: Room) -> None:
    await room.follow(room.chief)
    await (await room.open(room.chief)).get("/reviews/2026-10/edition")
    assert room.app.state.sign_ins_seen == set()


async def test_nobody_holds_a_connection_of_the_pool_while_following(room: Room) -> None:
    for _ in range(hearing.MOST_EARS_OF_ONE):
        await room.follow(room.chief)
    assert room.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert room.app.state.hearing._listening is not None
    async with room.database.unit_of_work() as session:
        assert await session.scalar(text(f"select count(*) {LISTENING}"), {"name": LISTENER}) == 1


async def test_somebody_who_follows_too_often_is_asked_to_come_back_later(room: Room) -> None:
    for _ in range(hearing.MOST_EARS_OF_ONE):
        await room.follow(room.chief)
    refused = await (await room.open(room.chief)).get("/reviews/2026-10/live")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    await room.follow(room.head)


async def test_streams_take_no_place_of_those_who_wait_for_an_answer(
    fresh_database: Database, settings: Settings, room: Room
) -> None:
    narrow = create_app(settings.model_copy(update={"max_in_flight": 1}), database=fresh_database)
    async with serve_app(narrow) as url:
        screen = await open_screen(fresh_database, room.chief, url)
        async with screen, follow(screen), follow(screen):
            assert (await screen.get("/reviews/2026-10/edition")).status_code == 200


async def test_a_stream_ends_when_the_sign_in_does(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews_live, "BEAT_SECONDS", 0.05)
    screen = await room.follow(room.chief)
    async with room.database.unit_of_work() as session:
        await session.execute(text("update sign_ins set ended_at = now()"))
    while (event := await screen.read_event()) == ("edition", event and event[1]):
        assert event
    assert event == ("ended", "-")
    assert await screen.read_event() is None


async def test_a_stream_ends_when_the_role_does(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews_live, "BEAT_SECONDS", 0.05)
    screen = await room.follow(room.head)
    async with room.database.unit_of_work() as session:
        await session.execute(update(Owner).where(col(Owner.id) == room.head.id).values(role=None))
    names = await screen.read_names(20)
    assert names[-1] == "over"
    assert "ended" in names


async def test_the_beat_tells_the_edition(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews_live, "BEAT_SECONDS", 0.05)
    screen = await room.follow(room.head)
    now = await (await room.open(room.head)).get("/reviews/2026-10/edition")
    assert await screen.read_event() == ("edition", now.text)


async def test_a_lost_connection_is_made_anew_and_every_screen_looks_what_it_missed(room: Room) -> None:
    screen = await room.follow(room.chief)
    async with room.database.unit_of_work() as session:
        assert await session.scalar(DROP, {"name": LISTENER}) == 1
    await room.park("While nobody listens")
    now = await (await room.open(room.chief)).get("/reviews/2026-10/edition")
    while (told := await screen.read_event()) != ("edition", now.text):
        assert told is not None
    await room.tell(Part.DECISIONS)
    assert await screen.read_names(1) == ["decisions"]


async def test_while_the_database_is_away_a_stream_goes_on(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = await room.follow(room.chief)

    async def refuse() -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr(room.database, "connect_apart", refuse)
    monkeypatch.setattr(hearing, "LONGEST_PAUSE_SECONDS", 0.1)
    async with room.database.unit_of_work() as session:
        await session.execute(DROP, {"name": LISTENER})
    late = await (await room.open(room.head)).get("/reviews/2026-10/live", timeout=5)
    assert late.status_code == 503
    monkeypatch.undo()
    assert await screen.read_names(1) == ["edition"]


async def test_a_slow_reader_is_told_each_part_once(room: Room) -> None:
    ears = room.app.state.hearing
    with ears.open_ear("2026-10", who=room.chief.id) as ear:
        await ears.wait_until_hearing(5)
        await ear.wait(0.05)
        for _ in range(50):
            await room.tell(Part.PARKED)
            await room.tell(Part.HEADER)
        while len(heard := await ear.wait(1)) < 2:
            assert set(heard) <= {"parked", "header"}
        assert sorted(heard) == ["header", "parked"]


async def test_a_reader_who_takes_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "SLOWEST_SECONDS", 0.05)
    freed = []

    async def speak() -> Any:
        try:
            while True:
                yield b"x"
        finally:
            freed.append(True)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        await event_stream.EventStream(speak()).stream_response(send)
    assert freed == [True]


async def test_open_streams_end_at_once_when_the_process_is_to_stop(
    fresh_database: Database, settings: Settings, room: Room
) -> None:
    other = create_app(settings, database=fresh_database)
    async with serve_app(other) as url:
        screen = await open_screen(fresh_database, room.chief, url)
        async with screen, follow(screen) as stream:
            other.state.hearing.end()
            assert await stream.read_event() is None
            assert (await screen.get("/reviews/2026-10/live")).status_code == 503


def test_a_place_is_left_once() -> None:
    seats = envelope._Room(1)
    with seats.take_place() as place:
        assert seats.free == 0
        place.leave()
        assert seats.free == 1
    assert seats.free == 1
