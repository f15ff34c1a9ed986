"""Answering surveys in JSON. Nothing is remembered for repeated requests, and the log tells no names."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Request, Response

from app.actions.survey_answers import answer_survey
from app.api.answers import Out, PageOut, Ref, send_item, send_page
from app.api.deps import ActorDep, AnswererDep
from app.api.route import ApiRouter
from app.database import Database
from app.deps import SessionDep, get_database
from app.domain.surveys import SurveyKind
from app.models.surveys import AnswerInput, Question, Survey
from app.queries.surveys import list_own_surveys

router = ApiRouter("/surveys", tag="surveys", keeps_answers=False)


class AskedOut(Out):
    """A survey that waits for one's answers."""

    survey: Ref
    kind: SurveyKind
    purpose: str | None
    closes_on: date | None
    minimum_group: int
    questions: list[Question]


class AnsweredOut(Out):
    """That the answers are kept. They have no number and no time by which anybody could ask for them."""

    kept: bool


@router.get("/invitations", summary="List the surveys that wait for me", response_model=PageOut[AskedOut])
async def list_own_surveys_route(request: Request, session: SessionDep, actor: ActorDep) -> Response:
    """The open surveys that whoever asks is invited to and has not answered."""
    rows = await list_own_surveys(session, actor=actor)
    return send_page(request, [_show_asked(row) for row in rows], None)


def _show_asked(row: Survey) -> AskedOut:
    plain = {name: getattr(row, name) for name in ("kind", "purpose", "closes_on", "minimum_group")}
    questions = [Question.model_validate(each) for each in row.questions]
    survey = Ref(id=row.id, code=row.code, name=row.title)
    return AskedOut.model_construct(survey=survey, questions=questions, **plain)


@router.post("/{survey}/answers", summary="Answer a survey", response_model=AnsweredOut)
async def answer_survey_route(
    request: Request,
    actor: AnswererDep,
    database: Annotated[Database, Depends(get_database)],
    survey: str,
    data: AnswerInput,
) -> Response:
    """Keeps the answers of whoever is signed in and invited, or of the holder of a link's token; once.

    Nothing of the answer leads back: it has no time, its key is random, it lies among others in random order.
    """
    await answer_survey(database, survey, data, actor=actor)
    return send_item(request, AnsweredOut(kept=True))
