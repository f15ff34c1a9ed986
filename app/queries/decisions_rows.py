"""Decisions as the rows from which the alignment KPIs are computed: everything there is, nobody asks."""

from collections import defaultdict
from collections.abc import Hashable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.alignment_kpis.rows import DecisionRow, RoundEnd, RoundRow
from app.models.decision_types import DecisionType
from app.models.decisions import Decision, DecisionDepartment, DecisionRound
from app.models.owners import Owner

_OF_A_ROUND = ("opened_on", "ended_on", "forecast", "reviewed_on", "rating", "as_expected")


async def list_decision_rows(session: AsyncSession) -> list[DecisionRow]:
    """Every decision that is not archived, with all its rounds, in three statements; departments by ids."""
    departments: dict[UUID, list[Hashable]] = defaultdict(list)
    ends = (col(DecisionDepartment.decision_id), col(DecisionDepartment.department_id))
    for decision, department in await session.execute(select(*ends).order_by(*ends)):
        departments[decision].append(department)
    rounds: dict[UUID, list[RoundRow]] = defaultdict(list)
    for each in await session.scalars(select(DecisionRound).order_by(col(DecisionRound.id))):
        rounds[each.decision_id].append(_read_round(each))
    statement = (
        select(Decision, col(Owner.level), col(DecisionType.limit_days))
        .outerjoin(Owner, col(Owner.id) == col(Decision.decider_id))
        .outerjoin(DecisionType, col(DecisionType.id) == col(Decision.type_id))
        .where(col(Decision.archived_at).is_(None))
        .order_by(col(Decision.id))
    )
    return [
        DecisionRow(
            code=decision.code,
            title=decision.title,
            departments=tuple(departments[decision.id]),
            level=level,
            limit_days=limit_days,
            rounds=(*rounds[decision.id], _read_round(decision)),
        )
        for decision, level, limit_days in await session.execute(statement)
    ]


def _read_round(row: Decision | DecisionRound) -> RoundRow:
    values: dict[str, Any] = {name: getattr(row, name) for name in _OF_A_ROUND}
    return RoundRow(end=RoundEnd(row.status), **values)
