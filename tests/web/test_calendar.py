"""A person's calendar: the page, the private address, and the file that other programs read there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from icalendar import Calendar
from justhtml import JustHTML
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.models import CalendarAddress, Event, Owner
from tests.factories import (
    make_commitment,
    make_department,
    make_occurrence,
    make_owner,
    make_partnership,
    make_ritual,
    make_talk,
)
from tests.web.browsing import open_browser, sign_in

TODAY = datetime.now(UTC).date()
TOMORROW = TODAY + timedelta(days=1)
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


async def set_person(session: AsyncSession) -> Owner:
    """Somebody with a weekly ritual from tomorrow on, a talk and a commitment."""
    home, other = await make_department(session), await make_department(session)
    me = await make_owner(session, department=home, role=Role.HEAD, name="Ada North")
    partner = await make_owner(session, department=other, name="Ben South")
    start = datetime.fromisoformat(f"{TOMORROW}T09:30")
    weekly = {"rrule": "FREQ=WEEKLY", "starts_at": start, "ruled_from": TODAY}
    row = await make_ritual(session, partner, code="ROUND", name="Round", invited=[str(me.id)], **weekly)
    await make_occurrence(session, row, TOMORROW + timedelta(weeks=1), state="skipped", reason="A secret.")
    pair = await make_partnership(session, partner, me, code="P-1")
    await make_talk(session, pair, planned_on=TOMORROW)
    await make_talk(session, pair, planned_on=TOMORROW, state="held")
    await make_commitment(session, me, what="Open a third till", due_on=TOMORROW)
    await make_commitment(session, partner, what="Of somebody else", due_on=TOMORROW)
    return me


async def read_address(browser: httpx2.AsyncClient) -> str:
    """A new private address, as the page tells it."""
    made = await browser.post("/calendar/address", headers=PARTIAL)
    assert made.status_code == 200, made.text
    assert made.headers["cache-control"] == "no-store"
    field = JustHTML(made.text, sanitize=False).query("#calendar-link")[0]
    return str((field.attrs or {})["value"]).removeprefix("http://coxswain.test")


async def read_feed(app: FastAPI, address: str, **headers: str) -> httpx2.Response:
    """What a program without a sign-in gets."""
    async with open_browser(app) as stranger:
        return await stranger.get(address, headers=headers)


async def test_the_page_shows_what_comes_day_by_day(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await set_person(session))
    answer = await browser.get("/calendar")
    text = JustHTML(answer.text, sanitize=False).to_text()
    for part in ("Tomorrow", "09:30 Round", "Talk with Ben South", "Open a third till", "skipped"):
        assert part in text, part
    assert "Of somebody else" not in text
    assert answer.text.count("Talk with Ben South") == 1


async def test_a_private_address_opens_the_calendar_without_a_sign_in(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await sign_in(app, session, await set_person(session))
    address = await read_address(browser)
    answer = await read_feed(app, address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events: Any = Calendar.from_ical(answer.content).walk("VEVENT")
    assert sorted(str(each["summary"]) for each in events) == [
        "Due: Open a third till",
        "Round",
        "Talk with Ben South",
    ]
    (round_,) = [each for each in events if "rrule" in each]
    assert round_["exdate"].dts[0].dt.date() == TOMORROW + timedelta(weeks=1)
    assert "A secret." not in answer.text
    known = await read_feed(app, address, **{"if-none-match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert (await browser.get("/calendar")).text.count(address) == 0


async def test_only_the_hash_of_the_secret_is_kept(app: FastAPI, session: AsyncSession) -> None:
    me = await set_person(session)
    address = await read_address(await sign_in(app, session, me))
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    row = (await session.scalars(select(CalendarAddress))).one()
    assert token.encode() not in row.token_hash
    assert len(row.token_hash) == 32
    events = await session.scalars(select(Event).where(col(Event.action).like("calendar%")))
    assert [(event.action, event.after) for event in events] == [("calendar_address_made", {})]


async def test_a_new_address_ends_the_earlier_one_and_ending_it_ends_all(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await sign_in(app, session, await set_person(session))
    first, second = await read_address(browser), await read_address(browser)
    assert (await read_feed(app, first)).status_code == 404
    assert (await read_feed(app, second)).status_code == 200
    ended = await browser.post("/calendar/address/revoke")
    assert ended.headers["location"] == "/calendar"
    gone = await read_feed(app, second)
    assert gone.status_code == 404
    assert "Round" not in gone.text
    assert (await browser.post("/calendar/address/revoke")).status_code == 404


@pytest.mark.parametrize("change", [{"active": False}, {"role": None}, {"archived_at": datetime.now(UTC)}])
async def test_who_may_not_sign_in_has_no_calendar(
    app: FastAPI, session: AsyncSession, change: dict[str, Any]
) -> None:
    me = await set_person(session)
    address = await read_address(await sign_in(app, session, me))
    for name, value in change.items():
        setattr(me, name, value)
    await session.flush()
    assert (await read_feed(app, address)).status_code == 404


async def test_rituals_of_my_level_and_of_my_department_and_above_are_mine(
    app: FastAPI, session: AsyncSession
) -> None:
    top = await make_department(session)
    home = await make_department(session, parent=top)
    me = await make_owner(session, department=home, role=Role.CONTRIBUTOR, level="senior")
    host = await make_owner(session)
    here, level = {"departments": [str(top.id)]}, {"levels": ["senior"]}
    for code, groups in (
        ("LEVEL", level),
        ("PLACE", here),
        ("BOTH", here | level),
        ("OTHER-LEVEL", {"levels": ["middle"]}),
        ("OTHER-PLACE", level | {"departments": [str((await make_department(session)).id)]}),
        ("NOBODY", {}),
    ):
        await make_ritual(session, host, code=code, name=f"<{code}>", **groups)
    address = await read_address(await sign_in(app, session, me))
    events: Any = Calendar.from_ical((await read_feed(app, address)).content).walk("VEVENT")
    assert sorted(str(each["summary"]) for each in events) == ["<BOTH>", "<LEVEL>", "<PLACE>"]


async def test_the_sequence_grows_with_every_change(app: FastAPI, session: AsyncSession) -> None:
    me = await make_owner(session, role=Role.HEAD)
    row = await make_ritual(session, me, code="R")
    browser = await sign_in(app, session, me)
    address = await read_address(browser)

    async def read_sequence() -> int:
        (event,) = Calendar.from_ical((await read_feed(app, address)).content).walk("VEVENT")
        return int(str(event["sequence"]))

    before = await read_sequence()
    await browser.post("/rituals/R/2030-01-08/skip", data={"reason": "Fair."})
    skipped = await read_sequence()
    row.name = "Another"
    await session.flush()
    assert before < skipped < await read_sequence()


async def test_the_log_tells_no_address(
    app: FastAPI, session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    address = await read_address(await sign_in(app, session, await set_person(session)))
    caplog.set_level("INFO")
    await read_feed(app, address)
    ours = [record for record in caplog.records if record.name.startswith("coxswain")]
    told = " ".join(str(vars(record)) for record in ours)
    assert "/calendar/…" in told
    assert address.removeprefix("/calendar/") not in told
