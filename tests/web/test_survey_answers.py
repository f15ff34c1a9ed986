"""Answering on a page: by a link without signing in, by one's own invitation, once, and calmly refused."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.survey_closing import close_survey
from app.domain.permissions import SYSTEM, Role
from app.models import SurveyAnswer
from tests.factories import make_department, make_owner
from tests.web.browsing import open_browser, sign_in
from tests.web.surveying import ANSWERS, SHEET, make_open_survey, open_as, take_links


async def list_kept(session: AsyncSession) -> list[dict[str, object]]:
    """What is kept of all answers."""
    return [each.values for each in (await session.scalars(select(SurveyAnswer))).all()]


async def test_a_link_takes_answers_without_signing_in(app: FastAPI, session: AsyncSession) -> None:
    await make_open_survey(session)
    links = await take_links(await open_as(app, session, Role.ADMIN))
    async with open_browser(app) as browser:
        shown = await browser.get(links[0])
        assert (shown.status_code, shown.text.count("<fieldset")) == (200, 5)
        sent = await browser.post(links[0], data=SHEET)
        assert (sent.status_code, sent.headers["location"]) == (303, "/surveys/answered")
        assert "Thank you" in (await browser.get("/surveys/answered")).text
    assert await list_kept(session) == [ANSWERS]


async def test_a_sheet_is_private_to_its_link(app: FastAPI, session: AsyncSession) -> None:
    await make_open_survey(session)
    links = await take_links(await open_as(app, session, Role.ADMIN))
    async with open_browser(app) as browser:
        for address in (links[0], "/surveys/answer/unknown", "/surveys/answered"):
            headers = (await browser.get(address)).headers
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"
            assert "set-cookie" not in headers


async def test_nothing_personal_stands_on_the_sheet(app: FastAPI, session: AsyncSession) -> None:
    await make_open_survey(session)
    someone = await make_owner(session, name="Wilhelmina Unmistakable", role=Role.ADMIN)
    links = await take_links(await sign_in(app, session, someone))
    signed_in = await sign_in(app, session, someone)
    for link in links:
        assert "Wilhelmina" not in (await signed_in.get(link)).text


async def test_a_used_an_unknown_and_an_ended_link_look_the_same(app: FastAPI, session: AsyncSession) -> None:
    survey = await make_open_survey(session)
    links = await take_links(await open_as(app, session, Role.ADMIN))
    async with open_browser(app) as browser:
        await browser.post(links[0], data=SHEET)
        used = await browser.get(links[0])
        again = await browser.post(links[0], data=SHEET)
        unknown = await browser.get("/surveys/answer/" + "x" * 43)
        await close_survey(session, survey, actor=SYSTEM)
        ended = await browser.get(links[1])
    assert {each.status_code for each in (used, again, unknown, ended)} == {404}
    assert used.text == again.text == unknown.text == ended.text
    assert "ask whoever sent you the link" in used.text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"a0": "6"}, "whole number from 1 to 5"),
        ({"a0": "four"}, "whole number from 1 to 5"),
        ({"a2": "C"}, "Choose one of the options."),
        ({"a3.0": "1", "a3.1": "1", "a3.2": "3"}, "Give every line a place from 1 to 3, each place once."),
        ({"a3.0": "1"}, "Give every line a place from 1 to 3, each place once."),
        ({"a4": "word " * 81}, "At most 80 words."),
        ({"a4": "a\x00b"}, "This cannot be kept as it is."),
        ({}, "Answer one question at least."),
    ],
)
async def test_refused_answers_stay_as_they_were_typed(
    app: FastAPI, session: AsyncSession, sent: dict[str, str], words: str
) -> None:
    await make_open_survey(session)
    links = await take_links(await open_as(app, session, Role.ADMIN))
    typed = {"a1": "10"} | sent if sent else {}
    async with open_browser(app) as browser:
        answer = await browser.post(links[0], data=typed)
        assert answer.status_code == 422
        assert words in answer.text
        if typed:
            assert 'value="10"\n                 checked' in answer.text or 'value="10" checked' in " ".join(
                answer.text.split()
            )
        kept = await browser.post(links[0], data=SHEET)
        assert kept.status_code == 303
    assert await list_kept(session) == [ANSWERS]


async def test_questions_may_be_left_out(app: FastAPI, session: AsyncSession) -> None:
    await make_open_survey(session)
    links = await take_links(await open_as(app, session, Role.ADMIN))
    async with open_browser(app) as browser:
        assert (await browser.post(links[0], data={"a0": "", "a1": "7"})).status_code == 303
    assert await list_kept(session) == [{"Q2": 7}]


async def test_whoever_is_signed_in_answers_their_own_invitation(app: FastAPI, session: AsyncSession) -> None:
    me = await make_owner(session, role=Role.VIEWER)
    await make_open_survey(session)
    browser = await sign_in(app, session, me)
    assert 'href="/surveys/S1/answer"' in (await browser.get("/surveys")).text
    assert (await browser.get("/surveys/S1/answer")).status_code == 200
    sent = await browser.post("/surveys/S1/answer", data=SHEET)
    assert (sent.status_code, sent.headers["location"]) == (303, "/surveys/answered")
    assert 'href="/surveys/S1/answer"' not in (await browser.get("/surveys")).text
    assert (await browser.post("/surveys/S1/answer", data=SHEET)).status_code == 404


async def test_the_sheet_tells_what_is_kept_beside_the_answers(app: FastAPI, session: AsyncSession) -> None:
    stores = await make_department(session, name="Stores")
    crowd = [await make_owner(session, department=stores, role=Role.VIEWER) for _ in range(6)]
    await make_open_survey(session, people=5)
    browser = await sign_in(app, session, crowd[0])
    assert "Only your group (Stores) is kept beside them" in (await browser.get("/surveys/S1/answer")).text
    links = await take_links(await open_as(app, session, Role.ADMIN))
    async with open_browser(app) as stranger:
        texts = [(await stranger.get(link)).text for link in links]
    assert sum("Nothing is kept beside them" in text for text in texts) == 5
