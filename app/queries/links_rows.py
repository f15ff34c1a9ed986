"""Links as the rows from which the alignment KPIs are computed: everything there is, nobody asks."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.alignment_kpis.rows import DependencyRow, TieRow
from app.domain.linkage.names import write_link_code
from app.domain.words import DependencyState, LinkType

# What nobody needs by a day cannot be late, and a draft asks nobody for anything.
_DEPENDENCIES = text("""
with ends as (
    select id, department_id, owner_id, status, archived_at from objectives union all
    select id, department_id, owner_id, status, archived_at from initiatives
)
select n.code as source, m.code as target, s.department_id, t.department_id as other_department_id, o.level,
       l.need_by, l.delivered_on, l.state
from links l
join ends s on s.id = l.source_id
join ends t on t.id = l.target_id
join nodes n on n.id = s.id
join nodes m on m.id = t.id
left join owners o on o.id = s.owner_id
where l.type = 'depends_on' and l.need_by is not null and l.archived_at is null
  and s.archived_at is null and t.archived_at is null and 'draft' not in (s.status, t.status)
order by l.id
""")
# Whoever owns both ends needs nobody to talk to.
_TIES = text("""
with ends as (
    select id, owner_id, status from objectives union all
    select id, owner_id, status from goals union all
    select id, owner_id, status from initiatives
)
select s.owner_id, t.owner_id, (l.created_at at time zone :zone)::date,
       (l.archived_at at time zone :zone)::date
from links l
join ends s on s.id = l.source_id
join ends t on t.id = l.target_id
where l.type in ('depends_on', 'supports') and s.owner_id <> t.owner_id
  and 'draft' not in (s.status, t.status)
order by l.id
""")


async def list_dependency_rows(session: AsyncSession) -> list[DependencyRow]:
    """Every dependency with a day by which it is needed, between objectives and initiatives."""
    return [
        DependencyRow(
            name=write_link_code(row.source, row.target, LinkType.DEPENDS_ON),
            department=row.department_id,
            other_department=row.other_department_id,
            level=row.level,
            need_by=row.need_by,
            delivered_on=row.delivered_on,
            declined=row.state == DependencyState.DECLINED,
        )
        for row in await session.execute(_DEPENDENCIES)
    ]


async def list_link_ties(session: AsyncSession, *, zone: str) -> list[TieRow]:
    """The owners of both ends of every dependency and support, from its making to its archiving."""
    found = await session.execute(_TIES, {"zone": zone})
    return [TieRow(a=a, b=b, from_day=first, until=last) for a, b, first, last in found]
