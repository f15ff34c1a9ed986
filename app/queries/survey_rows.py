"""Answers of closed surveys as the rows from which the alignment KPIs are computed. No door shows them.

Their cells are those of the closed survey: each holds as many answers as its smallest group, or all.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.alignment_kpis.rows import AnswerCount, AskedFor, QuestionRow
from app.domain.surveys import SCALES, QuestionKind, SurveyStatus
from app.models.surveys import Question, Survey, SurveyAnswer, SurveyResult
from app.queries.organization import zone_of
from app.queries.surveys import read_parents

_Asked = dict[tuple[UUID, str], QuestionRow]


async def list_survey_rows(session: AsyncSession) -> tuple[list[QuestionRow], list[AnswerCount]]:
    """What closed surveys ask for messages and behaviours, and how many gave which answer in which cell."""
    zone = await zone_of(session)
    surveys = await session.execute(
        select(Survey, col(SurveyResult.parents))
        .outerjoin(SurveyResult, col(SurveyResult.survey_id) == col(Survey.id))
        .where(col(Survey.status) == SurveyStatus.CLOSED, col(Survey.archived_at).is_(None))
        .order_by(col(Survey.closed_at), col(Survey.id))
    )
    asked = _read_questions([(row[0], row[1]) for row in surveys], zone)
    of_these = col(SurveyAnswer.survey_id).in_({survey for survey, _ in asked})
    counts: Counter[AnswerCount] = Counter()
    for answer in await session.scalars(select(SurveyAnswer).where(of_these)):
        for code, value in answer.values.items():
            if row := asked.get((answer.survey_id, code)):
                place = answer.department_id, answer.level
                counts[AnswerCount(row.survey, code, *place, value, 0)] += 1
    return list(asked.values()), [replace(each, count=n) for each, n in counts.items()]


def _read_questions(surveys: Iterable[tuple[Survey, dict[str, str | None] | None]], zone: ZoneInfo) -> _Asked:
    asked: _Asked = {}
    for survey, parents in surveys:
        parent_of: dict[Hashable, Hashable | None] | None = None
        if parents is not None:
            parent_of = dict(read_parents(parents).items())
        assert survey.closed_at is not None  # noqa: S101  (a closed survey says since when)
        closed_on = survey.closed_at.astimezone(zone).date()
        for item in survey.questions:
            question = Question.model_validate(item)
            row = QuestionRow(
                survey=survey.code,
                question=question.code,
                closed_on=closed_on,
                asks_for=AskedFor.MESSAGE,
                about=question.about or question.text,
                intended=question.intended,
                minimum_group=survey.minimum_group,
                parent_of=parent_of,
            )
            if question.kind is QuestionKind.CHOOSE and question.intended is not None:
                asked[survey.id, question.code] = row
            elif question.kind is QuestionKind.AGREE and question.behaviour is not None:
                low, high = SCALES[question.kind]
                asked[survey.id, question.code] = replace(
                    row, asks_for=AskedFor.BEHAVIOUR, about=question.behaviour, low=low, high=high
                )
    return asked
