"""Answers of closed surveys as the rows from which the alignment KPIs are computed. No door shows them.

Their cells are those of the closed survey: each holds as many answers as its smallest group, or all.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.alignment_kpis.rows import AgreementRow, AnswerCount, AskedFor, QuestionRow
from app.domain.alignment_kpis.team_agreement import RatedSurvey, measure_team_agreement
from app.domain.survey_results import AnswerRow, Results
from app.domain.surveys import SCALES, QuestionKind, SurveyStatus
from app.models.surveys import Question, Survey, SurveyAnswer, SurveyResult
from app.queries.organization import zone_of
from app.queries.surveys import read_parents

_Asked = dict[tuple[UUID, str], QuestionRow]
_Closed = tuple[Survey, SurveyResult | None]


class SurveyRows(NamedTuple):
    """What closed surveys ask for messages and behaviours, how many gave which answer, how far they agree."""

    questions: list[QuestionRow]
    answers: list[AnswerCount]
    agreement: list[AgreementRow]


async def list_survey_rows(session: AsyncSession) -> SurveyRows:
    """Of all closed surveys that are not archived, in a fixed number of statements."""
    zone = await zone_of(session)
    found = await session.execute(
        select(Survey, SurveyResult)
        .outerjoin(SurveyResult, col(SurveyResult.survey_id) == col(Survey.id))
        .where(col(Survey.status) == SurveyStatus.CLOSED, col(Survey.archived_at).is_(None))
        .order_by(col(Survey.closed_at), col(Survey.id))
    )
    surveys: list[_Closed] = [(row[0], row[1]) for row in found]
    asked = _read_questions(surveys, zone)
    of_these = col(SurveyAnswer.survey_id).in_({survey for survey, _ in asked})
    counts: Counter[AnswerCount] = Counter()
    answers: dict[UUID, list[AnswerRow]] = {}
    for answer in await session.scalars(select(SurveyAnswer).where(of_these)):
        place = answer.department_id, answer.level
        answers.setdefault(answer.survey_id, []).append(AnswerRow(*place, answer.values))
        for code, value in answer.values.items():
            if row := asked.get((answer.survey_id, code)):
                counts[AnswerCount(row.survey, code, *place, value, 0)] += 1
    return SurveyRows(
        questions=list(asked.values()),
        answers=[replace(each, count=n) for each, n in counts.items()],
        agreement=[
            row for rated in _list_rated(surveys, asked, answers) for row in measure_team_agreement(rated)
        ],
    )


def _list_rated(
    surveys: Iterable[_Closed], asked: _Asked, answers: Mapping[UUID, Sequence[AnswerRow]]
) -> Iterator[RatedSurvey]:
    """The surveys that had behaviours rated, with the tables of these; self-ratings of leaders stay apart."""
    for survey, frozen in surveys:
        questions = [Question.model_validate(each) for each in survey.questions]
        rated = [
            asked[survey.id, each.code]
            for each in questions
            if each.kind is QuestionKind.AGREE and each.behaviour is not None and each.paired_with is None
        ]
        if not rated or frozen is None or frozen.parents is None:
            continue
        results = msgspec.convert(frozen.tables, Results)
        codes = {row.question for row in rated}
        yield RatedSurvey(
            survey=survey.code,
            closed_on=rated[0].closed_on,
            options=rated[0].high - rated[0].low + 1,
            k=results.k,
            tables=[table for table in results.questions if table.code in codes],
            answers=answers.get(survey.id, ()),
            parents=read_parents(frozen.parents),
        )


def _read_questions(surveys: Iterable[_Closed], zone: ZoneInfo) -> _Asked:
    asked: _Asked = {}
    for survey, frozen in surveys:
        parent_of: dict[Hashable, Hashable | None] | None = None
        if frozen is not None and frozen.parents is not None:
            parent_of = dict(read_parents(frozen.parents).items())
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
