"""Links as the rows from which the alignment KPIs are computed: everything there is, nobody asks."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.alignment_kpis.rows import TieRow

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


async def list_link_ties(session: AsyncSession, *, zone: str) -> list[TieRow]:
    """The owners of both ends of every dependency and support, from its making to its archiving."""
    found = await session.execute(_TIES, {"zone": zone})
    return [TieRow(a=a, b=b, from_day=first, until=last) for a, b, first, last in found]
