"""Closing a survey: its results are frozen, its answers kept as coarse as those who answered allow."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import SystemRandom
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._answers import lock_of_answers, settle_claim
from app.actions._write import change_record, take_lock
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.survey_cells import Invitee, assign_cells
from app.domain.survey_figures import Question as Tabulated
from app.domain.survey_results import AnswerRow, Results, Turnout
from app.domain.survey_tabulation import tabulate_answers
from app.domain.surveys import SurveyStatus
from app.errors import Conflict
from app.models.surveys import Question, Survey, SurveyAnswer, SurveyInvitation, SurveyResult
from app.queries.survey_answers import list_answers
from app.queries.surveys import read_department_tree


async def close_survey(
    session: AsyncSession, survey: Survey, *, actor: Actor, at: datetime | None = None
) -> Survey:
    """Ends a survey. Unused invitations vanish, so that nobody can be told by not having answered."""
    require(actor, Permission.SURVEYS_WRITE, on=Place())
    if survey.status is not SurveyStatus.OPEN:
        raise Conflict(f"The survey is {survey.status}: only an open one is closed.", code="not_open")
    await take_lock(session, lock_of_answers(survey.id))
    await settle_claim(session, survey.id)
    await session.execute(delete(SurveyInvitation).where(col(SurveyInvitation.survey_id) == survey.id))
    answers = await list_answers(session, survey.id)
    tree = await read_department_tree(session)
    kept = _coarsen_answers(survey, answers, tree)
    results = _tabulate(survey, answers, kept, tree)
    tables, parents = msgspec.to_builtins(results), msgspec.to_builtins(tree)
    session.add(SurveyResult(survey_id=survey.id, tables=tables, parents=parents))
    await _rewrite_answers(session, survey, answers, kept)
    values = {"status": SurveyStatus.CLOSED, "closed_at": at or datetime.now(UTC)}
    await change_record(session, survey, values, actor=actor, action="closed")
    return survey


def _coarsen_answers(
    survey: Survey, answers: Sequence[SurveyAnswer], tree: Mapping[UUID, UUID | None]
) -> list[AnswerRow]:
    """The answers in cells that enough people really answered in.

    Results and KPIs are both made of these. Made of different ones, the two could show different departments,
    and their difference would tell of a smaller group.
    """
    stands = [Invitee(each.department_id, each.level) for each in answers]
    cells = assign_cells(stands, tree, survey.minimum_group)
    return [
        AnswerRow(cell.department, cell.level, each.values) for each, cell in zip(answers, cells, strict=True)
    ]


def _tabulate(
    survey: Survey,
    answers: Sequence[SurveyAnswer],
    kept: Sequence[AnswerRow],
    tree: Mapping[UUID, UUID | None],
) -> Results:
    questions = [Question.model_validate(each) for each in survey.questions]
    invited = {
        (each["department"] and UUID(each["department"]), each["level"]): each["invited"]
        for each in survey.cells
    }
    return tabulate_answers(
        [_read_tabulated(each) for each in questions],
        kept,
        tree,
        k=survey.minimum_group,
        turnout=Turnout(invited, Counter((each.department_id, each.level) for each in answers)),
        rng=SystemRandom(),
    )


def _read_tabulated(question: Question) -> Tabulated:
    return Tabulated(
        question.code,
        question.kind,
        tuple(each.code for each in question.options),
        question.intended,
        question.area,
        question.paired_with,
    )


async def _rewrite_answers(
    session: AsyncSession,
    survey: Survey,
    answers: Sequence[SurveyAnswer],
    kept: Sequence[AnswerRow],
) -> None:
    """Every answer again, with a new key, in random order, as coarse as it is kept."""
    rows: list[dict[str, Any]] = [
        {
            "survey_id": survey.id,
            "department_id": each.department,
            "level": each.level,
            "values": each.values,
        }
        for each in kept
    ]
    SystemRandom().shuffle(rows)
    for each in answers:
        session.expunge(each)
    await session.execute(delete(SurveyAnswer).where(col(SurveyAnswer.survey_id) == survey.id))
    if rows:
        await session.execute(insert(SurveyAnswer), rows)
