"""`/reviews/{period}/live` and `/edition`: what others capture, told to every open screen. No facts here.

A message tells which part is another one now; the page reads it again by itself, so everybody sees what they
may. No transaction and no connection is held while a screen listens.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from app.deps import cookie_name, get_database
from app.domain.permissions import Actor
from app.errors import CoxswainError, Unavailable
from app.hearing import MISSED, Ear, Hearing
from app.queries.reviews import find_review
from app.queries.reviews_live import read_stage
from app.queries.sign_ins import find_signed_in
from app.web.deps import OnlookerDep
from app.web.event_stream import BEAT, EventStream, write_event

router = APIRouter(include_in_schema=False, prefix="/reviews/{period}")
BEAT_SECONDS = 15.0
HEARING_SECONDS = 3.0
RETRY = b"retry: 1000\n"
# The screen is behind, or may be: it reads again unless it has this edition already.
EDITION = "edition"
# Whoever looks may no longer: the screen stops, and says so.
ENDED = "ended"


class Heard(NamedTuple):
    """The review that a screen follows, by its month, and its edition."""

    period: str
    edition: str


@router.get("/edition")
async def read_review_edition(request: Request, person: OnlookerDep, period: str) -> Response:
    """For screens that no stream reaches: has something been written since?"""
    await _count_request(request, person)
    heard = await _look(request, person, period)
    etag = f'"{heard.edition}"'
    headers = {"etag": etag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(heard.edition, headers=headers, media_type="text/plain")


@router.get("/live")
async def follow_review(request: Request, person: OnlookerDep, period: str) -> Response:
    """Tells this screen what changes, until it leaves."""
    await _count_request(request, person)
    heard = await _look(request, person, period)
    lines = _follow(request, person, heard.period)
    # Up to here it can be refused like any other request.
    return EventStream(_begin_with(await anext(lines), lines))


async def _count_request(request: Request, person: Actor) -> None:
    request.state.allowance = await request.app.state.allowances.take(person.id)


async def _look(request: Request, person: Actor, period: str) -> Heard:
    async with get_database(request).unit_of_work(read_only=True) as session:
        review = await find_review(session, period, actor=person)
        return Heard(review.code, (await read_stage(session, review)).edition)


async def _begin_with(first: bytes, others: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    try:
        yield first
        async for each in others:
            yield each
    finally:
        await others.aclose()


async def _follow(request: Request, person: Actor, period: str) -> AsyncGenerator[bytes, None]:
    hearing: Hearing = request.app.state.hearing
    with hearing.open_ear(period, who=person.id) as ear:
        await hearing.wait_until_hearing(HEARING_SECONDS)
        # What was said up to here the edition tells, which is read afterwards: nothing falls between the two.
        await ear.wait(0)
        yield RETRY + write_event(EDITION, (await _look(request, person, period)).edition)
        clock = asyncio.get_running_loop()
        beat_at = clock.time() + BEAT_SECONDS
        while not ear.over:
            words = await ear.wait(beat_at - clock.time())
            told = b"".join(write_event(word) for word in words if word != MISSED)
            if MISSED in words or clock.time() >= beat_at:
                beat_at = clock.time() + BEAT_SECONDS
                told += await _beat(request, person, period, ear)
            yield told or BEAT


async def _beat(request: Request, person: Actor, period: str, ear: Ear) -> bytes:
    """Looks whether this screen may still listen, and has it look whether it is behind."""
    try:
        async with get_database(request).unit_of_work(read_only=True) as session:
            known = await find_signed_in(session, request.cookies.get(cookie_name(request), ""))
        if known is not None and known.actor.id == person.id:
            return write_event(EDITION, (await _look(request, known.actor, period)).edition)
    except Unavailable:
        # The database is away for a moment: it tells when it is back.
        return BEAT
    except CoxswainError:
        pass
    ear.end()
    return write_event(ENDED)
