"""Who is reminded of a commitment, and when the one who asks after it is told."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.commitments import Moment
from app.domain.words import CommitmentStatus
from app.queries.commitments import list_commitments_to_remind
from tests.factories import make_commitment, make_owner

TODAY = date(2026, 11, 23)


async def test_the_owner_is_reminded_first_and_the_partner_after_a_week_of_silence(
    session: AsyncSession,
) -> None:
    owner, partner = await make_owner(session), await make_owner(session)
    for days in (4, 3, 0, -7, -8):
        due_on = TODAY + timedelta(days=days)
        await make_commitment(session, owner, partner_id=partner.id, due_on=due_on)
    told = await list_commitments_to_remind(session, TODAY)
    assert [(each.moment, each.to, each.is_owner) for each in told] == [
        (Moment.SILENT, owner.id, True),
        (Moment.SILENT, partner.id, False),
        (Moment.OVERDUE, owner.id, True),
        (Moment.TODAY, owner.id, True),
        (Moment.SOON, owner.id, True),
    ]
    assert len({each.key for each in told}) == len(told)
    again = await list_commitments_to_remind(session, TODAY + timedelta(days=1))
    assert {each.key for each in told} & {each.key for each in again if each.moment is Moment.SILENT}


async def test_nobody_is_reminded_of_what_is_closed_nor_who_has_left(session: AsyncSession) -> None:
    owner, gone = await make_owner(session), await make_owner(session, active=False)
    await make_commitment(session, owner, due_on=TODAY, status=CommitmentStatus.KEPT)
    await make_commitment(session, gone, due_on=TODAY)
    assert await list_commitments_to_remind(session, TODAY) == []
