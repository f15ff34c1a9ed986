"""Reading KPIs, and what hangs on them: reporting departments, what they measure, and guard pairs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, exists, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.models.kpis import Kpi, KpiDepartment, KpiFilter, KpiGuard, KpiMeasure
from app.models.measurements import Measurement
from app.queries._find import find_one, list_page, load_named, resolve_reference
from app.queries._reach import shows_kpis

MOST_CHOICES = 1000


@dataclass(slots=True)
class KpiLinks:
    """What a KPI names besides its own columns."""

    departments: list[UUID] = field(default_factory=list)
    measures: list[UUID] = field(default_factory=list)
    guards: list[UUID] = field(default_factory=list)


def visible_kpis(actor: Actor) -> Select[Kpi]:
    """Every KPI; a machine bound to departments sees those of its own and those of the whole organization."""
    return select(Kpi).where(shows_kpis(actor))


async def find_kpi(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.GOALS_READ,
    lock: bool = False,
) -> Kpi:
    """One KPI by id or code, to be read or edited as a definition."""
    require(actor, to)
    kpi = await find_one(session, visible_kpis(actor), Kpi, reference, lock=lock)
    if to is not Permission.GOALS_READ:
        require(actor, to, on=Place(kpi.department_id))
    return kpi


async def list_kpis(
    session: AsyncSession, filters: KpiFilter, *, actor: Actor
) -> tuple[Sequence[Kpi], str | None]:
    """A page of KPIs."""
    require(actor, Permission.GOALS_READ)
    statement = visible_kpis(actor)
    if filters.measures is not None:
        node = await resolve_reference(session, "nodes", filters.measures, "?measures", actor=actor)
        measured = exists().where(col(KpiMeasure.kpi_id) == col(Kpi.id), col(KpiMeasure.node_id) == node)
        statement = statement.where(measured)
    plain = filters.model_copy(update={"measures": None})
    return await list_page(session, statement, Kpi, plain, actor=actor)


async def list_kept_kpis(session: AsyncSession, person: UUID, *, actor: Actor) -> Sequence[Kpi]:
    """The active KPIs that a person owns or updates, by code."""
    require(actor, Permission.GOALS_READ)
    kept = or_(col(Kpi.owner_id) == person, col(Kpi.updater_id) == person)
    statement = visible_kpis(actor).where(kept, col(Kpi.active), col(Kpi.archived_at).is_(None))
    return (await session.scalars(statement.order_by(col(Kpi.code)))).all()


async def list_kpi_choices(session: AsyncSession, *, actor: Actor) -> list[tuple[str, str]]:
    """Code and name of active KPIs, for pickers; of very many the first."""
    require(actor, Permission.GOALS_READ)
    statement = (
        visible_kpis(actor)
        .with_only_columns(col(Kpi.code), col(Kpi.name))
        .where(col(Kpi.archived_at).is_(None), col(Kpi.active))
        .order_by(col(Kpi.code))
        .limit(MOST_CHOICES)
    )
    return [(code, name) for code, name in await session.execute(statement)]


async def load_kpi_links(session: AsyncSession, kpis: Collection[UUID]) -> Mapping[UUID, KpiLinks]:
    """What each KPI names, in one statement."""
    parts = (
        ("departments", KpiDepartment.kpi_id, KpiDepartment.department_id),
        ("measures", KpiMeasure.kpi_id, KpiMeasure.node_id),
        ("guards", KpiGuard.kpi_id, KpiGuard.guard_id),
    )
    links = {kpi: KpiLinks() for kpi in kpis}
    statement = union_all(
        *(
            select(literal(name), col(kpi), col(named)).where(col(kpi).in_(links))
            for name, kpi, named in parts
        )
    )
    for name, kpi, named in await session.execute(statement):
        getattr(links[kpi], name).append(named)
    return links


async def load_kpi_references(
    session: AsyncSession, kpis: Sequence[Kpi], links: Mapping[UUID, KpiLinks]
) -> Mapping[UUID, tuple[str, str]]:
    """Code and name of everything that KPIs name, in one statement."""
    wanted: dict[str, set[UUID]] = {"owners": set(), "departments": set(), "nodes": set(), "kpis": set()}
    for kpi in kpis:
        for name, table in kpi.references.items():
            if identity := getattr(kpi, f"{name}_id"):
                wanted[table].add(identity)
        named = links[kpi.id]
        wanted["departments"].update(named.departments)
        wanted["nodes"].update(named.measures)
        wanted["kpis"].update(named.guards)
    return await load_named(session, wanted)


async def has_values(session: AsyncSession, kpi: Kpi) -> bool:
    """Whether somebody or something said a value of this KPI that still stands."""
    told = select(col(Measurement.row)).where(
        col(Measurement.kpi_id) == kpi.id,
        col(Measurement.known_to).is_(None),
        col(Measurement.withdrawn).is_(False),
    )
    return await session.scalar(told.limit(1)) is not None
