"""Reading commitments."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.domain.words import CommitmentStatus
from app.models.commitments import Commitment, CommitmentFilter
from app.models.kpis import Kpi, KpiMeasure
from app.models.owners import Owner
from app.queries._find import find_one, list_page
from app.queries._reach import shows_kpis


def visible_commitments(actor: Actor, *, to: Permission = Permission.COMMITMENTS_READ) -> Select[Commitment]:
    """Every commitment; for a bound client those of its departments and of none, about KPIs it sees."""
    require(actor, to)
    statement = select(Commitment)
    if actor.sees is None:
        return statement
    home, kpi = col(Commitment.department_id), col(Commitment.kpi_id)
    return statement.where(
        or_(home.is_(None), home.in_(actor.sees)),
        or_(kpi.is_(None), kpi.in_(select(col(Kpi.id)).where(shows_kpis(actor)))),
    )


def place_of_commitment(commitment: Commitment) -> Place:
    """Where a commitment belongs: the department of its owner, who may write it wherever that is."""
    return Place(commitment.department_id, frozenset({commitment.owner_id}))


async def find_commitment(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.COMMITMENTS_READ,
    lock: bool = False,
) -> Commitment:
    """One commitment by id or code."""
    commitment = await find_one(session, visible_commitments(actor, to=to), Commitment, reference, lock=lock)
    require(actor, to, on=place_of_commitment(commitment))
    return commitment


async def list_commitments(
    session: AsyncSession, filters: CommitmentFilter, *, actor: Actor
) -> tuple[Sequence[Commitment], str | None]:
    """A page of commitments."""
    return await list_page(session, visible_commitments(actor), Commitment, filters, actor=actor)


class PromiseRow(NamedTuple):
    """An open commitment with the KPI that it is to move, and the ids of what that KPI measures."""

    code: str
    what: str
    due_on: date
    kpi_code: str | None
    kpi_name: str | None
    measures: list[UUID]


async def list_promises(
    session: AsyncSession, owner: UUID, *, actor: Actor, limit: int = 50
) -> list[PromiseRow]:
    """What a person has promised and not done yet, the next one first."""
    open_ones = (
        visible_commitments(actor)
        .outerjoin(Kpi, col(Kpi.id) == col(Commitment.kpi_id))
        .where(
            col(Commitment.owner_id) == owner,
            col(Commitment.status) == CommitmentStatus.OPEN,
            col(Commitment.archived_at).is_(None),
        )
        .order_by(col(Commitment.due_on), col(Commitment.id))
        .limit(limit)
    )
    measured = select(func.array_agg(col(KpiMeasure.node_id))).where(
        col(KpiMeasure.kpi_id) == col(Commitment.kpi_id)
    )
    promise = (col(Commitment.code), col(Commitment.what), col(Commitment.due_on))
    told = (*promise, col(Kpi.code), col(Kpi.name), func.coalesce(measured.scalar_subquery(), []))
    return [PromiseRow(*row) for row in await session.execute(open_ones.with_only_columns(*told))]


async def count_commitments(session: AsyncSession) -> int:
    """How many there ever were: none vanishes."""
    return (await session.execute(select(func.count()).select_from(Commitment))).scalar_one()


async def read_home_of(session: AsyncSession, owner_id: UUID) -> UUID | None:
    """The department of a person."""
    found: UUID | None = await session.scalar(
        select(col(Owner.department_id)).where(col(Owner.id) == owner_id)
    )
    return found
