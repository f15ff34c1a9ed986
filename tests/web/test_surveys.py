"""The pages of surveys: lists, drafts and their questions, previews, opening, links, closing."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.domain.surveys import SurveyStatus
from app.models import Survey
from tests.factories import make_department, make_survey
from tests.web.surveying import make_asked_survey, make_open_survey, open_as, take_links
from tests.web.test_settings import PARTIAL, read_version


async def find_by_code(session: AsyncSession, code: str) -> Survey:
    """A survey as it is stored."""
    row = (await session.scalars(select(Survey).where(col(Survey.code) == code))).one()
    await session.refresh(row)
    return row


async def list_codes(session: AsyncSession, code: str = "S1") -> list[str]:
    """The codes of the questions of a survey, in their order."""
    return [each["code"] for each in (await find_by_code(session, code)).questions]


async def test_the_list_tells_what_runs_and_what_is_a_draft(app: FastAPI, session: AsyncSession) -> None:
    await make_survey(session, code="D1", title="A draft of mine")
    await make_open_survey(session, title="A pulse that runs")
    for role, sees_drafts in ((Role.FACILITATOR, True), (Role.VIEWER, False)):
        text = (await (await open_as(app, session, role)).get("/surveys")).text
        assert "A pulse that runs" in text
        assert ("A draft of mine" in text) == sees_drafts
        assert ("/surveys/new" in text) == sees_drafts


async def test_a_survey_begins_with_a_template(app: FastAPI, session: AsyncSession) -> None:
    browser = await open_as(app, session, Role.FACILITATOR)
    assert "Alignment audit" in (await browser.get("/surveys/new")).text
    sent = {"template": "safety", "code": "SAFE", "title": "Is it safe?", "closes_on": "2030-01-31"}
    answer = await browser.post("/surveys/new", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/surveys/SAFE")
    assert await list_codes(session, "SAFE") == ["SAFE-1", "SAFE-2", "SAFE-3", "SAFE-4"]
    shown = await browser.get("/surveys/SAFE")
    assert "When I disagree in a meeting" in shown.text


async def test_a_survey_begins_empty_and_a_taken_code_is_refused(app: FastAPI, session: AsyncSession) -> None:
    browser = await open_as(app, session, Role.EXECUTIVE)
    sent = {"template": "", "code": "EMPTY", "title": "My own"}
    assert (await browser.post("/surveys/new", data=sent)).status_code == 303
    assert await list_codes(session, "EMPTY") == []
    again = await browser.post("/surveys/new", data=sent, headers=PARTIAL)
    assert (again.status_code, 'value="My own"' in again.text) == (409, True)


async def test_questions_are_added_changed_moved_and_removed(app: FastAPI, session: AsyncSession) -> None:
    await make_survey(session, code="S1")
    browser = await open_as(app, session, Role.ADMIN)
    base = "/surveys/S1/questions"
    assert 'value="Q2"' in (await browser.get(f"{base}/new?kind=choose")).text
    sent = {"kind": "choose", "code": "Q2", "text": "Which?", "options": "G1: Growth\nCalm", "intended": "2"}
    assert (await browser.post(f"{base}/new", data=sent)).status_code == 303
    stored = (await find_by_code(session, "S1")).questions[1]
    assert stored["options"] == [{"code": "G1", "text": "Growth"}, {"code": "2", "text": "Calm"}]
    assert stored["intended"] == "2"
    shown = await browser.get(f"{base}/q2")
    assert "G1: Growth\nCalm" in shown.text
    changed = await browser.post(f"{base}/Q2", data=sent | {"text": "Which of them?", "intended": "1"})
    assert changed.status_code == 303
    assert (await find_by_code(session, "S1")).questions[1]["intended"] == "G1"
    await browser.post(f"{base}/Q2/move", data={"to": "up"})
    assert await list_codes(session) == ["Q2", "Q1"]
    moved = await browser.post(f"{base}/Q2/move", data={"to": "down"}, headers=PARTIAL)
    assert moved.text.startswith("<section") or "surveys-questions" in moved.text
    await browser.post(f"{base}/Q2/move", data={"to": "down"})
    assert await list_codes(session) == ["Q1", "Q2"]
    await browser.post(f"{base}/Q1/remove")
    assert await list_codes(session) == ["Q2"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"options": "Growth"}, "2 to 20 options"),
        ({"options": "Growth\nCalm", "intended": "3"}, "one of them can be the intended one"),
        ({"options": "Growth\nCalm", "text": ""}, "Please fill this in."),
        ({"options": "Growth\nCalm", "code": "Q1"}, "Two questions are called Q1."),
    ],
)
async def test_a_question_that_does_not_fit_is_refused_with_what_was_typed(
    app: FastAPI, session: AsyncSession, sent: dict[str, str], words: str
) -> None:
    await make_survey(session, code="S1")
    browser = await open_as(app, session, Role.ADMIN)
    typed = {"kind": "choose", "code": "Q2", "text": "Which of them?"} | sent
    answer = await browser.post("/surveys/S1/questions/new", data=typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Growth" in answer.text
    assert await list_codes(session) == ["Q1"]


async def test_a_question_that_is_not_there_is_not_found(app: FastAPI, session: AsyncSession) -> None:
    await make_survey(session, code="S1")
    browser = await open_as(app, session, Role.ADMIN)
    assert (await browser.get("/surveys/S1/questions/NONE")).status_code == 404


async def test_details_and_audience_are_edited_and_questions_stay(
    app: FastAPI, session: AsyncSession
) -> None:
    await make_department(session, code="OPS", name="Operations")
    await make_asked_survey(session)
    for role in (Role.ADMIN, Role.FACILITATOR):
        browser = await open_as(app, session, role)
        form = await browser.get("/surveys/S1/edit")
        sent = {
            "version": str(read_version(form.text)),
            "code": "S1",
            "title": f"By the {role.value}",
            "kind": "pulse",
            "minimum_group": "7",
            "levels": ["middle", "frontline"],
        }
        answer = await browser.post("/surveys/S1/edit", data=sent | {"departments": ["OPS"]})
        assert answer.status_code == 303, answer.text
        row = await find_by_code(session, "S1")
        assert (row.title, row.minimum_group, row.levels) == (sent["title"], 7, ["frontline", "middle"])
        assert (len(row.departments), len(row.questions)) == (1, 5)


async def test_two_who_edit_at_once_are_told(app: FastAPI, session: AsyncSession) -> None:
    await make_asked_survey(session)
    browser = await open_as(app, session, Role.ADMIN)
    sent = {"version": "0", "code": "S1", "title": "Late", "kind": "pulse"}
    answer = await browser.post("/surveys/S1/edit", data=sent)
    assert (answer.status_code, "Saved meanwhile" in answer.text) == (409, True)


async def test_a_preview_sends_nothing(app: FastAPI, session: AsyncSession) -> None:
    await make_asked_survey(session)
    text = (await (await open_as(app, session, Role.ADMIN)).get("/surveys/S1/preview")).text
    assert (text.count("<fieldset"), "inert" in text, 'method="post" action="/surveys' in text) == (
        5,
        True,
        False,
    )


async def test_opening_shows_first_who_will_be_asked(app: FastAPI, session: AsyncSession) -> None:
    await make_asked_survey(session)
    browser = await open_as(app, session, Role.FACILITATOR)
    assert "<strong>7 people are asked</strong>" in (await browser.get("/surveys/S1/open")).text
    answer = await browser.post("/surveys/S1/open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/surveys/S1")
    assert (await find_by_code(session, "S1")).status is SurveyStatus.OPEN
    again = await browser.post("/surveys/S1/open")
    assert (again.status_code, "open already" in again.text) == (409, True)


async def test_too_few_cannot_be_asked(app: FastAPI, session: AsyncSession) -> None:
    await make_asked_survey(session, people=2)
    browser = await open_as(app, session, Role.ADMIN)
    answer = await browser.post("/surveys/S1/open")
    assert (answer.status_code, "below 5 no result could" in answer.text) == (409, True)
    assert (await find_by_code(session, "S1")).status is SurveyStatus.DRAFT


async def test_links_are_shown_once(app: FastAPI, session: AsyncSession) -> None:
    await make_open_survey(session)
    browser = await open_as(app, session, Role.ADMIN)
    assert len(await take_links(browser)) == 6
    assert await take_links(browser) == []


async def test_answers_are_counted_coarsely_while_it_runs(app: FastAPI, session: AsyncSession) -> None:
    await make_open_survey(session)
    text = (await (await open_as(app, session, Role.VIEWER)).get("/surveys/S1")).text
    assert "6 asked; fewer than 10 answered so far" in " ".join(text.split())


async def test_closing_says_first_what_will_be_published(app: FastAPI, session: AsyncSession) -> None:
    await make_open_survey(session)
    browser = await open_as(app, session, Role.FACILITATOR)
    assert "What will be published" in (await browser.get("/surveys/S1/close")).text
    answer = await browser.post("/surveys/S1/close")
    assert (answer.status_code, answer.headers["location"]) == (303, "/surveys/S1")
    assert (await find_by_code(session, "S1")).status is SurveyStatus.CLOSED


async def test_a_draft_is_removed_for_good(app: FastAPI, session: AsyncSession) -> None:
    await make_survey(session, code="S1")
    browser = await open_as(app, session, Role.ADMIN)
    assert (await browser.post("/surveys/S1/archive")).headers["location"] == "/surveys"
    assert (await browser.get("/surveys/S1")).status_code == 404
