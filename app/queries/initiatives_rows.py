"""Initiatives as the rows from which the alignment KPIs are computed: everything there is, nobody asks."""

from collections import defaultdict
from collections.abc import Hashable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.alignment_kpis.rows import InitiativeRow
from app.models.decisions import Decision
from app.models.initiatives import Initiative, InitiativeDate, InitiativeDepartment
from app.models.owners import Owner


async def list_initiative_rows(session: AsyncSession, *, zone: str) -> list[InitiativeRow]:
    """Every initiative that has left draft, in two statements; departments by ids.

    Archived ones, too: what was late stays late when it is put out of sight.
    """
    departments: dict[UUID, list[Hashable]] = defaultdict(list)
    ends = (col(InitiativeDepartment.initiative_id), col(InitiativeDepartment.department_id))
    for initiative, department in await session.execute(select(*ends).order_by(*ends)):
        departments[initiative].append(department)
    left_draft = (
        select(func.min(func.date(func.timezone(zone, col(InitiativeDate.at)))))
        .where(col(InitiativeDate.initiative_id) == col(Initiative.id))
        .scalar_subquery()
    )
    statement = (
        select(Initiative, col(Owner.level), left_draft, col(Decision.code))
        .outerjoin(Owner, col(Owner.id) == col(Initiative.owner_id))
        .outerjoin(Decision, col(Decision.id) == col(Initiative.cancelled_by_id))
        .where(col(Initiative.due_baseline).is_not(None))
        .order_by(col(Initiative.id))
    )
    return [
        InitiativeRow(
            code=row.code,
            title=row.title,
            department=row.department_id,
            departments=tuple(departments[row.id]),
            level=level,
            begun_on=row.starts_on or left or row.due_baseline,
            due_baseline=row.due_baseline,
            due_on=row.due_on or row.due_baseline,
            finished_on=row.finished_on,
            cancelled_on=row.cancelled_on,
            cancelled_by=decision,
        )
        for row, level, left, decision in await session.execute(statement)
    ]
