"""Reading everything for an export, from one moment: records by code, links, targets, values, scores."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, require
from app.models.base import Record
from app.models.links import Link
from app.models.targets import Target
from app.queries._tables import load_table

R = TypeVar("R", bound=Record)

# Aggregates follow from the others, fed values from the scores that feed them, computed ones from records:
# brought back, they would stand as typed ones against whatever is computed.
_VALUES = text("""
select k.code as kpi, m.period, d.code as department, m.value, m.not_applicable, m.numerator, m.denominator,
       m.n, m.note, m.confidence, m.reason
from measurements m
join kpis k on k.id = m.kpi_id
left join departments d on d.id = m.department_id
where m.known_to is null and not m.withdrawn and not m.suppressed
  and m.source not in ('aggregated', 'fed', 'computed')
  and m.kpi_id = any(cast(:kpis as uuid[]))
  and (m.department_id is null or m.department_id = any(cast(:departments as uuid[])))
order by k.code collate "C", d.code collate "C" nulls first, m.first_day, m.period
""")

# What was suppressed has no value to tell. What is withheld beside others is exported: the operator holds the
# database anyway, and an import decides anew what may be shown.
_SCORES = text("""
select s.source, nullif(s.survey, '') as survey, nullif(s.round, '') as round, s.segment,
       d.code as department, s.name, s.metric, s.period, s.scale_kind, s.scale_min, s.scale_max, s.value,
       s.respondents, s.invited, s.observed_at
from engagement_scores s
left join departments d on d.id = s.department_id and d.id = any(cast(:departments as uuid[]))
where not s.suppressed and (s.segment is not null or d.id is not null)
order by s.source, s.survey, s.round, s.metric, d.code collate "C" nulls first, s.segment, s.period
""")

_TALKS = text("""
select p.code as partnership, a.email as a, b.email as b, p.about, p.cadence, t.code as talk, t.planned_on,
       t.state, t.held_on, t.note
from partnerships p
join owners a on a.id = p.a_id
join owners b on b.id = p.b_id
left join talks t on t.partnership_id = p.id
where p.archived_at is null
order by p.id, t.id
""")

_OCCURRENCES = text("""
select r.code as ritual, r.name, r.kind, h.email as host, r.starts_at, r.duration_minutes, r.rrule,
       r.location, o.day, o.moved_to, o.state, o.reason, jsonb_array_length(o.attended) as attended,
       o.headcount, o.note
from rituals r
join owners h on h.id = r.host_id
left join ritual_occurrences o on o.ritual_id = r.id
where r.archived_at is null
order by r.id, o.day
""")


async def hold_moment(session: AsyncSession, *, actor: Actor) -> None:
    """From here on, everything in this transaction is read as it is now."""
    require(actor, Permission.GOALS_READ)
    await session.execute(text("set transaction isolation level repeatable read, read only"))


async def list_coded(
    session: AsyncSession, table: str, codes: Collection[str], *, actor: Actor
) -> Sequence[Any]:
    """The records of these codes, in the order of their codes."""
    require(actor, Permission.GOALS_READ)
    model = load_table(table)
    code = col(getattr(model, model.code_field))
    statement = select(model).where(code.in_(codes)).order_by(code.collate("C"))
    return (await session.scalars(statement)).all()


async def list_live_links(session: AsyncSession, nodes: Collection[UUID], *, actor: Actor) -> Sequence[Link]:
    """The links in force between these objectives and goals."""
    require(actor, Permission.GOALS_READ)
    statement = select(Link).where(
        col(Link.archived_at).is_(None), col(Link.source_id).in_(nodes), col(Link.target_id).in_(nodes)
    )
    return (await session.scalars(statement.order_by(col(Link.id)))).all()


async def list_all_targets(
    session: AsyncSession, kpis: Collection[UUID], *, actor: Actor
) -> Sequence[Target]:
    """The targets in force of these KPIs."""
    require(actor, Permission.GOALS_READ)
    statement = select(Target).where(col(Target.archived_at).is_(None), col(Target.kpi_id).in_(kpis))
    return (await session.scalars(statement.order_by(col(Target.id)))).all()


async def list_recorded_values(
    session: AsyncSession, kpis: Collection[UUID], departments: Collection[UUID], *, actor: Actor
) -> Sequence[Any]:
    """Every value that somebody typed or imported, as the import takes it."""
    require(actor, Permission.METRICS_READ)
    found = await session.execute(_VALUES, {"kpis": list(kpis), "departments": list(departments)})
    return found.all()


async def list_scores(session: AsyncSession, departments: Collection[UUID], *, actor: Actor) -> Sequence[Any]:
    """Every engagement score with a value, as the import takes it."""
    require(actor, Permission.METRICS_READ)
    return (await session.execute(_SCORES, {"departments": list(departments)})).all()


async def list_all_talks(session: AsyncSession, *, actor: Actor) -> Sequence[Any]:
    """Every partnership in force with its talks; one without any has a line of its own."""
    require(actor, Permission.PARTNERSHIPS_READ)
    return (await session.execute(_TALKS)).all()


async def list_all_occurrences(session: AsyncSession, *, actor: Actor) -> Sequence[Any]:
    """Every ritual in force with what was said of its occurrences: how many came, not who; no votes."""
    require(actor, Permission.RITUALS_READ)
    return (await session.execute(_OCCURRENCES)).all()
