"""Partnerships as the rows from which the alignment KPIs are computed: everything there is, nobody asks."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.alignment_kpis.rows import TalkRow, TieRow
from app.domain.words import TalkState
from app.models.partnerships import Talk

_TIES = text("""
select a_id, b_id, (created_at at time zone :zone)::date, (archived_at at time zone :zone)::date
from partnerships
order by id
""")


async def list_talk_rows(session: AsyncSession) -> list[TalkRow]:
    """Every talk that was ever planned."""
    talks = await session.scalars(select(Talk).order_by(col(Talk.id)))
    return [
        TalkRow(
            department=talk.department_id,
            other_department=talk.other_department_id,
            planned_on=talk.planned_on,
            held=talk.state is TalkState.HELD,
        )
        for talk in talks
    ]


async def list_partner_ties(session: AsyncSession, *, zone: str) -> list[TieRow]:
    """Every two people who are or were partners."""
    found = await session.execute(_TIES, {"zone": zone})
    return [TieRow(a=a, b=b, from_day=first, until=last) for a, b, first, last in found]
