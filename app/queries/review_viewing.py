"""Which commitments and decisions of a review somebody may answer for. Its facts are elsewhere."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, may
from app.models.commitments import Commitment
from app.models.decisions import Decision, DecisionDepartment
from app.queries.commitments import place_of_commitment
from app.queries.decisions import places_of_decision


async def list_answerable_commitments(
    session: AsyncSession, ids: Iterable[str], *, actor: Actor
) -> frozenset[str]:
    """Those of these commitments whose outcome the actor may tell."""
    write = Permission.COMMITMENTS_WRITE
    if not may(actor, write):
        return frozenset()
    wanted = [UUID(each) for each in ids]
    statement = select(Commitment).where(
        col(Commitment.id).in_(wanted), col(Commitment.archived_at).is_(None)
    )
    rows = await session.scalars(statement)
    return frozenset(str(row.id) for row in rows if may(actor, write, on=place_of_commitment(row)))


async def list_takeable_decisions(
    session: AsyncSession, ids: Iterable[str], *, actor: Actor
) -> frozenset[str]:
    """Those of these decisions that the actor may take."""
    write = Permission.DECISIONS_WRITE
    if not may(actor, write):
        return frozenset()
    touched = col(DecisionDepartment.decision_id) == col(Decision.id)
    statement = (
        select(col(Decision.id), col(Decision.decider_id), col(DecisionDepartment.department_id))
        .outerjoin(DecisionDepartment, touched)
        .where(col(Decision.id).in_([UUID(each) for each in ids]))
    )
    departments: dict[tuple[UUID, UUID | None], list[UUID | None]] = defaultdict(list)
    for decision, decider, department in await session.execute(statement):
        departments[decision, decider].append(department)
    return frozenset(
        str(decision)
        for (decision, decider), found in departments.items()
        if any(
            may(actor, write, on=place) for place in places_of_decision(decider, [it for it in found if it])
        )
    )
