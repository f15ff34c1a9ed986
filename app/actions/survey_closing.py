"""Closing a survey: no more answers, what is kept of them as coarse as those who answered allow."""

from datetime import UTC, datetime
from random import SystemRandom
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._answers import lock_of_answers, settle_claim
from app.actions._write import change_record, take_lock
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.survey_cells import Invitee, assign_cells
from app.domain.surveys import SurveyStatus
from app.errors import Conflict
from app.models.surveys import Survey, SurveyAnswer, SurveyInvitation
from app.queries.survey_answers import list_answers
from app.queries.surveys import read_department_tree


async def close_survey(session: AsyncSession, survey: Survey, *, actor: Actor) -> Survey:
    """Ends a survey. Unused invitations vanish, so that nobody can be told by not having answered."""
    require(actor, Permission.SURVEYS_WRITE, on=Place())
    if survey.status is not SurveyStatus.OPEN:
        raise Conflict(f"The survey is {survey.status}: only an open one is closed.", code="not_open")
    await take_lock(session, lock_of_answers(survey.id))
    await settle_claim(session, survey.id)
    await session.execute(delete(SurveyInvitation).where(col(SurveyInvitation.survey_id) == survey.id))
    await _rewrite_answers(session, survey)
    values = {"status": SurveyStatus.CLOSED, "closed_at": datetime.now(UTC)}
    await change_record(session, survey, values, actor=actor, action="closed")
    return survey


async def _rewrite_answers(session: AsyncSession, survey: Survey) -> None:
    """Every answer again, with a new key, in random order, in cells that enough people really answered in."""
    answers = await list_answers(session, survey.id)
    stands = [Invitee(each.department_id, each.level) for each in answers]
    cells = assign_cells(stands, await read_department_tree(session), survey.minimum_group)
    rows: list[dict[str, Any]] = [
        {
            "survey_id": survey.id,
            "department_id": cell.department,
            "level": cell.level,
            "values": each.values,
        }
        for each, cell in zip(answers, cells, strict=True)
    ]
    SystemRandom().shuffle(rows)
    for each in answers:
        session.expunge(each)
    await session.execute(delete(SurveyAnswer).where(col(SurveyAnswer.survey_id) == survey.id))
    if rows:
        await session.execute(insert(SurveyAnswer), rows)
