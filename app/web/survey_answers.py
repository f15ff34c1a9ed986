"""Answering a survey: by the link of an invitation, without signing in, or one's own invitation.

Nothing personal is shown, nothing on the way keeps the page, and no transaction of these routes is open
while the answer is kept (`actions/survey_answers`).
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from app.actions.survey_answers import answer_survey
from app.deps import SessionDep, get_database
from app.domain.permissions import Actor
from app.domain.surveys import MOST_WORDS, QuestionKind
from app.errors import Conflict, Invalid, NotFound
from app.models.surveys import AnswerInput, Question, Survey
from app.queries.survey_answers import (
    find_asked_survey,
    find_own_survey,
    make_ticket,
    read_own_group,
)
from app.web.deps import AnswererDep, PersonDep
from app.web.render import go_to, page
from app.web.saving import OK
from app.web.survey_sheets import (
    Sheet,
    promise_anonymity,
    read_answer_form,
    say_length,
    view_asked,
)

router = APIRouter(include_in_schema=False)
# The address is a secret: no other page hears of it, and nothing keeps what was shown there.
PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
THANKS = "/surveys/answered"
# What stands beside the answers: the name of a department, a level.
Group = tuple[str | None, str | None]


@router.get(THANKS)
async def show_thanks(request: Request) -> Response:
    """After answering: the same page for everybody."""
    sentences = [
        "Your answers are in and your invitation is deleted. There is nothing left to do.",
        "The results are made when the survey closes; everybody with a sign-in can read them then.",
    ]
    return page(request, "surveys/answered.html", headers=PRIVATE, heading="Thank you", sentences=sentences)


@router.get("/surveys/answer/{token}")
async def show_sheet(request: Request, session: SessionDep, token: str) -> Response:
    """The questions, for whoever holds a link that still works."""
    try:
        survey = await find_asked_survey(session, token)
    except NotFound:
        return _tell_gone(request)
    group = await read_own_group(session, survey.id, make_ticket(token, None))
    return _show(request, survey, Sheet(), group)


@router.post("/surveys/answer/{token}")
async def answer_by_link(request: Request, token: str) -> Response:
    """Keeps the answers of whoever holds a link. The link alone counts: no cookie is read."""
    try:
        async with get_database(request).unit_of_work(read_only=True) as session:
            survey = await find_asked_survey(session, token)
            group = await read_own_group(session, survey.id, make_ticket(token, None))
        return await _take_answers(request, survey, group, token=token)
    except NotFound:
        return _tell_gone(request)


@router.get("/surveys/{survey}/answer")
async def show_own_sheet(request: Request, session: SessionDep, person: PersonDep, survey: str) -> Response:
    """The questions, for somebody who is signed in and was asked."""
    row = await find_own_survey(session, survey, actor=person)
    return _show(request, row, Sheet(), await read_own_group(session, row.id, make_ticket(None, person)))


@router.post("/surveys/{survey}/answer")
async def answer_own_survey(request: Request, person: AnswererDep, survey: str) -> Response:
    """Keeps the answers of somebody who is signed in and was asked."""
    async with get_database(request).unit_of_work(read_only=True) as session:
        row = await find_own_survey(session, survey, actor=person)
        group = await read_own_group(session, row.id, make_ticket(None, person))
    return await _take_answers(request, row, group, actor=person)


async def _take_answers(
    request: Request, survey: Survey, group: Group, *, token: str | None = None, actor: Actor | None = None
) -> Response:
    sheet = await read_answer_form(request, _list_questions(survey))
    status = Invalid.status if sheet.wrong else OK
    if status == OK:
        try:
            data = AnswerInput.model_validate({"token": token, "answers": sheet.answers})
            await answer_survey(get_database(request), survey.code, data, actor=actor)
        except ValidationError as error:
            status = Invalid.status
            sheet.wrong = {str(each["loc"][1]): "This cannot be kept as it is." for each in error.errors()}
        except (Conflict, Invalid) as error:
            status = error.status
            sheet.refuse(error)
    if status == OK:
        return go_to(request, THANKS)
    return _show(request, survey, sheet, group, status=status)


def _list_questions(survey: Survey) -> list[Question]:
    return [Question.model_validate(each) for each in survey.questions]


def _show(request: Request, survey: Survey, sheet: Sheet, group: Group, *, status: int = OK) -> Response:
    return page(
        request,
        "surveys/answer.html",
        status=status,
        headers=PRIVATE,
        **lay_out_sheet(survey, sheet, group),
        action=request.url.path,
    )


def lay_out_sheet(survey: Survey, sheet: Sheet, group: Group) -> dict[str, Any]:
    """What the templates of a sheet need."""
    questions = _list_questions(survey)
    has_words = any(each.kind is QuestionKind.WORDS for each in questions)
    refusal = sheet.wrong.get("")
    if sheet.wrong and refusal is None:
        refusal = "Nothing was sent yet: look at what is marked below. What you gave is still there."
    return {
        "survey": survey,
        "length": say_length(questions),
        "promise": promise_anonymity(survey.minimum_group, group, has_words=has_words),
        "questions": view_asked(questions, sheet),
        "most_words": MOST_WORDS,
        "refusal": refusal,
    }


def _tell_gone(request: Request) -> Response:
    """The same for a link that was used, one whose survey is over, and one that never was."""
    sentences = [
        "This link opens no survey: it was used already, the survey has ended, or a part of the address"
        " is missing.",
        "If you have answered, all is well. If not, ask whoever sent you the link.",
    ]
    heading = "Nothing to answer here"
    return page(
        request,
        "surveys/answered.html",
        status=NotFound.status,
        headers=PRIVATE,
        heading=heading,
        sentences=sentences,
    )
