"""The pages of surveys: lists, drafts and their questions, previews, opening, links, closing."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.actions.survey_closing import close_survey
from app.actions.surveys import open_survey
from app.domain.permissions import SYSTEM, Role
from app.domain.surveys import SurveyStatus
from app.domain.words import Level
from app.models import Survey, SurveyAnswer, SurveyInvitation
from tests.factories import make_department, make_owner, make_survey
from tests.house.test_query_counts import count_statements
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


async def test_of_an_open_survey_title_and_last_day_change_and_nothing_else(
    app: FastAPI, session: AsyncSession
) -> None:
    await make_open_survey(session)
    browser = await open_as(app, session, Role.ADMIN)
    form = await browser.get("/surveys/S1/edit")
    assert ('name="closes_on"' in form.text, 'name="levels"' in form.text) == (True, False)
    sent = {"version": str(read_version(form.text)), "title": "Better said", "closes_on": "2030-05-01"}
    assert (await browser.post("/surveys/S1/edit", data=sent)).status_code == 303
    row = await find_by_code(session, "S1")
    assert (row.title, str(row.closes_on), len(row.questions)) == ("Better said", "2030-05-01", 5)


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
    assert "6 asked, fewer than 10 answered" in " ".join(text.split())


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


async def close_with(session: AsyncSession, sheets: list[dict[str, Any]], **fields: Any) -> Survey:
    """A closed survey in which these sheets were sent."""
    survey = await make_open_survey(session, people=max(6, len(sheets)), **fields)
    await session.execute(
        delete(SurveyInvitation).where(
            col(SurveyInvitation.id).in_(select(col(SurveyInvitation.id)).limit(len(sheets)))
        )
    )
    session.add_all([SurveyAnswer(survey_id=survey.id, values=sheet) for sheet in sheets])
    await session.flush()
    await close_survey(session, survey, actor=SYSTEM)
    return survey


VARIED: list[dict[str, Any]] = [
    {"Q1": 1 + place % 5, "Q2": place % 11, "Q3": "AB"[place % 2], "Q4": order, "Q5": f"Word {place}."}
    for place, order in enumerate([["G1", "G2", "G3"], ["G2", "G1", "G3"], ["G3", "G2", "G1"]] * 4)
]


async def test_results_show_figures_of_every_kind_of_question(app: FastAPI, session: AsyncSession) -> None:
    await close_with(session, VARIED)
    browser = await open_as(app, session, Role.VIEWER)
    moved = await browser.get("/surveys/S1")
    assert (moved.status_code, moved.headers["location"]) == (303, "/surveys/S1/results")
    text = " ".join((await browser.get("/surveys/S1/results")).text.split())
    for words in ("12 of 12 answered (100 %)", "mean of 1–5", "eNPS", "chose what was meant", "<b>50 %</b>"):
        assert words in text
    assert "Nothing had to be hidden." in text


async def test_results_of_too_few_are_words_without_numbers(app: FastAPI, session: AsyncSession) -> None:
    await close_with(session, VARIED[:4])
    browser = await open_as(app, session, Role.ADMIN)
    text = (await browser.get("/surveys/S1/results")).text
    assert "Fewer than 5 people answered: nothing can be shown." in text
    assert ("mean of 1–5" in text, "<svg" in text.split("<main")[1]) == (False, False)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?part=departments", "Whole organization"),
        ("?part=departments&question=Q2", "eNPS"),
        ("?part=departments&question=Q3", "Chose what was meant"),
        ("?part=departments&question=Q4", "Agreement"),
        ("?part=departments&question=NONE", "Whole organization"),
        ("?part=levels", "All"),
        ("?part=words", "Word 3."),
        ("?part=answered", "Asked"),
    ],
)
async def test_each_part_of_the_results_is_a_page_and_looking_at_it_is_noted(
    app: FastAPI, session: AsyncSession, query: str, words: str
) -> None:
    await close_with(session, VARIED)
    app.state.results_views.clear()
    browser = await open_as(app, session, Role.FACILITATOR)
    shown = await browser.get(f"/surveys/S1/results{query}")
    assert (shown.status_code, words in shown.text) == (200, True)
    assert len(app.state.results_views) == 1


async def test_own_words_are_for_those_who_make_surveys(app: FastAPI, session: AsyncSession) -> None:
    await close_with(session, VARIED)
    browser = await open_as(app, session, Role.HEAD)
    assert "part=words" not in (await browser.get("/surveys/S1/results")).text
    assert "Word 3." not in (await browser.get("/surveys/S1/results?part=words")).text


async def test_results_wait_until_the_survey_is_closed(app: FastAPI, session: AsyncSession) -> None:
    await make_open_survey(session)
    browser = await open_as(app, session, Role.ADMIN)
    assert (await browser.get("/surveys/S1/results")).headers["location"] == "/surveys/S1"


async def test_departments_levels_and_areas_stand_side_by_side(app: FastAPI, session: AsyncSession) -> None:
    ops = await make_department(session, code="OPS", name="Operations")
    survey = await make_asked_survey(session, people=0)
    survey.questions = [{**survey.questions[0], "area": "strategy"}, {**survey.questions[1]}]
    for _ in range(6):
        await make_owner(session, department=ops, level=Level.FRONTLINE)
        await make_owner(session, level=Level.SENIOR)
    await open_survey(session, survey, actor=SYSTEM)
    for invitation in (await session.scalars(select(SurveyInvitation))).all():
        place = (invitation.department_id, invitation.level)
        number = len((await session.scalars(select(SurveyAnswer))).all())
        sheet = {"Q1": 1 + number % 5, "Q2": (number * 3) % 11}
        session.add(SurveyAnswer(survey_id=survey.id, department_id=place[0], level=place[1], values=sheet))
        await session.delete(invitation)
        await session.flush()
    await close_survey(session, survey, actor=SYSTEM)
    browser = await open_as(app, session, Role.EXECUTIVE)
    areas = (await browser.get("/surveys/S1/results?part=departments")).text
    assert ("Operations" in areas, "Strategy" in areas, "heat-" in areas) == (True, True, True)
    levels = (await browser.get("/surveys/S1/results?part=levels")).text
    assert ("senior" in levels, "strip" in levels) == (True, True)


async def test_pages_need_as_many_statements_however_much_there_is(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    pages = ["/surveys", "/surveys/S1/results?part=departments", "/surveys/S1/results?part=answered"]
    found: list[list[int]] = []
    await close_with(session, VARIED)
    for number in range(2):
        counts = []
        for address in pages:
            with count_statements(connection) as statements:
                assert (await browser.get(address)).status_code == 200
            counts.append(len(statements))
        found.append(counts)
        for _ in range(3):
            await make_department(session)
            await make_survey(session)
        await make_open_survey(session, code=f"MORE-{number}")
    assert found[0] == found[1]
    assert max(found[0]) <= 12
