"""The steps of keeping an answer, each a transaction of its own. In which order is in `survey_answers`.

None of them leaves an event, and none that knows a person knows an answer.
"""

from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.surveys import Sheet
from app.models.surveys import Survey, SurveyAnswer, SurveyInvitation

# So many others move with each new answer: which of them is the new one can no longer be told.
MOVED_WITH_EACH = 200

# The new answer and others in one random order, with new keys: place, key and transaction are alike for all.
_MIX = text("""
with moved as (
    delete from survey_answers
    where id = any(array(
        select id from survey_answers where survey_id = :survey order by random() limit :most))
    returning department_id, level, "values"
),
sheets as (
    select department_id, level, "values" from moved
    union all
    select cast(:department as uuid), cast(:level as text), cast(:sheet as jsonb)
)
insert into survey_answers (id, survey_id, department_id, level, "values")
select gen_random_uuid(), :survey, department_id, level, "values" from sheets order by random()
""")


class Claim(NamedTuple):
    """An answer that fits, and the cell in which it will be kept; no person."""

    survey: UUID
    department: UUID | None
    level: str | None
    sheet: Sheet


def lock_of_answers(survey_id: UUID) -> str:
    """The name of the lock under which one answer at a time comes in, and the survey is closed."""
    return f"survey-answers:{survey_id}"


async def settle_claim(session: AsyncSession, survey_id: UUID) -> None:
    """Ends what a process that died has begun. Runs under the lock, so that nobody is just answering.

    Answers and invitations together are as many as were invited. One more: the claimed one's answer was
    kept, its invitation goes. Just as many: the answer was not kept, and the invitation is free again.
    """
    if not await session.scalar(select(select(SurveyInvitation).where(_is_claimed(survey_id)).exists())):
        return
    counted = [
        select(func.count()).where(col(table.survey_id) == survey_id).scalar_subquery()
        for table in (SurveyAnswer, SurveyInvitation)
    ]
    counting: Any = select(col(Survey.invited), *counted).where(col(Survey.id) == survey_id)
    invited, answers, left = (await session.execute(counting)).one()
    if answers + left > invited:
        await spend_claim(session, survey_id)
    else:
        await session.execute(update(SurveyInvitation).where(_is_claimed(survey_id)).values(claimed=False))


async def mark_claim(session: AsyncSession, invitation: SurveyInvitation) -> None:
    """Says whose answer is on its way."""
    statement = update(SurveyInvitation).where(col(SurveyInvitation.id) == invitation.id)
    await session.execute(statement.values(claimed=True))


async def mix_answers(session: AsyncSession, claim: Claim) -> None:
    """Keeps an answer among others, which move with it."""
    values = {
        "survey": claim.survey,
        "department": claim.department,
        "level": claim.level,
        "sheet": orjson.dumps(claim.sheet).decode(),
        "most": MOVED_WITH_EACH,
    }
    await session.execute(_MIX, values)


async def spend_claim(session: AsyncSession, survey_id: UUID) -> None:
    """Forgets the invitation whose answer is kept."""
    await session.execute(delete(SurveyInvitation).where(_is_claimed(survey_id)))


def _is_claimed(survey_id: UUID) -> Any:
    return (col(SurveyInvitation.survey_id) == survey_id) & col(SurveyInvitation.claimed)
