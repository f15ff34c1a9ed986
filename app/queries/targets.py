"""Reading the targets of a KPI."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, require
from app.errors import NotFound
from app.models.kpis import Kpi
from app.models.targets import Target, TargetFilter
from app.queries._find import list_page, read_uuid


def visible_targets(kpi: Kpi, actor: Actor) -> Select[Target]:
    """The targets of a visible KPI; a machine bound to departments sees the general ones and its own."""
    statement = select(Target).where(col(Target.kpi_id) == kpi.id)
    if actor.sees is None:
        return statement
    department = col(Target.department_id)
    return statement.where(or_(department.is_(None), department.in_(actor.sees)))


async def find_target(
    session: AsyncSession, reference: str, /, *, kpi: Kpi, actor: Actor, to: Permission, lock: bool
) -> Target:
    """One target of a KPI by its id; targets have no codes."""
    require(actor, to)
    identity = read_uuid(reference)
    statement = visible_targets(kpi, actor).where(col(Target.id) == identity)
    if lock:
        statement = statement.with_for_update(key_share=True)
    target = None if identity is None else await session.scalar(statement)
    if target is None:
        raise NotFound(f"There is no target {reference}.")
    return target


async def list_targets(
    session: AsyncSession, filters: TargetFilter, *, kpi: Kpi, actor: Actor
) -> tuple[Sequence[Target], str | None]:
    """A page of the targets of a KPI."""
    return await list_page(session, visible_targets(kpi, actor), Target, filters, actor=actor)


async def list_live_targets(
    session: AsyncSession, kpi: Kpi, *, department_id: UUID | None
) -> Sequence[Target]:
    """The targets that hold for one department, or (without one) for all that have none of their own."""
    live = select(Target).where(
        col(Target.kpi_id) == kpi.id,
        col(Target.department_id).is_not_distinct_from(department_id),
        col(Target.archived_at).is_(None),
    )
    return (await session.scalars(live.order_by(col(Target.first_day)))).all()
