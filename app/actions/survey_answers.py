"""Answering a survey, so that nothing leads from an answer back to whoever gave it (DECISIONS.md).

Three transactions, one after the other under the lock of the survey: the invitation is claimed, the answer
is mixed among the others, the invitation vanishes. The first and the last know the person and not the
answer, the second knows the answer and not the person. No event is written by any of them.
"""

from collections.abc import Mapping
from random import SystemRandom
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._answers import Claim, lock_of_answers, mark_claim, mix_answers, settle_claim, spend_claim
from app.actions.surveys import read_asked
from app.database import Database, OpenUnit
from app.domain.permissions import Actor, Permission
from app.domain.surveys import Sheet, SurveyStatus, read_sheet
from app.errors import Conflict, Fault, Invalid
from app.models.surveys import AnswerInput, Question, Survey, SurveyAnswer, SurveyInvitation
from app.queries.organization import find_organization, today_of
from app.queries.survey_answers import (
    Ticket,
    find_invitation,
    find_ticket,
    list_invitations,
    make_ticket,
)


async def answer_survey(
    database: Database, reference: str, data: AnswerInput, *, actor: Actor | None
) -> None:
    """Keeps the answers of somebody who is invited: by the token of a link, or as who is signed in.

    Opens its own transactions, because the answer must not share one with anything that knows the person.
    Nothing is lost and nothing counts twice when the process dies in between: see `settle_claim`.
    """
    ticket = make_ticket(data.token, actor)
    async with database.unit_of_work(read_only=True) as session:
        survey_id = await find_ticket(session, reference, ticket)
    async with database.hold_lock(lock_of_answers(survey_id)) as open_unit:
        claim = await _claim_invitation(open_unit, survey_id, ticket, data)
        async with open_unit() as session:
            await mix_answers(session, claim)
        async with open_unit() as session:
            await spend_claim(session, survey_id)


async def load_sheets(
    session: AsyncSession, survey: Survey, sheets: Mapping[str, AnswerInput], *, actor: Actor
) -> None:
    """Answers of the demo organization, by e-mail: its people are made up, so one transaction does."""
    organization = await find_organization(session, actor=actor, to=Permission.SURVEYS_WRITE)
    if not organization.is_demo:
        raise Conflict("Answers are loaded into the demo organization only.", code="not_the_demo")
    rows, used = [], []
    for invitation, email in await list_invitations(session, survey.id):
        if email in sheets:
            place = {"department_id": invitation.department_id, "level": invitation.level}
            rows.append({"survey_id": survey.id, "values": _read_answers(survey, sheets[email]), **place})
            used.append(invitation.id)
    if not rows:
        return
    SystemRandom().shuffle(rows)
    await session.execute(insert(SurveyAnswer), rows)
    await session.execute(delete(SurveyInvitation).where(col(SurveyInvitation.id).in_(used)))


async def _claim_invitation(open_unit: OpenUnit, survey_id: UUID, ticket: Ticket, data: AnswerInput) -> Claim:
    # What a dead process left behind is settled for good, whatever is wrong with this request.
    async with open_unit() as session:
        await settle_claim(session, survey_id)
    async with open_unit() as session:
        survey = await session.get_one(Survey, survey_id)
        invitation = await find_invitation(session, survey_id, ticket)
        await _refuse_late(session, survey)
        sheet = _read_answers(survey, data)
        await mark_claim(session, invitation)
    return Claim(survey_id, invitation.department_id, invitation.level, sheet)


async def _refuse_late(session: AsyncSession, survey: Survey) -> None:
    if survey.status is not SurveyStatus.OPEN:
        raise Conflict("This survey is closed: it takes no more answers.", code="not_open")
    if survey.closes_on is not None and survey.closes_on < await today_of(session):
        raise Conflict(f"This survey took answers until {survey.closes_on}.", code="not_open")


def _read_answers(survey: Survey, data: AnswerInput) -> Sheet:
    asked = [read_asked(Question.model_validate(each)) for each in survey.questions]
    sheet, problems = read_sheet(asked, data.answers)
    if problems:
        faults = tuple(Fault(f"/{each.field}", each.code, each.sentence) for each in problems)
        raise Invalid(faults[0].detail, code=faults[0].code, faults=faults)
    return sheet
