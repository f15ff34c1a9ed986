"""The pages of rituals: what comes, how it went, and the forms that make and change one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from justhtml import JustHTML
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from app.models import Owner, Ritual, RitualVerdict, RitualVote
from tests.factories import make_department, make_occurrence, make_owner, make_ritual
from tests.web.browsing import sign_in

TODAY = datetime.now(UTC).date()
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def read_main(answer: httpx2.Response) -> str:
    """The text of a page."""
    assert answer.status_code == 200, answer.text
    return JustHTML(answer.text, sanitize=False).to_text()


async def make_host(session: AsyncSession, **fields: Any) -> Owner:
    """A head who hosts rituals."""
    home = await make_department(session)
    return await make_owner(session, department=home, role=Role.HEAD, **fields)


def fill(host: Owner, **fields: Any) -> dict[str, Any]:
    """The form of a new ritual as a browser sends it."""
    typed = {
        "code": "REVIEW",
        "name": "Monthly review",
        "kind": "monthly_review",
        "host": host.email,
        "starts_at": "2026-10-13T09:00",
        "duration_minutes": "60",
        "rhythm": "monthly_weekday",
        "invited": f"{host.email}\n",
        "levels": ["senior"],
    }
    return typed | fields


async def test_a_ritual_is_made_by_a_rhythm_in_words(app: FastAPI, session: AsyncSession) -> None:
    host = await make_host(session)
    browser = await sign_in(app, session, host)
    assert 'value="monthly_weekday" selected' in (await browser.get("/rituals/new")).text
    made = await browser.post("/rituals/new", data=fill(host))
    assert (made.status_code, made.headers["location"]) == (303, "/rituals/REVIEW")
    row = (await session.scalars(select(Ritual))).one()
    assert (row.rrule, row.invited, row.levels) == ("FREQ=MONTHLY;BYDAY=2TU", [str(host.id)], ["senior"])
    shown = read_main(await browser.get("/rituals/REVIEW"))
    for part in ("on the second Tuesday of every month, at 09:00", "1 hour", host.name):
        assert part in shown
    edit = (await browser.get("/rituals/REVIEW/edit")).text
    assert 'value="2026-10-13T09:00"' in edit
    assert 'value="monthly_weekday" selected' in edit


async def test_a_rule_may_be_written_where_no_rhythm_fits(app: FastAPI, session: AsyncSession) -> None:
    host = await make_host(session)
    browser = await sign_in(app, session, host)
    written = fill(host, rhythm="", rrule="rrule:freq=weekly;byday=tu,th")
    assert (await browser.post("/rituals/new", data=written)).status_code == 303
    edit = (await browser.get("/rituals/REVIEW/edit")).text
    assert 'value="FREQ=WEEKLY;BYDAY=TU,TH"' in edit
    assert '<option value="">by the rule below</option>' in edit


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"rhythm": ""}, "Choose how often, or write a rule."),
        ({"rhythm": "", "rrule": "FREQ=HOURLY"}, "more than once a day"),
        ({"rhythm": "", "rrule": "FREQ=WEEKLY;BYDAY=WE"}, "the first such day is 2026-10-14."),
        ({"rhythm": "monthly_last_weekday"}, "13 October is not the last Tuesday of its month."),
        ({"starts_at": ""}, "Please fill this in."),
        ({"kind": "alignment_session"}, "at least one objective"),
        ({"invited": "nobody@example.org"}, "nobody@example.org does not exist."),
    ],
)
async def test_what_is_refused_keeps_what_was_typed(
    app: FastAPI, session: AsyncSession, typed: dict[str, str], said: str
) -> None:
    host = await make_host(session)
    browser = await sign_in(app, session, host)
    for headers in ({}, PARTIAL):
        answer = await browser.post("/rituals/new", data=fill(host, **typed), headers=headers)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert 'value="Monthly review"' in answer.text
    assert (await session.scalars(select(Ritual))).all() == []


async def test_another_version_clashes_and_saving_again_overwrites(
    app: FastAPI, session: AsyncSession
) -> None:
    host = await make_host(session)
    row = await make_ritual(session, host, code="REVIEW", invited=[str(host.id)])
    browser = await sign_in(app, session, host)
    body = fill(host, name="Anew", starts_at="2026-01-13T09:00")
    assert (await browser.post("/rituals/REVIEW/edit", data=body | {"version": "0"})).status_code == 409
    saved = await browser.post("/rituals/REVIEW/edit", data=body | {"version": str(row.version)})
    assert saved.headers["location"] == "/rituals/REVIEW"
    await session.refresh(row)
    assert row.name == "Anew"


async def test_the_list_tells_what_comes_what_is_silent_and_how_it_went(
    app: FastAPI, session: AsyncSession
) -> None:
    host = await make_host(session, name="Ada North")
    start = datetime.fromisoformat(f"{TODAY - timedelta(days=70)}T09:00")
    weekly = {"rrule": "FREQ=WEEKLY", "starts_at": start, "ruled_from": TODAY - timedelta(days=8)}
    row = await make_ritual(session, host, code="WEEKLY", name="Round", **weekly)
    for weeks, score in ((6, 2), (5, 4)):
        day = TODAY - timedelta(weeks=weeks)
        told = await make_occurrence(session, row, day)
        for _ in range(3):
            voter = await make_owner(session)
            session.add(RitualVote(occurrence_id=told.id, owner_id=voter.id, score=score))
    skipped = TODAY - timedelta(weeks=2)
    await make_occurrence(session, row, skipped, state="skipped", reason="Fair week.")
    ahead = TODAY + timedelta(weeks=1)
    later = datetime.fromisoformat(f"{ahead + timedelta(days=1)}T14:00")
    await make_occurrence(session, row, ahead, state="planned", settled_on=None, moved_to=later)
    browser = await sign_in(app, session, host)
    answer = await browser.get("/rituals")
    shown = read_main(answer)
    assert "What became of these?" in shown
    assert f"/rituals/WEEKLY/{TODAY - timedelta(weeks=1)}" in answer.text
    for part in ("Ada North invites", "Fair week.", "useful 4.0 of 5", "2 of 4 took place", "moved"):
        assert part in shown, part
    assert "sparkline" in answer.text
    # Whoever cannot say it is not asked.
    reader = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    text = (await reader.get("/rituals")).text
    assert "What became of these?" not in text
    assert "New ritual" not in text


async def test_a_verdict_is_given_on_the_page_and_stopping_ends_it(
    app: FastAPI, session: AsyncSession
) -> None:
    host = await make_host(session)
    row = await make_ritual(session, host, code="REVIEW")
    browser = await sign_in(app, session, host)
    place = "/rituals/REVIEW/verdict"
    for headers in ({}, PARTIAL):
        bare = await browser.post(place, data={"verdict": "keep"}, headers=headers)
        assert bare.status_code == 422
        assert 'aria-invalid="true"' in bare.text
    kept = await browser.post(place, data={"verdict": "change", "reason": "Shorter."}, headers=PARTIAL)
    assert 'id="rituals-verdicts"' in kept.text
    assert "Shorter." in kept.text
    stopped = await browser.post(place, data={"verdict": "stop", "reason": "Nobody comes."})
    assert stopped.headers["location"] == "/rituals/REVIEW"
    await session.refresh(row)
    assert row.archived_at
    assert (await session.scalars(select(RitualVerdict))).one().verdict == "stop"
    page = read_main(await browser.get("/rituals/REVIEW"))
    assert "ended" in page
    assert "Decide for" not in page


async def test_a_ritual_is_ended_by_its_host(app: FastAPI, session: AsyncSession) -> None:
    host = await make_host(session)
    row = await make_ritual(session, host, code="REVIEW")
    stranger = await sign_in(app, session, await make_host(session))
    assert (await stranger.post("/rituals/REVIEW/archive")).status_code == 403
    browser = await sign_in(app, session, host)
    assert (await browser.post("/rituals/REVIEW/archive")).status_code == 303
    await session.refresh(row)
    assert row.archived_at
